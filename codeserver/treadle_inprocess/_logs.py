"""Log records of a run in this process: the grave ones are facts of it, as through the services."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from treadle_contract.worker import WorkerLogRecord
from treadle_worker.step.log_records import LogRecords


class _Heard:
    """Takes records for a run, which has no log file."""

    def __init__(self, tell: Callable[[WorkerLogRecord], None]) -> None:
        self.tell = tell

    def write(self, line: str) -> None:
        """Leave the text to the handlers that there are."""


class _Handler(LogRecords):
    def emit(self, record: logging.LogRecord) -> None:
        """Take a record, and have it printed where it would be if nobody took it."""
        super().emit(record)
        last = logging.lastResort
        if logging.getLogger().handlers == [self] and last and record.levelno >= last.level:
            last.handle(record)


@contextmanager
def heard(tell: Callable[[WorkerLogRecord], None]) -> Iterator[None]:
    """Have records of WARNING and above told, whatever logger they come from."""
    handler = _Handler(_Heard(tell))
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        yield
    finally:
        root.removeHandler(handler)
