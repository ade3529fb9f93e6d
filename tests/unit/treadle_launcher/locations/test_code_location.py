"""A code server as the launcher knows it, over a real channel."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc.aio
import pytest

from treadle_access.addresses import UnixAddress
from treadle_api.v1 import codeserver_pb2, codeserver_pb2_grpc, graph_pb2
from treadle_launcher.locations.code_location import CodeLocation
from treadle_launcher.serving.arguments import LocationArgument

SECONDS = 30
# An empty frame of HTTP/2, with which a server begins.
SETTINGS = b"\0\0\0\4\0\0\0\0\0"


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="c-") as name:
        yield Path(name)


class Served(codeserver_pb2_grpc.CodeServerServiceServicer):
    async def GetLocation(self, request: Any, context: Any) -> Any:
        state = graph_pb2.LOCATION_STATE_SERVING
        location = graph_pb2.Location(name="late", state=state, digest="d", generation="1")
        return codeserver_pb2.GetLocationResponse(location=location)


def test_one_that_is_awaited_may_hang_up_while_it_starts(folder: Path) -> None:
    address = UnixAddress(path=folder / "code.sock")

    async def body() -> None:
        heard: list[bytes] = []
        was_hung_up = asyncio.Event()

        async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(SETTINGS)
            heard.append(await reader.read(4096))
            writer.close()
            if len(heard) == 3:
                was_hung_up.set()

        early = await asyncio.start_unix_server(hang_up, address.path)
        location = CodeLocation(LocationArgument(name="", address=address))
        opened = asyncio.create_task(location.open(lambda: None, is_awaited=True))
        await was_hung_up.wait()
        early.close()
        address.path.unlink(missing_ok=True)
        server = grpc.aio.server()
        codeserver_pb2_grpc.add_CodeServerServiceServicer_to_server(Served(), server)  # type: ignore[no-untyped-call]
        server.add_insecure_port(str(address))
        await server.start()
        await opened
        assert location.report is not None
        assert location.name == "late"
        await location.close()
        await server.stop(None)

    asyncio.run(asyncio.wait_for(body(), SECONDS))
