"""The relay: each connection of a gRPC channel to a code server is one that was checked itself.

gRPC dials by name and shows nothing of the connection. So it dials this process instead, at an
abstract socket that lies in no folder, and what it says goes on over a connection that was made
and checked here.
"""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import socket
from collections.abc import Callable

from treadle_access.addresses import BadAddressError, UnixAddress
from treadle_access.sockets import dial, peer_uid

_LOG = logging.getLogger(__name__)


class Relay:
    """Goes on to one socket of this user's. `open` it, and `close` it behind the channel."""

    def __init__(self, address: UnixAddress, on_refusal: Callable[[str], None]) -> None:
        self._address = address
        self._on_refusal = on_refusal
        self._name = f"treadle-{secrets.token_hex(16)}"
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.setblocking(False)
        self._listener.bind(f"\0{self._name}")
        self._server: asyncio.Server | None = None
        self._joining: set[asyncio.Task[None]] = set()
        self._ends: set[_End] = set()
        self._refused = ""

    @property
    def target(self) -> str:
        """What a channel dials; it holds nobody else's name, because it is bound already."""
        return f"unix-abstract:{self._name}"

    async def open(self) -> None:
        """Take connections from now on."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_unix_server(
            lambda: _End(self._join, self._ends.discard), sock=self._listener
        )

    async def close(self) -> None:
        """End those that there are, and take none any more."""
        if self._server is not None:
            self._server.close()
        self._listener.close()
        for task in tuple(self._joining):
            task.cancel()
        await asyncio.gather(*self._joining, return_exceptions=True)
        ends = tuple(self._ends)
        for end in ends:
            end.abort()
        await asyncio.gather(*(end.gone.wait() for end in ends))

    def _join(self, near: _End) -> None:
        """Connect an end that was dialled to a far one, or hang it up: gRPC tries again."""
        self._ends.add(near)
        connection = near.peer
        if connection is None or peer_uid(connection) != os.geteuid():
            near.close()
            return
        try:
            far = dial(self._address)
        except BadAddressError as error:
            self._refuse(str(error))
            near.close()
            return
        except OSError:
            near.close()
            return
        self._refuse("")
        task = asyncio.create_task(self._joined(near, far))
        self._joining.add(task)
        task.add_done_callback(self._joining.discard)

    async def _joined(self, near: _End, connection: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        try:
            _, far = await loop.create_unix_connection(
                lambda: _End(self._ends.add, self._ends.discard), sock=connection
            )
        except BaseException:
            connection.close()
            near.close()
            raise
        if near.peer is None:
            far.close()
            return
        far.join(near)
        near.join(far)

    def _refuse(self, why: str) -> None:
        if why != self._refused:
            self._refused = why
            if why:
                _LOG.error("code_server_refused address=%s reason=%s", self._address, why)
            self._on_refusal(why)


def _nothing(_end: _End) -> None:
    pass


class _End(asyncio.Protocol):
    """One end of a joined pair: what it hears the other one says, as fast as that can."""

    def __init__(
        self,
        on_made: Callable[[_End], None] = _nothing,
        on_lost: Callable[[_End], None] = _nothing,
    ) -> None:
        self._on_made = on_made
        self._on_lost = on_lost
        self._transport: asyncio.Transport | None = None
        self.gone = asyncio.Event()
        self.other: _End | None = None
        self._early = b""

    @property
    def peer(self) -> socket.socket | None:
        """The connection, while there is one."""
        found: socket.socket | None = (
            None if self._transport is None else self._transport.get_extra_info("socket")
        )
        return found

    def join(self, other: _End) -> None:
        """Hear from now on, for the other end to say."""
        self.other = other
        if self._early:
            self.data_received(self._early)
            self._early = b""
        if self._transport is not None:
            self._transport.resume_reading()

    def close(self) -> None:
        """Hang up, once what was said is said."""
        if self._transport is not None:
            self._transport.close()

    def abort(self) -> None:
        """Hang up at once."""
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Hear nothing before there is somebody to say it (asyncio calls it)."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.pause_reading()
        self._on_made(self)

    def data_received(self, data: bytes) -> None:
        """Say it (asyncio calls it)."""
        if self.other is None:
            # Before Python 3.11.3 asyncio reads once, though it was told in `connection_made` not to.
            self._early += data
        elif self.other._transport is not None:
            self.other._transport.write(data)

    def pause_writing(self) -> None:
        """Send the other end no more for now (asyncio calls it)."""
        if self.other is not None and self.other._transport is not None:
            self.other._transport.pause_reading()

    def resume_writing(self) -> None:
        """Send to the other end again (asyncio calls it)."""
        if self.other is not None and self.other._transport is not None:
            self.other._transport.resume_reading()

    def connection_lost(self, exc: Exception | None) -> None:
        """Hang up at the other end too (asyncio calls it)."""
        self._transport = None
        self._on_lost(self)
        self.gone.set()
        if self.other is not None:
            self.other.close()
