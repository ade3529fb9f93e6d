"""What a host reports of an attempt is believed as far as it can be of the task that it was given."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from treadle_contract.event import (
    CheckEvaluated,
    InputLoaded,
    OutputDiscarded,
    OutputStored,
    RunDequeued,
    RunStarted,
    RunSubmitted,
    StepStarted,
)
from treadle_contract.ids import HostId, KeyText, RunId, StepKey, TaskId
from treadle_contract.plan import (
    Load,
    PlanHeader,
    PlannedAsset,
    PlannedCheck,
    PlannedInput,
    PlannedOutput,
    PlannedSource,
    PlannedStep,
    PlanOptions,
    Selection,
    UnselectedOutputs,
    Verdict,
)
from treadle_contract.run import Failure, FailureReason
from treadle_contract.value import AssetCheckSeverity, ValueRef
from treadle_contract.worker import AttemptFailed, AttemptSucceeded, JournalRecord
from treadle_launcher.clock import TimeUs, as_moment
from treadle_launcher.planning.plan import Plan
from treadle_launcher.runs.events import Event
from treadle_launcher.runs.journal import Implausible
from treadle_launcher.runs.report_check import believed
from treadle_launcher.runs.run_view import RunView
from treadle_launcher.runs.tasks import task_for

STEP = StepKey("s")
RUN = RunId("r")


def asset(key: str, *, selected: bool, builtin: bool = True) -> PlannedAsset:
    return PlannedAsset(
        asset_key=KeyText(key),
        selected=selected,
        builtin_manager=builtin,
        io_manager_key="io_manager",
    )


def view(unselected: UnselectedOutputs = UnselectedOutputs.MATERIALIZE) -> RunView:
    """Return a run whose only step runs: it makes `a`, and maybe `theirs` and `unasked`."""
    outputs = (
        PlannedOutput(
            name="made",
            selected=True,
            assets=(asset("a", selected=True),),
            is_required=True,
            io_manager_key="io_manager",
            builtin_manager=True,
        ),
        PlannedOutput(
            name="foreign",
            selected=True,
            is_required=False,
            assets=(asset("theirs", selected=True, builtin=False),),
            io_manager_key="io_manager",
            builtin_manager=True,
        ),
        PlannedOutput(
            name="other",
            selected=False,
            is_required=False,
            assets=(asset("unasked", selected=False),),
            io_manager_key="io_manager",
            builtin_manager=True,
        ),
        PlannedOutput(
            name="between",
            selected=True,
            is_required=False,
            is_read=True,
            io_manager_key="io_manager",
            builtin_manager=True,
        ),
        PlannedOutput(
            name="order",
            selected=True,
            is_required=False,
            nothing=True,
            is_read=True,
            io_manager_key="io_manager",
            builtin_manager=True,
        ),
    )
    rows = PlannedCheck(asset_key=KeyText("a"), name="rows", blocking=True)
    checked = PlannedOutput(
        name="checked", selected=True, is_required=False, nothing=True, check=rows
    )
    outputs = (*outputs, checked)
    source = PlannedSource(load_asset_key=KeyText("u"))
    step = PlannedStep(
        key=STEP,
        block="s",
        verdict=Verdict.RUN,
        inputs=(PlannedInput(name="x", sources=(source,)),),
        outputs=outputs,
        unselected_outputs=unselected,
    )
    loads = (Load(asset_key=KeyText("u"), io_manager_key="io_manager", builtin_manager=True),)
    plan = Plan(
        header=PlanHeader(location="here", digest="d", fingerprint="f"),
        steps=(step,),
        loads=loads,
    )
    submitted = RunSubmitted(
        location="here",
        selection=Selection(),
        options=PlanOptions(),
        digest="d",
        fingerprint="f",
    )
    started = StepStarted(host_id=HostId("h"), task_id=TaskId("t"))
    facts: list[tuple[Any, StepKey | None]] = [
        (submitted, None),
        (RunDequeued(), None),
        (RunStarted(step_count=1, fingerprint="f"), None),
        (started, STEP),
    ]
    return RunView.fold(
        plan,
        [
            Event(
                store_sequence=number,
                run_id=RUN,
                sequence=number,
                time=TimeUs(0),
                payload=payload,
                step_key=key,
                attempt=0 if key is None else 1,
            )
            for number, (payload, key) in enumerate(facts, 1)
        ],
    )


def ref(output: int) -> ValueRef:
    """Return the name that the task gives the value of the asset of an output."""
    key = task_for(view(), STEP, 1).steps[0].outputs[output].assets[0].value_key
    assert key is not None
    return ValueRef(
        store="files", key=key, codec="pickle5", size_bytes=1, checksum="crc32:89abcdef"
    )


def named(**fields: Any) -> AttemptSucceeded:
    """Return a success whose value is named otherwise."""
    stored = replace(STORED, value_ref=replace(ref(0), **fields))
    return replace(WELL, stored=(stored,))


STORED = OutputStored(output="made", asset_key=KeyText("a"), value_ref=ref(0))
WELL = AttemptSucceeded(stored=(STORED,), yielded_outputs=("made",))
ELSEWHERE = replace(ref(0), key="assets/here/b/=/r.s.1")
THEIRS = OutputStored(output="foreign", asset_key=KeyText("theirs"))
UNASKED = OutputStored(output="other", asset_key=KeyText("unasked"), value_ref=ref(2))


def told(fact: Any, run: RunView | None = None) -> JournalRecord:
    record = JournalRecord(
        number=1,
        task_id=TaskId("t"),
        step_key=STEP,
        attempt=1,
        time=as_moment(TimeUs(5)),
        fact=fact,
    )
    return believed(run or view(), record)


@pytest.mark.parametrize(
    "fact",
    [
        WELL,
        replace(WELL, yielded_outputs=("made", "order")),
        replace(
            WELL,
            stored=(STORED, THEIRS),
            yielded_outputs=("made", "foreign"),
        ),
        replace(
            WELL,
            stored=(STORED, UNASKED),
            yielded_outputs=("made", "other"),
        ),
        replace(WELL, discarded=(OutputDiscarded(output="other"),)),
        InputLoaded(input="x"),
    ],
)
def test_what_the_task_asks_for_is_believed(fact: Any) -> None:
    assert told(fact).fact == fact


@pytest.mark.parametrize(
    ("fact", "said"),
    [
        (InputLoaded(input="y"), "input_loaded.input is 'y'"),
        (replace(WELL, yielded_outputs=("made", "never")), "yielded_outputs[1] is 'never'"),
        (replace(WELL, yielded_outputs=("made", "made")), "yielded_outputs[1] is 'made', as one"),
        (AttemptSucceeded(), "yielded_outputs lacks 'made'"),
        (replace(WELL, stored=(replace(STORED, output="order"),)), "stored[0].output is 'order'"),
        (
            replace(WELL, stored=(replace(STORED, asset_key=KeyText("b")),)),
            "stored[0].asset_key is 'b', which the output does not make here",
        ),
        (
            replace(WELL, stored=(replace(STORED, value_ref=None),)),
            "stored[0].value_ref is not set",
        ),
        (
            replace(WELL, stored=(replace(STORED, value_ref=ELSEWHERE),)),
            "stored[0].value_ref is 'assets/here/b/=/r.s.1' in 'files'; the value belongs at",
        ),
        (
            replace(WELL, stored=(replace(STORED, value_ref=replace(ref(0), store="s3")),)),
            "in 's3'; the value belongs at",
        ),
        (named(codec=""), "stored[0].value_ref.codec is '', not 'pickle5'"),
        (named(codec="pickle6"), "stored[0].value_ref.codec is 'pickle6'"),
        (named(checksum=""), "stored[0].value_ref.checksum is ''"),
        (named(checksum="md5:89abcdef"), "stored[0].value_ref.checksum is 'md5:89abcdef'"),
        (named(checksum="crc32:-9abcdef"), "stored[0].value_ref.checksum is 'crc32:-9abcdef'"),
        (named(checksum="crc32:89ABCDEF"), "stored[0].value_ref.checksum is 'crc32:89ABCDEF'"),
        (named(checksum="crc32:89abcdef0"), "stored[0].value_ref.checksum is 'crc32:89abcdef0'"),
        (
            replace(WELL, stored=(STORED, STORED)),
            "stored[1] is of 'made' and 'a', as one before it",
        ),
        (
            replace(
                WELL,
                stored=(STORED, replace(THEIRS, value_ref=ref(0))),
                yielded_outputs=("made", "foreign"),
            ),
            "stored[1].value_ref is set, and the value is none of Treadle's own manager",
        ),
        (replace(WELL, stored=()), "stored lacks 'made' as 'a', yielded here"),
        (
            replace(WELL, yielded_outputs=("made", "other")),
            "stored lacks 'other' as 'unasked', yielded here",
        ),
        (
            replace(WELL, yielded_outputs=("made", "between")),
            "stored lacks 'between', which was yielded, and the run reads it",
        ),
        (
            replace(WELL, discarded=(OutputDiscarded(output="made"),)),
            "discarded[0].output is 'made', which was yielded",
        ),
    ],
)
def test_what_cannot_be_of_the_task_is_not_believed_and_named(fact: Any, said: str) -> None:
    found = told(fact)

    assert isinstance(found, Implausible)
    assert said in found.problem
    assert found.problem.startswith("JournalRecord.")


def test_what_was_not_selected_is_made_only_where_that_is_wanted() -> None:
    fact = replace(
        WELL,
        stored=(STORED, UNASKED),
        yielded_outputs=("made", "other"),
    )

    found = told(fact, view(UnselectedOutputs.DISCARD))

    assert isinstance(found, Implausible)
    assert "stored[1].asset_key is 'unasked'" in found.problem


def test_a_failure_says_what_it_likes() -> None:
    fact = AttemptFailed(failure=Failure(reason=FailureReason.EXIT, message="gone"))

    assert told(fact).fact == fact


HELD = CheckEvaluated(asset_key=KeyText("a"), check_name="rows", passed=True, blocking=True)
REFUSED = replace(HELD, passed=False)
CHECKED = replace(WELL, yielded_outputs=("made", "checked"), checks=(HELD,))
BLOCKED = AttemptFailed(
    failure=Failure(reason=FailureReason.USER_ERROR),
    made=replace(CHECKED, checks=(REFUSED,)),
    no_retry=True,
)


@pytest.mark.parametrize(
    "fact",
    [
        CHECKED,
        replace(CHECKED, checks=(replace(REFUSED, severity=AssetCheckSeverity.WARN),)),
        BLOCKED,
    ],
)
def test_results_of_checks_that_the_step_evaluates_are_believed(fact: Any) -> None:
    assert told(fact).fact == fact


@pytest.mark.parametrize(
    ("fact", "problem"),
    [
        (replace(CHECKED, checks=()), "succeeded.checks lacks a:rows"),
        (replace(CHECKED, checks=(HELD, HELD)), "succeeded.checks[1] is of a:rows"),
        (replace(WELL, checks=(HELD,)), "succeeded.checks[0] is of a:rows"),
        (
            replace(CHECKED, checks=(replace(HELD, check_name="row"),)),
            "succeeded.checks[0] is of a:row,",
        ),
        (
            replace(CHECKED, checks=(replace(HELD, blocking=False),)),
            "succeeded.checks[0].blocking is False",
        ),
        (replace(CHECKED, checks=(REFUSED,)), "a blocking one that does not hold"),
        (replace(BLOCKED, made=CHECKED), "failed.made.checks has no blocking one"),
        (replace(BLOCKED, made=replace(CHECKED, stored=())), "failed.made.stored lacks 'made'"),
    ],
)
def test_results_of_checks_that_cannot_be_are_not_believed(fact: Any, problem: str) -> None:
    refused = told(fact)

    assert isinstance(refused, Implausible)
    assert problem in refused.problem
