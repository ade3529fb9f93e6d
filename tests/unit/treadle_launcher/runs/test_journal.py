from __future__ import annotations

from treadle_contract.event import (
    AssetMaterialized,
    CancelRequested,
    CheckEvaluated,
    InputLoaded,
    LogRecord,
    OutputDiscarded,
    OutputStored,
    RunDequeued,
    RunStarted,
    RunSubmitted,
    StepCancelled,
    StepFailed,
    StepStarted,
    StepSucceeded,
)
from treadle_contract.ids import HostId, KeyText, RunId, StepKey, TaskId
from treadle_contract.plan import (
    PlanHeader,
    PlannedAsset,
    PlannedOutput,
    PlannedStep,
    PlanOptions,
    Selection,
    Verdict,
)
from treadle_contract.run import Failure, FailureReason
from treadle_contract.value import Text
from treadle_contract.worker import (
    AttemptBegun,
    AttemptCancelled,
    AttemptFailed,
    AttemptSucceeded,
    JournalRecord,
    ProcessId,
    WorkerLogRecord,
)
from treadle_launcher.clock import TimeUs, as_moment
from treadle_launcher.planning.plan import Plan
from treadle_launcher.runs.events import Event, NewEvent
from treadle_launcher.runs.journal import Implausible, record_events
from treadle_launcher.runs.retrying import failed_for_good
from treadle_launcher.runs.run_view import RunView

STEP = StepKey("s")
LASTING = PlannedAsset(
    asset_key=KeyText("a"), selected=True, io_manager_key="mine", keep_versions=5
)


def running(*more: NewEvent) -> RunView:
    """Return a run whose only step runs its first attempt."""
    plan = Plan(
        header=PlanHeader(location="here", digest="planned", fingerprint="f"),
        steps=(
            PlannedStep(
                key=STEP,
                block="s",
                verdict=Verdict.RUN,
                outputs=(
                    PlannedOutput(name="a", selected=True, assets=(LASTING,)),
                    PlannedOutput(name="c"),
                ),
            ),
        ),
    )
    facts = [
        NewEvent(
            payload=RunSubmitted(
                location="here",
                selection=Selection(),
                options=PlanOptions(),
                digest="planned",
                fingerprint="f",
            )
        ),
        NewEvent(payload=RunDequeued()),
        NewEvent(payload=RunStarted(step_count=1, fingerprint="f")),
        NewEvent(
            payload=StepStarted(host_id=HostId("h"), task_id=TaskId("t")),
            step_key=STEP,
            attempt=1,
        ),
        *more,
    ]
    return RunView.fold(
        plan,
        [
            Event(
                store_sequence=number,
                run_id=RunId("r"),
                sequence=number,
                time=TimeUs(0),
                payload=fact.payload,
                step_key=fact.step_key,
                attempt=fact.attempt,
            )
            for number, fact in enumerate(facts, 1)
        ],
    )


def told(fact, view: RunView | None = None, attempt: int = 1):
    record = JournalRecord(
        number=1,
        task_id=TaskId("t"),
        step_key=STEP,
        attempt=attempt,
        time=as_moment(TimeUs(5)),
        fact=fact,
    )
    return [event.payload for event in record_events(view or running(), record, failed_for_good)]


def test_a_success_tells_everything_that_was_made_in_order():
    stored = OutputStored(output="a", asset_key=KeyText("a"), io_manager_key="mine")
    unasked = OutputStored(output="c", asset_key=KeyText("d"))
    between = OutputStored(output="c")
    dropped = OutputDiscarded(output="b")
    fact = AttemptSucceeded(
        stored=(stored, unasked, between),
        discarded=(dropped,),
        yielded_outputs=("a", "c", "ordering"),
        duration_us=9,
        pid=3,
    )
    assert told(fact) == [
        stored,
        unasked,
        between,
        OutputStored(output="ordering"),
        dropped,
        AssetMaterialized(
            asset_key=KeyText("a"),
            output="a",
            digest="planned",
            io_manager_key="mine",
            keep_versions=5,
        ),
        AssetMaterialized(asset_key=KeyText("d"), output="c", digest="planned", unexpected=True),
        StepSucceeded(duration_us=9, pid=3),
    ]


def test_the_digest_that_the_host_names_stands():
    stored = OutputStored(output="a", asset_key=KeyText("a"))
    fact = AttemptSucceeded(stored=(stored,), yielded_outputs=("a",), digest="held")
    assert [made.digest for made in told(fact) if isinstance(made, AssetMaterialized)] == ["held"]


def test_failures_loads_and_logs_are_told_as_they_are():
    failure = Failure(reason=FailureReason.EXIT, message="it left", exit_code=3)
    assert told(AttemptFailed(failure=failure, duration_us=2, pid=4)) == [
        StepFailed(failure=failure, duration_us=2, pid=4)
    ]
    loaded = InputLoaded(input="x")
    assert told(loaded) == [loaded]
    assert told(WorkerLogRecord(level="ERROR", message="careful", logger="l")) == [
        LogRecord(level="ERROR", message=Text(head="careful"), logger="l")
    ]


def test_the_begin_of_an_attempt_is_no_event():
    assert told(AttemptBegun(process=ProcessId(boot_id="b", pid=1, start_ticks=2))) == []


def test_an_attempt_that_was_cancelled_with_its_run_is_cancelled():
    view = running(NewEvent(payload=CancelRequested()))
    how = {"was_running": True, "signal": "SIGTERM", "stderr_tail": Text(head="last words")}
    assert told(AttemptCancelled(**how), view) == [StepCancelled(**how)]


def test_an_attempt_that_ended_with_its_host_alone_is_lost():
    tail = Text(head="last words")
    (fact,) = told(AttemptCancelled(was_running=True, signal="SIGTERM", stderr_tail=tail))
    assert isinstance(fact, StepFailed)
    assert fact.failure.reason is FailureReason.LOST
    assert (fact.failure.signal, fact.failure.stderr_tail) == ("SIGTERM", tail)


def test_an_attempt_that_does_not_run_any_more_tells_nothing():
    assert told(AttemptSucceeded(), attempt=2) == []
    over = NewEvent(payload=StepSucceeded(duration_us=1, pid=1), step_key=STEP, attempt=1)
    assert told(AttemptSucceeded(), running(over)) == []


def test_what_cannot_be_believed_of_an_attempt_fails_it_and_says_why():
    record = Implausible(
        number=1,
        task_id=TaskId("t"),
        step_key=STEP,
        attempt=1,
        problem="JournalRecord.time is not set",
        next_task_id=TaskId(""),
        next_step_key=StepKey(""),
    )
    (event,) = record_events(running(), record, failed_for_good)
    fact = event.payload
    assert event.time is None
    assert isinstance(fact, StepFailed)
    assert fact.failure.reason is FailureReason.INTERNAL
    assert "JournalRecord.time is not set" in fact.failure.message


def test_what_a_blocking_check_fails_is_told_before_the_failure():
    check = CheckEvaluated(asset_key=KeyText("a"), check_name="rows", blocking=True)
    stored = OutputStored(output="a", asset_key=KeyText("a"))
    failure = Failure(reason=FailureReason.USER_ERROR, message="did not hold")
    made = AttemptSucceeded(stored=(stored,), yielded_outputs=("a", "c"), checks=(check,))

    events = told(AttemptFailed(failure=failure, made=made, no_retry=True))

    assert [type(each) for each in events] == [
        OutputStored,
        OutputStored,
        AssetMaterialized,
        CheckEvaluated,
        StepFailed,
    ]
    assert events[3] == check
