from __future__ import annotations

from dataclasses import replace

import pytest

from treadle_contract.event import (
    OutputStored,
    RunDequeued,
    RunStarted,
    RunSubmitted,
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
    Selection,
    UnselectedOutputs,
    Verdict,
)
from treadle_contract.value import ValueRef
from treadle_launcher.clock import TimeUs
from treadle_launcher.planning.plan import Plan
from treadle_launcher.runs.events import Event, NewEvent
from treadle_launcher.runs.lacking import unyielded_input
from treadle_launcher.runs.run_view import RunView
from treadle_launcher.runs.tasks import task_for

RUN = RunId("01ARZ3NDEKTSV4RRFFQ69G5FAV")
MAKER = StepKey("g.maker")
READER = StepKey("g.reader")


def ref(key: str) -> ValueRef:
    return ValueRef(store="home", key=key, codec="p5", size_bytes=1, checksum="x:1")


def source(output: str, asset: str | None = None) -> PlannedSource:
    made = PlannedStepOutput(step_key=MAKER, output=output)
    return PlannedSource(step_output=made, asset_key=KeyText(asset or ""))


MAKES = (
    PlannedOutput(
        name="plain",
        selected=True,
        is_read=True,
        is_required=True,
        io_manager_key="io_manager",
        builtin_manager=True,
    ),
    PlannedOutput(
        name="made",
        selected=True,
        is_read=True,
        assets=(
            PlannedAsset(
                asset_key=KeyText("a"),
                selected=True,
                io_manager_key="io_manager",
                builtin_manager=True,
            ),
            PlannedAsset(
                asset_key=KeyText("b"),
                selected=True,
                io_manager_key="mine",
                builtin_manager=False,
            ),
        ),
        is_required=True,
        io_manager_key="io_manager",
        builtin_manager=True,
    ),
    PlannedOutput(
        name="hazard",
        selected=False,
        is_read=True,
        assets=(
            PlannedAsset(
                asset_key=KeyText("h"),
                selected=False,
                io_manager_key="io_manager",
                builtin_manager=True,
            ),
        ),
        is_required=True,
        io_manager_key="io_manager",
        builtin_manager=True,
    ),
    PlannedOutput(
        name="unread",
        selected=False,
        is_required=True,
        io_manager_key="io_manager",
        builtin_manager=True,
    ),
    PlannedOutput(
        name="nothing",
        selected=True,
        nothing=True,
        is_required=True,
        io_manager_key="io_manager",
        builtin_manager=True,
    ),
)

LOAD = Load(
    asset_key=KeyText("up"),
    state=LoadState.RECORDED,
    run_id=RunId("earlier"),
    step_key=StepKey("up"),
    value_ref=ref("assets/up"),
    io_manager_key="io_manager",
    builtin_manager=True,
)


def view(
    *reads: PlannedInput,
    stored: tuple[OutputStored, ...] = (),
    unselected: UnselectedOutputs = UnselectedOutputs.MATERIALIZE,
    makes: tuple[PlannedOutput, ...] = (),
) -> RunView:
    """Return a run whose maker has succeeded with what is stored, and whose reader is ready."""
    maker = PlannedStep(
        key=MAKER,
        block="g",
        verdict=Verdict.RUN,
        selected_outputs=("plain", "made", "nothing"),
        outputs=MAKES,
        unselected_outputs=unselected,
    )
    reader = PlannedStep(
        key=READER,
        block="g",
        verdict=Verdict.RUN,
        inputs=reads,
        selected_outputs=tuple(output.name for output in makes),
        selected_asset_keys=tuple(
            asset.asset_key for output in makes for asset in output.assets if asset.selected
        ),
        outputs=makes,
    )
    plan = Plan(
        header=PlanHeader(location="here", digest="d", fingerprint="f"),
        steps=(maker, reader),
        loads=(LOAD,),
    )
    facts = [
        NewEvent(
            payload=RunSubmitted(
                location="here",
                selection=Selection(),
                options=PlanOptions(),
                digest="d",
                fingerprint="f",
                tags={"team": "data"},
            )
        ),
        NewEvent(payload=RunDequeued()),
        NewEvent(payload=RunStarted(step_count=2, fingerprint="f")),
        NewEvent(payload=StepStarted(host_id=HostId("h"), task_id=TaskId("t"))),
        *(NewEvent(payload=each) for each in stored),
        NewEvent(payload=StepSucceeded(duration_us=1, pid=1)),
    ]
    return RunView.fold(
        plan,
        [
            Event(
                store_sequence=number,
                run_id=RUN,
                sequence=number,
                time=TimeUs(0),
                payload=fact.payload,
                step_key=MAKER if number > 3 else None,
                attempt=1 if number > 3 else 0,
            )
            for number, fact in enumerate(facts, 1)
        ],
    )


STORED = (
    OutputStored(output="plain", value_ref=ref("plain"), io_manager_key="io_manager"),
    OutputStored(
        output="made", asset_key=KeyText("a"), value_ref=ref("a"), io_manager_key="io_manager"
    ),
    OutputStored(output="made", asset_key=KeyText("b"), io_manager_key="mine"),
)


def sources(*reads: PlannedInput, stored: tuple[OutputStored, ...] = STORED):
    (step,) = task_for(view(*reads, stored=stored), READER, 1).steps
    return [planned.sources for planned in step.inputs]


def test_a_task_is_named_by_its_first_attempt_and_carries_the_run_s_tags():
    task = task_for(view(stored=STORED), MAKER, 3)
    assert task.task_id == f"{RUN}/g.maker/3"
    assert (task.digest, task.run_tags) == ("d", {"team": "data"})


def test_an_input_reads_the_asset_that_it_names_and_else_whatever_is_stored():
    read = sources(
        PlannedInput(name="x", sources=(source("made", "b"),)),
        PlannedInput(name="y", sources=(source("made"),)),
        PlannedInput(name="z", sources=(source("plain"),)),
    )
    assert [(each.asset_key, each.io_manager_key, each.value_ref) for (each,) in read] == [
        ("b", "mine", None),
        ("a", "io_manager", ref("a")),
        ("", "io_manager", ref("plain")),
    ]


def test_a_manager_of_the_input_loads_instead_of_the_one_that_stored():
    read = sources(
        PlannedInput(name="x", sources=(source("plain"),), input_manager_key="special"),
        PlannedInput(
            name="y",
            sources=(PlannedSource(load_asset_key=KeyText("up"), asset_key=KeyText("up")),),
            input_manager_key="special",
        ),
    )
    assert [each.io_manager_key for (each,) in read] == ["special", "special"]


def test_a_load_reads_the_value_that_was_fixed_at_launch():
    ((loaded,),) = sources(
        PlannedInput(name="x", sources=(PlannedSource(load_asset_key=KeyText("up")),))
    )
    assert (loaded.value_ref, loaded.run_id) == (ref("assets/up"), "earlier")


def test_elements_that_were_not_yielded_are_left_out_of_a_fan_in():
    fan_in = PlannedInput(
        name="x", fan_in=True, sources=(source("made"), source("hazard"), source("plain"))
    )
    ((first, second),) = sources(fan_in)
    assert [first.asset_key, second.asset_key] == ["a", ""]


def test_orderings_and_unneeded_inputs_read_nothing():
    read = sources(
        PlannedInput(name="", sources=(source("plain"),)),
        PlannedInput(name="n", nothing=True, sources=(source("nothing"),)),
        PlannedInput(name="x", not_needed=True, sources=(source("plain"),)),
    )
    assert read == [()]


def test_every_output_is_told_where_to_go():
    (step,) = task_for(view(stored=STORED), MAKER, 2).steps
    outputs = {output.name: output for output in step.outputs}
    plain, made = outputs["plain"], outputs["made"]
    assert plain.store_intermediate
    assert plain.value_key == f"runs/{RUN}/g%2Emaker/2/plain"
    assert not made.store_intermediate
    assert [asset.value_key for asset in made.assets] == [
        f"assets/here/a/=/{RUN}.g%2Emaker.2",
        "",
    ]
    assert not outputs["unread"].must_yield
    assert outputs["nothing"].must_yield
    assert outputs["nothing"].value_key == ""


@pytest.mark.parametrize("mode", UnselectedOutputs)
def test_a_hazard_is_stored_for_its_readers_unless_it_becomes_an_asset(mode):
    reads = PlannedInput(name="x", sources=(source("hazard"),))
    (step,) = task_for(view(reads, unselected=mode), MAKER, 1).steps
    hazard = next(output for output in step.outputs if output.name == "hazard")
    assert hazard.must_yield
    assert hazard.store_intermediate is (mode is not UnselectedOutputs.MATERIALIZE)
    assert step.unselected_outputs is mode


def test_a_source_that_names_nothing_is_a_fault():
    broken = replace(LOAD, asset_key=KeyText("other"))
    assert broken.asset_key not in view().index.loads
    with pytest.raises(ValueError, match="neither"):
        sources(PlannedInput(name="x", sources=(PlannedSource(),)))


def test_what_was_left_out_takes_the_outputs_that_need_it_and_no_other():
    makes = tuple(
        PlannedOutput(
            name=name,
            selected=True,
            assets=(
                PlannedAsset(
                    asset_key=KeyText(f"asset/{name}"),
                    selected=True,
                    io_manager_key="io_manager",
                    builtin_manager=True,
                ),
            ),
            is_required=True,
            io_manager_key="io_manager",
            builtin_manager=True,
        )
        for name in ("one", "other")
    )
    run = view(
        PlannedInput(name="absent", sources=(source("hazard"),), needed_by=("one",)),
        PlannedInput(name="there", sources=(source("plain"),)),
        stored=STORED,
        makes=makes,
    )

    (step,) = task_for(run, READER, 1).steps

    assert unyielded_input(run, READER, {}) is None
    assert step.selected_outputs == ("other",)
    assert step.selected_asset_keys == ("asset/other",)
    assert [(each.name, each.not_needed) for each in step.inputs] == [
        ("absent", True),
        ("there", False),
    ]
    assert [(each.name, each.selected, each.must_yield) for each in step.outputs] == [
        ("one", False, False),
        ("other", True, True),
    ]
    assert [asset.selected for each in step.outputs for asset in each.assets] == [False, True]


def test_a_step_is_skipped_when_nothing_that_is_left_can_be_made():
    run = view(
        PlannedInput(name="absent", sources=(source("hazard"),), needed_by=("one", "other")),
        stored=STORED,
        makes=tuple(
            PlannedOutput(
                name=name,
                selected=True,
                is_required=True,
                io_manager_key="io_manager",
                builtin_manager=True,
            )
            for name in ("one", "other")
        ),
    )

    assert unyielded_input(run, READER, {}) == (MAKER, "hazard")
