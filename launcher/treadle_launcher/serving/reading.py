"""A launcher that only reads a home, or sweeps it when asked to: no engine, no host, no run."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from treadle_access.addresses import tell_address
from treadle_access.folders import default_socket
from treadle_access.leaving import told_to_leave
from treadle_launcher.backfills.ordering import BackfillOrders
from treadle_launcher.clock import SystemClock
from treadle_launcher.home.home import HomeFolder, open_home, reading_home
from treadle_launcher.home.record import check_record, claim
from treadle_launcher.locations.location_names import LocationNames
from treadle_launcher.locations.locations import Locations
from treadle_launcher.partitions.asset_partitions import PartitionRecord
from treadle_launcher.planning.planning import Planner
from treadle_launcher.runs.run_steps import RunSteps
from treadle_launcher.serving.arguments import Purpose, Settings
from treadle_launcher.serving.asset_history import AssetHistory
from treadle_launcher.serving.attempt_logs import AttemptLogs
from treadle_launcher.serving.grpc_server import about, followed, served
from treadle_launcher.serving.served_parts import ServedParts
from treadle_launcher.serving.service import LauncherService
from treadle_launcher.serving.watch import Watchers
from treadle_launcher.store.store import Store, open_store, reading_store
from treadle_launcher.values.stored_values import StoredValues
from treadle_launcher.values.sweeping import Sweeper
from treadle_launcher.values.value_files import ValueFiles
from treadle_launcher.wire.locations import LocationMessages

_LOG = logging.getLogger(__name__)


async def serve_reading(settings: Settings) -> None:
    """Serve what a home records until told to leave. Raises as `server.serve`."""
    with (
        told_to_leave(settings.alive_fd) as leave,
        _opened(settings) as (home, store),
        _sweeper(home, store, settings) as sweeper,
    ):
        if settings.purpose is Purpose.SWEEP:
            await claim(home, store)
        names = LocationNames(home.location_names, only_reads=True)
        async with followed(settings, names, leave) as locations:
            service = _service(home, store, settings, locations, sweeper)
            bind = settings.bind or default_socket(f"{home.root.resolve()} read", "launcher")
            async with served(settings, bind, service) as address:
                _LOG.info("reading address=%s home=%s", address, home.root)
                tell_address(settings.ready_fd, address)
                await leave.wait()


@contextmanager
def _opened(settings: Settings) -> Iterator[tuple[HomeFolder, Store]]:
    """Open the home as the purpose wants it; where there is none, read one that is empty."""
    with ExitStack() as stack:
        if settings.purpose is Purpose.SWEEP:
            home: HomeFolder = stack.enter_context(open_home(settings.home))
            if not settings.forget_values:
                check_record(home)
            opened = open_store(home.database, durability=settings.durability)
        else:
            home = reading_home(settings.home)
            if home.is_there():
                check_record(home)
                opened = reading_store(home.database)
            else:
                folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="treadle-"))
                opened = open_store(Path(folder) / "treadle.db")
        yield home, stack.enter_context(opened)


@contextmanager
def _sweeper(home: HomeFolder, store: Store, settings: Settings) -> Iterator[Sweeper]:
    only_reads = settings.purpose is Purpose.READ
    files = ValueFiles(home.values)
    keep = settings.keep_intermediates
    sweeper = Sweeper(
        files,
        store,
        SystemClock(),
        keep,
        keep_versions=settings.keep_versions,
        only_reads=only_reads,
        forget=settings.forget_values,
    )
    try:
        yield sweeper
    finally:
        sweeper.end()


def _service(
    home: HomeFolder, store: Store, settings: Settings, locations: Locations, sweeper: Sweeper
) -> LauncherService:
    watchers, values = Watchers(store, only_reads=True), StoredValues(home.values)
    planner = Planner(locations, store, StoredValues(home.values), settings.import_timeout)
    record = PartitionRecord(locations, store, SystemClock())
    return LauncherService(
        ServedParts(
            about=about(settings, home.home_id, str(home.values)),
            locations=LocationMessages(locations),
            planner=planner,
            launching=None,
            engine=None,
            store=store,
            watchers=watchers,
            steps=RunSteps(store, None, watchers, AttemptLogs(home.logs)),
            assets=AssetHistory(locations, store, values),
            sweeper=sweeper,
            partitions=record,
            orders=BackfillOrders(planner, record, settings.max_runs),
            backfills=None,
        )
    )
