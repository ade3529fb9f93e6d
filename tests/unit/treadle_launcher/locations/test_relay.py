"""The relay between a channel and a code server's socket."""

from __future__ import annotations

import asyncio
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from treadle_access.addresses import UnixAddress
from treadle_launcher.locations.relay import Relay, _End

SECONDS = 30
#: More than sockets and transports hold: who reads slowly has to be waited for.
MUCH = bytes(range(256)) * 20_000


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="r-") as name:
        yield Path(name)


class Echo:
    """A server that says what it hears."""

    def __init__(self) -> None:
        self._talks: list[asyncio.Task[None]] = []

    async def serve(self, path: Path) -> None:
        self._server = await asyncio.start_unix_server(self._talk, path)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._talks.append(task)
        while data := await reader.read(4096):
            writer.write(data)
            await writer.drain()
        writer.close()
        await writer.wait_closed()

    async def end(self) -> None:
        self._server.close()
        await asyncio.gather(*self._talks)


async def dialled(relay: Relay) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_unix_connection("\0" + relay.target.removeprefix("unix-abstract:"))


async def hung_up(writer: asyncio.StreamWriter) -> None:
    writer.close()
    await writer.wait_closed()


def test_all_that_is_said_goes_on_both_ways_and_ends_with_either_end(folder):
    async def body() -> None:
        server = Echo()
        await server.serve(folder / "s")
        relay = Relay(UnixAddress(path=folder / "s"), lambda why: None)
        await relay.open()
        reader, writer = await dialled(relay)

        writer.write(MUCH)
        assert await reader.readexactly(len(MUCH)) == MUCH

        await relay.close()
        assert await reader.read() == b""
        await hung_up(writer)
        await server.end()

    asyncio.run(asyncio.wait_for(body(), SECONDS))


def test_where_nobody_listens_it_hangs_up_and_why_it_refuses_is_told_once(folder):
    async def body() -> None:
        told: list[str] = []
        relay = Relay(UnixAddress(path=folder / "s"), told.append)
        await relay.open()
        for _ in range(2):
            reader, writer = await dialled(relay)
            assert await reader.read() == b""
            await hung_up(writer)
        assert told == []

        server = Echo()
        await server.serve(folder / "other")
        (folder / "s").symlink_to(folder / "other")
        for _ in range(2):
            reader, writer = await dialled(relay)
            assert await reader.read() == b""
            await hung_up(writer)
        (why,) = told
        assert "is a link" in why

        (folder / "s").unlink()
        (folder / "other").rename(folder / "s")
        reader, writer = await dialled(relay)
        writer.write(b"x")
        assert await reader.readexactly(1) == b"x"
        assert told == [why, ""]
        await relay.close()
        await hung_up(writer)
        await server.end()

    asyncio.run(asyncio.wait_for(body(), SECONDS))


def test_what_is_said_before_the_far_end_is_there_is_not_lost(folder):
    # asyncio before 3.11.3 reads once, whatever an end that was just made was told.
    class Eager(_End):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            super().connection_made(transport)
            self.data_received(b"early, ")

    async def body() -> None:
        echo = Echo()
        await echo.serve(folder / "far.sock")
        loop = asyncio.get_running_loop()
        here, there = socket.socketpair()
        _, near = await loop.create_unix_connection(Eager, sock=there)
        _, far = await loop.create_unix_connection(_End, str(folder / "far.sock"))
        far.join(near)
        near.join(far)
        reader, writer = await asyncio.open_unix_connection(sock=here)
        writer.write(b"late")
        assert await reader.readexactly(11) == b"early, late"
        await hung_up(writer)
        await asyncio.gather(near.gone.wait(), far.gone.wait())
        await echo.end()

    asyncio.run(asyncio.wait_for(body(), SECONDS))
