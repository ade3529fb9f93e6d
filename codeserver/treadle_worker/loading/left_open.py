"""What an import left open that forked copies of this process would be in each other's way in."""

from __future__ import annotations

import _io
from collections.abc import Iterator
from contextlib import suppress
from typing import Final, TypeAlias

from treadle._system import fcntl, gc, os, stat
from treadle_contract.lazy_dataclasses import dataclass
from treadle_worker.loading.file_locks import FileLock, lock_of
from treadle_worker.loading.import_traces import Identity, Traces, identity, socket_text
from treadle_worker.system import processes

_New: TypeAlias = tuple[int, os.stat_result]

# Descriptors 0 to 2 are a step's own.
_FIRST: Final = 3
_NAMELESS: Final = "anon_inode:"
_INSTEAD: Final = "open it in the op, or in a resource"
# What the memory is called that it keeps values, arrays and buffers in.
_SHARED_MEMORY: Final = {
    "pym-": "memory of multiprocessing (that of a Value or an Array, say)",
    "psm_": "a SharedMemory of multiprocessing",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """The descriptors of this process, what they were of, and its children, before an import."""

    files: frozenset[Identity]
    fds: frozenset[int]
    children: frozenset[int]

    def reason_not_to_fork(self, traces: Traces) -> str:
        """Name what the import left that copies cannot share, in one sentence; "": nothing."""
        return self._child(traces) or next(self._shared(traces), "")

    def files_to_open_anew(self) -> tuple[OpenFile, ...]:
        """Return the files that the import left open to be read: each copy reads all of them."""
        owned = _fds_of_python()
        return tuple(
            OpenFile(fd=fd, flags=_flags(fd), position=os.lseek(fd, 0, os.SEEK_CUR))
            for fd, status in self._new()
            if fd in owned and stat.S_ISREG(status.st_mode) and _access(fd) == os.O_RDONLY
        )

    def let_go_of_locks(self, traces: Traces) -> None:
        """Give up what the import locked by Python's `fcntl`: processes that it holds up run it too.

        What a library in C locked, a database say, stays so: it would not know.
        """
        for fd, status in self._new():
            lock = lock_of(fd)
            if lock is not None and traces.lock(status) is not None:
                # One that cannot be given up holds others up, as it would without us.
                with suppress(OSError):
                    lock.let_go()

    def _new(self) -> Iterator[_New]:
        for fd, status in _descriptors():
            # Descriptors of events are all of one file: only their numbers tell them apart.
            known = fd in self.fds if _is_nameless(fd) else identity(status) in self.files
            if not known:
                yield fd, status

    def _child(self, traces: Traces) -> str:
        for pid in processes.children(os.getpid()):
            if pid in self.children or processes.has_ended(pid):
                continue
            name, place = traces.process(pid)
            return (
                f"importing the code started the process {name} ({pid}){place}, which no step"
                " process can wait for: start it in the op, or in a resource"
            )
        return ""

    def _shared(self, traces: Traces) -> Iterator[str]:
        owned: frozenset[int] | None = None
        for fd, status in self._new():
            if stat.S_ISREG(status.st_mode):
                lock = lock_of(fd)
                if lock is not None:
                    yield _locked(lock, _name(fd), traces.lock(status))
                    continue
                owned = _fds_of_python() if owned is None else owned
                what = "" if _is_shareable(fd, owned) else _file_text(_name(fd))
            else:
                what = _unshareable(fd, status)
            if what:
                place = traces.file(status, _name(fd))
                yield (
                    f"importing the code left {what} open{place}, which step processes cannot"
                    f" share: {_INSTEAD}"
                )


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenFile:
    """A file at the position where the import left it."""

    fd: int
    flags: int
    position: int

    def open_anew(self) -> None:
        """Open the file anew under the same descriptor, with a position of this process's own.

        Raises:
            OSError: the file cannot be opened any more.
        """
        own = os.open(f"/proc/self/fd/{self.fd}", self.flags)
        try:
            os.lseek(own, self.position, os.SEEK_SET)
            os.dup2(own, self.fd, inheritable=os.get_inheritable(self.fd))
        finally:
            os.close(own)


def before() -> Before:
    """Note what there is before an import."""
    return Before(
        files=frozenset(identity(status) for _, status in _descriptors()),
        fds=frozenset(fd for fd, _ in _descriptors()),
        children=frozenset(processes.children(os.getpid())),
    )


def _descriptors() -> Iterator[_New]:
    for name in os.listdir("/proc/self/fd"):
        fd = int(name)
        try:
            status = os.fstat(fd)
        except OSError:
            # That of the listing itself.
            continue
        if fd >= _FIRST:
            yield fd, status


def _unshareable(fd: int, status: os.stat_result) -> str:
    """Say what a descriptor is of, if what happens there happens once for all copies."""
    if stat.S_ISSOCK(status.st_mode):
        return socket_text(fd)
    if stat.S_ISFIFO(status.st_mode):
        return "a pipe"
    kind = _name(fd).removeprefix(_NAMELESS).strip("[]")
    # Terminals and devices are every process's; to know a process by its descriptor harms nobody.
    return f"a descriptor of kind {kind}" if _is_nameless(fd) and kind != "pidfd" else ""


def _locked(lock: FileLock, name: str, place: str | None) -> str:
    return (
        f"importing the code left the file {name} locked by {lock.kind}{place or ''}, which holds up"
        " every other process that locks it: lock it in the op, or in a resource"
    )


def _file_text(name: str) -> str:
    start = os.path.basename(name)[:4]
    return _SHARED_MEMORY.get(start, "") or f"the file {name}"


def _is_shareable(fd: int, owned: frozenset[int]) -> bool:
    """Tell whether copies can use a regular file that the import left open.

    What they write goes behind what others wrote, and what they read they open anew; but not
    what Python does not know of, a database's file, say.
    """
    access = _access(fd)
    return access == os.O_WRONLY or (access == os.O_RDONLY and fd in owned)


def _fds_of_python() -> frozenset[int]:
    """Return the descriptors of Python's own file objects that are open."""
    found = set()
    for each in gc.get_objects():
        if type(each) is _io.FileIO and not each.closed:
            found.add(each.fileno())
    return frozenset(found)


def _access(fd: int) -> int:
    return _flags(fd) & os.O_ACCMODE


def _flags(fd: int) -> int:
    return fcntl.fcntl(fd, fcntl.F_GETFL)


def _is_nameless(fd: int) -> bool:
    return _name(fd).startswith(_NAMELESS)


def _name(fd: int) -> str:
    return os.readlink(f"/proc/self/fd/{fd}")
