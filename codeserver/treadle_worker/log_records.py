"""Log records of a step: every one in the attempt's log file, the grave ones as facts too."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable

from treadle_worker.capture import open_append
from treadle_worker.messages import WorkerLogRecord

STEP_LOGGER = "treadle.step"
MAX_REPORTED = 1000
MAX_MESSAGE_CHARACTERS = 256 * 1024

_FORMAT = "%(asctime)s.%(msecs)03dZ %(levelname)s %(name)s: %(message)s"
_DATE_FORMAT = "%Y-%m-%dT%H:%M:%S"
# Made once: a step process would need longer for it than for a record.
_FORMATTER = logging.Formatter(_FORMAT, _DATE_FORMAT)
_FORMATTER.converter = time.gmtime


class LogRecords(logging.Handler):
    """Writes records to a file, a line or more each; reports those of WARNING and above.

    A child that the user's code forks writes to the same file.
    """

    def __init__(self, path: str, report: Callable[[WorkerLogRecord], None]) -> None:
        super().__init__()
        self._fd = open_append(path)
        self._report = report
        self._reported = 0
        self.setFormatter(_FORMATTER)

    def emit(self, record: logging.LogRecord) -> None:
        """Take a record (logging calls it, under the handler's lock)."""
        try:
            # One write: lines of several processes do not mix.
            os.write(self._fd, f"{self.format(record)}\n".encode("utf-8", "replace"))
            if record.levelno >= logging.WARNING:
                self._tell(record)
        except Exception:  # noqa: BLE001 - as every handler: logging never ends the op
            self.handleError(record)

    def _tell(self, record: logging.LogRecord) -> None:
        self._reported += 1
        if self._reported > MAX_REPORTED:
            return
        self._report(
            WorkerLogRecord(
                level=record.levelname, logger=record.name, message=self._message(record)
            )
        )
        if self._reported == MAX_REPORTED:
            words = f"{MAX_REPORTED} records were reported; further ones are in the log file only."
            self._report(WorkerLogRecord(level="WARNING", logger=STEP_LOGGER, message=words))

    def _message(self, record: logging.LogRecord) -> str:
        message = record.getMessage()
        if record.exc_info and record.exc_info[0] is not None:
            message = f"{message}\n{_FORMATTER.formatException(record.exc_info)}"
        if len(message) > MAX_MESSAGE_CHARACTERS:
            message = f"{message[:MAX_MESSAGE_CHARACTERS]}… (the rest is in the log file)"
        return message


def log_to(path: str, report: Callable[[WorkerLogRecord], None]) -> None:
    """Have the whole process's records written to the file, the step's own at any level.

    What the user's modules configured stays. Libraries are heard from INFO up, unless they
    or the user's code say otherwise.

    Raises:
        OSError: the file cannot be opened.
    """
    root = logging.getLogger()
    root.addHandler(LogRecords(path, report))
    if root.level == logging.WARNING:
        root.setLevel(logging.INFO)
    step = logging.getLogger(STEP_LOGGER)
    if step.level == logging.NOTSET:
        step.setLevel(logging.DEBUG)
