"""The journal: numbered facts in a file, written before anyone is told."""

from __future__ import annotations

from collections import deque

from treadle._system import make_folders, os, utc_now
from treadle.io.durability import Durability, sync_folder
from treadle_contract import json_codec, json_text
from treadle_contract.ids import StepKey, TaskId
from treadle_contract.lazy_dataclasses import dataclass
from treadle_contract.worker import JournalRecord, JournalRecordFact
from treadle_worker.attempts.attempt_end import Undecoded
from treadle_worker.system.kept_descriptor import out_of_the_way

# Less than this is not worth a new file: what is cut is rewritten past it.
_CUT_BYTES = 1024 * 1024
_NO_TASK = TaskId("")
_NO_STEP = StepKey("")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """One record that is not committed: its number and its line."""

    number: int
    line: bytes


class Journal:
    """The file of one host, one JournalRecord of worker.proto a line.

    A last line without its end was being written when the host was killed: it is no record.
    The file survives the host, and what its durability says. It holds every record that the
    launcher has not committed.
    """

    def __init__(self, path: str, durability: Durability = Durability.PROCESS) -> None:
        """Open the journal of a new host.

        Raises:
            OSError: the file cannot be written.
        """
        make_folders(os.path.dirname(path), 0o700)
        self._path = path
        self._durability = durability
        self._fd = _open(path)
        # Whether the name of the file is known to be on the disk.
        self._is_named = False
        self._entries: deque[_Entry] = deque()
        self._last = 0
        self._cut_bytes = 0

    @property
    def last_record(self) -> int:
        """The number of the last record, 0 before the first."""
        return self._last

    @property
    def is_committed(self) -> bool:
        """Whether the launcher has stored every record."""
        return not self._entries

    def append(  # noqa: PLR0913, PLR0917 - what a record is made of
        self,
        task_id: TaskId,
        step_key: StepKey,
        attempt: int,
        fact: JournalRecordFact | Undecoded,
        next_task_id: TaskId = _NO_TASK,
        next_step_key: StepKey = _NO_STEP,
    ) -> None:
        """Write a fact down; when this returns it survives the host, or a power cut too.

        `next_task_id`: the task that starts in the place of the one that this ends;
        `next_step_key`: the step of the same task that begins now.

        Raises:
            OSError: it could not be written whole, or synced; the file is as before.
        """
        record = JournalRecord(
            number=self._last + 1,
            task_id=task_id,
            step_key=step_key,
            attempt=attempt,
            time=utc_now(),
            fact=None if isinstance(fact, Undecoded) else fact,
            next_task_id=next_task_id,
            next_step_key=next_step_key,
        )
        message = json_codec.encode(record)
        if isinstance(fact, Undecoded):
            message[fact.name] = fact.body
        line = json_text.written(message) + b"\n"
        self._write(line)
        self._entries.append(_Entry(number=record.number, line=line))
        self._last = record.number

    def since(self, number: int) -> list[bytes]:
        """Return the lines of the uncommitted records after `number`."""
        newer = []
        for entry in reversed(self._entries):
            if entry.number <= number:
                break
            newer.append(entry.line)
        return newer[::-1]

    def commit(self, number: int) -> None:
        """Take note that the launcher has stored the records up to `number`, and cut them."""
        while self._entries and self._entries[0].number <= number:
            self._cut_bytes += len(self._entries.popleft().line)
        if not self._cut_bytes:
            return
        if not self._entries:
            os.ftruncate(self._fd, 0)
            self._cut_bytes = 0
        elif self._cut_bytes > _CUT_BYTES:
            self._rewrite()

    def close(self) -> None:
        """Close the file, which stays."""
        os.close(self._fd)

    def _write(self, line: bytes) -> None:
        size = os.fstat(self._fd).st_size
        try:
            _write_all(self._fd, line)
            if self._durability is Durability.POWER:
                self._sync()
        except OSError:
            os.ftruncate(self._fd, size)
            raise

    def _sync(self) -> None:
        """Sync all records to the disk, and the name of a new file with its first one."""
        os.fdatasync(self._fd)
        if not self._is_named:
            folder = os.path.dirname(self._path)
            sync_folder(folder)
            sync_folder(os.path.dirname(folder))
            self._is_named = True

    def _rewrite(self) -> None:
        """Begin the file anew with what is not committed, unless there is no room for both."""
        fresh = f"{self._path}.new"
        try:
            fd = _open(fresh)
            try:
                os.ftruncate(fd, 0)
                _write_all(fd, b"".join(entry.line for entry in self._entries))
                if self._durability is Durability.POWER:
                    # The name that it takes may be on the disk before the next record is.
                    os.fdatasync(fd)
                os.replace(fresh, self._path)
            except OSError:
                os.close(fd)
                os.unlink(fresh)
                raise
        except OSError:
            # The old one holds all that this would. The next commit tries again.
            return
        os.close(self._fd)
        self._fd = fd
        self._is_named = False
        self._cut_bytes = 0


def _open(path: str) -> int:
    return out_of_the_way(
        os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    )


def _write_all(fd: int, data: bytes) -> None:
    while data:
        data = data[os.write(fd, data) :]
