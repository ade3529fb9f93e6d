"""Small things as people read them: counts, moments, durations, sizes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

_MINUTE = 60
_HOUR = 3600


def count(number: int, noun: str) -> str:
    """Say how many there are of a thing: "1 step", "2 steps"."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def moment(time: datetime | None) -> str:
    """Say when, in this machine's time zone; "-" for None."""
    return "-" if time is None else time.astimezone().strftime("%Y-%m-%d %H:%M:%S")


def clock(time: datetime) -> str:
    """Say at which time of the day, in this machine's time zone."""
    return time.astimezone().strftime("%H:%M:%S")


def span(duration: timedelta) -> str:
    """Say how long, with as many digits as a person reads: "0.042 s", "3.1 s", "2:05 min"."""
    seconds = duration.total_seconds()
    if seconds < 1:
        return f"{seconds:.3f} s"
    if seconds < _MINUTE:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(int(seconds), _MINUTE)
    if seconds < _HOUR:
        return f"{minutes}:{rest:02} min"
    hours, minutes = divmod(minutes, _MINUTE)
    return f"{hours}:{minutes:02}:{rest:02} h"


_UNITS: Final = ("B", "KiB", "MiB", "GiB", "TiB")
_STEP: Final = 1024


def size_text(size_bytes: int) -> str:
    """Return a number of bytes in the unit that suits it: 17 B, 1.5 KiB."""
    size = float(size_bytes)
    for unit in _UNITS[:-1]:
        if size < _STEP:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= _STEP
    return f"{size:.1f} {_UNITS[-1]}"
