"""The guard: a process above the host that ends when, and only when, nothing of the host is left.

It runs no user code and waits for signals alone. It is what the launcher starts and sees: the
host is its only child. When the host is killed, all that was below it becomes the guard's,
whatever session it went into; the guard kills it and ends as the host did. When the guard is
killed, the host is told by the kernel, and ends as on TERM: all that it runs goes first.
"""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

from treadle._system import os, resource, signal
from treadle_worker.host import host_cgroup, host_tag
from treadle_worker.host.host_cgroup import HostCgroup
from treadle_worker.host.host_spec import HostSpec
from treadle_worker.system import processes

_PASSED_ON = (signal.SIGTERM, signal.SIGINT)
_WAITED_FOR = (*_PASSED_ON, signal.SIGCHLD)


def stand_guard(spec: HostSpec) -> int:
    """Fork; the child goes on as the host and gets the guard's process id.

    In this process it never returns: it ends as the host did.
    """
    processes.adopt_orphans()
    if spec.tag:
        host_tag.carry(spec.tag)
    # An ignored CHLD, which is inherited, would reap children before they are asked about.
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    cgroup = host_cgroup.make(spec.host_id, Path(spec.journal).parent)
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, _WAITED_FOR)
    guard = os.getpid()
    host = os.fork()
    if host == 0:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        processes.die_with_parent(guard)
        processes.adopt_orphans()
        if cgroup is not None:
            cgroup.enter()
        return guard
    if spec.alive_fd is not None:
        os.close(spec.alive_fd)
    _guard(host, cgroup)


def _guard(host: int, cgroup: HostCgroup | None) -> NoReturn:
    try:
        status = None
        while status is None:
            number = signal.sigwait(_WAITED_FOR)
            if number == signal.SIGCHLD:
                status = _status(host)
            else:
                processes.send_signal(host, number)
    finally:
        processes.kill_children()
        if cgroup is not None:
            cgroup.end()
    _end_as(os.waitstatus_to_exitcode(status))


def _status(host: int) -> int | None:
    """Reap what has ended; return the host's status if it has."""
    found = None
    while found is None:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == 0:
            return None
        if pid == host:
            found = status
    return found


def _end_as(code: int) -> NoReturn:
    """End with the exit status, or by the signal, that ended the host."""
    if code < 0:
        # One core file, the host's, is enough.
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        number = -code
        if number != signal.SIGKILL:
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, (number,))
        os.kill(os.getpid(), number)
    os._exit(abs(code))
