"""What write transactions work with."""

from __future__ import annotations

import sqlite3

from treadle_contract.ids import HostId, RunId
from treadle_contract.lazy_dataclasses import dataclass, field
from treadle_launcher.clock import Clock
from treadle_launcher.locations.launch_spec import LaunchSpec
from treadle_launcher.runs.run_states import FINAL_RUN_STATES
from treadle_launcher.runs.run_summary import SummaryFold
from treadle_launcher.store import host_marks, runs
from treadle_launcher.store.connections import transaction
from treadle_launcher.store.records import HostMark
from treadle_launcher.store.statements import Statement

_LAST_STORE_SEQUENCE = Statement("SELECT seq FROM sqlite_sequence WHERE name = 'events'")


@dataclass(slots=True, kw_only=True)
class WriteSession:
    """The writer's connection, and what it knows of the file that it alone writes to.

    Used by its thread alone, in one transaction after the other. What is known goes for what
    was committed: `forget` it when a transaction is rolled back.
    """

    connection: sqlite3.Connection
    clock: Clock
    folds: dict[RunId, SummaryFold] = field(default_factory=dict)
    _marks: dict[HostId, int] = field(default_factory=dict)
    _last_spec: tuple[LaunchSpec, str] | None = None
    last_store_sequence: int | None = None

    def forget(self) -> None:
        """Know nothing any more: it is read again."""
        self.folds.clear()
        self._marks.clear()
        self.last_store_sequence = None

    def drop_finished(self) -> None:
        """Let go of runs that are over: nothing more is written of them."""
        for run_id in [key for key, fold in self.folds.items() if fold.state in FINAL_RUN_STATES]:
            del self.folds[run_id]

    def next_store_sequence(self) -> int:
        """Return the number of the next event of the home."""
        if self.last_store_sequence is None:
            self.last_store_sequence = last_recorded(self.connection)
        self.last_store_sequence += 1
        return self.last_store_sequence

    def is_recorded(self, store_sequence: int) -> bool:
        """Whether the last event of the home has this number. Not within a transaction."""
        try:
            with transaction(self.connection):
                return last_recorded(self.connection) == store_sequence
        except sqlite3.Error:
            return False

    def fold(self, run_id: RunId) -> SummaryFold:
        """Return the run's row, ready to grow.

        Raises:
            UnknownRunError: there is no such run.
        """
        fold = self.folds.get(run_id)
        if fold is None:
            fold = self.folds[run_id] = SummaryFold(runs.get(self.connection, run_id))
        return fold

    def spec_text(self, spec: LaunchSpec) -> str:
        """Return how a LaunchSpec is kept; one is mostly that of many runs."""
        if self._last_spec is None or self._last_spec[0] is not spec:
            self._last_spec = spec, runs.spec_text(spec)
        return self._last_spec[1]

    def host_mark(self, host_id: HostId) -> int:
        """Return the last journal record of this host that was recorded; 0: none."""
        if host_id not in self._marks:
            self._marks[host_id] = host_marks.get(self.connection, host_id)
        return self._marks[host_id]

    def move_host_mark(self, mark: HostMark) -> None:
        """Move a host's mark forward; one that lies behind the mark there changes nothing."""
        if mark.last_record > self.host_mark(mark.host_id):
            host_marks.put(self.connection, mark)
            self._marks[mark.host_id] = mark.last_record


def last_recorded(connection: sqlite3.Connection) -> int:
    """Return the number of the home's last event that is recorded; 0: there is none."""
    found: int | None = _LAST_STORE_SEQUENCE.scalar(connection)
    return found or 0
