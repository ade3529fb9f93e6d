"""The fold and the decisions that follow from it, against a model written independently."""

from __future__ import annotations

import random
from dataclasses import dataclass
from enum import Enum, auto

import pytest
from hypothesis import given
from hypothesis import strategies as st

from treadle_contract.event import (
    CancelRequested,
    OutputStored,
    RunDequeued,
    RunStarted,
    RunSubmitted,
    StepCancelled,
    StepFailed,
    StepRetryScheduled,
    StepStarted,
    StepSucceeded,
)
from treadle_contract.ids import HostId, RunId, StepKey, TaskId
from treadle_contract.plan import (
    PlanHeader,
    PlannedInput,
    PlannedOutput,
    PlannedSource,
    PlannedStep,
    PlannedStepOutput,
    PlanOptions,
    Selection,
    Verdict,
)
from treadle_contract.run import Failure, FailureReason, RunState, StepState
from treadle_launcher.clock import TimeUs, as_moment
from treadle_launcher.planning.plan import Plan
from treadle_launcher.runs.decide import follow_ups, ready_steps, run_failed
from treadle_launcher.runs.events import Event, NewEvent
from treadle_launcher.runs.run_states import FINAL_RUN_STATES
from treadle_launcher.runs.run_view import RunView
from treadle_launcher.runs.transitions import InvalidTransition

NOW = TimeUs(1_700_000_000_000_000)
RUN = RunId("01ARZ3NDEKTSV4RRFFQ69G5FAV")


def due_at(now):
    """Return what says that a moment has come when it is this late."""
    return lambda moment: moment <= now


class Outcome(Enum):
    """How a step of a generated run ends if it runs."""

    YIELDS = auto()
    LEAVES_OUT = auto()
    FAILS = auto()


@dataclass(frozen=True)
class Case:
    """A generated run: for each step, the steps that each of its inputs reads, and its outcome."""

    inputs: tuple[tuple[tuple[int, ...], ...], ...]
    outcomes: tuple[Outcome, ...]
    seed: int


@st.composite
def cases(draw: st.DrawFn) -> Case:
    count = draw(st.integers(0, 9))
    inputs = []
    for step in range(count):
        sources = (
            st.lists(st.integers(0, step - 1), min_size=1, max_size=3) if step else st.just([])
        )
        wanted = draw(st.lists(sources.map(tuple), max_size=3)) if step else []
        inputs.append(tuple(wanted))
    outcomes = draw(st.lists(st.sampled_from(Outcome), min_size=count, max_size=count))
    return Case(tuple(inputs), tuple(outcomes), draw(st.integers(0, 2**16)))


def key(step: int) -> StepKey:
    return StepKey(f"s{step}")


def plan_of(case: Case) -> Plan:
    return Plan(
        header=PlanHeader(location="here", digest="d", fingerprint="f"),
        steps=tuple(
            PlannedStep(
                key=key(step),
                block="b",
                verdict=Verdict.RUN,
                inputs=tuple(
                    PlannedInput(
                        name=f"i{number}",
                        fan_in=len(sources) > 1,
                        sources=tuple(
                            PlannedSource(
                                step_output=PlannedStepOutput(step_key=key(source), output="out")
                            )
                            for source in sources
                        ),
                    )
                    for number, sources in enumerate(inputs)
                ),
                outputs=(
                    PlannedOutput(
                        name="out",
                        selected=True,
                        is_required=False,
                        io_manager_key="io_manager",
                        builtin_manager=True,
                    ),
                ),
            )
            for step, inputs in enumerate(case.inputs)
        ),
    )


def expected_states(case: Case) -> dict[StepKey, StepState]:
    """Say how each step ends: the rules of the states, read off the case directly."""
    states: dict[int, StepState] = {}
    for step, inputs in enumerate(case.inputs):
        upstreams = {source for sources in inputs for source in sources}
        if any(states[each] in (StepState.FAILED, StepState.NOT_RUN) for each in upstreams):
            states[step] = StepState.NOT_RUN
        elif any(not any(_yields(case, states, each) for each in sources) for sources in inputs):
            states[step] = StepState.SKIPPED
        elif case.outcomes[step] is Outcome.FAILS:
            states[step] = StepState.FAILED
        else:
            states[step] = StepState.SUCCEEDED
    return {key(step): state for step, state in states.items()}


def _yields(case: Case, states: dict[int, StepState], step: int) -> bool:
    return states[step] is StepState.SUCCEEDED and case.outcomes[step] is Outcome.YIELDS


class Log:
    """A run's log and its fold, as the engine keeps them."""

    def __init__(self, plan: Plan) -> None:
        submitted = RunSubmitted(
            location="here",
            selection=Selection(),
            options=PlanOptions(),
            digest="d",
            fingerprint="f",
        )
        self.events = [self._event(1, NewEvent(payload=submitted))]
        self.view = RunView(plan, self.events[0])

    def add(self, *events: NewEvent) -> None:
        for event in events:
            numbered = self._event(len(self.events) + 1, event)
            self.view.apply(numbered)
            self.events.append(numbered)

    def _event(self, sequence: int, event: NewEvent) -> Event:
        return Event(
            store_sequence=sequence,
            run_id=RUN,
            sequence=sequence,
            time=NOW,
            payload=event.payload,
            step_key=event.step_key,
            attempt=event.attempt,
        )

    def begin(self) -> None:
        self.add(NewEvent(payload=RunDequeued()))
        count = len(self.view.steps)
        self.add(NewEvent(payload=RunStarted(step_count=count, fingerprint="f")))
        self.follow()

    def follow(self) -> None:
        self.add(*follow_ups(self.view, NOW))

    def start(self, step: StepKey) -> None:
        attempt = self.view.steps[step].attempts + 1
        fact = StepStarted(host_id=HostId("h"), task_id=TaskId("t"))
        self.add(NewEvent(payload=fact, step_key=step, attempt=attempt))

    def end(self, step: StepKey, outcome: Outcome) -> None:
        attempt = self.view.steps[step].attempts
        if outcome is Outcome.FAILS:
            failure = Failure(reason=FailureReason.USER_ERROR, message="it raised")
            self.add(NewEvent(payload=StepFailed(failure=failure), step_key=step, attempt=attempt))
            return
        if outcome is Outcome.YIELDS:
            self.add(NewEvent(payload=OutputStored(output="out"), step_key=step, attempt=attempt))
        success = StepSucceeded(duration_us=1, pid=2)
        self.add(NewEvent(payload=success, step_key=step, attempt=attempt))

    def drive(self, case: Case, until: int | None = None) -> None:
        """Run steps in a random order, some at once, until nothing is ready or so many ended."""
        order = random.Random(case.seed)
        running: list[StepKey] = []
        ended = 0
        while until is None or ended < until:
            ready = list(ready_steps(self.view, due_at(NOW)))
            if ready and (not running or order.random() < 0.5):
                step = order.choice(ready)
                self.start(step)
                running.append(step)
            elif running:
                step = running.pop(order.randrange(len(running)))
                self.end(step, case.outcomes[int(step[1:])])
                self.follow()
                ended += 1
            else:
                return


@given(cases())
def test_every_run_ends_with_each_step_in_the_state_that_the_rules_say(case):
    log = Log(plan_of(case))
    log.begin()
    log.drive(case)
    states = {step: view.state for step, view in log.view.steps.items()}
    assert states == expected_states(case)
    any_failed = StepState.FAILED in states.values()
    assert log.view.state is (RunState.FAILED if any_failed else RunState.SUCCEEDED)


@given(cases())
def test_a_run_folded_from_its_log_is_the_run(case):
    log = Log(plan_of(case))
    log.begin()
    log.drive(case, until=len(case.inputs) // 2)
    again = RunView.fold(plan_of(case), log.events)
    assert again.summary() == log.view.summary()
    assert again.steps == log.view.steps
    assert list(again.ready()) == list(log.view.ready())
    assert follow_ups(again, NOW) == follow_ups(log.view, NOW)


@given(cases(), st.integers(0, 5))
def test_a_cancelled_run_ends_when_what_runs_has_ended(case, until):
    log = Log(plan_of(case))
    log.begin()
    log.drive(case, until=until)
    if log.view.state in FINAL_RUN_STATES:
        return
    log.add(NewEvent(payload=CancelRequested()))
    log.follow()
    assert ready_steps(log.view, due_at(NOW)) == ()
    for step, view in log.view.steps.items():
        if view.state is StepState.RUNNING:
            assert log.view.state not in FINAL_RUN_STATES
            cancelled = StepCancelled(was_running=True)
            log.add(NewEvent(payload=cancelled, step_key=step, attempt=view.attempts))
            log.follow()
    assert log.view.state is RunState.CANCELLED
    assert log.view.unfinished_count() == 0


@given(cases())
def test_a_run_that_cannot_start_ends_with_no_step_run(case):
    log = Log(plan_of(case))
    log.add(NewEvent(payload=RunDequeued()))
    failure = Failure(reason=FailureReason.START_FAILED, message="no host")
    log.add(*run_failed(log.view, failure, NOW))
    assert log.view.state is RunState.FAILED
    assert log.view.summary().failure == failure
    assert {view.state for view in log.view.steps.values()} <= {StepState.NOT_RUN}


CHAIN = Case(((), ((0,),)), (Outcome.YIELDS, Outcome.YIELDS), 0)


def test_the_steps_that_are_given_up_name_the_failure_nearest_to_them():
    log = Log(plan_of(Case(((), ((0,),), ((1,),)), (Outcome.FAILS,) * 3, 0)))
    log.begin()
    log.start(key(0))
    log.end(key(0), Outcome.FAILS)
    log.follow()
    assert [log.view.steps[key(step)].because_of for step in (1, 2)] == [key(0), key(0)]


def test_a_retry_makes_the_step_ready_again_not_before_its_time():
    log = Log(plan_of(CHAIN))
    log.begin()
    log.start(key(0))
    later = TimeUs(NOW + 1_000_000)
    failure = Failure(reason=FailureReason.LOST, message="gone")
    retry = StepRetryScheduled(failure=failure, not_before=as_moment(later), next_attempt=2)
    log.add(NewEvent(payload=retry, step_key=key(0), attempt=1))
    assert ready_steps(log.view, due_at(NOW)) == ()
    assert ready_steps(log.view, due_at(later)) == (key(0),)
    log.start(key(0))
    assert log.view.steps[key(0)].attempts == 2


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (
            NewEvent(payload=StepSucceeded(duration_us=1, pid=2), step_key=key(0), attempt=1),
            "ready",
        ),
        (NewEvent(payload=RunStarted(step_count=2, fingerprint="f")), "running"),
        (NewEvent(payload=StepSucceeded(duration_us=1, pid=2), step_key=StepKey("x")), "not in"),
    ],
)
def test_a_fact_that_does_not_fit_is_refused_with_the_story_and_changes_nothing(event, reason):
    log = Log(plan_of(CHAIN))
    log.begin()
    before = log.view.summary()
    with pytest.raises(InvalidTransition, match=reason):
        log.add(event)
    assert log.view.summary() == before


def test_nothing_follows_a_final_state():
    log = Log(plan_of(CHAIN))
    log.begin()
    log.drive(CHAIN)
    with pytest.raises(InvalidTransition, match="succeeded"):
        log.add(NewEvent(payload=CancelRequested()))
