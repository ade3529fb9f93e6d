"""Times on the command line: 7d, 12h, 30m, 90s, or seconds."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

import click

_UNITS: Final = {"": 1, "s": 1, "m": 60, "h": 60 * 60, "d": 24 * 60 * 60}
_FORM: Final = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,6})?)([smhd]?)")


def duration_text(time: timedelta) -> str:
    """Write a length of time as `duration` reads it, in the largest unit that says it whole."""
    seconds = time.total_seconds()
    for unit in ("d", "h", "m"):
        if seconds and seconds % _UNITS[unit] == 0:
            return f"{seconds / _UNITS[unit]:.0f}{unit}"
    return str(int(seconds)) if seconds.is_integer() else f"{seconds:.6f}".rstrip("0")


def duration(text: str) -> timedelta:
    """Read a length of time: the type of an option.

    Raises:
        click.BadParameter: it is none.
    """
    found = _FORM.fullmatch(text)
    try:
        if found is not None:
            return timedelta(seconds=float(found[1]) * _UNITS[found[2]])
    except OverflowError:
        raise click.BadParameter(f"{text} is too long.") from None
    raise click.BadParameter(f"{text!r} is not a duration: write 7d, 12h, 30m or 90.")
