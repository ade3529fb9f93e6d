"""Fan-outs in the fold of a run: which steps there are when one is expanded, and what follows."""

from __future__ import annotations

import pytest

from tests.unit.treadle_launcher.runs.test_run_view import NOW, Log
from treadle_contract.event import (
    OutputStored,
    StepExpanded,
    StepFailed,
    StepSucceeded,
)
from treadle_contract.ids import StepKey
from treadle_contract.plan import (
    PlanHeader,
    PlannedInput,
    PlannedOutput,
    PlannedSource,
    PlannedStep,
    PlannedStepOutput,
    Verdict,
)
from treadle_contract.run import Failure, FailureReason, RunState, StepState
from treadle_launcher.planning.plan import Plan
from treadle_launcher.runs.decide import follow_ups
from treadle_launcher.runs.events import NewEvent, Payload
from treadle_launcher.runs.task_steps import step_for
from treadle_launcher.runs.transitions import InvalidTransition

FAN, INNER, WORK, LAST = map(StepKey, ("fan", "inner[?]", "work[?][?]", "last"))


def step(
    key: StepKey, *sources: PlannedStepOutput, over: tuple[StepKey, ...] = (), dynamic: bool = False
) -> PlannedStep:
    return PlannedStep(
        key=key,
        block="b",
        verdict=Verdict.RUN,
        selected_outputs=("out",),
        inputs=tuple(
            PlannedInput(
                name=f"i{number}",
                fan_in=bool(source.collected),
                sources=(PlannedSource(step_output=source),),
            )
            for number, source in enumerate(sources)
        ),
        outputs=(
            PlannedOutput(
                name="out", selected=True, is_required=True, is_read=True, dynamic=dynamic
            ),
        ),
        mapped_over=tuple(PlannedStepOutput(step_key=each, output="out") for each in over),
    )


def made(key: StepKey, mapping_key: str = "", collected: int = 0) -> PlannedStepOutput:
    return PlannedStepOutput(
        step_key=key, output="out", mapping_key=mapping_key, collected=collected
    )


NESTED = Plan(
    header=PlanHeader(location="here", digest="d", fingerprint="f"),
    steps=(
        step(FAN, dynamic=True),
        step(INNER, made(FAN, "?"), over=(FAN,), dynamic=True),
        step(WORK, made(INNER, "?"), over=(FAN, INNER)),
        step(LAST, made(WORK, collected=2)),
    ),
)


@pytest.fixture
def log() -> Log:
    log = Log(NESTED)
    log.begin()
    return log


def tell(log: Log, key: str, *payloads: Payload) -> None:
    step_key = StepKey(key)
    attempt = log.view.steps[step_key].attempts
    log.add(*(NewEvent(payload=each, step_key=step_key, attempt=attempt) for each in payloads))


def fan_out(log: Log, key: str, *keys: str) -> None:
    step_key = StepKey(key)
    log.start(step_key)
    mapped = log.view.fan_out(step_key, "out")
    tell(
        log,
        key,
        *(OutputStored(output="out", mapping_key=each) for each in keys),
        *(() if keys else (OutputStored(output="out"),)),
        StepExpanded(
            output="out", mapping_keys=keys, step_count_change=len(mapped) * (len(keys) - 1)
        ),
        StepSucceeded(duration_us=1, pid=2),
    )
    log.follow()


def succeed(log: Log, *keys: str) -> None:
    for key in keys:
        log.start(StepKey(key))
        tell(log, key, OutputStored(output="out"), StepSucceeded(duration_us=1, pid=2))
        log.follow()


def fail(log: Log, key: str) -> None:
    log.start(StepKey(key))
    failure = Failure(reason=FailureReason.USER_ERROR, message="it raised")
    tell(log, key, StepFailed(failure=failure))
    log.follow()


def states(log: Log) -> dict[str, StepState]:
    return {str(key): step.state for key, step in log.view.in_order().items()}


def test_steps_take_the_place_of_the_unexpanded_one(log: Log) -> None:
    fan_out(log, "fan", "b", "a")

    assert list(states(log)) == [
        "fan",
        "inner[b]",
        "inner[a]",
        "work[b][?]",
        "work[a][?]",
        "last",
    ]
    assert list(log.view.ready()) == ["inner[b]", "inner[a]"]
    assert log.view.summary().step_counts[StepState.PENDING] == 3


def test_what_collects_waits_for_all_and_reads_them_in_yield_order(log: Log) -> None:
    fan_out(log, "fan", "b", "a")
    fan_out(log, "inner[a]", "y", "x")
    succeed(log, "work[a][x]", "work[a][y]")
    assert log.view.steps[LAST].state is StepState.PENDING
    fan_out(log, "inner[b]", "z")
    succeed(log, "work[b][z]")

    (read,) = step_for(log.view, LAST, 1, None).inputs

    assert log.view.steps[LAST].state is StepState.READY
    assert [source.step_key for source in read.sources] == [
        "work[b][z]",
        "work[a][y]",
        "work[a][x]",
    ]


def test_an_element_is_read_by_its_key(log: Log) -> None:
    fan_out(log, "fan", "b", "a")

    (read,) = step_for(log.view, StepKey("inner[a]"), 1, None).inputs

    assert [(each.step_key, each.mapping_key) for each in read.sources] == [("fan", "a")]


def test_without_elements_what_collects_runs(log: Log) -> None:
    fan_out(log, "fan")

    assert states(log) == {"fan": StepState.SUCCEEDED, "last": StepState.READY}


def test_an_inner_fan_out_without_elements_leaves_the_others(log: Log) -> None:
    fan_out(log, "fan", "a", "b")
    fan_out(log, "inner[a]")
    fan_out(log, "inner[b]", "x")
    succeed(log, "work[b][x]")

    assert list(log.view.ready()) == ["last"]


def test_when_one_fails_the_others_go_on_and_what_collects_does_not_run(log: Log) -> None:
    fan_out(log, "fan", "a", "b")
    fail(log, "inner[a]")
    fan_out(log, "inner[b]", "x")
    succeed(log, "work[b][x]")

    assert states(log) == {
        "fan": StepState.SUCCEEDED,
        "inner[a]": StepState.FAILED,
        "inner[b]": StepState.SUCCEEDED,
        "work[a][?]": StepState.NOT_RUN,
        "work[b][x]": StepState.SUCCEEDED,
        "last": StepState.NOT_RUN,
    }
    assert log.view.state is RunState.FAILED


def test_when_the_fan_out_fails_what_is_mapped_over_it_stays_unexpanded(log: Log) -> None:
    fail(log, "fan")

    assert states(log) == {
        "fan": StepState.FAILED,
        "inner[?]": StepState.NOT_RUN,
        "work[?][?]": StepState.NOT_RUN,
        "last": StepState.NOT_RUN,
    }


def test_what_was_given_up_before_is_not_expanded() -> None:
    other = StepKey("other")
    mapped = StepKey("mapped[?]")
    log = Log(
        Plan(
            header=NESTED.header,
            steps=(
                step(FAN, dynamic=True),
                step(other),
                step(mapped, made(FAN, "?"), made(other), over=(FAN,)),
                step(LAST, made(mapped, collected=1)),
            ),
        )
    )
    log.begin()
    log.start(FAN)
    fail(log, "other")
    change = len(log.view.fan_out(FAN, "out"))

    tell(log, "fan", OutputStored(output="out", mapping_key="k"))
    tell(log, "fan", StepExpanded(output="out", mapping_keys=("k",), step_count_change=0))
    tell(log, "fan", StepSucceeded(duration_us=1, pid=2))
    log.follow()

    assert change == 0
    assert states(log)["mapped[?]"] is StepState.NOT_RUN
    assert log.view.state is RunState.FAILED


def test_the_log_alone_tells_the_steps(log: Log) -> None:
    fan_out(log, "fan", "b", "a")
    fan_out(log, "inner[a]", "y", "x")
    succeed(log, "work[a][x]")

    again = type(log.view).fold(NESTED, log.events)

    assert {key: each.state for key, each in again.in_order().items()} == {
        key: each.state for key, each in log.view.in_order().items()
    }
    assert list(again.ready()) == list(log.view.ready())
    assert follow_ups(again, NOW) == ()


@pytest.mark.parametrize(
    "wrong",
    [
        StepExpanded(output="out", mapping_keys=("a",), step_count_change=1),
        StepExpanded(output="out", mapping_keys=("a", "a"), step_count_change=2),
    ],
)
def test_an_expansion_that_does_not_fit_is_refused(log: Log, wrong: StepExpanded) -> None:
    log.start(FAN)

    with pytest.raises(InvalidTransition):
        tell(log, "fan", wrong)


def test_it_is_expanded_once(log: Log) -> None:
    log.start(FAN)
    tell(log, "fan", StepExpanded(output="out", mapping_keys=("a",), step_count_change=0))

    with pytest.raises(InvalidTransition):
        tell(log, "fan", StepExpanded(output="out", mapping_keys=("a",), step_count_change=0))
