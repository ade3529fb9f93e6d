"""What an earlier run made, how a run that reuses it begins, and that the store keeps both."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from treadle_contract.codeserver import EarlierStep
from treadle_contract.event import (
    CancelRequested,
    OutputStored,
    RunDequeued,
    RunSubmitted,
    StepFailed,
    StepReused,
    StepStarted,
    StepSucceeded,
)
from treadle_contract.ids import HostId, KeyText, RunId, StepKey, TaskId
from treadle_contract.plan import (
    Load,
    LoadState,
    PlanHeader,
    PlannedAsset,
    PlannedInput,
    PlannedOutput,
    PlannedSource,
    PlannedStep,
    PlannedStepOutput,
    PlanOptions,
    Reuse,
    ReusedOutput,
    Selection,
    Verdict,
)
from treadle_contract.run import Failure, FailureReason, RunState, StepState
from treadle_contract.value import ValueRef
from treadle_launcher.clock import TimeUs
from treadle_launcher.locations.launch_spec import LaunchSpec
from treadle_launcher.planning.earlier_steps import Origins, earlier_steps
from treadle_launcher.planning.manifest import CodeManifest
from treadle_launcher.planning.plan import Plan
from treadle_launcher.runs.decide import follow_ups, started
from treadle_launcher.runs.events import Event, NewEvent, Payload
from treadle_launcher.runs.run_view import RunView
from treadle_launcher.runs.tasks import task_for
from treadle_launcher.runs.transitions import InvalidTransition
from treadle_launcher.store.records import Materialization, NewRun
from treadle_launcher.store.store import open_store

NOW = TimeUs(1_700_000_000_000_000)
FIRST, SECOND = RunId("01ARZ3NDEKTSV4RRFFQ69G5FAV"), RunId("01BX5ZZKBKACTAV9WEVGEMMVRZ")
MAKE, USE, LAST = StepKey("g.make"), StepKey("g.use"), StepKey("g.last")
FAILURE = Failure(reason=FailureReason.USER_ERROR, message="no")


def ref(key: str) -> ValueRef:
    return ValueRef(store="files", key=key, codec="pickle5", size_bytes=3, checksum="crc32:0")


def step(
    key: StepKey, *sources: tuple[StepKey, str], outputs: tuple[PlannedOutput, ...]
) -> PlannedStep:
    return PlannedStep(
        key=key,
        block="g",
        verdict=Verdict.RUN,
        inputs=tuple(
            PlannedInput(
                name=f"i{number}",
                sources=(
                    PlannedSource(step_output=PlannedStepOutput(step_key=source, output=output)),
                ),
            )
            for number, (source, output) in enumerate(sources)
        ),
        outputs=outputs,
        selected_outputs=tuple(output.name for output in outputs if output.selected),
    )


def chain(**verdicts: Verdict) -> Plan:
    """Three steps: `make` has a plain, an optional and a Nothing output; the last makes an asset."""
    steps = (
        step(
            MAKE,
            outputs=(
                PlannedOutput(
                    name="value",
                    selected=True,
                    is_read=True,
                    is_required=True,
                    io_manager_key="io_manager",
                    builtin_manager=True,
                ),
                PlannedOutput(
                    name="maybe",
                    selected=True,
                    is_required=False,
                    io_manager_key="io_manager",
                    builtin_manager=True,
                ),
                PlannedOutput(
                    name="done",
                    selected=True,
                    nothing=True,
                    is_required=True,
                    io_manager_key="io_manager",
                    builtin_manager=True,
                ),
            ),
        ),
        step(
            USE,
            (MAKE, "value"),
            outputs=(
                PlannedOutput(
                    name="r",
                    selected=True,
                    is_read=True,
                    is_required=True,
                    io_manager_key="io_manager",
                    builtin_manager=True,
                ),
            ),
        ),
        step(
            LAST,
            (USE, "r"),
            outputs=(
                PlannedOutput(
                    name="r",
                    selected=True,
                    assets=(
                        PlannedAsset(
                            asset_key=KeyText("a"),
                            selected=True,
                            io_manager_key="io_manager",
                            builtin_manager=True,
                        ),
                    ),
                    is_required=True,
                    io_manager_key="io_manager",
                    builtin_manager=True,
                ),
            ),
        ),
    )
    return Plan(
        header=PlanHeader(location="here", digest="d1", fingerprint="f1"),
        steps=tuple(
            replace(each, verdict=verdicts.get(each.key.removeprefix("g."), Verdict.RUN))
            for each in steps
        ),
    )


class Story:
    """A run that is told event by event."""

    def __init__(self, run_id: RunId, plan: Plan, *, starts: bool = True) -> None:
        submitted = RunSubmitted(
            location="here",
            selection=Selection(),
            options=PlanOptions(),
            digest=plan.header.digest,
            fingerprint=plan.header.fingerprint,
        )
        self.view = RunView(
            plan, Event(store_sequence=1, run_id=run_id, sequence=1, time=NOW, payload=submitted)
        )
        if starts:
            self.tell(NewEvent(payload=RunDequeued()), *started(self.view))

    def tell(self, *facts: NewEvent) -> None:
        for fact in facts:
            self.view.apply(
                Event(
                    store_sequence=0,
                    run_id=self.view.run_id,
                    sequence=self.view.last_sequence + 1,
                    time=NOW,
                    payload=fact.payload,
                    step_key=fact.step_key,
                    attempt=fact.attempt,
                )
            )

    def attempt(self, key: StepKey, *payloads: Payload) -> None:
        begun = StepStarted(host_id=HostId("h"), task_id=TaskId("t"))
        self.tell(*(NewEvent(payload=each, step_key=key, attempt=1) for each in (begun, *payloads)))

    def follow(self) -> None:
        self.tell(*follow_ups(self.view, NOW))


def first(*, last: Payload = StepFailed(failure=FAILURE)) -> RunView:  # noqa: B008 - frozen
    """Tell a run whose last step failed, or ended as is said."""
    story = Story(FIRST, chain())
    done = StepSucceeded(duration_us=1, pid=1)
    story.attempt(
        MAKE,
        OutputStored(output="value", value_ref=ref("v"), io_manager_key="io_manager"),
        OutputStored(output="done"),
        done,
    )
    story.attempt(
        USE, OutputStored(output="r", value_ref=ref("u"), io_manager_key="io_manager"), done
    )
    story.attempt(LAST, last)
    story.follow()
    return story.view


def origins(
    parent: RunView, *others: RunView, gone: tuple[str, ...] = (), **latest: Materialization
) -> Origins:
    return Origins(
        parent=parent,
        runs={view.run_id: view for view in (parent, *others)},
        manifests={FIRST: CodeManifest(ops={"g.make": "digest of make", "g": "of the block"})},
        latest={KeyText(key): made for key, made in latest.items()},
        is_stored=lambda value: value.key not in gone,
    )


def second(
    *,
    starts: bool = True,
    run_id: RunId = SECOND,
    outputs: Mapping[StepKey, tuple[ReusedOutput, ...]] | None = None,
) -> Story:
    """Begin a run that reuses what the first run made of its first two steps."""
    earlier = earlier_steps(origins(first()))
    reused = (MAKE, USE)
    plan = replace(
        chain(make=Verdict.REUSE, use=Verdict.REUSE),
        reuses=tuple(
            Reuse(
                step_key=key,
                from_run_id=FIRST,
                outputs=earlier.outputs[key] if outputs is None else outputs[key],
            )
            for key in reused
        ),
    )
    return Story(run_id, plan, starts=starts)


def test_outputs_are_told_apart() -> None:
    found, reused = earlier_steps(origins(first()))

    assert found[MAKE] == EarlierStep(
        key=MAKE,
        succeeded=True,
        state=StepState.SUCCEEDED,
        from_run_id=FIRST,
        stored_outputs=("done", "value"),
        left_out_outputs=("maybe",),
        op_digest="digest of make",
    )
    assert reused[MAKE] == (
        ReusedOutput(output="value", value_ref=ref("v"), io_manager_key="io_manager"),
        ReusedOutput(output="done"),
    )
    assert found[LAST].state is StepState.FAILED
    assert found[USE].op_digest == "of the block"


def test_a_value_that_is_gone_is_lost_and_stands_for_no_value() -> None:
    found, reused = earlier_steps(origins(first(), gone=("v",)))

    assert found[MAKE].stored_outputs == ("done",)
    assert found[MAKE].lost_outputs == ("value",)
    assert ReusedOutput(output="value") in reused[MAKE]


def test_an_asset_that_is_gone_counts_as_made_only_if_a_newer_one_is_there() -> None:
    stored = OutputStored(
        output="r", asset_key=KeyText("a"), value_ref=ref("a"), io_manager_key="io_manager"
    )
    story = Story(FIRST, chain())
    done = StepSucceeded(duration_us=1, pid=1)
    for key in (MAKE, USE):
        story.attempt(
            key,
            OutputStored(output="value" if key == MAKE else "r", io_manager_key="mine"),
            done,
        )
    story.attempt(LAST, stored, done)
    own = Materialization(
        asset_key=KeyText("a"),
        run_id=FIRST,
        step_key=LAST,
        attempt=1,
        store_sequence=9,
        time=NOW,
        location="here",
        digest="d1",
    )
    newer = replace(own, run_id=SECOND, store_sequence=20)

    assert earlier_steps(origins(story.view)).steps[LAST].asset_keys == ("a",)
    assert earlier_steps(origins(story.view, gone=("a",), a=own)).steps[LAST].asset_keys == ()
    assert earlier_steps(origins(story.view, gone=("a",), a=newer)).steps[LAST].asset_keys == ("a",)


def test_what_a_run_reused_is_looked_up_in_the_run_that_made_it() -> None:
    again = second()
    again.attempt(LAST, StepFailed(failure=FAILURE))

    found = earlier_steps(origins(again.view, first(), gone=("u",))).steps

    assert found[MAKE].from_run_id == FIRST
    assert found[MAKE].left_out_outputs == ("maybe",)
    assert found[USE].lost_outputs == ("r",)
    assert found[LAST].from_run_id == SECOND


@pytest.mark.parametrize("runs_between", [0, 1, 2])
def test_what_a_run_was_to_reuse_that_never_began_is_there_all_the_same(runs_between: int) -> None:
    parent, others = second(starts=False), [first()]
    for number in range(runs_between):
        earlier = earlier_steps(origins(parent.view, *others))
        others.append(parent.view)
        parent = second(
            starts=False,
            run_id=RunId(f"01BX5ZZKBKACTAV9WEVGEMMVS{number}"),
            outputs=earlier.outputs,
        )
    parent.tell(NewEvent(payload=CancelRequested()))
    parent.follow()

    found = earlier_steps(origins(parent.view, *others)).steps

    assert parent.view.steps[MAKE].state is StepState.CANCELLED
    assert found[MAKE].state is StepState.SUCCEEDED
    assert found[MAKE].from_run_id == FIRST
    assert found[MAKE].stored_outputs == ("done", "value")
    assert found[USE].renewed_step_keys == ()
    assert found[LAST].state is StepState.CANCELLED


def test_what_a_run_was_to_skip_again_that_never_began_is_skipped() -> None:
    plan = chain(make=Verdict.REUSE, use=Verdict.REUSE)
    maybe = step(USE, (MAKE, "maybe"), outputs=plan.steps[1].outputs)
    plan = replace(plan, steps=(plan.steps[0], maybe, plan.steps[2]))
    story = Story(FIRST, replace(plan, steps=(chain().steps[0], maybe, plan.steps[2])))
    story.attempt(
        MAKE, OutputStored(output="value", value_ref=ref("v")), StepSucceeded(duration_us=1, pid=1)
    )
    story.follow()
    again = replace(
        plan,
        steps=(plan.steps[0], replace(maybe, verdict=Verdict.REUSE), plan.steps[2]),
        reuses=(
            Reuse(step_key=MAKE, from_run_id=FIRST, outputs=(ReusedOutput(output="value"),)),
            Reuse(step_key=USE, from_run_id=FIRST, skipped=True),
        ),
    )
    never = Story(SECOND, again, starts=False)
    never.tell(NewEvent(payload=CancelRequested()))
    never.follow()

    found = earlier_steps(origins(never.view, story.view)).steps

    assert story.view.steps[USE].state is StepState.SKIPPED
    assert found[USE].state is StepState.SKIPPED
    assert found[USE].from_run_id == FIRST


def test_what_a_users_manager_keeps_is_named_with_the_manager() -> None:
    story = Story(FIRST, chain())
    stored = OutputStored(output="value", io_manager_key="mine")
    story.attempt(MAKE, stored, StepSucceeded(duration_us=1, pid=1))

    found = earlier_steps(origins(story.view)).steps[MAKE]

    assert found.stored_outputs == ("value",)
    assert found.by_name == {"value": "mine"}


def test_what_was_loaded_and_has_a_newer_value_is_named() -> None:
    plan = chain()
    load = Load(
        asset_key=KeyText("up"),
        state=LoadState.RECORDED,
        store_sequence=5,
        io_manager_key="io_manager",
        builtin_manager=True,
    )
    reader = replace(
        plan.steps[0],
        inputs=(
            PlannedInput(
                name="x",
                sources=(PlannedSource(load_asset_key=KeyText("up"), asset_key=KeyText("up")),),
            ),
        ),
    )
    story = Story(FIRST, replace(plan, steps=(reader, *plan.steps[1:]), loads=(load,)))
    story.attempt(MAKE, StepSucceeded(duration_us=1, pid=1))
    made = Materialization(
        asset_key=KeyText("up"),
        run_id=SECOND,
        step_key=StepKey("up"),
        attempt=1,
        store_sequence=6,
        time=NOW,
        location="here",
        digest="d1",
    )

    newer = earlier_steps(origins(story.view, up=made)).steps[MAKE]
    same = earlier_steps(origins(story.view, up=replace(made, store_sequence=5))).steps[MAKE]

    assert newer.renewed_asset_keys == ("up",)
    assert same.renewed_asset_keys == ()


def test_a_run_begins_with_what_it_reuses() -> None:
    story = second()
    view = story.view

    assert {key: each.state for key, each in view.steps.items()} == {
        MAKE: StepState.SUCCEEDED,
        USE: StepState.SUCCEEDED,
        LAST: StepState.READY,
    }
    assert view.steps[USE].reused_from_run_id == FIRST
    assert [type(fact.payload) for fact in started(view)][1:] == [StepReused, StepReused]
    assert view.summary().step_counts == {StepState.SUCCEEDED: 2, StepState.READY: 1}
    (source,) = task_for(view, LAST, 1).steps[0].inputs[0].sources
    assert source.value_ref == ref("u")
    assert source.run_id == FIRST


def test_a_run_that_reuses_everything_it_does_not_run_succeeds() -> None:
    story = second()
    story.attempt(LAST, StepSucceeded(duration_us=1, pid=1))
    story.follow()

    assert story.view.state is RunState.SUCCEEDED
    assert story.view.summary().materialization_count == 0


def test_what_was_skipped_is_skipped_again_without_being_told() -> None:
    plan = chain(make=Verdict.REUSE, use=Verdict.REUSE)
    maybe = step(USE, (MAKE, "maybe"), outputs=plan.steps[1].outputs)
    plan = replace(
        plan,
        steps=(plan.steps[0], replace(maybe, verdict=Verdict.REUSE), plan.steps[2]),
        reuses=(
            Reuse(step_key=MAKE, from_run_id=FIRST, outputs=(ReusedOutput(output="value"),)),
            Reuse(step_key=USE, from_run_id=FIRST, skipped=True),
        ),
    )
    story = Story(SECOND, plan)
    story.follow()

    assert story.view.steps[USE].state is StepState.SKIPPED
    assert story.view.steps[LAST].state is StepState.SKIPPED
    assert story.view.state is RunState.SUCCEEDED


def test_a_step_that_runs_cannot_be_reused() -> None:
    story = second()

    with pytest.raises(InvalidTransition):
        story.tell(NewEvent(payload=StepReused(from_run_id=FIRST), step_key=LAST))


def test_a_cancel_leaves_what_is_reused_as_it_is() -> None:
    story = second()
    story.tell(NewEvent(payload=CancelRequested()))
    story.follow()

    assert story.view.state is RunState.CANCELLED
    assert story.view.steps[MAKE].state is StepState.SUCCEEDED
    assert story.view.steps[LAST].state is StepState.CANCELLED


def test_the_store_keeps_what_a_run_reuses_beside_its_plan(tmp_path: Path) -> None:
    plan = second().view.plan
    submitted = RunSubmitted(
        location="here",
        selection=Selection(),
        options=PlanOptions(),
        digest="d1",
        fingerprint="f1",
        root_run_id=FIRST,
    )
    spec = LaunchSpec(
        interpreter="python",
        working_directory="/",
        targets=(),
        digest="d1",
        import_timeout_ms=1,
        environment={},
    )
    new = NewRun(run_id=SECOND, submitted=NewEvent(payload=submitted), plan=plan, launch_spec=spec)

    async def kept() -> None:
        with open_store(tmp_path / "treadle.db") as store:
            await store.create_run(new)

            assert await store.get_run_plan(SECOND) == plan
            bare = await store.get_plan("here", "f1")
            assert bare is not None
            assert [reuse.outputs for reuse in bare.reuses] == [(), ()]
            run = await store.get_run(SECOND)
            assert run.root_run_id == FIRST
            assert run.step_counts == {StepState.PENDING: 3}

    asyncio.run(kept())
