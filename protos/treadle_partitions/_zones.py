"""Time zones: what the clock on the wall shows at a moment, and when it is put forward or back.

Moments are whole seconds since 1970 in UTC; a time on the wall is a `datetime` without a zone.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Final

_DAY: Final = 86_400
_WEEK: Final = 7 * _DAY
_UTC: Final = frozenset({"UTC", "Etc/UTC", "Z", "utc"})
_EPOCH: Final = datetime(1970, 1, 1)


class UnknownZone(ValueError):
    """There is no time zone of a name here; the message says what to do."""


@lru_cache(maxsize=64)
def zone_of(name: str) -> tzinfo:
    """Return a time zone by its name in the IANA database.

    Raises:
        UnknownZone: this machine knows none of that name.
    """
    if name in _UTC:
        return UTC
    # Imported here: who asks for UTC alone has no use for it.
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError  # noqa: PLC0415 (see above)

    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        pass
    try:
        ZoneInfo("Europe/Berlin")
    except ZoneInfoNotFoundError:
        raise UnknownZone(
            f"{name!r}: this machine has no database of time zones: install the package tzdata"
        ) from None
    raise UnknownZone(
        f'{name!r} is no time zone of the IANA database: write one as "Europe/Berlin"'
    )


def offset_at(moment: int, zone: tzinfo) -> int:
    """Return by how many seconds the clock on the wall is ahead of UTC."""
    if zone is UTC:
        return 0
    offset = datetime.fromtimestamp(moment, zone).utcoffset()
    assert offset is not None
    return int(offset.total_seconds())


def wall_at(moment: int, zone: tzinfo) -> datetime:
    """Return what the clock on the wall shows."""
    return _EPOCH + timedelta(seconds=moment + offset_at(moment, zone))


def moments_of(wall: datetime, zone: tzinfo) -> tuple[int, ...]:
    """Return when the clock shows a time: once, twice (in order), or never."""
    bare = int((wall - _EPOCH).total_seconds())
    if zone is UTC:
        return (bare,)
    found = []
    for fold in (0, 1):
        offset = wall.replace(tzinfo=zone, fold=fold).utcoffset()
        assert offset is not None
        moment = bare - int(offset.total_seconds())
        if moment not in found and moment + offset_at(moment, zone) == bare:
            found.append(moment)
    return tuple(found)


def moment_of(wall: datetime, zone: tzinfo) -> int:
    """Return when the clock shows a time first; for one that it jumps over, when it jumps."""
    shown = moments_of(wall, zone)
    if shown:
        return shown[0]
    offset = wall.replace(tzinfo=zone, fold=0).utcoffset()
    assert offset is not None
    # As if the clock had not been put forward: that is after it was.
    late = int((wall - _EPOCH - offset).total_seconds())
    changes = changes_of(wall.year, zone)
    return changes[bisect_right(changes, late) - 1]


@lru_cache(maxsize=16_384)
def changes_of(year: int, zone: tzinfo) -> tuple[int, ...]:
    """Return when the distance from UTC changes, from two days before a year to two after it.

    It is looked at once a week, and between two that differ more closely: a change that is undone
    within a week would be missed, and the IANA database has none since 1970.
    """
    if zone is UTC:
        return ()
    begin = int((datetime(year, 1, 1) - _EPOCH).total_seconds()) - 2 * _DAY
    end = begin + 370 * _DAY
    found = []
    before = offset_at(begin, zone)
    for moment in range(begin, end, _WEEK):
        last = min(moment + _WEEK, end)
        after = offset_at(last, zone)
        if after != before:
            found.append(_change(moment, last, zone))
        before = after
    return tuple(found)


def _change(begin: int, end: int, zone: tzinfo) -> int:
    before = offset_at(begin, zone)
    while end - begin > 1:
        middle = (begin + end) // 2
        if offset_at(middle, zone) == before:
            begin = middle
        else:
            end = middle
    return end
