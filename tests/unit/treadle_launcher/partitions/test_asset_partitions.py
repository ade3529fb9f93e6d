"""What became of partitions is what the log says, however often it is asked for in between."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.model.examples import examples
from tests.unit.treadle_launcher.backfills.orders import NOW, listed
from tests.unit.treadle_launcher.store.samples import STARTED, make_plan, make_run
from treadle_contract.event import AssetMaterialized, RunFinished
from treadle_contract.ids import KeyText, RunId, StepKey
from treadle_contract.lazy_dataclasses import replace
from treadle_contract.partition import PartitionKeyRange
from treadle_contract.plan import PlannedAsset, PlannedOutput, PlannedPartitions
from treadle_contract.run import RunState
from treadle_launcher.clock import ManualClock
from treadle_launcher.locations.location_names import LocationNames
from treadle_launcher.locations.locations import Locations
from treadle_launcher.partitions.asset_partitions import PartitionRecord
from treadle_launcher.runs.events import NewEvent
from treadle_launcher.store.records import NewRun
from treadle_launcher.store.store import Store, open_store
from treadle_partitions import keys_of

ASSET = KeyText("a")
COUNT = 8
KEYS = keys_of(listed(COUNT), now=NOW)


def run_of(first: int, last: int) -> NewRun:
    """Return a run that is to make some partitions in a row."""
    ranges = (PartitionKeyRange(first=KEYS[first], last=KEYS[last]),)
    planned = PlannedPartitions(definition_id="static", ranges=ranges, count=last + 1 - first)
    asset = PlannedAsset(asset_key=ASSET, io_manager_key="io_manager", partitions=planned)
    plan = make_plan(f"f{first}-{last}", steps=1)
    (step,) = plan.steps
    output = PlannedOutput(name="result", io_manager_key="io_manager", assets=(asset,))
    return make_run(replace(plan, steps=(replace(step, outputs=(output,)),)))


async def make(store: Store, first: int, last: int, made: int) -> None:
    """Have a run make so many of some partitions, and fail if these are not all."""
    created = await store.create_run(run_of(first, last))
    run_id = RunId(created.run.run_id)
    events = [
        NewEvent(
            payload=AssetMaterialized(
                asset_key=ASSET, output="result", digest="d1", partition_key=KEYS[first + each]
            ),
            step_key=StepKey("block.s0"),
            attempt=1,
        )
        for each in range(made)
    ]
    state = RunState.SUCCEEDED if made > last - first else RunState.FAILED
    await store.append(run_id, [*STARTED, *events, NewEvent(payload=RunFinished(state=state))])


runs = st.tuples(st.integers(0, COUNT - 1), st.integers(0, 3), st.integers(0, 4), st.booleans())


@examples(30)
@given(runs=st.lists(runs, max_size=8))
def test_each_partition_is_as_the_last_run_left_it(
    tmp_path_factory: pytest.TempPathFactory, runs: list[tuple[int, int, int, bool]]
) -> None:
    model = ["missing"] * COUNT
    database: Path = tmp_path_factory.mktemp("facts") / "treadle.db"

    async def body() -> list[str]:
        with open_store(database) as store:
            names = LocationNames(database.with_name("names"))
            record = PartitionRecord(Locations((), names), store, ManualClock())
            for first, more, made, is_asked in runs:
                last = min(first + more, COUNT - 1)
                done = min(made, last + 1 - first)
                await make(store, first, last, done)
                for index in range(first, last + 1):
                    model[index] = "made" if index < first + done else "failed"
                if is_asked:
                    await record.known_of(ASSET, KEYS)
            known = await record.known_of(ASSET, KEYS)
            sets = {"made": known.made, "failed": known.failed, "missing": known.missing}
            return [next(state for state, keys in sets.items() if key in keys) for key in KEYS]

    assert asyncio.run(body()) == model
