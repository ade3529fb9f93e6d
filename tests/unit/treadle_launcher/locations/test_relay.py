"""The relay between a channel and a code server's socket."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from treadle_access.addresses import UnixAddress
from treadle_launcher.locations.relay import Relay

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
