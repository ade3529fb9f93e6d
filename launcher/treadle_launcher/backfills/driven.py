"""A backfill that is not over, as the launcher drives it: what is under way, and what comes next."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from typing import Final

from treadle_contract.backfill import BackfillState
from treadle_contract.ids import RunId
from treadle_launcher.backfills.backfill import Backfill, BackfillPlace, BackfillRunRow
from treadle_launcher.backfills.choosing import Contender
from treadle_launcher.backfills.chunks import Chunks
from treadle_launcher.runs.run_states import FINAL_RUN_STATES

_FIRST_PAUSE: Final = 1.0
_LONGEST_PAUSE: Final = 30.0


class DrivenBackfill:
    """What the launcher knows of a backfill that it drives. Used by one task alone.

    `under_way` are its runs that are not over, each with its position; `cancelled` those of them that
    are being ended. `earlier_runs` are, of a retry, the runs that its parts go on from.
    """

    def __init__(self, backfill: Backfill, rows: Mapping[int, BackfillRunRow]) -> None:
        self.backfill = backfill
        self.under_way: dict[RunId, int] = {
            row.run_id: position
            for position, row in rows.items()
            if row.run_id and row.state not in FINAL_RUN_STATES
        }
        self.cancelled: set[RunId] = set()
        self.earlier_runs: Sequence[RunId | None] | None = None
        self.waits_because = ""
        self.waits_until = 0.0
        self._pause = _FIRST_PAUSE
        self._done: Collection[int] = frozenset(rows)
        self._next = 0

    @cached_property
    def chunks(self) -> Chunks:
        """Which partitions each of its runs makes."""
        return Chunks.of(self.backfill.order)

    @property
    def contender(self) -> Contender:
        """What is known of it when the next run to be launched is chosen."""
        order = self.backfill.order
        return Contender(
            priority=order.priority, max_runs=order.max_runs, under_way=len(self.under_way)
        )

    @property
    def next_place(self) -> BackfillPlace | None:
        """Which part of it is to be launched next; None: none is, it has launched all or is cancelled."""
        while self._next in self._done:
            self._next += 1
        if self.backfill.state is not BackfillState.RUNNING:
            return None
        if self._next >= self.backfill.order.run_count:
            return None
        return BackfillPlace(backfill_id=self.backfill.backfill_id, position=self._next)

    @property
    def is_at_its_end(self) -> bool:
        """Whether nothing of it is under way, and nothing is to be launched any more."""
        return not self.under_way and self.next_place is None

    def launched(self, run_id: RunId | None) -> None:
        """Take note that the next part was launched; None: it was refused, or is over already."""
        if run_id is not None:
            self.under_way[run_id] = self._next
        self._next += 1
        self.waits_because, self.waits_until, self._pause = "", 0.0, _FIRST_PAUSE

    def wait(self, because: str, now: float) -> float:
        """Launch nothing for a while, longer each time; return until when, in seconds as `now` is."""
        self.waits_because, self.waits_until = because, now + self._pause
        self._pause = min(2 * self._pause, _LONGEST_PAUSE)
        return self.waits_until
