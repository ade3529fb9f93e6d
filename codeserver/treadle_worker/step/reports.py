"""A step process's reports: facts as frames on a socket whose other end its host alone has."""

from __future__ import annotations

from typing import Final

from treadle._system import allocate_lock, os, struct, utc_now
from treadle_contract import json_codec
from treadle_contract.frame_bounds import FACT, MAX_FACT_BYTES
from treadle_contract.ids import StepKey, TaskId
from treadle_contract.json_text import check_shape
from treadle_contract.message import ContractError
from treadle_contract.worker import JournalRecord, JournalRecordFact
from treadle_worker import frames
from treadle_worker.system.kept_descriptor import KeptDescriptor

# Before the user's code runs, which may change what this takes.
json_codec.prepare(JournalRecord)

_NO_STEP: Final = StepKey("")
# What a host answers once the journal says that an attempt has begun: how much it says of it.
_TOLD = struct.Struct(">I")
# As much as a socket takes at once.
MOST_TOLD_BYTES: Final = 64 * 1024
# The exit status of a process that cannot report any more: all that is left for it to say. One
# that nothing else uses.
CANNOT_REPORT: Final = 213
# And that of one in which our own code failed so that even this cannot be reported.
OUR_FAILURE: Final = 214


def word(task: bytes = b"") -> bytes:
    """Return what a process waits for that is to begin: with its task where that is another."""
    return _TOLD.pack(len(task)) + task


class ReportsLostError(Exception):
    """The code of the step closed the socket that its process reports on."""


def _record(fact: JournalRecordFact, next_step_key: StepKey = _NO_STEP) -> JournalRecord:
    """Return a record of a fact that leaves it to the host to say whose it is."""
    return JournalRecord(
        number=0,
        task_id=TaskId(""),
        step_key=StepKey(""),
        attempt=0,
        time=utc_now(),
        fact=fact,
        next_step_key=next_step_key,
    )


def _packed(fact: JournalRecordFact, next_step_key: StepKey) -> bytes:
    body = json_codec.dumps(_record(fact, next_step_key))
    try:
        check_shape(body, "a message", FACT)
    except ContractError as error:
        raise frames.FrameError(str(error)) from None
    return frames.pack(body, MAX_FACT_BYTES)


class Reports:
    """This process's end of the socket, for all of its threads and for no process it forks."""

    def __init__(self, fd: int) -> None:
        """Take over the descriptor."""
        self._socket = KeptDescriptor(fd)
        self._pid = os.getpid()
        self._lock = allocate_lock()

    def send(self, fact: JournalRecordFact, next_step_key: StepKey = _NO_STEP) -> None:
        """Write one fact, whole; nothing in a process that the user's code forked.

        `next_step_key`: the step that this process goes on with, once it has word.

        Raises:
            FrameError: the fact is too large for a frame.
            ReportsLostError: the socket was closed; whatever has its number now gets nothing.
            OSError: the host is gone.
        """
        if os.getpid() != self._pid:
            return
        data = memoryview(_packed(fact, next_step_key))
        with self._lock:
            if not self._socket.is_there():
                raise ReportsLostError
            while data:
                data = data[os.write(self._socket.fd, data) :]

    def wait_for_go_ahead(self) -> bytes | None:
        """Wait until the host has it in its journal that the attempt began; None: it is gone.

        Returns the JSON of the task as it is by then, b"" where that was known before.
        """
        size = self._read(_TOLD.size)
        return None if size is None else self._read(*_TOLD.unpack(size))

    def _read(self, size: int) -> bytes | None:
        parts: list[bytes] = []
        while size:
            try:
                part = os.read(self._socket.fd, size)
            except ConnectionResetError:
                return None
            if not part:
                return None
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def close(self) -> None:
        """Close the socket, if it is there."""
        self._socket.close()
