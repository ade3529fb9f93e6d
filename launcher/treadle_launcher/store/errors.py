"""What the store raises.

StoreError                  the store could not do it; nothing of the request is recorded
├── DiskFullError           no room
├── StoreUnavailableError   SQLite says no: the message holds its words
├── StoreClosedError        the store is closing or closed
├── OutOfStepError          what was decided rests on what was not recorded
└── CorruptRecordError      what is stored is not what this version writes

Refusals of a request (unknown run, bad page token, idempotency conflict) are RefusedErrors.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError

from treadle_launcher.codec import CodecError
from treadle_launcher.errors import LauncherError


class StoreError(LauncherError):
    """The store could not do what it was asked; nothing of the request is recorded."""


class DiskFullError(StoreError):
    """There is no room to record anything: make some, what was asked was not recorded."""


class StoreUnavailableError(StoreError):
    """The database cannot be read or written."""


class StoreClosedError(StoreError):
    """The store is closed."""


class OutOfStepError(StoreError):
    """What was decided rests on facts that are not recorded: a write before it failed."""


class CorruptRecordError(StoreError):
    """What is stored is not what this version of Treadle writes."""


@contextmanager
def translated() -> Iterator[None]:
    """Turn the errors of SQLAlchemy, SQLite and the codec into StoreErrors."""
    try:
        yield
    except CodecError as error:
        raise CorruptRecordError(str(error)) from error
    except DBAPIError as error:
        cause = error.orig
        if getattr(cause, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
            raise DiskFullError(
                "the disk that holds the home is full: make room; what was asked was not recorded"
            ) from error
        raise StoreUnavailableError(f"the home's database refused: {cause}") from error
