"""Which run was the last to run a step after another one's values of it were made."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.treadle_launcher.store.samples import STARTED, make_run, on_store, step_started
from treadle_contract.event import StepFailed, StepSucceeded
from treadle_contract.ids import RunId, StepKey
from treadle_contract.run import Failure, FailureReason
from treadle_launcher.runs.events import NewEvent
from treadle_launcher.store.store import Store

STEP = StepKey("block.s0")
OTHER = StepKey("block.s1")
SUCCEEDED = NewEvent(payload=StepSucceeded(duration_us=1, pid=2), step_key=STEP, attempt=1)
FAILED = NewEvent(
    payload=StepFailed(failure=Failure(reason=FailureReason.USER_ERROR, message="no")),
    step_key=STEP,
    attempt=1,
)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "treadle.db"


async def begun(store: Store, *facts: NewEvent) -> RunId:
    run_id = (await store.create_run(make_run())).run.run_id
    await store.append(run_id, [*STARTED, step_started(0), *facts])
    return run_id


def test_the_last_run_that_ran_it_since_is_named_however_it_ended(database: Path) -> None:
    async def body(store: Store) -> None:
        await begun(store, SUCCEEDED)
        made = await begun(store, SUCCEEDED)
        assert await store.later_runs("main", {STEP: made}) == {}

        await begun(store, SUCCEEDED)
        last = await begun(store, FAILED)

        assert await store.later_runs("main", {STEP: made, OTHER: made}) == {STEP: last}
        assert await store.later_runs("another", {STEP: made}) == {}
        assert await store.later_runs("main", {STEP: last}) == {}

    on_store(database, body)


def test_an_attempt_that_was_under_way_then_counts(database: Path) -> None:
    async def body(store: Store) -> None:
        longer = await begun(store)
        made = await begun(store, SUCCEEDED)
        assert await store.later_runs("main", {STEP: made}) == {}

        await store.append(longer, [SUCCEEDED])

        assert await store.later_runs("main", {STEP: made}) == {STEP: longer}

    on_store(database, body)
