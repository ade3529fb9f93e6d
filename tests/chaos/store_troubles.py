"""The ways in which a store refuses, each for so many seconds."""

from __future__ import annotations

import fcntl
import resource
import sqlite3
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from tests.chaos.place import Place

BETWEEN_LOCKS = 0.05

_GET_FLAGS, _SET_FLAGS, _IMMUTABLE = 0x80086601, 0x40086602, 0x10


def locked(place: Place, seconds: float) -> None:
    """Another connection writes, and does not come to an end."""
    with _lock(place):
        time.sleep(seconds)


def locked_and_killed(place: Place, seconds: float) -> None:
    """The same, and the launcher is killed meanwhile, and started on the locked database."""
    with _lock(place):
        time.sleep(seconds / 2)
        place.launcher.kill()
        place.launcher.start()
        time.sleep(seconds / 2)


def slow(place: Place, seconds: float) -> None:
    """Another connection writes over and over."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        with _lock(place):
            time.sleep(0.7)
        time.sleep(BETWEEN_LOCKS)


def failing(place: Place, seconds: float) -> None:
    """No write of the launcher's works: each file that it has is as large as it may be."""
    assert place.launcher.popen is not None
    pid = place.launcher.popen.pid
    before = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        time.sleep(seconds)
    finally:
        with suppress(ProcessLookupError):
            resource.prlimit(pid, resource.RLIMIT_FSIZE, before)


def read_only(place: Place, seconds: float) -> None:
    """The database and its log may be written by nobody, root included."""
    with ExitStack() as stack:
        for name in ("treadle.db", "treadle.db-wal"):
            stack.enter_context(_immutable(place.home / name))
        time.sleep(seconds)


def full(place: Place, seconds: float) -> None:
    """There is no room on the disk of the database."""
    filler = place.home / "filler"
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(b"\0" * 4096)
    time.sleep(seconds)
    filler.unlink()


@contextmanager
def _lock(place: Place) -> Iterator[None]:
    other = sqlite3.connect(place.home / "treadle.db", isolation_level=None, timeout=60)
    try:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")
    finally:
        other.close()


def can_be_read_only(place: Place) -> bool:
    """Whether a file can be made so here that root cannot write it: ext4 and root."""
    path = place.scratch / "try"
    path.write_bytes(b"")
    try:
        with path.open("ab") as file, _immutable(path), suppress(PermissionError):
            file.write(b"x")
            file.flush()
            return False
    except OSError:
        return False
    return True


@contextmanager
def _immutable(path: Path) -> Iterator[None]:
    with path.open("rb") as file:
        flags = bytearray(8)
        fcntl.ioctl(file, _GET_FLAGS, flags)
        before = bytes(flags)
        flags[0] |= _IMMUTABLE
        fcntl.ioctl(file, _SET_FLAGS, bytes(flags))
        try:
            yield
        finally:
            fcntl.ioctl(file, _SET_FLAGS, before)
