"""The import watch: a process beside the host that ends an import which hangs, and tells where.

The host itself cannot: its only thread is the one that hangs, perhaps in C.
"""

from __future__ import annotations

import contextlib
import os
import re
import select
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NoReturn

from treadle.snapshot import SourceLine
from treadle_worker import processes, stacks
from treadle_worker.importing import ModuleEvent, ModuleStarted
from treadle_worker.log_cap import CappedFile
from treadle_worker.origins import is_user_file

_LOOK_S = 0.25
"""How often it is looked how much an import has printed."""

_DUMP_WAIT_S = 2.0
_DUMP_QUIET_S = 0.2
_END = b"end\n"
_FRAME = re.compile(r'^  File "(?P<file>.*)", line (?P<line>\d+) in ', re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hang:
    """An import that took too long. `target` is its index; `source` the user's line, if known."""

    target: int
    dump: str
    source: SourceLine | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long one target may take, and the descriptors whose other end's end is the import's.

    `printed` is the file that what it prints goes into, of which `kept` bytes stay; "": none.
    """

    seconds: float
    lifelines: tuple[int, ...] = ()
    printed: str = ""
    kept: int = 0


@contextlib.contextmanager
def watched(
    limits: Limits, on_hang: Callable[[Hang], None]
) -> Iterator[Callable[[ModuleEvent], None]]:
    """Watch the imports of the block; tell what is given of each of them.

    When one takes too long, `on_hang` is called in the watching process, and then this process
    and all below it are killed.
    """
    progress, tell_progress = os.pipe2(os.O_CLOEXEC)
    dump, write_dump = os.pipe2(os.O_CLOEXEC)
    stacks.show_on_signal(write_dump)
    host = os.getpid()
    watch = os.fork()
    if watch == 0:
        os.close(tell_progress)
        _Watch(host, limits, progress, dump).run(on_hang)
    os.close(progress)
    os.close(dump)

    def tell(event: ModuleEvent) -> None:
        if isinstance(event, ModuleStarted):
            _write(tell_progress, f"{event.index}\n".encode())

    try:
        yield tell
    finally:
        # A process that a module forked may hold the pipe open: its end would not be seen.
        _write(tell_progress, _END)
        os.close(tell_progress)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(watch, 0)
        stacks.show_no_more()
        os.close(write_dump)


class _Watch:
    """The watching process: one wait at a time, on progress, on the host and on the clock."""

    def __init__(self, host: int, limits: Limits, progress: int, dump: int) -> None:
        self._host = host
        self._limits = limits
        self._progress = progress
        self._dump = dump
        self._target = 0

    def run(self, on_hang: Callable[[Hang], None]) -> NoReturn:
        """Watch, and end this process."""
        try:
            if self._hangs():
                dump = self._where()
                on_hang(Hang(target=self._target, dump=dump, source=_user_line(dump)))
                self._kill_host()
        finally:
            os._exit(0)

    def _hangs(self) -> bool:
        waiting = select.poll()
        host = os.pidfd_open(self._host)
        for fd in (self._progress, host):
            waiting.register(fd, select.POLLIN)
        for fd in self._limits.lifelines:
            waiting.register(fd, select.POLLRDHUP)
        printed = CappedFile(self._limits.printed, self._limits.kept)
        deadline = time.monotonic() + self._limits.seconds
        while True:
            ready = _poll(waiting, min(deadline, time.monotonic() + _LOOK_S))
            if self._limits.printed:
                printed.look()
            if not ready and time.monotonic() >= deadline:
                return True
            if not ready:
                continue
            if host in ready:
                return False
            if not ready.isdisjoint(self._limits.lifelines):
                self._kill_host()
                return False
            told = os.read(self._progress, 4096)
            if not told or told.endswith(_END):
                return False
            self._target = int(told.split()[-1])
            deadline = time.monotonic() + self._limits.seconds

    def _where(self) -> str:
        """Have the host write where its threads are; "" if it does not in time."""
        processes.send_signal(self._host, stacks.SIGNAL)
        waiting = select.poll()
        waiting.register(self._dump, select.POLLIN)
        told = bytearray()
        deadline = time.monotonic() + _DUMP_WAIT_S
        while _poll(waiting, deadline):
            told += os.read(self._dump, 65536)
            # The dump has no end mark; it is written at once.
            deadline = min(deadline, time.monotonic() + _DUMP_QUIET_S)
        return told.decode("utf-8", "replace").rstrip("\n")

    def _kill_host(self) -> None:
        below = [pid for pid in processes.descendants(self._host) if pid != os.getpid()]
        for pid in (self._host, *below):
            processes.send_signal(pid, signal.SIGKILL)


def _poll(waiting: select.poll, deadline: float) -> frozenset[int]:
    left = max(0.0, deadline - time.monotonic())
    return frozenset(fd for fd, _ in waiting.poll(left * 1000))


def _user_line(dump: str) -> SourceLine | None:
    """Return the user's innermost line: a dump has the most recent call first."""
    for found in _FRAME.finditer(dump):
        if not found["file"].startswith("<") and is_user_file(found["file"]):
            return SourceLine(file=found["file"], line=int(found["line"]))
    return None


def _write(fd: int, data: bytes) -> None:
    # The watch was killed: the import goes on unwatched, and its end is seen as ever.
    with contextlib.suppress(BrokenPipeError):
        os.write(fd, data)
