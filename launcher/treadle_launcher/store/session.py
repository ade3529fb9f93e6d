"""What one write transaction works with."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import Connection, text

from treadle_launcher.clock import Clock
from treadle_launcher.ids import RunId
from treadle_launcher.run_summary import SummaryFold
from treadle_launcher.store import runs

_LAST_STORE_SEQUENCE = text("SELECT seq FROM sqlite_sequence WHERE name = 'events'")


@dataclass(slots=True, kw_only=True)
class WriteSession:
    """One transaction of the writer: used by its thread alone.

    `folds` hold the rows of the runs that were written lately; they are thrown away when a
    transaction is rolled back.
    """

    connection: Connection
    clock: Clock
    folds: dict[RunId, SummaryFold] = field(default_factory=dict)
    _last_store_sequence: int | None = None

    def next_store_sequence(self) -> int:
        """Return the number of the next event of the home."""
        if self._last_store_sequence is None:
            self._last_store_sequence = self.connection.execute(_LAST_STORE_SEQUENCE).scalar() or 0
        self._last_store_sequence += 1
        return self._last_store_sequence

    def fold(self, run_id: RunId) -> SummaryFold:
        """Return the run's row, ready to grow.

        Raises:
            UnknownRunError: there is no such run.
        """
        fold = self.folds.get(run_id)
        if fold is None:
            fold = self.folds[run_id] = SummaryFold(runs.get(self.connection, run_id))
        return fold
