"""Steps that share a process: what starts, what is handed over, and what follows when it ended."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from treadle_contract.event import (
    CancelRequested,
    OutputStored,
    RetryGround,
    RunDequeued,
    RunStarted,
    RunSubmitted,
    StepCancelled,
    StepFailed,
    StepNotRun,
    StepRecomputed,
    StepRetryScheduled,
    StepStarted,
    StepSucceeded,
)
from treadle_contract.ids import RunId, StepKey, TaskId
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
from treadle_contract.policy import Limits, RetryCause, RetryPolicy
from treadle_contract.run import Failure, FailureReason, StepState
from treadle_contract.worker import AttemptSucceeded, JournalRecord, TaskStep
from treadle_launcher import defaults
from treadle_launcher.clock import TimeUs, as_moment
from treadle_launcher.planning.plan import Plan
from treadle_launcher.planning.plan_check import BadPlanError, check_plan
from treadle_launcher.runs.decide import follow_ups, ready_steps
from treadle_launcher.runs.events import Event, NewEvent, Payload
from treadle_launcher.runs.journal import Implausible
from treadle_launcher.runs.report_check import believed
from treadle_launcher.runs.run_view import RunView
from treadle_launcher.runs.tasks import new_task, running_task
from treadle_launcher.runs.transitions import InvalidTransition

RUN = RunId("r")
RAISED = RetryPolicy(max_retries=2, on=(RetryCause.USER_ERROR,))
WHY = Failure(reason=FailureReason.SIGNAL, message="it died")


def step(key: str, *reads: str, task: str = "") -> PlannedStep:
    """A step with one output, which reads those of others."""
    inputs = tuple(
        PlannedInput(
            name=read,
            sources=(
                PlannedSource(step_output=PlannedStepOutput(step_key=StepKey(read), output="out")),
            ),
        )
        for read in reads
    )
    output = PlannedOutput(
        name="out",
        selected=True,
        is_required=True,
        is_read=True,
        io_manager_key="io_manager",
        builtin_manager=True,
    )
    return PlannedStep(
        key=StepKey(key),
        block="g",
        verdict=Verdict.RUN,
        selected_outputs=("out",),
        inputs=inputs,
        outputs=(output,),
        task=task,
    )


class Told:
    """A run and the facts that it was told, one after another."""

    def __init__(self, *steps: PlannedStep) -> None:
        plan = Plan(header=PlanHeader(location="here", digest="d", fingerprint="f"), steps=steps)
        check_plan(plan)
        submitted = RunSubmitted(
            location="here",
            selection=Selection(),
            options=PlanOptions(),
            digest="d",
            fingerprint="f",
        )
        self._number = 1
        self.view = RunView(plan, self._event(NewEvent(payload=submitted)))
        self.tell(RunDequeued())
        self.tell(RunStarted(step_count=len(steps), fingerprint="f"))

    def tell(self, payload: Payload, key: str | None = None, attempt: int = 0) -> None:
        self._number += 1
        step_key = None if key is None else StepKey(key)
        self.view.apply(self._event(NewEvent(payload=payload, step_key=step_key, attempt=attempt)))

    def start(self, key: str, *task: str) -> None:
        attempt = self.view.steps[StepKey(key)].attempts + 1
        task_id = TaskId(f"r/{task[0] if task else key}/1")
        steps = tuple(map(StepKey, task))
        self.tell(
            StepStarted(
                host_id="h", task_id=task_id, task_step_keys=steps if key in task[:1] else ()
            ),
            key,
            attempt,
        )

    def succeed(self, key: str, *, in_memory: bool) -> None:
        attempt = self.view.steps[StepKey(key)].attempts
        self.tell(OutputStored(output="out", in_memory=in_memory), key, attempt)
        self.tell(StepSucceeded(), key, attempt)

    def follow(self) -> list[tuple[str, type[Payload]]]:
        events = follow_ups(self.view, TimeUs(0))
        for event in events:
            self.tell(event.payload, event.step_key, event.attempt)
        return [(event.step_key or "", type(event.payload)) for event in events]

    def state(self, key: str) -> StepState:
        return self.view.steps[StepKey(key)].state

    def _event(self, event: NewEvent) -> Event:
        return Event(
            store_sequence=self._number,
            run_id=RUN,
            sequence=self._number,
            time=TimeUs(0),
            payload=event.payload,
            step_key=event.step_key,
            attempt=event.attempt,
        )


def chain() -> Told:
    """Two steps before b, c, d, which share a process; c reads from one of the two, too."""
    return Told(
        step("x"),
        step("b", task="b"),
        step("c", "b", "x", task="b"),
        step("d", "c", task="b"),
        step("y", "d"),
    )


def ready(told: Told) -> tuple[str, ...]:
    return ready_steps(told.view, lambda moment: False)


def of(told: Told, key: str) -> TaskStep:
    return next(each for each in new_task(told.view, StepKey("b")).steps if each.step_key == key)


def test_steps_that_share_a_process_start_when_all_that_they_read_of_others_is_there() -> None:
    told = chain()
    assert ready(told) == ("x",)
    told.start("x")
    told.succeed("x", in_memory=False)
    assert ready(told) == ("b",)
    told.start("b", "b", "c", "d")
    assert ready(told) == ()


def test_what_is_read_in_the_task_alone_is_passed_on_and_the_rest_is_stored() -> None:
    told = chain()
    told.start("x")
    told.succeed("x", in_memory=False)

    task = new_task(told.view, StepKey("b"))
    assert [each.step_key for each in task.steps] == ["b", "c", "d"]
    assert [
        (out.in_memory, out.store_intermediate) for each in task.steps for out in each.outputs
    ] == [
        (True, False),
        (True, False),
        (False, True),
    ]
    by_name = {each.name: each.sources[0] for each in of(told, "c").inputs}
    assert (by_name["b"].in_memory, by_name["x"].in_memory) == (True, False)


def test_a_step_whose_value_went_with_its_process_runs_again_if_something_is_to_read_it() -> None:
    told = chain()
    told.start("x")
    told.succeed("x", in_memory=False)
    told.start("b", "b", "c", "d")
    told.succeed("b", in_memory=True)
    told.start("c", "b", "c", "d")
    assert told.follow() == []
    retry = StepRetryScheduled(failure=WHY, not_before=as_moment(TimeUs(0)), next_attempt=2)
    told.tell(retry, "c", 1)
    assert told.follow() == [("b", StepRecomputed)]
    assert (told.state("b"), told.state("c")) == (StepState.READY, StepState.PENDING)
    assert told.follow() == []
    assert ready_steps(told.view, lambda moment: True) == ("b",)
    # The retry's time has not come.
    assert ready(told) == ()


def test_nothing_runs_again_that_only_a_failed_step_would_read() -> None:
    told = chain()
    told.start("x")
    told.succeed("x", in_memory=False)
    told.start("b", "b", "c", "d")
    told.succeed("b", in_memory=True)
    told.start("c", "b", "c", "d")
    told.tell(StepFailed(failure=WHY), "c", 1)
    found = told.follow()
    assert [kind for _, kind in found[:2]] == [StepNotRun, StepNotRun]
    assert told.state("b") is StepState.SUCCEEDED


def test_what_was_stored_stays_and_its_makers_with_it() -> None:
    told = Told(step("b", task="b"), step("c", "b", task="b"), step("d", "c", task="b"))
    told.start("b", "b", "c", "d")
    told.succeed("b", in_memory=True)
    told.start("c", "b", "c", "d")
    told.succeed("c", in_memory=False)
    told.start("d", "b", "c", "d")
    retry = StepRetryScheduled(failure=WHY, not_before=as_moment(TimeUs(0)), next_attempt=2)
    told.tell(retry, "d", 1)
    assert told.follow() == []


def test_a_checkpoint_is_stored_beside_being_passed_on() -> None:
    maker = step("b", task="b")
    kept = replace(maker, outputs=(replace(maker.outputs[0], checkpoint=True),))
    task = new_task(Told(kept, step("c", "b", task="b")).view, StepKey("b"))
    output = task.steps[0].outputs[0]
    assert (output.in_memory, output.store_intermediate) == (True, True)
    assert output.value_key


def test_a_value_that_lives_is_not_made_again() -> None:
    told = chain()
    told.start("x")
    told.succeed("x", in_memory=False)
    told.start("b", "b", "c", "d")
    told.succeed("b", in_memory=True)
    told.start("c", "b", "c", "d")
    with pytest.raises(InvalidTransition):
        told.tell(StepRecomputed(reason="why not"), "b")


def test_a_cancel_leaves_alone_what_may_begin_in_a_process_that_runs() -> None:
    told = chain()
    told.start("x")
    told.succeed("x", in_memory=False)
    told.start("b", "b", "c", "d")
    told.tell(CancelRequested())
    assert told.follow() == [("y", StepCancelled)]
    told.tell(StepCancelled(was_running=True), "b", 1)
    assert [key for key, _ in told.follow()] == ["c", "d", ""]


def test_a_task_is_told_again_from_the_step_on_that_runs() -> None:
    told = chain()
    told.start("x")
    told.succeed("x", in_memory=False)
    told.start("b", "b", "c", "d")
    told.succeed("b", in_memory=True)
    told.start("c", "b", "c", "d")
    task = running_task(told.view, TaskId("r/b/1"), StepKey("c"), 1)
    assert (task.task_id, [each.step_key for each in task.steps]) == ("r/b/1", ["c", "d"])


def test_a_next_step_is_believed_if_it_comes_later_in_the_task() -> None:
    told = chain()
    told.start("x")
    told.succeed("x", in_memory=False)
    told.start("b", "b", "c", "d")
    record = JournalRecord(
        number=1,
        task_id=TaskId("r/b/1"),
        step_key=StepKey("b"),
        attempt=1,
        time=as_moment(TimeUs(0)),
        fact=AttemptSucceeded(
            stored=(OutputStored(output="out", in_memory=True),), yielded_outputs=("out",)
        ),
        next_step_key=StepKey("c"),
    )
    assert believed(told.view, record) == record
    for wrong in ("b", "y"):
        found = believed(told.view, replace(record, next_step_key=StepKey(wrong)))
        assert isinstance(found, Implausible)
        assert "next_step_key" in found.problem
    unstored = replace(record, fact=AttemptSucceeded(yielded_outputs=("out",)))
    assert isinstance(believed(told.view, unstored), Implausible)


def test_tasks_that_wait_for_each_other_are_refused() -> None:
    with pytest.raises(BadPlanError, match="waits for a task that waits for it"):
        Told(step("a", task="a"), step("b", "a"), step("c", "b", task="a"))


def test_a_task_that_reads_what_may_be_left_out_in_it_is_refused() -> None:
    first = step("a", task="a")
    first = replace(first, outputs=(replace(first.outputs[0], is_required=False),))

    with pytest.raises(BadPlanError, match="'a' may leave out 'out', which it reads"):
        Told(first, step("b", "a", task="a"))


def made(run: Told, key: str) -> list[tuple[str, bool, bool]]:
    """Return of each output whether it is passed on in memory, and whether it is stored."""
    (first,) = (each for each in new_task(run.view, StepKey("a")).steps if each.step_key == key)
    return [(each.name, each.in_memory, each.store_intermediate) for each in first.outputs]


def test_what_only_the_task_has_to_do_with_is_in_memory_alone() -> None:
    run = Told(step("a", task="a"), step("b", "a", task="a"))

    assert made(run, "a") == [("out", True, False)]


def test_all_is_stored_of_a_step_that_anybody_else_reads() -> None:
    run = Told(step("a", task="a"), step("b", "a", task="a"), step("c", "a"))

    assert made(run, "a") == [("out", True, True)]


def test_all_is_stored_of_a_step_that_anybody_else_comes_after() -> None:
    after = step("c", "a")
    after = replace(after, inputs=(replace(after.inputs[0], nothing=True),))
    run = Told(step("a", task="a"), step("b", "a", task="a"), after)

    assert made(run, "a") == [("out", True, True)]


def test_a_task_may_use_what_its_steps_may_and_without_limit_what_one_may_so() -> None:
    first, second = step("a", task="a"), step("b", "a", task="a")
    first = replace(first, limits=Limits(memory_bytes=5, cpu_seconds=2, niceness=3))
    second = replace(second, limits=Limits(memory_bytes=4, cpu_seconds=3, open_files=9))

    both = Told(first, second)
    one = Told(first, step("b", "a", task="a"))

    assert new_task(both.view, StepKey("a")).steps[0].limits == Limits(
        memory_bytes=5, cpu_seconds=5, niceness=3
    )
    assert new_task(one.view, StepKey("a")).steps[0].limits == Limits(niceness=3)


def test_a_task_says_which_attempts_its_process_may_make_of_steps_that_raise() -> None:
    def policy(key: str, **said: Any) -> PlannedStep:
        said = {"on": (RetryCause.USER_ERROR,), **said}
        return replace(step(key, task="a"), retry_policy=RetryPolicy(**said))

    run = Told(
        policy("a", max_retries=2),
        policy("b", max_retries=1, delay_ms=1),
        policy("c", max_retries=1, on=(RetryCause.OOM,)),
        policy("d", max_retries=1000),
        step("e", task="a"),
        step("y", "a"),
    )

    task = new_task(run.view, StepKey("a"))

    again = [(each.step_key, each.attempt) for each in task.retries]
    most = defaults.RETRIES_IN_PROCESS
    assert again == [("a", 2), ("a", 3), *(("d", 2 + number) for number in range(most))]
    assert task.retries[0].outputs[0].value_key != task.steps[0].outputs[0].value_key


def test_attempts_that_were_made_count() -> None:
    run = Told(replace(step("a", task="a"), retry_policy=RAISED), step("b", task="a"))
    run.start("a", "a", "b")
    run.tell(
        StepRetryScheduled(
            failure=WHY,
            not_before=as_moment(TimeUs(0)),
            next_attempt=2,
            ground=RetryGround.POLICY,
        ),
        "a",
        1,
    )

    assert [each.attempt for each in new_task(run.view, StepKey("a")).retries] == [3]
    alone = Told(replace(step("a"), retry_policy=RAISED))
    assert new_task(alone.view, StepKey("a")).retries == ()
