"""What the store raises.

StoreError                     the store could not do it; nothing of the request is recorded
├── StoreUnavailableError      SQLite says no for now: the message holds its words
│   ├── DiskFullError          no room
│   ├── DatabaseGoneError      the file was removed or moved: what is written is found by nobody
│   └── DatabaseLockedError    another program writes, or keeps the others from it
├── StoreClosedError           the store is closing or closed
├── UnrecordableError          the database refuses the very thing that it was asked to record
├── OutOfStepError             what was decided rests on what was not recorded
├── SpoiltRunError             the facts about one run cannot be recorded, in any turn
└── CorruptRecordError         what is stored is not what this version writes

Refusals of a request (unknown run, bad page token, idempotency conflict) are RefusedErrors.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from treadle_contract.ids import RunId
from treadle_launcher.codec import CodecError
from treadle_launcher.errors import LauncherError

# All else that SQLite says is about the file or the disk, which may be mended.
_OF_THE_REQUEST: Final = frozenset(
    {
        sqlite3.SQLITE_CONSTRAINT,
        sqlite3.SQLITE_MISMATCH,
        sqlite3.SQLITE_MISUSE,
        sqlite3.SQLITE_RANGE,
        sqlite3.SQLITE_TOOBIG,
    }
)
_PRIMARY: Final = 0xFF
"""The part of SQLite's error codes that names the kind."""


class StoreError(LauncherError):
    """The store could not do what it was asked; nothing of the request is recorded."""


class StoreUnavailableError(StoreError):
    """The database cannot be read or written now; the same request may be taken later."""


class DiskFullError(StoreUnavailableError):
    """There is no room to record anything: make some."""


class DatabaseGoneError(StoreUnavailableError):
    """The database was removed, moved, or another one lies in its place."""


class DatabaseLockedError(StoreUnavailableError):
    """Another program keeps the database locked."""


class StoreClosedError(StoreError):
    """The store is closed."""


class OutOfStepError(StoreError):
    """What was decided rests on facts that are not recorded: a write before it failed."""


class UnrecordableError(StoreError):
    """The database refuses what was asked, however often it is asked."""


class SpoiltRunError(StoreError):
    """The facts about one run cannot be recorded, whatever the reason; those of others can."""

    def __init__(self, run_id: RunId, error: Exception) -> None:
        super().__init__(f"the facts about run {run_id} cannot be recorded: {error}")
        self.run_id = run_id
        self.error = error


class CorruptRecordError(StoreError):
    """What is stored is not what this version of Treadle writes."""


@contextmanager
def translated() -> Iterator[None]:
    """Turn the errors of SQLite and the codec into StoreErrors."""
    try:
        yield
    except CodecError as error:
        raise CorruptRecordError(str(error)) from error
    except sqlite3.Error as error:
        raise _in_our_words(error) from error


def _in_our_words(cause: sqlite3.Error) -> StoreError:
    # What the driver finds itself, before SQLite is asked, has no code: it is about the request.
    code = getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_MISUSE) & _PRIMARY
    if code == sqlite3.SQLITE_FULL:
        return DiskFullError("the disk that holds the home is full: make room")
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return DatabaseLockedError(
            "another program keeps the home's database locked: end it, or wait until it is done"
        )
    if code in _OF_THE_REQUEST:
        return UnrecordableError(f"the home's database cannot hold this: {cause}")
    return StoreUnavailableError(f"the home's database refused: {cause}")
