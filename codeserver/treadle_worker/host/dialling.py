"""Dialling: keeps a host connected to its launcher, and tells when there has been none too long."""

from __future__ import annotations

from enum import Enum, auto
from pathlib import Path
from typing import Protocol

from treadle import _json as json
from treadle._system import read_bytes
from treadle_contract.worker import LauncherFrame
from treadle_worker.host.dead_sockets import remove_dead_sockets
from treadle_worker.host.host_spec import HostSpec
from treadle_worker.host.link import Link, LinkError
from treadle_worker.host.loop import Loop

_FIRST_REDIAL_S = 0.05
_LONGEST_REDIAL_S = 2.0
# How long a launcher that hung up may take to close its sockets as well.
_DYING_S = 1.0


class _Wait(Enum):
    """The deadlines that are set while there is no connection, and only then."""

    REDIAL = auto()
    ORPHAN = auto()


class Caller(Protocol):
    """What speaks with the launcher."""

    def connected(self) -> None:
        """Learn of a connection, on which nothing was said yet."""
        ...

    def received(self, frame: LauncherFrame) -> None:
        """Take a frame."""
        ...

    def disconnected(self) -> None:
        """Learn that nothing more comes or goes until the next connection."""
        ...

    def abandoned(self) -> None:
        """Learn that no launcher came back in time; it is dialled all the same."""
        ...


class Launcher:
    """The launcher of one home. It may go and another may come, at another socket."""

    def __init__(self, loop: Loop, spec: HostSpec, caller: Caller) -> None:
        self._loop = loop
        self._spec = spec
        self._caller = caller
        # An ephemeral launcher does not come back.
        self._grace = None if spec.alive_fd is not None else spec.orphan_grace_ms / 1000
        self._link = Link(loop, on_frame=caller.received, on_lost=self._lost)
        self._socket = spec.launcher_socket
        # A host's folder lies in `hosts` below the home.
        self._named = str(Path(spec.journal).parent.parent.parent / "launcher.json")
        self._is_first = True
        self._redial_in = _FIRST_REDIAL_S
        self._is_abandoned = False

    @property
    def is_connected(self) -> bool:
        """Whether there is a connection, as far as is known."""
        return self._link.is_connected

    @property
    def is_there(self) -> bool:
        """Whether the launcher has the connection still, which it hears this host on."""
        return self._link.is_there

    @property
    def lifelines(self) -> tuple[int, ...]:
        """What an ephemeral launcher's end, or its starter's, is seen by; none of another."""
        alive_fd = self._spec.alive_fd
        return () if alive_fd is None else (alive_fd, *self._link.descriptors)

    @property
    def is_abandoned(self) -> bool:
        """Whether there is none, and has been none for the whole grace."""
        return self._is_abandoned

    def dial(self) -> None:
        """Connect, or begin to try again and again."""
        if not self._reach():
            self._redial_later()
            return
        self._redial_in = _FIRST_REDIAL_S
        self._is_abandoned = False
        for wait in _Wait:
            self._loop.clear_deadline(wait)
        self._caller.connected()

    def send(self, message: bytes) -> None:
        """Send a frame; nothing while not connected."""
        self._link.send(message)

    def close(self) -> None:
        """End the connection; what was sent is delivered if the launcher reads on."""
        self._link.close()

    def leave(self) -> None:
        """End the connection for good."""
        grace = 0.0 if self.is_connected else _DYING_S
        self.close()
        if self._spec.alive_fd is not None:
            # Of an ephemeral launcher that was killed nobody else would remove them.
            sockets = (self._spec.launcher_socket, self._spec.served_socket)
            remove_dead_sockets(sockets, grace=grace)

    def leave_to_parent(self) -> None:
        """Forget the connection in a forked child."""
        self._link.leave_to_parent()

    def _reach(self) -> bool:
        """Connect to where the launcher is said to be, else to where it was; tell if it is there.

        The one that started this host is where it said. One that comes later may use another
        folder for sockets: what leads to that belongs to a login session, or goes with one.
        """
        named = None if self._is_first else _named_socket(self._named)
        self._is_first = False
        for path in dict.fromkeys((named or self._socket, self._socket)):
            try:
                self._link.dial(path)
            except LinkError:
                continue
            return True
        return False

    def _lost(self) -> None:
        self._caller.disconnected()
        self._redial_later()

    def _redial_later(self) -> None:
        if self._grace is None:
            self._abandon()
            return
        if not self._is_abandoned and not self._loop.has_deadline(_Wait.ORPHAN):
            self._loop.set_deadline(_Wait.ORPHAN, self._grace, self._abandon)
        self._loop.set_deadline(_Wait.REDIAL, self._redial_in, self.dial)
        self._redial_in = min(2 * self._redial_in, _LONGEST_REDIAL_S)

    def _abandon(self) -> None:
        self._is_abandoned = True
        self._caller.abandoned()


def _named_socket(file: str) -> str | None:
    """Return the socket for hosts that a home names; None if it names none."""
    try:
        named = json.loads(read_bytes(file))["host_socket"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return named if isinstance(named, str) and named else None
