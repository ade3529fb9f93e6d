"""Log records of a step: every one in the attempt's log file, the grave ones as facts too."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable
from typing import Protocol

from treadle._system import os, time
from treadle.steps._step_logger import STEP_LOGGER, give_step_logger
from treadle_contract.worker import WorkerLogRecord
from treadle_worker.step.capture import open_append
from treadle_worker.step.reports import ReportsLostError
from treadle_worker.system.kept_descriptor import KeptDescriptor

MAX_REPORTED = 1000
MAX_MESSAGE_CHARACTERS = 256 * 1024

_FORMAT = "%(asctime)s.%(msecs)03dZ %(levelname)s %(name)s: %(message)s"
_DATE_FORMAT = "%Y-%m-%dT%H:%M:%S"
# Made once: a step process would need longer for it than for a record.
_FORMATTER = logging.Formatter(_FORMAT, _DATE_FORMAT)
_FORMATTER.converter = time.gmtime


class AttemptLog:
    """The attempt's log file, and the count of what was reported: one for both handlers.

    A child that the user's code forks writes to the same file.
    """

    def __init__(self, path: str, report: Callable[[WorkerLogRecord], None]) -> None:
        """Take the path of the file, which is opened with the first line."""
        self._path = path
        self._file: KeptDescriptor | None = None
        self._report = report
        self._reported = 0

    def write(self, line: str) -> None:
        """Append a line; to the file anew if the user's code closed it.

        Raises:
            OSError: that cannot be done.
        """
        if self._file is None or not self._file.is_there():
            # Its number may be that of a file of the user's by now.
            self._file = KeptDescriptor(open_append(self._path))
        # One write: lines of several processes do not mix.
        os.write(self._file.fd, f"{line}\n".encode("utf-8", "replace"))

    def tell(self, record: WorkerLogRecord) -> None:
        """Report a record, unless there were too many."""
        self._reported += 1
        if self._reported > MAX_REPORTED:
            return
        # Once reports are lost the attempt fails for that, and says so itself.
        with contextlib.suppress(ReportsLostError):
            self._report(record)
            if self._reported == MAX_REPORTED:
                words = (
                    f"{MAX_REPORTED} records were reported; further ones are in the log file only."
                )
                self._report(WorkerLogRecord(level="WARNING", logger=STEP_LOGGER, message=words))

    def move(self, path: str) -> None:
        """Go on in another attempt's file, and count anew."""
        self.close()
        self._path, self._reported = path, 0

    def close(self) -> None:
        """Close the file, if it is open."""
        if self._file is not None:
            self._file.close()
            self._file = None


class Log(Protocol):
    """What takes the records of an attempt."""

    def write(self, line: str) -> None:
        """Take a record as text."""

    def tell(self, record: WorkerLogRecord) -> None:
        """Report a grave one."""


class LogRecords(logging.Handler):
    """Writes records to the log, a line or more each; reports those of WARNING and above.

    While it has no log it takes no records.
    """

    def __init__(self, log: Log | None = None) -> None:
        super().__init__()
        self.log = log
        self.setFormatter(_FORMATTER)

    def emit(self, record: logging.LogRecord) -> None:
        """Take a record (logging calls it, under the handler's lock)."""
        if self.log is None:
            return
        try:
            self.log.write(self.format(record))
            if record.levelno >= logging.WARNING:
                self.log.tell(
                    WorkerLogRecord(
                        level=record.levelname, logger=record.name, message=self._message(record)
                    )
                )
        except Exception:  # noqa: BLE001 - as every handler: logging never ends the op
            self.handleError(record)

    def _message(self, record: logging.LogRecord) -> str:
        message = record.getMessage()
        if record.exc_info and record.exc_info[0] is not None:
            message = f"{message}\n{_FORMATTER.formatException(record.exc_info)}"
        if len(message) > MAX_MESSAGE_CHARACTERS:
            message = f"{message[:MAX_MESSAGE_CHARACTERS]}… (the rest is in the log file)"
        return message


class Records:
    """The records of a whole process, for the attempt that it is told of.

    What the user's modules configured stays. Libraries are heard from INFO up, unless they
    or the user's code say otherwise: their records come by root's handlers, which are the
    user's to replace. Those of `context.log` come whatever is done to logging, and at any level.
    """

    def __init__(self) -> None:
        """Hear them from now on."""
        # Two handlers: what is set on root's handlers is not set on the step's. The log is one, so
        # is the lock.
        own, others = LogRecords(), LogRecords()
        others.lock = own.lock
        self._handlers = (own, others)
        root = logging.getLogger()
        root.addHandler(others)
        if root.level == logging.WARNING:
            root.setLevel(logging.INFO)
        give_step_logger(own, others)

    def write_to(self, path: str, report: Callable[[WorkerLogRecord], None]) -> AttemptLog:
        """Have them written to an attempt's file, and the grave ones reported."""
        log = AttemptLog(path, report)
        for handler in self._handlers:
            handler.log = log
        return log
