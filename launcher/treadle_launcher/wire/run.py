"""run.proto: runs, steps and materializations, as clients see them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from treadle_contract.ids import RunId
from treadle_contract.run import Materialization, Run, RunState, StepCount, StepRun, StepState
from treadle_launcher.clock import TimeUs, as_moment
from treadle_launcher.errors import BadArgumentError
from treadle_launcher.runs.run_summary import RunSummary
from treadle_launcher.runs.step_view import StepView
from treadle_launcher.store import records


def known_states(states: Iterable[RunState]) -> tuple[RunState, ...]:
    """Return the states that a caller asks for.

    Raises:
        BadArgumentError: one is none that this launcher knows.
    """
    states = tuple(states)
    for state in states:
        if not state.is_known:
            raise BadArgumentError([state], message=f"There is no run state {state}.")
    return states


def run_of(run: RunSummary) -> Run:
    """Return one run."""
    counts = run.step_counts
    return Run(
        id=run.run_id,
        location=run.location,
        state=run.state,
        selection=run.selection,
        options=run.options,
        digest=run.digest,
        fingerprint=run.fingerprint,
        tags=run.tags,
        step_counts=tuple(
            StepCount(state=state, count=counts[state]) for state in StepState if counts.get(state)
        ),
        failure=run.failure,
        submitted_at=_moment(run.submitted_at),
        started_at=_moment(run.started_at),
        finished_at=_moment(run.finished_at),
        materialization_count=run.materialization_count,
        unexpected_count=run.unexpected_count,
        last_sequence=run.last_sequence,
        idempotency_key=run.idempotency_key,
        reexecution=run.reexecution,
        root_run_id=run.root_run_id,
        timeout_ms=run.timeout_ms,
        retry_lost=run.retry_lost,
    )


def step_run_of(step: StepView) -> StepRun:
    """Return one step of a run."""
    return StepRun(
        key=step.key,
        state=step.state,
        attempts=step.attempts,
        failure=step.failure,
        started_at=_moment(step.started_at),
        finished_at=_moment(step.finished_at),
        not_before=_moment(step.not_before),
        because_of=step.because_of or "",
        duration_us=step.duration_us,
        reused_from_run_id=step.reused_from_run_id or RunId(""),
        usage=step.usage,
    )


def materialization_of(made: records.Materialization) -> Materialization:
    """Return one materialization of one asset."""
    return Materialization(
        asset_key=made.asset_key,
        run_id=made.run_id,
        step_key=made.step_key,
        attempt=made.attempt,
        store_sequence=made.store_sequence,
        time=as_moment(made.time),
        digest=made.digest,
        metadata=made.metadata,
        unexpected=made.unexpected,
        value_ref=made.value_ref,
        location=made.location,
        removed=made.removed,
        gone=made.gone,
        partition_key=made.partition_key,
    )


def _moment(time: TimeUs | None) -> datetime | None:
    return None if time is None else as_moment(time)
