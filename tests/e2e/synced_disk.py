"""A disk as the worst power cut leaves it: it holds what was synced, and nothing else.

Of a file that is what was in it when it was last synced, of a folder which names it had then.
"""

from __future__ import annotations

import fcntl
import os
import platform
import select
import socket
import stat
import struct
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.e2e import report_syncs

_RECEIVE, _ANSWER = 0xC0502100, 0xC0182101
_QUESTION_BYTES = 80
_GO_ON = 1


@dataclass(frozen=True)
class _Inode:
    device: int
    number: int
    kind: int

    @classmethod
    def of(cls, status: os.stat_result) -> _Inode:
        return cls(status.st_dev, status.st_ino, stat.S_IFMT(status.st_mode))


@dataclass(frozen=True)
class SyncedDisk:
    """What is on the disk. `synced` are the paths that were, one after the other."""

    synced: tuple[str, ...] = ()
    _files: dict[_Inode, bytes] = field(default_factory=dict)
    _folders: dict[_Inode, dict[str, _Inode]] = field(default_factory=dict)

    def copy(self, folder: Path, into: Path) -> None:
        """Make a folder as it would be found: whole files, empty ones, and what is not there."""
        self._copy(_Inode.of(folder.stat()), into)

    def after(self, fd: int) -> SyncedDisk:
        """Return the disk as it is once this open file or folder is synced."""
        opened = f"/proc/self/fd/{fd}"
        status, path = os.fstat(fd), os.readlink(opened)
        files, folders = dict(self._files), dict(self._folders)
        if stat.S_ISDIR(status.st_mode):
            names = {}
            with os.scandir(fd) as entries:
                for entry in entries:
                    with suppress(FileNotFoundError):
                        names[entry.name] = _Inode.of(entry.stat(follow_symlinks=False))
            folders[_Inode.of(status)] = names
        else:
            files[_Inode.of(status)] = Path(opened).read_bytes()
        return SyncedDisk((*self.synced, path), files, folders)

    def _copy(self, folder: _Inode, into: Path) -> None:
        into.mkdir()
        for name, inode in self._folders.get(folder, {}).items():
            if inode.kind == stat.S_IFDIR:
                self._copy(inode, into / name)
            elif inode.kind == stat.S_IFREG:
                (into / name).write_bytes(self._files.get(inode, b""))


class Observer:
    """Sees what processes sync before they do. Made by `observing` alone."""

    def __init__(self, socket_path: str) -> None:
        self.disks = [SyncedDisk()]
        self.prefix = (sys.executable, str(Path(report_syncs.__file__)), socket_path)

    @property
    def disk(self) -> SyncedDisk:
        """What is on the disk by now."""
        return self.disks[-1]

    def observe(self, listener: int, ending: int) -> None:
        """Answer, until the observed processes or the test are over."""
        poll = select.poll()
        poll.register(listener, select.POLLIN)
        poll.register(ending, select.POLLIN)
        while True:
            ready = dict(poll.poll())
            if ending in ready or ready.get(listener, 0) & select.POLLHUP:
                return
            with suppress(FileNotFoundError, ProcessLookupError):
                # A process that was killed while it waited asks no more.
                self._answer(listener)

    def _answer(self, listener: int) -> None:
        question = fcntl.ioctl(listener, _RECEIVE, bytes(_QUESTION_BYTES))
        number, pid, _, _, _, _, synced_fd = struct.unpack_from("QIIiIQQ", question)
        try:
            fd = os.open(f"/proc/{pid}/fd/{synced_fd}", os.O_RDONLY | os.O_CLOEXEC)
            try:
                self.disks.append(self.disk.after(fd))
            finally:
                os.close(fd)
        finally:
            fcntl.ioctl(listener, _ANSWER, struct.pack("QqiI", number, 0, 0, _GO_ON))


@contextmanager
def observing() -> Iterator[Observer]:
    """Observe the command that is run with the observer's prefix, for the length of the block."""
    _skip_unless_offered()
    with tempfile.TemporaryDirectory(prefix="tt-") as folder, socket.socket(socket.AF_UNIX) as door:
        door.bind(f"{folder}/s")
        door.listen()
        observer = Observer(f"{folder}/s")
        ended, ending = os.pipe()
        thread = threading.Thread(target=_observe, args=(observer, door, ended))
        thread.start()
        try:
            yield observer
        finally:
            os.close(ending)
            thread.join()
            os.close(ended)


def _observe(observer: Observer, door: socket.socket, ending: int) -> None:
    if door not in select.select([door, ending], [], [])[0]:
        return
    with door.accept()[0] as command:
        _, (listener,), _, _ = socket.recv_fds(command, 100, 1)
    try:
        observer.observe(listener, ending)
    finally:
        os.close(listener)


def _skip_unless_offered() -> None:
    """Skip where the kernel cannot be asked, which a process of its own finds out."""
    if platform.machine() not in report_syncs.CALLS:
        pytest.skip("the numbers of this machine's system calls are not known here")
    pid = os.posix_spawn(
        sys.executable,
        [sys.executable, "-c", _TRY, str(Path(report_syncs.__file__).parent)],
        os.environ,
    )
    if os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]):
        pytest.skip("no seccomp here that tells of calls")


_TRY: Sequence[str] | str = """
import sys
sys.path.append(sys.argv[1])
import report_syncs
try:
    report_syncs.listen()
except OSError:
    sys.exit(1)
"""
