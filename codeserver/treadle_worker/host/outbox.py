"""The outbox: facts go into the journal, and from there to a launcher that is in step with it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from treadle_contract.ids import StepKey, TaskId
from treadle_contract.lazy_dataclasses import dataclass, replace
from treadle_contract.worker import JournalRecordFact, Task
from treadle_worker.attempts.attempt_end import Undecoded
from treadle_worker.host.dialling import Launcher
from treadle_worker.host.host_output import note
from treadle_worker.host.journal import Journal
from treadle_worker.host.loop import Loop

NO_TASK = TaskId("")
NO_STEP = StepKey("")
_BATCH_BYTES = 1024 * 1024
# While the disk is full.
_WRITE_AGAIN_S = 1.0
_WRITE_AGAIN = "journal"
# Nobody sees a step later for it. Each report costs the launcher a commit.
_SEND_SOON_S = 0.01
_SEND = "report"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Unwritten:
    """A fact that is in no journal yet, and what waits for that."""

    task: Task
    fact: JournalRecordFact | Undecoded
    written: Callable[[], None]
    next_task_id: TaskId
    next_step_key: StepKey


class Outbox:
    """Sends every record once a connection, after the launcher has said what it holds.

    While the journal cannot be written, facts wait here, in order, and nobody is told of them.
    """

    def __init__(self, loop: Loop, journal: Journal, launcher: Launcher) -> None:
        self._loop = loop
        self._journal = journal
        self._launcher = launcher
        self._unwritten: deque[_Unwritten] = deque()
        # None: this connection's launcher has not said yet how far its store goes.
        self._sent: int | None = None

    @property
    def last_record(self) -> int:
        """The number of the last record in the journal, 0 before the first."""
        return self._journal.last_record

    @property
    def is_written(self) -> bool:
        """Whether the journal holds every fact."""
        return not self._unwritten

    @property
    def is_committed(self) -> bool:
        """Whether the launcher has stored every record."""
        return self.is_written and self._journal.is_committed

    def record(
        self,
        task: Task,
        fact: JournalRecordFact | Undecoded,
        written: Callable[[], None] = lambda: None,
        next_task_id: TaskId = NO_TASK,
        next_step_key: StepKey = NO_STEP,
    ) -> int:
        """Write a fact of a task's step down, call `written`, and send it.

        `next_task_id`: the task that starts in the place of the one that this ends;
        `next_step_key`: the step of the same task that begins now. Returns the number of its record, which it has once it is written: now, if that can be.
        """
        self._unwritten.append(
            _Unwritten(
                task=task,
                fact=fact,
                written=written,
                next_task_id=next_task_id,
                next_step_key=next_step_key,
            )
        )
        number = self._journal.last_record + len(self._unwritten)
        if not self._loop.has_deadline(_WRITE_AGAIN):
            error = self._write()
            if error is not None:
                note(f"the journal cannot be written, and is tried again until it can: {error}")
        return number

    def commit(self, number: int) -> None:
        """Take note of what the launcher's store holds, and send it what it does not."""
        self._journal.commit(number)
        if self._sent is None:
            self._sent = number
        self._send()

    def disconnected(self) -> None:
        """Send nothing until the next launcher says what it holds; name nothing more that starts."""
        self._sent = None
        self._unwritten = deque(replace(entry, next_task_id=NO_TASK) for entry in self._unwritten)

    def _write(self) -> OSError | None:
        """Write what waits; return why it has to wait on, if it has."""
        while self._unwritten:
            entry = self._unwritten[0]
            step = entry.task.steps[0]
            try:
                self._journal.append(
                    entry.task.task_id,
                    step.step_key,
                    step.attempt,
                    entry.fact,
                    entry.next_task_id,
                    entry.next_step_key,
                )
            except OSError as error:
                self._loop.set_deadline(_WRITE_AGAIN, _WRITE_AGAIN_S, self._write)
                return error
            self._unwritten.popleft()
            entry.written()
            if entry.next_step_key:
                self._send_soon()
            else:
                self._send()
        return None

    def _send_soon(self) -> None:
        """Send, with what comes in the next moment: a task that goes on waits for no launcher."""
        if not self._loop.has_deadline(_SEND):
            self._loop.set_deadline(_SEND, _SEND_SOON_S, self._send)

    def _send(self) -> None:
        self._loop.clear_deadline(_SEND)
        if self._sent is None:
            return
        batch: list[bytes] = []
        size = 0
        for line in self._journal.since(self._sent):
            if batch and size + len(line) > _BATCH_BYTES:
                self._launcher.send(_report(batch))
                batch, size = [], 0
            batch.append(line)
            size += len(line)
        if batch:
            self._launcher.send(_report(batch))
        self._sent = max(self._sent, self._journal.last_record)


def _report(lines: list[bytes]) -> bytes:
    """Return a HostFrame of records as the journal has them."""
    return b'{"report":{"records":[' + b",".join(lines) + b"]}}"
