"""The code server: one location, loaded and served from its start until it is told to leave."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
from collections.abc import AsyncIterator
from functools import partial

import grpc.aio
from grpc_health.v1 import health, health_pb2, health_pb2_grpc

from treadle_access.addresses import Address, TcpAddress
from treadle_access.binding import started
from treadle_access.connections import bounded
from treadle_access.reflecting import reflect
from treadle_access.token_check import TokenCheck
from treadle_api.handlers import handlers
from treadle_api.refusals import refused_by
from treadle_api.v1 import codeserver_pb2
from treadle_codeserver import defaults
from treadle_codeserver.arguments import Settings
from treadle_codeserver.errors import BadTokenError, ShuttingDownError
from treadle_codeserver.hash_seed import share_hash_seed
from treadle_codeserver.leaving import told_to_leave
from treadle_codeserver.loading import load
from treadle_codeserver.location import CodeLocation
from treadle_codeserver.orphans import adopt_orphans
from treadle_codeserver.service import CodeServerService
from treadle_codeserver.wire.error import status_of

_LOG = logging.getLogger(__name__)

_SERVICE = codeserver_pb2.DESCRIPTOR.services_by_name["CodeServerService"]

_OPTIONS = (
    # Who waits for a long load, or for a change, may ask so often whether we are alive.
    ("grpc.http2.min_ping_interval_without_data_ms", defaults.PING_INTERVAL_MS),
)


async def serve(settings: Settings) -> None:
    """Serve until told to leave. Afterwards no process and no socket is left.

    Raises:
        BadAddressError: the address cannot be bound.
    """
    adopt_orphans()
    share_hash_seed(f"{settings.command.working_directory}\0{settings.name}")
    with told_to_leave(settings.alive_fd) as leave:
        location = CodeLocation(settings.name, partial(load, settings.command))
        # The tasks inside, so that an address which cannot be bound is told as it is.
        async with _served(settings, location) as address, asyncio.TaskGroup() as tasks:
            tasks.create_task(_load_first(location, address, settings.ready_fd))
            await leave.wait()
            _LOG.info("leaving")
            await location.close()


@contextlib.asynccontextmanager
async def _served(settings: Settings, location: CodeLocation) -> AsyncIterator[Address]:
    """Answer calls for the length of the block."""
    is_tcp = isinstance(settings.bind, TcpAddress)
    checks = (
        [TokenCheck(settings.token, refused_by(BadTokenError()))]
        if is_tcp and settings.token is not None
        else []
    )
    options = (*bounded(settings.bind), *_OPTIONS)
    server = grpc.aio.server(interceptors=checks, options=options)
    service = CodeServerService(location, settings.command)
    server.add_generic_rpc_handlers((handlers(_SERVICE, service, status_of),))
    healthy = health.aio.HealthServicer()
    await healthy.set(_SERVICE.full_name, health_pb2.HealthCheckResponse.SERVING)
    health_pb2_grpc.add_HealthServicer_to_server(healthy, server)
    reflect(server, (_SERVICE.full_name, health.SERVICE_NAME))
    async with started(server, settings.bind) as address:
        try:
            yield address
        finally:
            await healthy.enter_graceful_shutdown()
            # First the location: watchers and those who wait for a load are told, and end.
            await location.close()
            await server.stop(defaults.STOP_GRACE_S)


async def _load_first(location: CodeLocation, address: Address, ready_fd: int | None) -> None:
    """Load, then tell the starter where we serve: it finds the load done, or failed."""
    try:
        status, _ = await location.reload()
    except ShuttingDownError:
        return
    _LOG.info("serving address=%s name=%s state=%s", address, status.name, status.state)
    for report in status.modules:
        if report.problem:
            _LOG.warning("not_loaded target=%s state=%s", report.target, report.state)
    if ready_fd is not None:
        _tell(ready_fd, address)


def _tell(ready_fd: int, address: Address) -> None:
    # A starter that is gone by now is told nothing; the alive pipe says so to us.
    with contextlib.suppress(BrokenPipeError), os.fdopen(ready_fd, "wb") as stream:
        stream.write(json.dumps({"address": str(address)}).encode() + b"\n")
