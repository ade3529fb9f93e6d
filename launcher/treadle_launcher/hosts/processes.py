"""Processes: their identity, whether one lives, its end as something to wait on, and as an order."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import psutil

from treadle_contract.worker import ProcessId


def boot_id() -> str:
    """Return the kernel's boot id."""
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


def own_id() -> ProcessId:
    """Return the identity of this process."""
    process = identify(os.getpid())
    assert process is not None, "a running process has an entry in /proc"
    return process


def identify(pid: int) -> ProcessId | None:
    """Return which process has a number; None when none does that still runs."""
    ticks = start_ticks(pid)
    return None if ticks is None else ProcessId(boot_id=boot_id(), pid=pid, start_ticks=ticks)


def start_ticks(pid: int) -> int | None:
    """Return when the process started, or None when it is gone or only waits to be reaped."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    # The name stands in parentheses and may hold any character; what follows is regular.
    fields = stat[stat.rindex(")") + 2 :].split()
    # One whose main thread has ended says Z while its other threads go on.
    is_over = fields[0] == "X" or (fields[0] == "Z" and int(fields[17]) <= 1)
    return None if is_over else int(fields[19])


def is_alive(process: ProcessId) -> bool:
    """Tell whether exactly this process still runs."""
    return process.boot_id == boot_id() and start_ticks(process.pid) == process.start_ticks


async def exited(process: ProcessId) -> None:
    """Return when the process has ended; it need not be a child."""
    if not is_alive(process):
        return
    try:
        fd = os.pidfd_open(process.pid)
    except ProcessLookupError:
        return
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    try:
        # The number may have been taken over between the two calls above.
        if not is_alive(process):
            return
        loop.add_reader(fd, ended.set)
        await ended.wait()
    finally:
        loop.remove_reader(fd)
        os.close(fd)


def ask_to_end(process: ProcessId) -> None:
    """Send a process TERM, if it still runs."""
    if is_alive(process):
        _send(process.pid, signal.SIGTERM)


def kill_guarded(guard: ProcessId) -> None:
    """Kill what a guard is the parent of: it sees to the rest, and ends when all of it is gone."""
    if not is_alive(guard):
        return
    try:
        guarded = psutil.Process(guard.pid).children()
    except psutil.NoSuchProcess:
        return
    if not guarded:
        # It has nothing to guard yet; what it would start finds that it is gone, and ends.
        _send(guard.pid, signal.SIGKILL)
        return
    for child in guarded:
        try:
            child.kill()
        except psutil.NoSuchProcess:
            continue
    # One that somebody stopped would see to nothing.
    _send(guard.pid, signal.SIGCONT)


def _send(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return
