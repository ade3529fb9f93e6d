"""The outbox: facts go into the journal, and from there to a launcher that is in step with it."""

from __future__ import annotations

from treadle_worker.dialling import Launcher
from treadle_worker.journal import Journal
from treadle_worker.messages import Fact, Task
from treadle_worker.wire.host_frame import encode_report

_BATCH_BYTES = 1024 * 1024


class Outbox:
    """Sends every record once a connection, after the launcher has said what it holds."""

    def __init__(self, journal: Journal, launcher: Launcher) -> None:
        self._journal = journal
        self._launcher = launcher
        # None: this connection's launcher has not said yet how far its store goes.
        self._sent: int | None = None

    @property
    def last_record(self) -> int:
        """The number of the last record, 0 before the first."""
        return self._journal.last_record

    @property
    def is_committed(self) -> bool:
        """Whether the launcher has stored every record."""
        return self._journal.is_committed

    def record(self, task: Task, fact: Fact) -> None:
        """Write a fact of a task's step down, then send it.

        Raises:
            OSError: it cannot be written.
        """
        step = task.steps[0]
        self._journal.append(task.task_id, step.step_key, step.attempt, fact)
        self._send()

    def commit(self, number: int) -> None:
        """Take note of what the launcher's store holds, and send it what it does not."""
        self._journal.commit(number)
        if self._sent is None:
            self._sent = number
        self._send()

    def disconnected(self) -> None:
        """Send nothing until the next launcher says what it holds."""
        self._sent = None

    def _send(self) -> None:
        if self._sent is None:
            return
        batch: list[dict[str, object]] = []
        size = 0
        for message, length in self._journal.since(self._sent):
            if batch and size + length > _BATCH_BYTES:
                self._launcher.send(encode_report(batch))
                batch, size = [], 0
            batch.append(message)
            size += length
        if batch:
            self._launcher.send(encode_report(batch))
        self._sent = max(self._sent, self._journal.last_record)
