"""The keys of many windows at once: the text of a day is made once, whatever times it has."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from typing import Final

_DIRECTIVE: Final = re.compile(r"%-?(.)", re.DOTALL)
_OF_A_DAY: Final = frozenset("YymdjbBaAUWGVuw%")
_OF_A_TIME: Final = frozenset("HIMSpf%")
_ISO_DAY: Final = "%Y-%m-%d"
#: `%Y` of an earlier year has fewer digits on some machines.
_FOUR_DIGITS: Final = 1000


class KeyTexts:
    """What the times of a schedule are called by a format, day by day."""

    def __init__(self, form: str, times: Sequence[int]) -> None:
        self._form = form
        self._times = [time(*divmod(each, 60)) for each in times]
        self._split = _split(form)
        if self._split is not None:
            tail = self._split[1]
            self._tails = [each.strftime(tail) if tail else "" for each in self._times]

    def of_days(self, days: Sequence[date]) -> Iterator[str]:
        """Go through the keys of days in order that have all times, each shown once by the clock on the wall."""
        if self._split is None:
            form = self._form
            return (
                datetime.combine(day, each).strftime(form) for day in days for each in self._times
            )
        head = self._split[0]
        is_iso = head == _ISO_DAY and all(day.year >= _FOUR_DIGITS for day in days[:1])
        texts = map(date.isoformat, days) if is_iso else (day.strftime(head) for day in days)
        if self._tails == [""]:
            return texts
        return (text + tail for text in texts for tail in self._tails)


def _split(form: str) -> tuple[str, str] | None:
    """Cut a format where what it says of the day ends; None: days and times are mixed in it.

    What lies between the two is in the second.
    """
    cut, is_of_time = 0, False
    for found in _DIRECTIVE.finditer(form):
        what = found[1]
        if what in _OF_A_TIME and what != "%":
            is_of_time = True
        elif what not in _OF_A_DAY or is_of_time:
            return None
        elif what != "%":
            cut = found.end()
    return form[:cut], form[cut:]
