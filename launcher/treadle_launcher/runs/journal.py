"""Journal records: what a host reports of an attempt, and the events that are made of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, TypeAlias

from treadle_contract.event import (
    AssetMaterialized,
    AssetObserved,
    ExpectationEvaluated,
    HookCompleted,
    HookErrored,
    InputLoaded,
    LogRecord,
    OutputStored,
    StepCancelled,
    StepExpanded,
    StepSucceeded,
)
from treadle_contract.ids import StepKey, TaskId
from treadle_contract.lazy_dataclasses import dataclass, replace
from treadle_contract.run import Failure, FailureReason, RunState, StepState
from treadle_contract.value import Text
from treadle_contract.worker import (
    AttemptBegun,
    AttemptCancelled,
    AttemptFailed,
    AttemptSucceeded,
    JournalRecord,
    JournalRecordFact,
    WorkerLogRecord,
)
from treadle_launcher.clock import as_time
from treadle_launcher.runs.events import NewEvent, Payload
from treadle_launcher.runs.failure import MAKING_WHAT_WAS_LOST
from treadle_launcher.runs.run_view import RunView
from treadle_launcher.runs.task_steps import step_as_it_runs

_ENDED_WITH_HOST = Failure(
    reason=FailureReason.LOST,
    message=f"The host that ran it was told to end what it ran. {MAKING_WHAT_WAS_LOST}",
)


ATTEMPT_ENDS: Final = (AttemptSucceeded, AttemptFailed, AttemptCancelled)
"""What tells that an attempt is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Implausible:
    """A record that is not what the contract allows: `problem` says where and why.

    What it is about, is known; nothing else of it is.
    """

    number: int
    task_id: TaskId
    step_key: StepKey
    attempt: int
    problem: str
    next_task_id: TaskId
    next_step_key: StepKey
    fact = None


Record: TypeAlias = JournalRecord | Implausible
"""A record of a host's journal, or what stands for one that cannot be."""


def implausible(
    record: Record, problem: str, *, step_key: StepKey | None = None, attempt: int | None = None
) -> Implausible:
    """Return what stands for a record of an attempt that cannot be."""
    return Implausible(
        number=record.number,
        task_id=record.task_id,
        step_key=step_key or record.step_key,
        attempt=attempt or record.attempt,
        problem=problem,
        next_task_id=record.next_task_id,
        next_step_key=record.next_step_key,
    )


def record_events(
    view: RunView, record: Record, after_failure: Callable[[AttemptFailed], Payload]
) -> tuple[NewEvent, ...]:
    """Return the facts that a record tells of its run, in the order they are appended.

    What a failure leads to, `after_failure` says. A record of an attempt that does not run any more tells nothing: the attempt was given up
    (its host was taken for lost), and what is not committed does not exist.
    """
    step = view.steps.get(record.step_key)
    if step is None or step.state is not StepState.RUNNING or step.attempts != record.attempt:
        return ()
    fact = _refused(record) if isinstance(record, Implausible) else record.fact
    time = None if isinstance(record, Implausible) else as_time(record.time)
    return tuple(
        NewEvent(payload=payload, step_key=record.step_key, attempt=record.attempt, time=time)
        for payload in _payloads(fact, view, record.step_key, after_failure)
    )


def _payloads(
    fact: JournalRecordFact | None,
    view: RunView,
    step_key: StepKey,
    after_failure: Callable[[AttemptFailed], Payload],
) -> tuple[Payload, ...]:
    match fact:
        case AttemptBegun() | None:
            return ()
        case (
            InputLoaded()
            | HookCompleted()
            | HookErrored()
            | AssetObserved()
            | ExpectationEvaluated()
        ):
            return (fact,)
        case WorkerLogRecord():
            message = Text(head=fact.message)
            return (LogRecord(level=fact.level, message=message, logger=fact.logger),)
        case AttemptSucceeded():
            return (
                *_made(fact, view, step_key),
                *_expanded(fact, view, step_key),
                StepSucceeded(duration_us=fact.duration_us, pid=fact.pid, usage=fact.usage),
            )
        case AttemptFailed(made=made):
            kept = () if made is None else _made(made, view, step_key)
            return (*kept, after_failure(fact))
        case AttemptCancelled():
            is_asked_for = view.state is RunState.CANCELLING
            return (_cancelled(fact) if is_asked_for else after_failure(_ended_with_host(fact)),)


def _made(fact: AttemptSucceeded, view: RunView, step_key: StepKey) -> tuple[Payload, ...]:
    """Return what an attempt made, which is committed with its end."""
    return (
        *_stored(fact),
        *fact.discarded,
        *_materialized(fact, view, step_key),
        *fact.checks,
    )


def _expanded(fact: AttemptSucceeded, view: RunView, step_key: StepKey) -> Iterator[StepExpanded]:
    """Yield which steps there are from now on, for each dynamic output."""
    for each in fact.fanned_out:
        mapped = view.fan_out(step_key, each.output)
        yield StepExpanded(
            output=each.output,
            mapping_keys=each.mapping_keys,
            step_count_change=len(mapped) * (len(each.mapping_keys) - 1),
        )


def _refused(record: Implausible) -> AttemptFailed:
    message = (
        f"The host that ran it told of it what the contract does not allow: {record.problem}. Nothing"
        " of the attempt is kept. If this is Treadle's own host, report it."
    )
    return AttemptFailed(failure=Failure(reason=FailureReason.INTERNAL, message=message))


def _cancelled(fact: AttemptCancelled) -> StepCancelled:
    return StepCancelled(
        was_running=fact.was_running,
        usage=fact.usage,
        exit_code=fact.exit_code,
        signal=fact.signal,
        stderr_tail=fact.stderr_tail,
    )


def _ended_with_host(fact: AttemptCancelled) -> AttemptFailed:
    # Its host was ended, not its run: nobody asked for less than the whole.
    failure = replace(_ENDED_WITH_HOST, signal=fact.signal, stderr_tail=fact.stderr_tail)
    return AttemptFailed(failure=failure, usage=fact.usage)


def _materialized(
    fact: AttemptSucceeded, view: RunView, step_key: StepKey
) -> Iterator[AssetMaterialized]:
    """Yield what was made: whatever was stored as an asset, also what nobody selected."""
    planned = step_as_it_runs(view, step_key).outputs
    selected = {output.name for output in planned if output.selected}
    kept = {each.asset_key: each.keep_versions for output in planned for each in output.assets}
    for stored in fact.stored:
        if stored.asset_key:
            yield AssetMaterialized(
                asset_key=stored.asset_key,
                output=stored.output,
                value_ref=stored.value_ref,
                metadata=stored.metadata,
                unexpected=stored.output not in selected,
                digest=fact.digest or view.plan.header.digest,
                io_manager_key=stored.io_manager_key,
                keep_versions=kept.get(stored.asset_key, 0),
                partition_key=stored.partition_key,
            )


def _stored(fact: AttemptSucceeded) -> tuple[OutputStored, ...]:
    """Return what was stored, and the outputs that were yielded without a value to store.

    Readers learn from these events alone what was yielded: a value that only orderings read
    is stored nowhere, and must not look as if it had been left out.
    """
    named = {(stored.output, stored.mapping_key) for stored in fact.stored}
    keys = {each.output: each.mapping_keys for each in fact.fanned_out}
    yielded = ((name, key) for name in fact.yielded_outputs for key in keys.get(name) or ("",))
    unstored = (each for each in yielded if each not in named)
    return (
        *fact.stored,
        *(OutputStored(output=name, mapping_key=key) for name, key in unstored),
    )
