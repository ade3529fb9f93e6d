"""The launcher: one home, served from its start until it is told to leave."""

from __future__ import annotations

import logging
from contextlib import AbstractContextManager

from treadle_access.addresses import UnixAddress, tell_address
from treadle_access.folders import default_socket
from treadle_access.leaving import told_to_leave
from treadle_contract.lazy_dataclasses import replace
from treadle_launcher.backfills.desk import BackfillDesk, driving
from treadle_launcher.backfills.ordering import BackfillOrders
from treadle_launcher.clock import SystemClock
from treadle_launcher.durability import Durability
from treadle_launcher.engine.engine import ENDING
from treadle_launcher.engine.running import EngineParts, RunningEngine, running_engine
from treadle_launcher.home.home import Home, open_home
from treadle_launcher.home.record import check_record, claim
from treadle_launcher.home.removal import HomeGone
from treadle_launcher.home.taking_over import check_taken_over
from treadle_launcher.hosts.processes import own_id
from treadle_launcher.locations.location_names import LocationNames
from treadle_launcher.locations.locations import Locations
from treadle_launcher.partitions.asset_partitions import PartitionRecord
from treadle_launcher.planning.planning import Planner
from treadle_launcher.runs.run_steps import RunSteps
from treadle_launcher.serving.arguments import Settings
from treadle_launcher.serving.asset_history import AssetHistory
from treadle_launcher.serving.attempt_logs import AttemptLogs
from treadle_launcher.serving.grpc_server import about, followed, served
from treadle_launcher.serving.launching import Launching
from treadle_launcher.serving.served_parts import ServedParts
from treadle_launcher.serving.service import LauncherService
from treadle_launcher.serving.watch import Watchers
from treadle_launcher.store.store import open_store
from treadle_launcher.values.housekeeping import housekeeping
from treadle_launcher.values.stored_values import StoredValues
from treadle_launcher.values.sweeping import Sweeper
from treadle_launcher.wire.locations import LocationMessages

_LOG = logging.getLogger(__name__)


async def serve(settings: Settings) -> None:
    """Serve until told to leave.

    Afterwards no socket is left; and, of an ephemeral launcher, no process.

    Raises:
        HomeError: the home cannot be used, or was removed or moved while it was served.
        StoreError: the home's database cannot be used.
        BadAddressError: an address cannot be bound, or there is no folder for sockets.
        LocationStartError: a location has the name of another one.
    """
    with told_to_leave(settings.alive_fd) as leave, _opened(settings) as home:
        if not settings.forget_values:
            check_record(home)
        identity = str(home.root.resolve())
        spare = [settings.bind.path.parent] if isinstance(settings.bind, UnixAddress) else []
        # Hosts that wait for a standing launcher find none where an ephemeral one listens.
        kind = "own-hosts" if settings.is_ephemeral else "hosts"
        host_socket = default_socket(identity, kind, *spare)
        bind = settings.bind or default_socket(identity, "launcher")
        settings = replace(settings, bind=bind)
        gone = HomeGone(leave)
        with open_store(
            home.database,
            durability=settings.durability,
            on_gone=gone.from_thread,
            beside=(home.values,),
        ) as store:
            await check_taken_over(home, store, settings.take_over)
            await claim(home, store)
            if settings.durability is Durability.POWER:
                # Once all of it is there: names on the disk lead to all that will be synced.
                home.sync()
            async with followed(settings, LocationNames(home.location_names), leave) as locations:
                planner = Planner(
                    locations, store, StoredValues(home.values), settings.import_timeout
                )
                watchers = Watchers(store)
                gone.then(watchers.close)
                parts = EngineParts(
                    home=home,
                    store=store,
                    planner=planner,
                    watchers=watchers,
                    clock=SystemClock(),
                    is_home_gone=gone.is_certain,
                )
                async with (
                    housekeeping(parts, settings) as sweeper,
                    running_engine(parts, settings, host_socket) as running,
                ):
                    locations.on_load(running.serve)
                    launching = _launching(parts, settings, running)
                    desk = BackfillDesk(
                        store,
                        launching,
                        running.engine,
                        max_runs=settings.max_runs,
                        is_ephemeral=settings.is_ephemeral,
                    )
                    watchers.also_tell(desk.hear)
                    service = _service(
                        parts,
                        settings,
                        locations=locations,
                        running=running,
                        sweeper=sweeper,
                        launching=launching,
                        desk=desk,
                    )
                    async with (
                        driving(desk, running.why_left_ends),
                        served(settings, bind, service) as address,
                    ):
                        home.name_holder(own_id(), address)
                        home.publish(
                            own_id(), address, host_socket, is_ephemeral=settings.is_ephemeral
                        )
                        _LOG.info("serving address=%s home=%s", address, home.root)
                        tell_address(settings.ready_fd, address)
                        await leave.wait()
                        _LOG.info("leaving")
                        home.withdraw()
                        if settings.is_ephemeral:
                            # Still served: those who watch see how their runs end.
                            await desk.end(ENDING)
                            await running.end()
                            await desk.settled()
                        desk.close_watches()
                        watchers.close()
        gone.check()


def _opened(settings: Settings) -> AbstractContextManager[Home]:
    return open_home(settings.home, of_anybody=settings.take_over is not None)


def _service(  # noqa: PLR0913 - what it serves
    parts: EngineParts,
    settings: Settings,
    *,
    locations: Locations,
    running: RunningEngine,
    sweeper: Sweeper,
    launching: Launching,
    desk: BackfillDesk,
) -> LauncherService:
    record = PartitionRecord(locations, parts.store, parts.clock)
    return LauncherService(
        ServedParts(
            about=about(settings, parts.home.home_id, str(parts.home.values)),
            locations=LocationMessages(locations),
            planner=parts.planner,
            launching=launching,
            engine=running.engine,
            store=parts.store,
            watchers=parts.watchers,
            steps=RunSteps(
                parts.store, running.board, parts.watchers, AttemptLogs(parts.home.logs)
            ),
            assets=AssetHistory(locations, parts.store, StoredValues(parts.home.values)),
            sweeper=sweeper,
            partitions=record,
            orders=BackfillOrders(parts.planner, record, settings.max_runs),
            backfills=desk,
        )
    )


def _launching(parts: EngineParts, settings: Settings, running: RunningEngine) -> Launching:
    return Launching(
        parts.planner,
        parts.store,
        running.board,
        running.engine,
        parts.clock,
        is_ephemeral=settings.is_ephemeral,
    )
