"""What a launcher's servicer hands calls to."""

from __future__ import annotations

from treadle_contract import launcher
from treadle_contract.lazy_dataclasses import dataclass
from treadle_launcher.backfills.desk import BackfillDesk
from treadle_launcher.backfills.ordering import BackfillOrders
from treadle_launcher.engine.engine import Engine
from treadle_launcher.partitions.asset_partitions import PartitionRecord
from treadle_launcher.planning.planning import Planner
from treadle_launcher.runs.run_steps import RunSteps
from treadle_launcher.serving.asset_history import AssetHistory
from treadle_launcher.serving.launching import Launching
from treadle_launcher.serving.watch import Watchers
from treadle_launcher.store.store import Store
from treadle_launcher.values.sweeping import Sweeper
from treadle_launcher.wire.locations import LocationMessages


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedParts:
    """Whom the service hands calls to; `about` is what GetLauncher answers.

    One that only reads the home has no `launching`, no `engine` and no `backfills`.
    """

    about: launcher.GetLauncherResponse
    locations: LocationMessages
    planner: Planner
    launching: Launching | None
    engine: Engine | None
    store: Store
    watchers: Watchers
    steps: RunSteps
    assets: AssetHistory
    sweeper: Sweeper
    partitions: PartitionRecord
    orders: BackfillOrders
    backfills: BackfillDesk | None
