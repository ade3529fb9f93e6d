"""The launcher: one home, served from its start until it is told to leave."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import importlib.metadata
import json
import logging
import os
from collections.abc import AsyncIterator

import grpc.aio
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from treadle_access.addresses import Address, TcpAddress, UnixAddress
from treadle_access.binding import started
from treadle_access.connections import bounded
from treadle_access.folders import default_socket
from treadle_access.token_check import TokenCheck
from treadle_api.v1 import launcher_pb2, launcher_pb2_grpc
from treadle_launcher import defaults
from treadle_launcher.arguments import Settings
from treadle_launcher.asset_history import AssetHistory
from treadle_launcher.attempt_logs import AttemptLogs
from treadle_launcher.clock import SystemClock
from treadle_launcher.durability import Durability
from treadle_launcher.engine.running import EngineParts, RunningEngine, running_engine
from treadle_launcher.errors import BadTokenError
from treadle_launcher.home import Home, open_home
from treadle_launcher.housekeeping import housekeeping
from treadle_launcher.launching import Launching
from treadle_launcher.leaving import told_to_leave
from treadle_launcher.location_names import LocationNames
from treadle_launcher.locations import Locations
from treadle_launcher.planning import Planner
from treadle_launcher.processes import own_id
from treadle_launcher.request_check import RequestCheck
from treadle_launcher.run_steps import RunSteps
from treadle_launcher.service import LauncherService, ServedParts
from treadle_launcher.store.store import open_store
from treadle_launcher.stored_values import StoredValues
from treadle_launcher.sweeping import Sweeper
from treadle_launcher.watch import Watchers
from treadle_launcher.wire.error import encode_refusal
from treadle_launcher.wire.locations import LocationMessages

_LOG = logging.getLogger(__name__)

_SERVICE = launcher_pb2.DESCRIPTOR.services_by_name["LauncherService"].full_name


async def serve(settings: Settings) -> None:
    """Serve until told to leave.

    Afterwards no socket is left; and, of an ephemeral launcher, no process.

    Raises:
        HomeError: the home cannot be used.
        StoreError: the home's database cannot be used.
        BadAddressError: an address cannot be bound, or there is no folder for sockets.
        LocationStartError: a location has the name of another one.
    """
    with told_to_leave(settings.alive_fd) as leave, open_home(settings.home) as home:
        identity = str(home.root.resolve())
        spare = [settings.bind.path.parent] if isinstance(settings.bind, UnixAddress) else []
        # Hosts that wait for a standing launcher find none where an ephemeral one listens.
        kind = "own-hosts" if settings.is_ephemeral else "hosts"
        host_socket = default_socket(identity, kind, *spare)
        bind = settings.bind or default_socket(identity, "launcher")
        settings = dataclasses.replace(settings, bind=bind)
        with open_store(home.database, durability=settings.durability) as store:
            if settings.durability is Durability.POWER:
                # Once all of it is there: names on the disk lead to all that will be synced.
                home.sync()
            async with _followed(settings, home, leave) as locations:
                planner = Planner(
                    locations, store, StoredValues(home.values), settings.import_timeout
                )
                watchers = Watchers(store)
                parts = EngineParts(
                    home=home, store=store, planner=planner, watchers=watchers, clock=SystemClock()
                )
                async with (
                    housekeeping(parts, settings.keep_intermediates) as sweeper,
                    running_engine(parts, settings, host_socket) as running,
                ):
                    locations.on_load(running.serve)
                    service = _service(parts, settings, locations, running, sweeper)
                    async with _served(settings, bind, service) as address:
                        home.name_holder(own_id(), address)
                        home.publish(
                            own_id(), address, host_socket, is_ephemeral=settings.is_ephemeral
                        )
                        _LOG.info("serving address=%s home=%s", address, home.root)
                        _tell(settings.ready_fd, address)
                        await leave.wait()
                        _LOG.info("leaving")
                        home.withdraw()
                        if settings.is_ephemeral:
                            # Still served: those who watch see how their runs end.
                            await running.end()
                        watchers.close()


@contextlib.asynccontextmanager
async def _followed(
    settings: Settings, home: Home, leave: asyncio.Event
) -> AsyncIterator[Locations]:
    """Follow the locations for the length of the block.

    Who is told to leave meanwhile waits for their first answers no longer.
    """
    locations = Locations(settings.locations, LocationNames(home.location_names))
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


def _service(
    parts: EngineParts,
    settings: Settings,
    locations: Locations,
    running: RunningEngine,
    sweeper: Sweeper,
) -> LauncherService:
    about = launcher_pb2.GetLauncherResponse(
        version=importlib.metadata.version("treadle"),
        home_id=parts.home.home_id,
        ephemeral=settings.is_ephemeral,
        max_steps=settings.max_steps,
        max_runs=settings.max_runs,
    )
    return LauncherService(
        ServedParts(
            about=about,
            locations=LocationMessages(locations),
            planner=parts.planner,
            launching=Launching(
                parts.planner, parts.store, running.board, running.engine, parts.clock
            ),
            engine=running.engine,
            store=parts.store,
            watchers=parts.watchers,
            steps=RunSteps(
                parts.store, running.board, parts.watchers, AttemptLogs(parts.home.logs)
            ),
            assets=AssetHistory(locations, parts.store, StoredValues(parts.home.values)),
            sweeper=sweeper,
        )
    )


@contextlib.asynccontextmanager
async def _served(
    settings: Settings, bind: Address, service: LauncherService
) -> AsyncIterator[Address]:
    """Answer calls for the length of the block."""
    is_tcp = isinstance(bind, TcpAddress)
    checks = (
        [TokenCheck(settings.token, encode_refusal(BadTokenError()))]
        if is_tcp and settings.token is not None
        else []
    )
    server = grpc.aio.server(interceptors=[*checks, RequestCheck()], options=bounded(bind))
    launcher_pb2_grpc.add_LauncherServiceServicer_to_server(service, server)
    healthy = health.aio.HealthServicer()
    await healthy.set(_SERVICE, health_pb2.HealthCheckResponse.SERVING)
    health_pb2_grpc.add_HealthServicer_to_server(healthy, server)
    reflection.enable_server_reflection(
        (_SERVICE, health.SERVICE_NAME, reflection.SERVICE_NAME), server
    )
    async with started(server, bind) as address:
        try:
            yield address
        finally:
            await healthy.enter_graceful_shutdown()
            await server.stop(defaults.STOP_GRACE)


def _tell(ready_fd: int | None, address: Address) -> None:
    if ready_fd is None:
        return
    # A starter that is gone by now is told nothing; the alive pipe says so to us.
    with contextlib.suppress(BrokenPipeError), os.fdopen(ready_fd, "wb") as stream:
        stream.write(json.dumps({"address": str(address)}).encode() + b"\n")
