"""The host's end of the socket that an attempt's process reports on."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Final

from treadle._system import os
from treadle_contract import json_text
from treadle_contract.fields import fields_of
from treadle_contract.frame_bounds import FACT, MAX_FACT_BYTES
from treadle_contract.ids import StepKey
from treadle_contract.message import ContractError
from treadle_contract.worker import JournalRecord
from treadle_worker.attempts.attempt_end import Undecoded
from treadle_worker.frames import FrameError, FrameReader
from treadle_worker.host.loop import Loop
from treadle_worker.step.reports import word

_READ_BYTES = 256 * 1024
# That an attempt was cancelled, its host alone knows: nothing of it is left then.
_FACTS: Final = tuple(
    field.json_name
    for field in fields_of(JournalRecord)
    if field.slot == "fact" and field.name != "cancelled"
)


class ReportEnd:
    """Reads facts while the loop turns, and gives them to `take` undecoded, until the socket's end.

    `garbage` says what was read that no process reports, and is "" if nothing was. Only the
    user's code can have written that, to a descriptor that is not its.
    """

    def __init__(self, loop: Loop, fd: int, take: Callable[[Undecoded], None]) -> None:
        """Take over the descriptor, which does not block."""
        self._loop = loop
        self._fd: int | None = fd
        self._take = take
        self._frames = FrameReader(MAX_FACT_BYTES)
        self.garbage = ""
        loop.watch(fd, self._read)

    def give_word(self, task: bytes = b"") -> None:
        """Give the process its go-ahead: the journal says that its attempt began.

        `task` is the JSON of its task, where that is not the one that it was started with.
        """
        if self._fd is not None:
            # It may have ended by now.
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                os.write(self._fd, word(task))

    def refuse(self, what: str) -> None:
        """Read no more of a process that reports what cannot be."""
        self.garbage = what
        self._close()

    @property
    def is_cut(self) -> bool:
        """Whether what was read ends within a report."""
        return self._frames.has_partial_frame

    def finish(self) -> None:
        """Read what there is and no more: what the attempt left behind may hold the other end."""
        self.hear()
        self._close()

    def hear(self) -> None:
        """Read what there is."""
        while self._read():
            pass

    def _read(self) -> bool:
        """Take a piece; tell whether there may be more."""
        if self._fd is None:
            return False
        try:
            data = os.read(self._fd, _READ_BYTES)
        except BlockingIOError:
            return False
        except ConnectionResetError:
            # It ended without having read our word.
            data = b""
        if not data:
            self._close()
            return False
        try:
            for message in self._frames.feed(data):
                self._take(_fact_of(message))
        except (FrameError, ContractError) as error:
            self.garbage = str(error)
            self._close()
            return False
        return True

    def _close(self) -> None:
        if self._fd is not None:
            self._loop.unwatch(self._fd)
            os.close(self._fd)
            self._fd = None


def _fact_of(message: bytes) -> Undecoded:
    record = json_text.parsed(message, "JournalRecord", FACT)
    for name in _FACTS:
        body = record.get(name)
        if isinstance(body, dict):
            _check_rewritten(message, body)
            following = record.get("nextStepKey", "")
            if not isinstance(following, str):
                raise ContractError("JournalRecord.next_step_key", "is no text")
            return Undecoded(name=name, body=body, next_step_key=StepKey(following))
    raise ContractError("JournalRecord.fact", "is not set")


def _check_rewritten(message: bytes, body: dict[str, object]) -> None:
    """Refuse a report that fits a frame only as it came: 1e15 takes 18 bytes when it is written."""
    if len(message) > MAX_FACT_BYTES // 4:
        size = len(json_text.written(body))
        if size > MAX_FACT_BYTES:
            problem = f"takes {size:,} bytes, and {MAX_FACT_BYTES:,} is the most"
            raise ContractError("JournalRecord", problem)
