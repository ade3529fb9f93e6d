"""A host that this launcher does not know: its folder is gone, so that nothing of it can be kept."""

from __future__ import annotations

from collections.abc import Iterable

from treadle_contract.worker import Commit, Drain, Hello
from treadle_launcher.hosts.listener import Connection
from treadle_launcher.hosts.processes import ask_to_end
from treadle_launcher.runs.journal import ATTEMPT_ENDS, Record


class Stranger:
    """Tells a host to end what it runs, then itself.

    By itself a host leaves only when what it tells is stored. That would be untrue: what it
    recorded stays where it is, and it is ended once it has told that nothing runs.
    """

    def __init__(self, connection: Connection, hello: Hello, grace_ms: int) -> None:
        self._process = hello.process
        self._running = set(hello.running_task_ids)
        connection.send(Drain(cancel_running=True, grace_ms=grace_ms))
        # It reports only to a launcher that has said how far it is in step.
        connection.send(Commit(record=0))
        self._end_if_done()

    def reported(self, records: Iterable[Record]) -> None:
        """Learn what ended."""
        self._running.difference_update(
            record.task_id for record in records if isinstance(record.fact, ATTEMPT_ENDS)
        )
        self._end_if_done()

    def _end_if_done(self) -> None:
        if not self._running:
            ask_to_end(self._process)
