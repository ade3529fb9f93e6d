"""Processes as the kernel shows them: names that are never used twice, trees, signals."""

from __future__ import annotations

import contextlib
import ctypes
from collections.abc import Iterable, Iterator
from functools import cache
from typing import TypeAlias

from treadle._system import open_file, os, read_bytes, signal
from treadle_contract.lazy_dataclasses import dataclass
from treadle_contract.worker import ProcessId

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
# A tree that is deeper than this, or forks faster than it is stopped, is met again by who waits.
_MOST_ROUNDS = 100
_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
# Loaded at import: a forked child asks for nothing that its parent has not got.
_LIBC = ctypes.CDLL(None, use_errno=True)


# A process id and the start time of the process that has it, in clock ticks since boot.
Instance: TypeAlias = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessStat:
    """What /proc says of a process: its parent, its session, when it started, its own CPU time.

    `state` is that of its main thread, a letter: "R" if it runs, or would if a CPU were free.
    """

    pid: int
    name: str
    state: str
    parent: int
    session: int
    start_ticks: int
    cpu_ticks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldPages:
    """What a process has of memory, in pages: all that is mapped, and what is its own of that."""

    size: int
    data: int


def held_pages() -> HeldPages:
    """Read how much memory this process holds."""
    with open_file("/proc/self/statm", "rb") as file:
        fields = file.read().split()
    return HeldPages(size=int(fields[0]), data=int(fields[5]))


@cache
def boot_id() -> str:
    """Return the kernel's boot id."""
    with open_file("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
        return file.read().strip()


def process_id(pid: int) -> ProcessId:
    """Name a process that is there.

    Raises:
        ProcessLookupError: it is gone.
    """
    return ProcessId(boot_id=boot_id(), pid=pid, start_ticks=read_stat(pid).start_ticks)


def read_stat(pid: int) -> ProcessStat:
    """Read what /proc says of a process.

    Raises:
        ProcessLookupError: it is gone.
    """
    try:
        line = read_bytes(f"/proc/{pid}/stat")
    except FileNotFoundError as exc:
        raise ProcessLookupError(f"process {pid} is gone") from exc
    # The name is in parentheses and may hold any character, parentheses included.
    start, end = line.index(b"("), line.rindex(b")")
    fields = line[end + 2 :].split()
    return ProcessStat(
        pid=pid,
        name=line[start + 1 : end].decode("utf-8", "replace"),
        state=fields[0].decode(),
        parent=int(fields[1]),
        session=int(fields[3]),
        start_ticks=int(fields[19]),
        cpu_ticks=int(fields[11]) + int(fields[12]),
    )


def own_cpu_us(pid: int) -> int:
    """Return the CPU time of a process, also one that nobody has reaped yet, without its children.

    `os.wait4` adds to it that of the children that it waited for. 0 if it is gone.
    """
    try:
        return read_stat(pid).cpu_ticks * 1_000_000 // _TICKS_PER_SECOND
    except ProcessLookupError:
        return 0


def signal_mask(numbers: Iterable[int]) -> int:
    """Return signals as the mask that the kernel shows them in."""
    return sum(1 << (number - 1) for number in numbers)


def caught_signals(pid: int) -> int:
    """Return the signals that a process handles, as a mask; 0 if it is gone."""
    return _signals(pid, b"SigCgt:")


def ignored_signals(pid: int) -> int:
    """Return the signals that a process ignores, as a mask; 0 if it is gone."""
    return _signals(pid, b"SigIgn:")


def pending_signals(pid: int) -> int:
    """Return the signals that a process was sent and has not met yet, as a mask."""
    return _signals(pid, b"ShdPnd:")


def _signals(pid: int, field: bytes) -> int:
    try:
        with open_file(f"/proc/{pid}/status", "rb") as file:
            lines = file.read().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return next((int(line.split()[1], 16) for line in lines if line.startswith(field)), 0)


def is_at_work(pid: int) -> bool:
    """Tell whether the main thread of a process computes, or waits for a CPU to be free."""
    try:
        return read_stat(pid).state == "R"
    except ProcessLookupError:
        return False


def has_ended(child: int) -> bool:
    """Tell whether a child of this process has ended, and leave it to be reaped."""
    try:
        return os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
    except ChildProcessError:
        return True


def children(pid: int) -> list[int]:
    """List the child processes of a process, zombies included; none if it is gone."""
    found: list[int] = []
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):
            listed = read_bytes(f"/proc/{pid}/task/{thread}/children")
            found.extend(map(int, listed.split()))
    except (FileNotFoundError, ProcessLookupError):
        # A kernel without these files, or a process or thread that ended just now.
        return [stat.pid for stat in _every_process() if stat.parent == pid]
    return found


def descendants(pid: int) -> list[int]:
    """List the children of a process, their children and so on, parents first."""
    found: list[int] = []
    waiting = children(pid)
    while waiting:
        found.extend(waiting)
        waiting = [child for parent in waiting for child in children(parent)]
    return found


def instances(pids: Iterable[int]) -> frozenset[Instance]:
    """Tell processes from later ones of the same number; those that are gone are left out."""
    found = []
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            found.append((pid, read_stat(pid).start_ticks))
    return frozenset(found)


def kill_tree(pid: int) -> None:
    """Kill a child process of this one and all of its descendants, those that fork on included.

    They are stopped before they are killed: what is stopped starts nothing more, and reaps
    nothing, so that no other process gets one of their numbers.
    """
    stopped: dict[int, None] = {}
    for _ in range(_MOST_ROUNDS):
        found = [each for each in (pid, *descendants(pid)) if each not in stopped]
        if not found:
            break
        for each in found:
            send_signal(each, signal.SIGSTOP)
            stopped[each] = None
    for each in stopped:
        send_signal(each, signal.SIGKILL)


def send_signal(pid: int, number: int) -> None:
    """Send a signal to a process that was seen just now; none if it is gone or not ours."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)


def adopt_orphans() -> None:
    """Become the parent of descendants whose own parent ends, however they detached."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def die_with_parent(parent: int, number: signal.Signals = signal.SIGKILL) -> None:
    """Ask the kernel for a signal when `parent` ends; end at once if it has."""
    _prctl(_PR_SET_PDEATHSIG, number)
    if os.getppid() != parent:
        os._exit(1)


def kill_children() -> None:
    """Kill every descendant of this process and reap it; return when none is left."""
    with contextlib.suppress(ChildProcessError):
        while True:
            # All that have ended at once: some leave them faster than they are killed.
            while os.waitpid(-1, os.WNOHANG) != (0, 0):
                pass
            for child in children(os.getpid()):
                kill_tree(child)
            # What a killed child leaves is this process's child before the wait returns.
            os.waitpid(-1, 0)


def _every_process() -> Iterator[ProcessStat]:
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                yield read_stat(int(entry))
            except ProcessLookupError:
                continue


def _prctl(option: int, value: int) -> None:
    if _LIBC.prctl(option, value, 0, 0, 0) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), f"prctl({option})")
