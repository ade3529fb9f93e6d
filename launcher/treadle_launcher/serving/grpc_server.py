"""Serving: the locations that are followed, the gRPC server, and what is told of it."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.metadata
import json
import os
from collections.abc import AsyncIterator

import grpc.aio
from grpc_health.v1 import health, health_pb2, health_pb2_grpc

from treadle_access.addresses import Address, TcpAddress
from treadle_access.binding import started
from treadle_access.connections import bounded
from treadle_access.reflecting import reflect
from treadle_access.token_check import TokenCheck
from treadle_api.handlers import handlers
from treadle_api.v1 import launcher_pb2
from treadle_contract.launcher import GetLauncherResponse
from treadle_launcher import defaults
from treadle_launcher.errors import BadTokenError
from treadle_launcher.locations.location_names import LocationNames
from treadle_launcher.locations.locations import Locations
from treadle_launcher.serving.answering import status_of
from treadle_launcher.serving.arguments import Settings
from treadle_launcher.serving.service import LauncherService
from treadle_launcher.wire.error import encode_refusal

_SERVICE = launcher_pb2.DESCRIPTOR.services_by_name["LauncherService"]


def about(settings: Settings, home_id: str) -> GetLauncherResponse:
    """Return what a launcher says of itself."""
    return GetLauncherResponse(
        version=importlib.metadata.version("treadle"),
        home_id=home_id,
        ephemeral=settings.is_ephemeral,
        max_steps=settings.max_steps,
        max_runs=settings.max_runs,
    )


@contextlib.asynccontextmanager
async def followed(
    settings: Settings, names: LocationNames, leave: asyncio.Event
) -> AsyncIterator[Locations]:
    """Follow the locations for the length of the block.

    Who is told to leave meanwhile waits for their first answers no longer.
    """
    locations = Locations(settings.locations, names)
    try:
        # An ephemeral launcher is of one starter, which starts its code server at the same time.
        opening = asyncio.create_task(
            locations.open(lambda: None, is_awaited=settings.is_ephemeral)
        )
        leaving = asyncio.create_task(leave.wait())
        await asyncio.wait((opening, leaving), return_when=asyncio.FIRST_COMPLETED)
        leaving.cancel()
        if opening.done():
            opening.result()
        else:
            opening.cancel()
        yield locations
    finally:
        await locations.close()


@contextlib.asynccontextmanager
async def served(
    settings: Settings, bind: Address, service: LauncherService
) -> AsyncIterator[Address]:
    """Answer calls for the length of the block."""
    is_tcp = isinstance(bind, TcpAddress)
    checks = (
        [TokenCheck(settings.token, encode_refusal(BadTokenError()))]
        if is_tcp and settings.token is not None
        else []
    )
    server = grpc.aio.server(interceptors=checks, options=bounded(bind))
    server.add_generic_rpc_handlers((handlers(_SERVICE, service, status_of),))
    healthy = health.aio.HealthServicer()
    await healthy.set(_SERVICE.full_name, health_pb2.HealthCheckResponse.SERVING)
    health_pb2_grpc.add_HealthServicer_to_server(healthy, server)
    reflect(server, (_SERVICE.full_name, health.SERVICE_NAME))
    async with started(server, bind) as address:
        try:
            yield address
        finally:
            await healthy.enter_graceful_shutdown()
            await server.stop(defaults.STOP_GRACE)


def tell(ready_fd: int | None, address: Address) -> None:
    """Tell the starter where the launcher is."""
    if ready_fd is None:
        return
    # A starter that is gone by now is told nothing; the alive pipe says so to us.
    with contextlib.suppress(BrokenPipeError), os.fdopen(ready_fd, "wb") as stream:
        stream.write(json.dumps({"address": str(address)}).encode() + b"\n")
