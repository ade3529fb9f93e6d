"""What users say of time windows: moments, zones, schedules, formats; checked where it is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from treadle._errors import ArgumentError
from treadle._source import user_line
from treadle._value_words import in_words

if TYPE_CHECKING:
    from datetime import tzinfo

    from treadle_partitions import WindowKeys

HOURS: Final = "%Y-%m-%d-%H:%M"
"""The format of hours."""
#: So many windows are looked at to tell whether the format tells them apart.
_LOOKED_AT: Final = 60


def time_of_day(minute: object, hour: object, owner: str) -> str:
    """Return the first two fields of a schedule."""
    at = offset("minute_offset", minute, 0, 59, owner)
    return f"{at} {offset('hour_offset', hour, 0, 23, owner)}"


def offset(name: str, value: object, least: int, most: int, owner: str) -> int:
    """Return an offset that a user wrote."""
    if type(value) is not int or not least <= value <= most:
        raise refused(
            f"{owner}: {name}={in_words(value)} is none.",
            f"Give a whole number, {least} to {most}.",
        )
    return value


def moment(said: object, fmt: str, zone: tzinfo, where: str) -> int:
    """Return a moment that a user wrote, in seconds since 1970."""
    from datetime import datetime  # noqa: PLC0415 -- few modules have partitions

    if isinstance(said, str):
        try:
            said = datetime.strptime(said, fmt)
        except ValueError:
            raise refused(
                f"{where}={said!r} is not in the format {fmt!r}.",
                f"Write it as the keys are, for example {datetime(2024, 1, 31).strftime(fmt)!r}, or give a"
                " datetime.",
            ) from None
    if not isinstance(said, datetime):
        raise refused(f"{where} is {in_words(said)}.", "Give a datetime, or text as the keys are.")
    return int((said if said.tzinfo else said.replace(tzinfo=zone)).timestamp())


def zone_named(name: object, owner: str) -> tzinfo:
    """Return a time zone."""
    from treadle_partitions import UnknownZone, zone_of  # noqa: PLC0415 -- few modules have partitions

    try:
        return zone_of(name if isinstance(name, str) else repr(name))
    except UnknownZone as error:
        raise refused(f"{owner}: timezone={error}.", "Correct it.") from None


def refuse_no_schedule(schedule: str, owner: str) -> None:
    """Refuse what is no schedule."""
    from treadle_partitions import CronError, check_schedule  # noqa: PLC0415 -- few modules have partitions

    try:
        check_schedule(schedule)
    except CronError as error:
        raise refused(f"{owner}: the schedule {error}.", "Correct it.") from None


def refuse_equal_keys(keys: WindowKeys, owner: str) -> None:
    """Refuse a format that gives windows that follow each other one key, or a key no one can type."""
    previous: str | None = None
    for index in range(min(_LOOKED_AT, len(keys))):
        key = keys[index]
        if key == previous:
            raise refused(
                f"{owner}: the format {keys.definition.key_format!r} gives two windows the key {key!r}.",
                f"Give one that says when a window begins, for example fmt={HOURS!r}.",
            )
        previous = key


def refused(problem: str, fix: str) -> ArgumentError:
    """Return what refuses an argument."""
    return ArgumentError(problem, fix=fix, source=user_line())
