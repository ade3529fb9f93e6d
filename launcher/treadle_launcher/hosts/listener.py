"""The socket that hosts dial: connections of this user's processes, cut into frames."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import struct
from typing import Protocol

from treadle_access.addresses import UnixAddress
from treadle_access.binding import identity
from treadle_access.connections import most_connections
from treadle_access.folders import owned_folder
from treadle_access.sockets import claimed, peer_uid
from treadle_contract.frame_bounds import MAX_BYTES
from treadle_launcher import defaults
from treadle_launcher.hosts.frames import (
    FrameError,
    FromHost,
    ToHost,
    decode_frame,
    encode_frame,
    joined,
)

_LOG = logging.getLogger(__name__)
_LENGTH = struct.Struct(">I")


class FrameHandler(Protocol):
    """What acts on the frames of hosts. Neither method may block."""

    def frame_received(self, connection: Connection, frame: FromHost) -> None:
        """Take a frame."""
        ...

    def frame_refused(self, connection: Connection, error: FrameError) -> None:
        """Learn that what came is no frame; the connection is ended."""
        ...

    def connection_lost(self, connection: Connection) -> None:
        """Learn that nothing more comes over a connection."""
        ...


class Connection(asyncio.Protocol):
    """One host's connection. Made by `listen` alone."""

    def __init__(self, handler: FrameHandler, open_connections: set[Connection]) -> None:
        self._handler = handler
        self._open = open_connections
        self._silence: asyncio.TimerHandle | None = None
        self._buffer = bytearray()
        self._transport: asyncio.Transport | None = None

    def send(self, frame: ToHost) -> None:
        """Send a frame; one to a host that is gone is dropped."""
        if self._transport is None or self._transport.is_closing():
            return
        body = encode_frame(frame)
        self._transport.write(_LENGTH.pack(len(body)) + body)

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the connection, if the peer is of this user (asyncio calls it)."""
        assert isinstance(transport, asyncio.Transport)
        if peer_uid(transport.get_extra_info("socket")) != os.geteuid():
            _LOG.warning("host_refused reason=uid")
            transport.abort()
            return
        if len(self._open) >= most_connections():
            _LOG.warning("host_refused reason=connections open=%d", len(self._open))
            transport.abort()
            return
        self._transport = transport
        self._open.add(self)
        loop = asyncio.get_running_loop()
        self._silence = loop.call_later(defaults.FIRST_FRAME, transport.abort)

    def data_received(self, data: bytes) -> None:
        """Cut what arrived into frames (asyncio calls it)."""
        if self._transport is None:
            return
        self._buffer += data
        try:
            for frame in joined(map(decode_frame, self._complete_frames())):
                self._hear()
                if frame is not None:
                    self._handler.frame_received(self, frame)
        except FrameError as error:
            _LOG.error("host_refused reason=frame detail=%s", error)
            self._handler.frame_refused(self, error)
            self._transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Pass on that the host hung up (asyncio calls it)."""
        self._hear()
        self._open.discard(self)
        if self._transport is not None:
            self._transport = None
            self._handler.connection_lost(self)

    def _hear(self) -> None:
        if self._silence is not None:
            self._silence.cancel()
            self._silence = None

    def _complete_frames(self) -> list[bytes]:
        bodies = []
        start = 0
        while len(self._buffer) - start >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(self._buffer, start)
            if length > MAX_BYTES:
                raise FrameError(
                    f"a HostFrame's length is {length:,}; it must be 0 to {MAX_BYTES:,}"
                )
            end = start + _LENGTH.size + length
            if len(self._buffer) < end:
                break
            bodies.append(bytes(self._buffer[start + _LENGTH.size : end]))
            start = end
        del self._buffer[:start]
        return bodies


class HostListener:
    """The listening socket. Made by `listen` alone; close it."""

    def __init__(self, address: UnixAddress, handler: FrameHandler) -> None:
        self._address = address
        self._handler = handler
        self._open: set[Connection] = set()
        self._server: asyncio.Server | None = None
        self._serving: asyncio.Task[None] | None = None
        self._bind()

    @property
    def is_there(self) -> bool:
        """Whether hosts find the socket where they were told that it is."""
        return identity(self._address.path) == self._ours

    def listen_again(self) -> asyncio.Task[None]:
        """Put the socket where it was, and its folder; hosts that dial from now on are heard.

        Raises:
            BadAddressError: another process listens there, or the folder is not this user's.
            OSError: the socket, or its folder, cannot be made.
        """
        # What came over the old one goes on.
        self._stop()
        owned_folder(self._address.path.parent)
        self._bind()
        self._serving = asyncio.create_task(self.serve())
        return self._serving

    async def serve(self) -> None:
        """Take connections from now on."""
        loop = asyncio.get_running_loop()
        # Without starting it is there in one step, and can be closed from then on.
        self._server = await loop.create_unix_server(
            lambda: Connection(self._handler, self._open), sock=self._socket, start_serving=False
        )
        await self._server.start_serving()

    def close(self) -> None:
        """Take no more connections and remove the socket."""
        self._stop()
        # One that somebody else has put there since is not ours to remove.
        if self.is_there:
            self._address.path.unlink(missing_ok=True)

    def _bind(self) -> None:
        with claimed(self._address):
            self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            try:
                self._socket.setblocking(False)
                self._socket.bind(str(self._address.path))
                self._address.path.chmod(0o600)
                self._socket.listen()
            except OSError:
                self._socket.close()
                raise
            self._ours = identity(self._address.path)

    def _stop(self) -> None:
        if self._serving is not None:
            self._serving.cancel()
        if self._server is not None:
            self._server.close()
            self._server = None
        self._socket.close()


async def listen(address: UnixAddress, handler: FrameHandler) -> HostListener:
    """Listen for hosts.

    Raises:
        BadAddressError: another process listens there, or the folder is not this user's.
        OSError: the socket cannot be made.
    """
    listener = HostListener(address, handler)
    await listener.serve()
    return listener
