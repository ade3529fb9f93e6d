"""How runs read on a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

from treadle_client._messages import (
    CancelRequested,
    CheckEvaluated,
    LogRecord,
    Materialization,
    Run,
    RunState,
    StepResult,
    StepState,
)
from treadle_client._plan_options import told_options
from treadle_client._result import describe_failure, failure_beside, failure_details
from treadle_client.cli.pages.asset_pages import evaluations_table, materializations_table
from treadle_client.cli.pages.going_on import how_to_go_on
from treadle_client.cli.repeated import next_command
from treadle_client.text._table import Page, Table
from treadle_client.text._words import count, moment, span

if TYPE_CHECKING:
    from treadle_client._run_handle import RunHandle


def runs_page(runs: Sequence[Run]) -> Page:
    """Lay out runs, a line each."""
    if not runs:
        return ("No runs.",)
    return (
        Table(
            columns=("run", "state", "submitted", "took", "made", "location", "selection"),
            rows=tuple(
                (
                    run.run_id,
                    run.status.value,
                    moment(run.submitted_at),
                    _took(run),
                    str(run.materialization_count),
                    run.location,
                    str(run.selection),
                )
                for run in runs
            ),
        ),
    )


def run_line(run: Run) -> str:
    """Say in a line what a run is and how it is."""
    return f"run {run.run_id} of {run.selection} at {run.location}: {run.status}"


def cancel_reason(handle: RunHandle, run: Run) -> str:
    """Return what was said when the run's cancel was asked for: its events hold that."""
    if run.status not in {RunState.CANCELLING, RunState.CANCELLED}:
        return ""
    events = handle.events(follow=False)
    return next((event.reason for event in events if isinstance(event, CancelRequested)), "")


def last_warnings(handle: RunHandle, steps: Sequence[StepResult]) -> Mapping[str, str]:
    """Return, by step, what those that run warned of last: it may be what keeps them."""
    running = {step.key: step.attempts for step in steps if step.state is StepState.RUNNING}
    if not running:
        return {}
    return {
        event.step_key: f"{event.level}: {event.message}"
        for event in handle.events(follow=False)
        if isinstance(event, LogRecord) and running.get(event.step_key) == event.attempt
    }


def silent_steps(handle: RunHandle, steps: Sequence[StepResult]) -> frozenset[str]:
    """Return which steps that failed wrote nothing."""
    failed = (step.key for step in steps if step.failure is not None)
    return frozenset(key for key in failed if not any(chunk.data for chunk in handle.logs(key)))


def run_page(  # noqa: PLR0913 - what is told of a run, each by name
    run: Run,
    steps: Sequence[StepResult],
    materializations: Sequence[Materialization],
    *,
    evaluations: Sequence[CheckEvaluated] = (),
    cancel_reason: str = "",
    warnings: Mapping[str, str] = MappingProxyType({}),
    silent: AbstractSet[str] = frozenset(),
) -> Page:
    """Lay out one run: what was asked for, its steps, what failed, what it made.

    `warnings` are what steps that run warned of, by their keys; `silent` are the keys of those that
    wrote nothing.
    """
    failures = {step.key: step.failure for step in steps if step.failure is not None}
    page: list[str | Table] = [run_line(run), *_facts(run, cancel_reason)]
    beside = failure_beside(run.failure, failures.values())
    if beside is not None:
        # That of a step is told below, with its evidence.
        page.append(f"  failure: {describe_failure(beside)}")
    page += ["", _steps_table(steps)]
    for key, warning in warnings.items():
        page += ["", f"{key}: {warning}"]
    for key, failure in failures.items():
        page += ["", f"{key}: {describe_failure(failure)}"]
        page += failure_details(failure)
        if key not in silent:
            page.append(f"All that it wrote: {next_command('runs', 'logs', run.run_id, key)}")
    if evaluations:
        page += ["", evaluations_table(evaluations)]
    if materializations:
        page += ["", materializations_table(materializations)]
    if run.status in {RunState.FAILED, RunState.CANCELLED}:
        page += ["", how_to_go_on(run)]
    return tuple(page)


def _facts(run: Run, cancel_reason: str) -> list[str]:
    facts = {
        "submitted": moment(run.submitted_at),
        "took": _took(run),
        "made": _made(run),
        "options": told_options(run.options),
        "tags": ", ".join(f"{name}={tag}" for name, tag in run.tags.items()),
        "re-execution": str(run.reexecution or ""),
        "first run": run.root_run_id,
        "idempotency key": run.idempotency_key,
        "digest": run.digest[:12],
        "cancelled": cancel_reason,
    }
    return [f"  {name}: {fact}" for name, fact in facts.items() if fact]


def _made(run: Run) -> str:
    unexpected = f", {run.unexpected_count} of them unexpected" if run.unexpected_count else ""
    return count(run.materialization_count, "asset") + unexpected


def _took(run: Run) -> str:
    if run.started_at is None:
        return "-"
    return span((run.finished_at or datetime.now(UTC)) - run.started_at)


def _reused(step: StepResult) -> str:
    return f"reused from {step.reused_from_run_id}" if step.reused_from_run_id else ""


def _steps_table(steps: Sequence[StepResult]) -> Table:
    return Table(
        columns=("step", "state", "attempts", "took", "because of"),
        rows=tuple(
            (
                step.key,
                step.state.value,
                str(step.attempts),
                span(step.duration) if step.duration else "-",
                step.because_of or _reused(step) or "-",
            )
            for step in steps
        ),
    )
