"""The fork server: a process that holds a host's code, does nothing, and forks step processes from it.

What a process writes to after a fork, the kernel copies page by page: a host that forks by itself pays
for all that it touches until the next fork, and each step process for making itself ready. This one
touches next to nothing, and is ready. The steps are its host's children all the same (siblings.py).
"""

from __future__ import annotations

# Not `signal`, which looks in Python for the name of each.
import _signal  # type: ignore[import-not-found]  # typeshed has none
import contextlib
from collections.abc import Callable, Iterator
from typing import NoReturn, TypeAlias

from treadle._system import gc, os, signal, socket, struct
from treadle_worker.attempts.channels import Channels, above_standard
from treadle_worker.system import processes
from treadle_worker.system.huge_pages import join_pages
from treadle_worker.system.kept_descriptor import out_of_the_way
from treadle_worker.system.siblings import Forker

MOST_BYTES = 64 * 1024
"""How much a step process can be told when it is forked."""

Begin: TypeAlias = Callable[[bytes, Channels], NoReturn]
"""What a step process does with what it is told, and its ends of what connects it with its host."""

_ANSWER = struct.Struct("q")
_CHANNELS = struct.Struct("iii")
_STANDARD = 2
# A fork takes milliseconds. One that is stopped, or for which there is no memory, is waited for no
# longer: its host has others to look after.
_PATIENCE_S = 10.0
# Huge pages are the server's own, no more shared with its host, and take a millisecond or two each to
# make: for a host that forks often, and no more than so many.
_OFTEN = 16
_MOST_HUGE_PAGES = 32


class NoForkServerError(Exception):
    """There is none, or it does not answer."""


class ForkServer:
    """A fork server, as its host has it."""

    def __init__(self, make_ready: Callable[[], object], begin: Begin) -> None:
        """Fork it. It calls `make_ready` once, and `begin` in each process that it forks.

        Raises:
            NoForkServerError: there can be none here.
        """
        host = os.getpid()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            self._pid = os.fork()
        except Exception as error:
            # Audit hooks of the user's may raise anything.
            ours.close()
            theirs.close()
            raise NoForkServerError(str(error)) from error
        if self._pid == 0:
            try:
                ours.close()
                _serve(host, theirs, make_ready, begin)
            finally:
                os._exit(1)
        theirs.close()
        self._socket: socket.socket | None = socket.socket(fileno=out_of_the_way(ours.detach()))
        self._socket.settimeout(_PATIENCE_S)
        self._answer()

    def fork(self, told: bytes, theirs: Channels) -> int:
        """Have it fork a process, and return its pid.

        Raises:
            OSError: the operating system refuses.
            NoForkServerError: it is gone, and will not be there again.
        """
        if self._socket is None:
            raise NoForkServerError("it was given up")
        rights = _CHANNELS.pack(theirs.reports, theirs.stdout, theirs.stderr)
        with self._giving_up():
            self._socket.sendmsg([told], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)])
        pid = self._answer()
        if pid < 0:
            raise OSError(-pid, os.strerror(-pid))
        return pid

    def leave_to_parent(self) -> None:
        """Forget it in a forked child."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _answer(self) -> int:
        assert self._socket is not None
        with self._giving_up():
            return int(_ANSWER.unpack(self._socket.recv(_ANSWER.size))[0])

    @contextlib.contextmanager
    def _giving_up(self) -> Iterator[None]:
        try:
            yield
        except (OSError, struct.error) as error:
            # It is not waited for: nothing else gets its number while this host is there.
            processes.send_signal(self._pid, signal.SIGKILL)
            self.leave_to_parent()
            raise NoForkServerError(str(error)) from error


def _serve(
    host: int, connection: socket.socket, make_ready: Callable[[], object], begin: Begin
) -> NoReturn:
    """Be the server: fork as often as is asked, until the host is gone."""
    processes.die_with_parent(host)
    # With a default timeout, which the user's modules may set, it would not block.
    connection.settimeout(None)
    forker = Forker()
    make_ready()
    if len(os.listdir("/proc/self/task")) > 1:
        # What the user's code does at a fork started one: to be copied, all have to stand still.
        os._exit(1)
    # Nobody's signals are for it; a step process has the mask that was set by then.
    mask = _signal.pthread_sigmask(signal.SIG_SETMASK, signal.valid_signals())
    gc.freeze()
    connection.send(_ANSWER.pack(0))
    forks = 0
    while True:
        told, rights, _, _ = connection.recvmsg(
            MOST_BYTES, socket.CMSG_SPACE(_CHANNELS.size), socket.MSG_CMSG_CLOEXEC
        )
        if not told:
            os._exit(0)
        ends = _CHANNELS.unpack(rights[0][2])
        try:
            pid = forker.fork()
        except OSError as error:
            pid = -(error.errno or 1)
        if pid == 0:
            connection.close()
            if min(ends) <= _STANDARD:
                ends = tuple(above_standard(fd) for fd in ends)
            _signal.pthread_sigmask(signal.SIG_SETMASK, mask)
            begin(told, Channels(reports=ends[0], stdout=ends[1], stderr=ends[2]))
        for fd in ends:
            os.close(fd)
        connection.send(_ANSWER.pack(pid))
        forks += 1
        if forks == _OFTEN:
            join_pages(_MOST_HUGE_PAGES)
