"""Journal records: what a host reports of an attempt, and the events that are made of it.

The records mirror worker.proto.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from treadle_contract.ids import StepKey, TaskId
from treadle_contract.run import AttemptUsage, Failure, FailureReason
from treadle_contract.value import Text
from treadle_contract.worker import RetryRequest
from treadle_launcher.clock import TimeUs
from treadle_launcher.events import (
    AssetMaterialized,
    InputLoaded,
    LogRecord,
    NewEvent,
    OutputDiscarded,
    OutputStored,
    Payload,
    StepCancelled,
    StepSucceeded,
)
from treadle_launcher.failure import MAKING_WHAT_WAS_LOST
from treadle_launcher.run_states import RunState
from treadle_launcher.run_view import RunView
from treadle_launcher.step_states import StepState

_ENDED_WITH_HOST = Failure(
    reason=FailureReason.LOST,
    message=f"The host that ran it was told to end what it ran. {MAKING_WHAT_WAS_LOST}",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptBegun:
    """The step process runs the user's code. The process is named as its host names it."""

    boot_id: str
    pid: int
    start_ticks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerLogRecord:
    """A log record with its message whole, at most 1 MiB."""

    level: str
    message: str
    logger: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptSucceeded:
    """The attempt ended well: the commit point of everything it made.

    `stored` is in the order of the op's outputs, assets of one output by key; `materialized`
    is in step with those of `stored` that have an asset key; `yielded_outputs` are all that
    were yielded, the dropped ones left out.
    """

    stored: tuple[OutputStored, ...] = ()
    materialized: tuple[AssetMaterialized, ...] = ()
    discarded: tuple[OutputDiscarded, ...] = ()
    yielded_outputs: tuple[str, ...] = ()
    duration_us: int = 0
    pid: int = 0
    usage: AttemptUsage | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptFailed:
    """The attempt ended badly: nothing of it is committed. `pid` 0: no process was started.

    `retry` is the op's own wish to be tried again, `no_retry` its word that this is of no use.
    """

    failure: Failure
    duration_us: int = 0
    pid: int = 0
    usage: AttemptUsage | None = None
    retry: RetryRequest | None = None
    no_retry: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptCancelled:
    """The task was cancelled and its processes are proven gone.

    `exit_code` or `signal` says how its process ended, if it had one.
    """

    was_running: bool
    usage: AttemptUsage | None = None
    exit_code: int | None = None
    signal: str = ""
    stderr_tail: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Implausible:
    """What was told of the attempt is not what the contract allows: `problem` says where and why."""

    problem: str


Fact: TypeAlias = (
    AttemptBegun
    | InputLoaded
    | WorkerLogRecord
    | AttemptSucceeded
    | AttemptFailed
    | AttemptCancelled
    | Implausible
)


ATTEMPT_ENDS: Final = (AttemptSucceeded, AttemptFailed, AttemptCancelled)
"""What tells that an attempt is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalRecord:
    """One fact that a host wrote to its journal; `number` counts from 1 in one host.

    `time` is None where the host told none that can be.
    """

    number: int
    task_id: TaskId
    step_key: StepKey
    attempt: int
    time: TimeUs | None
    fact: Fact


def record_events(
    view: RunView, record: JournalRecord, after_failure: Callable[[AttemptFailed], Payload]
) -> tuple[NewEvent, ...]:
    """Return the facts that a record tells of its run, in the order they are appended.

    What a failure leads to, `after_failure` says. A record of an attempt that does not run any more tells nothing: the attempt was given up
    (its host was taken for lost), and what is not committed does not exist.
    """
    step = view.steps.get(record.step_key)
    if step is None or step.state is not StepState.RUNNING or step.attempts != record.attempt:
        return ()
    return tuple(
        NewEvent(
            payload=payload, step_key=record.step_key, attempt=record.attempt, time=record.time
        )
        for payload in _payloads(record.fact, view, after_failure)
    )


def _payloads(
    fact: Fact, view: RunView, after_failure: Callable[[AttemptFailed], Payload]
) -> tuple[Payload, ...]:
    if isinstance(fact, Implausible):
        fact = AttemptFailed(failure=_implausible(fact))
    match fact:
        case AttemptBegun():
            return ()
        case InputLoaded():
            return (fact,)
        case WorkerLogRecord():
            message = Text(head=fact.message)
            return (LogRecord(level=fact.level, message=message, logger=fact.logger),)
        case AttemptSucceeded():
            return (
                *_stored(fact),
                *fact.discarded,
                *(_with_digest(made, view.plan.digest) for made in fact.materialized),
                StepSucceeded(duration_us=fact.duration_us, pid=fact.pid, usage=fact.usage),
            )
        case AttemptFailed():
            return (after_failure(fact),)
        case AttemptCancelled():
            is_asked_for = view.state is RunState.CANCELLING
            return (_cancelled(fact) if is_asked_for else after_failure(_ended_with_host(fact)),)


def _implausible(fact: Implausible) -> Failure:
    message = (
        f"The host that ran it told of it what the contract does not allow: {fact.problem}. Nothing"
        " of the attempt is kept. If this is Treadle's own host, report it."
    )
    return Failure(reason=FailureReason.INTERNAL, message=message)


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


def _with_digest(made: AssetMaterialized, digest: str) -> AssetMaterialized:
    return replace(made, digest=made.digest or digest)


def _stored(fact: AttemptSucceeded) -> tuple[OutputStored, ...]:
    """Return what was stored, and the outputs that were yielded without a value to store.

    Readers learn from these events alone what was yielded: a value that only orderings read
    is stored nowhere, and must not look as if it had been left out.
    """
    named = {stored.output for stored in fact.stored}
    unstored = (name for name in fact.yielded_outputs if name not in named)
    return (*fact.stored, *(OutputStored(output=name) for name in unstored))
