from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.unit.treadle_launcher.store.samples import (
    STARTED,
    SUCCEEDED,
    make_plan,
    make_run,
    on_store,
    started_run,
    step_started,
)
from treadle_contract.event import StepSucceeded
from treadle_contract.ids import RunId, StepKey
from treadle_contract.run import RunState, StepState
from treadle_launcher.errors import UnknownRunError
from treadle_launcher.runs.events import NewEvent
from treadle_launcher.runs.folding import LastFolded, folded
from treadle_launcher.store.store import Store

FIRST = StepKey("block.s0")
DONE = NewEvent(payload=StepSucceeded(duration_us=1, pid=2), step_key=FIRST, attempt=1)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "treadle.db"


def test_the_last_run_goes_on_from_where_it_was_and_is_not_folded_again(database: Path) -> None:
    async def body(store: Store) -> None:
        run_id = await started_run(store)
        last = LastFolded(store)
        view = await last.view(run_id)
        await store.append(run_id, [step_started(0), DONE])

        later = await last.view(run_id)

        assert later is view
        assert later.steps[FIRST].state is StepState.SUCCEEDED
        assert later.last_sequence == 5

    on_store(database, body)


def test_another_run_takes_the_place_of_the_last(database: Path) -> None:
    async def body(store: Store) -> None:
        first, second = await started_run(store), await started_run(store)
        last = LastFolded(store)
        view = await last.view(first)
        assert (await last.view(second)).run_id == second
        again = await last.view(first)
        assert again.run_id == first
        assert again is not view

    on_store(database, body)


def test_a_run_that_has_not_started_is_read_anew_with_the_plan_it_got_since(database: Path) -> None:
    async def body(store: Store) -> None:
        run_id = (await store.create_run(make_run())).run.run_id
        last = LastFolded(store)
        assert len((await last.view(run_id)).steps) == 3
        plan = make_plan("f2", steps=5)
        plan = replace(plan, header=replace(plan.header, digest="d2"))
        await store.replace_plan(run_id, plan, make_run().launch_spec)
        assert len((await last.view(run_id)).steps) == 5

    on_store(database, body)


def test_a_run_that_is_over_is_folded_to_its_end(database: Path) -> None:
    async def body(store: Store) -> None:
        run_id = (await store.create_run(make_run(make_plan("f1", steps=1)))).run.run_id
        await store.append(run_id, [*STARTED, step_started(0), DONE, SUCCEEDED])
        assert (await folded(store, run_id)).state is RunState.SUCCEEDED

    on_store(database, body)


def test_an_unknown_run_is_refused_and_forgotten(database: Path) -> None:
    async def body(store: Store) -> None:
        last = LastFolded(store)
        with pytest.raises(UnknownRunError):
            await last.view(RunId("nothing"))
        run_id = await started_run(store)
        assert (await last.view(run_id)).run_id == run_id

    on_store(database, body)
