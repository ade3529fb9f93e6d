"""The import watch: a process beside the host that ends an import which hangs, and tells where.

The host itself cannot: its only thread is the one that hangs, perhaps in C.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator
from enum import Enum, auto
from typing import NoReturn

from treadle._system import os, select, signal, time
from treadle.locations.snapshot import SourceLine
from treadle_contract.lazy_dataclasses import dataclass
from treadle_worker.attempts.log_cap import CappedFile
from treadle_worker.loading.importing import ModuleEvent, ModuleStarted
from treadle_worker.loading.origins import is_user_file
from treadle_worker.system import processes, stacks
from treadle_worker.system.kept_descriptor import out_of_the_way

_LOOK_S = 0.25
"""How often it is looked how much an import has printed."""

_DUMP_WAIT_S = 2.0
_DUMP_QUIET_S = 0.2
# A process that a signal kills has closed its descriptors well before.
_END_WAIT_S = 1.0
_END = b"end\n"
_FRAME = re.compile(r'^  File "(?P<file>.*)", line (?P<line>\d+) in ', re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hang:
    """An import that took too long. `target` is its index; `source` the user's line, if known."""

    target: int
    dump: str
    source: SourceLine | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """An import after which the host has none of its descriptors. `target` is its index."""

    target: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchLimits:
    """How long one target may take, and the descriptors whose other end's end is the import's.

    `printed` is the file that what it prints goes into, of which `kept` bytes stay; "": none.
    """

    seconds: float
    lifelines: tuple[int, ...] = ()
    printed: str = ""
    kept: int = 0


@contextlib.contextmanager
def watched(
    limits: WatchLimits, on_end: Callable[[Hang | Closed], None]
) -> Iterator[Callable[[ModuleEvent], None]]:
    """Watch the imports of the block; tell what is given of each of them.

    When one takes too long, or closes what the host cannot be without, `on_end` is called in the
    watching process, and then this process and all below it are killed.
    """
    progress, tell_progress = map(out_of_the_way, os.pipe2(os.O_CLOEXEC))
    dump, write_dump = map(out_of_the_way, os.pipe2(os.O_CLOEXEC))
    stacks.show_on_signal(write_dump)
    host = os.getpid()
    watch = os.fork()
    if watch == 0:
        os.close(tell_progress)
        _Watch(host, limits, progress, dump).run(on_end)
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
        with contextlib.suppress(OSError):
            os.close(tell_progress)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(watch, 0)
        stacks.show_no_more()
        with contextlib.suppress(OSError):
            os.close(write_dump)


class _Seen(Enum):
    """What became of the imports."""

    OVER = auto()
    HANGS = auto()
    CLOSED = auto()


class _Watch:
    """The watching process: one wait at a time, on progress, on the host and on the clock."""

    def __init__(self, host: int, limits: WatchLimits, progress: int, dump: int) -> None:
        self._host = host
        self._limits = limits
        self._progress = progress
        self._dump = dump
        self._target = 0

    def run(self, on_end: Callable[[Hang | Closed], None]) -> NoReturn:
        """Watch, and end this process."""
        try:
            match self._seen():
                case _Seen.HANGS:
                    dump = self._where()
                    on_end(Hang(target=self._target, dump=dump, source=_user_line(dump)))
                    self._kill_host()
                case _Seen.CLOSED:
                    on_end(Closed(target=self._target))
                    self._kill_host()
        finally:
            os._exit(0)

    def _seen(self) -> _Seen:
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
                return _Seen.HANGS
            if not ready:
                continue
            if host in ready:
                return _Seen.OVER
            if not ready.isdisjoint(self._limits.lifelines):
                self._kill_host()
                return _Seen.OVER
            told = os.read(self._progress, 4096)
            if told.endswith(_END):
                return _Seen.OVER
            if not told:
                # Its descriptors are closed first when a process ends.
                waiting.unregister(self._progress)
                gone = host in _poll(waiting, time.monotonic() + _END_WAIT_S)
                return _Seen.OVER if gone else _Seen.CLOSED
            self._target = int(told.split()[-1])
            deadline = time.monotonic() + self._limits.seconds

    def _where(self) -> str:
        """Ask the host to write its stacks, and return them; "" if it does not in time."""
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
    # The watch was killed, and the import goes on unwatched; or the import closed the descriptor,
    # which the watch sees.
    with contextlib.suppress(OSError):
        os.write(fd, data)
