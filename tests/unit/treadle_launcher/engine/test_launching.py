"""Launching while values are removed: a plan that nobody saw is made anew, one that was is not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from treadle_contract.ids import RunId, StepKey
from treadle_contract.launcher import Garbage, GarbageReason
from treadle_contract.plan import PlanOptions, Reuse, ReusedOutput, Selection
from treadle_contract.run import FailureReason, RunState
from treadle_contract.value import ValueRef
from treadle_launcher.errors import StalePlanError
from treadle_launcher.serving.launch_request import LaunchRequest

GONE = ValueRef(store="files", key="runs/R/a/1/result", codec="p5", size_bytes=3, checksum="x:1")


@pytest.fixture
def reusing(plans):
    """A plan that reuses a value."""
    output = ReusedOutput(output="result", value_ref=GONE)
    reuse = Reuse(step_key=StepKey("a"), from_run_id=RunId("R"), outputs=(output,))
    return replace(plans({"a": (), "b": ("a",)}), reuses=(reuse,)).with_notes("reused")


async def remove(kit) -> None:
    garbage = Garbage(key=GONE.key, reason=GarbageReason.INTERMEDIATE, size_bytes=3)
    await kit.store.mark_removed([garbage])


async def test_a_value_that_is_removed_meanwhile_has_the_run_planned_anew(kit, plans, reusing):
    async with kit.running():
        await remove(kit)
        kit.planner.before = [kit.launchable(reusing)] * 3

        run_id = await kit.launch(plans({"b": ()}))

        assert (await kit.store.get_run_plan(run_id)).reuses == ()


async def test_a_plan_that_was_seen_is_refused_and_planning_anew_has_an_end(kit, plans, reusing):
    async with kit.running():
        await remove(kit)
        kit.planner.before = [kit.launchable(reusing)]
        with pytest.raises(StalePlanError, match="plan again"):
            await kit.launch(plans({"b": ()}), digest=reusing.header.digest)

        kit.planner.before = [kit.launchable(reusing)] * 100
        with pytest.raises(StalePlanError):
            await kit.launch(plans({"b": ()}))
        assert (await kit.store.list_runs()).items == ()
        kit.planner.before = []


async def test_the_answer_has_the_notes_of_the_plan_that_was_recorded(kit, reusing):
    async with kit.running():
        kit.planner.next = kit.launchable(reusing)
        request = LaunchRequest(
            location="here",
            selection=Selection(),
            options=PlanOptions(),
            idempotency_key="once",
        )

        created = await kit.launching.launch(request)
        again = await kit.launching.launch(request)

        assert created.notes == ("reused",)
        assert again.existed
        assert again.notes == ()


async def test_a_value_that_is_removed_while_newer_code_is_planned_ends_the_run_as_stale(
    kit, plans, reusing
):
    async with kit.running():
        await remove(kit)
        run_id = await kit.launch(plans({"b": ()}))
        newer = replace(reusing, header=replace(reusing.header, digest="digest-2"))
        kit.planner.again = kit.launchable(newer)
        host = await kit.host()
        await host.dial()

        await host.hello("STALE", digest="digest-2")

        run = await kit.finished(run_id)
        assert run.failure.reason is FailureReason.STALE
        assert "the value of a.result was removed" in run.failure.message
        assert run.digest == "digest-1"
        # The store is not at fault: other runs go on.
        other = await kit.launch(plans({"b": ()}, digest="digest-2"))
        second = await kit.host(1)
        await second.ready()
        await second.run_next()
        assert (await kit.finished(other)).state is RunState.SUCCEEDED
