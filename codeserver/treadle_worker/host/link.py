"""The link: the host's connection to its launcher's Unix socket, never waited on."""

from __future__ import annotations

from collections.abc import Callable

from treadle._system import os, select, socket, struct
from treadle_contract import json_codec
from treadle_contract.message import ContractError
from treadle_contract.worker import HostFrame, LauncherFrame
from treadle_worker import frames
from treadle_worker.frames import FrameError, FrameReader
from treadle_worker.host.host_output import note
from treadle_worker.host.loop import Loop
from treadle_worker.system.kept_descriptor import out_of_the_way

# Before the user's code runs, which may change what this takes.
json_codec.prepare(HostFrame, LauncherFrame)

_READ_BYTES = 256 * 1024
_CREDENTIALS = struct.Struct("iII")


class LinkError(Exception):
    """There is no launcher at the socket that this host may talk to."""


class Link:
    """Frames down and up while connected. `on_lost` is called once for each connection."""

    def __init__(
        self,
        loop: Loop,
        *,
        on_frame: Callable[[LauncherFrame], None],
        on_lost: Callable[[], None],
    ) -> None:
        self._loop = loop
        self._on_frame = on_frame
        self._on_lost = on_lost
        self._socket: socket.socket | None = None
        self._reader = FrameReader()
        self._unsent = bytearray()

    @property
    def is_connected(self) -> bool:
        """Whether there is a connection, as far as is known."""
        return self._socket is not None

    @property
    def is_there(self) -> bool:
        """Whether the launcher has the connection, as the kernel knows it now."""
        if self._socket is None:
            return False
        asked = select.poll()
        asked.register(self._socket.fileno(), select.POLLRDHUP)
        return not asked.poll(0)

    @property
    def descriptors(self) -> tuple[int, ...]:
        """The connection's descriptor, if there is a connection."""
        return () if self._socket is None else (self._socket.fileno(),)

    def dial(self, path: str) -> None:
        """Connect to the launcher at a socket.

        Raises:
            LinkError: nobody listens there, or another user does; or it is a link.
        """
        plain = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection = socket.socket(fileno=out_of_the_way(plain.detach()))
        try:
            connection.setblocking(False)
            if os.path.islink(path):
                raise PermissionError("it is a link, and only a socket itself is dialled")
            connection.connect(path)
            _check_peer(connection)
        except OSError as exc:
            connection.close()
            raise LinkError(f"no launcher at {path}: {exc}") from exc
        self._socket = connection
        self._reader = FrameReader()
        self._unsent.clear()
        self._loop.watch(connection.fileno(), self._read)

    def send(self, message: bytes) -> None:
        """Send the JSON of a HostFrame, with all else that this turn of the loop has to say.

        What the socket does not take then waits until it does. Nothing while not connected.
        """
        if self._socket is None:
            return
        self._unsent += frames.pack(message)
        self._loop.before_waiting(self._write)

    def close(self) -> None:
        """End the connection; what was sent is delivered if the launcher reads on."""
        if self._socket is None:
            return
        try:
            self._socket.setblocking(True)
            self._socket.settimeout(1.0)
            self._socket.sendall(self._unsent)
            self._socket.shutdown(socket.SHUT_WR)
            # Unread bytes would turn the end of the stream into a reset.
            self._socket.setblocking(False)
            while self._socket.recv(_READ_BYTES):
                pass
        except OSError:
            pass
        self._drop()

    def leave_to_parent(self) -> None:
        """Forget the connection in a forked child; the loop closes its copy of the descriptor."""
        if self._socket is not None:
            self._socket.detach()
            self._socket = None

    def _read(self) -> None:
        if self._socket is None:
            return
        try:
            data = self._socket.recv(_READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._lose()
            return
        try:
            for message in self._reader.feed(data):
                frame = json_codec.loads(LauncherFrame, message)
                if self._socket is not None:
                    self._on_frame(frame)
        except (FrameError, ContractError) as exc:
            note(f"the launcher sent what is no frame: {exc}")
            self._lose()

    def _write(self) -> None:
        if self._socket is None:
            return
        try:
            sent = self._socket.send(self._unsent)
        except BlockingIOError:
            sent = 0
        except OSError:
            # The reading side learns of it, and tells.
            sent = len(self._unsent)
        del self._unsent[:sent]
        self._loop.watch_writable(self._socket.fileno(), self._write if self._unsent else None)

    def _lose(self) -> None:
        self._drop()
        self._on_lost()

    def _drop(self) -> None:
        if self._socket is not None:
            self._loop.unwatch(self._socket.fileno())
            self._socket.close()
            self._socket = None


def _check_peer(connection: socket.socket) -> None:
    credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    _, uid, _ = _CREDENTIALS.unpack(credentials)
    if uid != os.geteuid():
        raise PermissionError(f"the launcher runs as user {uid}, this host as {os.geteuid()}")
