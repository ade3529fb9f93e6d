"""Where in the user's files an import opened a connection, locked a file or started a process.

An audit hook writes it down: below what user code can patch, and only while an import is traced.
"""

from __future__ import annotations

import _socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any, Final, TypeAlias

from treadle._system import fcntl, open_file, os
from treadle_worker.loading.origins import is_user_file

# Which file a descriptor is of, whatever its number: device and inode.
Identity: TypeAlias = tuple[int, int]

_CONNECTS: Final = frozenset({"socket.connect", "socket.bind"})
_LOCKS: Final = frozenset({"fcntl.flock", "fcntl.lockf"})
_STARTS: Final = frozenset({"subprocess.Popen", "os.posix_spawn", "os.fork"})


class Traces:
    """What was seen of an import. A place is told as " at FILE:LINE", "" where it is not known."""

    def __init__(self) -> None:
        self._files: dict[Identity, str] = {}
        self._locks: dict[Identity, str] = {}
        self._databases: dict[str, str] = {}
        self._starts: list[tuple[str, str]] = []

    def file(self, status: os.stat_result, path: str) -> str:
        """Return where a file was opened that a descriptor is of."""
        return self._files.get(identity(status)) or self._databases.get(path, "")

    def lock(self, status: os.stat_result) -> str | None:
        """Return where Python's own `fcntl` locked the file of a descriptor; None: it did not."""
        return self._locks.get(identity(status))

    def process(self, pid: int) -> tuple[str, str]:
        """Return the program that a child runs, and where it was started."""
        words = _words(pid)
        started = [(line, place) for line, place in self._starts if line == "\0".join(words)]
        if not started and len(self._starts) == 1:
            # It may not have become its program yet.
            started = self._starts
        line, place = started[0] if started else ("", "")
        program = line.partition("\0")[0] or (words[0] if words else "of no name")
        return os.path.basename(program), place

    def take(self, event: str, args: tuple[Any, ...]) -> None:
        """Write down an audit event."""
        if event in _CONNECTS:
            fd = _socket.socket.fileno(args[0])
            if fd >= 0:
                self._files.setdefault(identity(os.fstat(fd)), _place())
        elif event == "mmap.__new__":
            if args[0] >= 0:
                self._files.setdefault(identity(os.fstat(args[0])), _place())
        elif event in _LOCKS and not args[1] & fcntl.LOCK_UN:
            self._locks[identity(os.fstat(args[0]))] = _place()
        elif event in _STARTS:
            line = "\0".join(map(os.fsdecode, args[1])) if len(args) > 1 and args[1] else ""
            self._starts.append((line, _place()))
        elif event == "sqlite3.connect":
            self._databases.setdefault(os.path.realpath(os.fsdecode(args[0])), _place())


@contextmanager
def traced() -> Iterator[Traces]:
    """Trace what the block does."""
    traces = Traces()
    # One hook, which the interpreter keeps for ever, and which costs next to nothing afterwards.
    sink: list[Callable[[str, tuple[Any, ...]], None]] = [traces.take]
    ended: list[bool] = []

    def hook(event: str, args: tuple[Any, ...]) -> None:
        if not sink or event not in _EVENTS:
            return
        take = sink.pop()
        # What is not understood must not end the user's call.
        with suppress(Exception):
            take(event, args)
        if not ended:
            sink.append(take)

    sys.addaudithook(hook)
    try:
        yield traces
    finally:
        ended.append(True)
        sink.clear()


_EVENTS: Final = frozenset({*_CONNECTS, *_LOCKS, *_STARTS, "mmap.__new__", "sqlite3.connect"})


def identity(status: os.stat_result) -> Identity:
    """Name the file that a descriptor is of."""
    return status.st_dev, status.st_ino


def socket_text(fd: int) -> str:
    """Say what a socket is connected to, or listens on."""
    flags = fcntl.fcntl(fd, fcntl.F_GETFL)
    try:
        # Of a descriptor of its own, which it closes.
        end = _socket.socket(fileno=os.dup(fd))
    except OSError:
        return "a socket"
    finally:
        # A default timeout that the user set makes the socket, which is theirs too, not block.
        fcntl.fcntl(fd, fcntl.F_SETFL, flags)
    try:
        peer = _address(end.getpeername())
        return f"a connection to {peer}" if peer else "a socket"
    except OSError:
        own = _address(end.getsockname())
        return f"a socket at {own}" if own else "a socket"
    finally:
        end.close()


def _address(address: object) -> str:
    match address:
        case (str(host), int(port), *_):
            return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        case bytes():
            return os.fsdecode(address).replace("\0", "@")
        case str():
            return address
    return ""


def _place() -> str:
    """Return the innermost line of the user's that is being run."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        file = frame.f_code.co_filename
        if not file.startswith("<") and is_user_file(file):
            return f" at {file}:{frame.f_lineno}"
        frame = frame.f_back
    return ""


def _words(pid: int) -> list[str]:
    try:
        with open_file(f"/proc/{pid}/cmdline", "rb") as file:
            return os.fsdecode(file.read()).split("\0")[:-1]
    except OSError:
        return []
