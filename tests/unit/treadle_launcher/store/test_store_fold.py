"""What is stored is the fold of the log: for any history, committed in any batches."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import hypothesis.strategies as st
from hypothesis import example, given

from tests.model.examples import examples
from tests.unit.treadle_launcher.store.samples import make_run
from treadle_contract.event import (
    AssetMaterialized,
    CancelRequested,
    HostReady,
    LogRecord,
    OutputStored,
    RunDequeued,
    RunFinished,
    RunStarted,
    StartMethod,
    StepCancelled,
    StepFailed,
    StepNotRun,
    StepRetryScheduled,
    StepSkipped,
    StepStarted,
    StepSucceeded,
)
from treadle_contract.ids import HostId, KeyText, StepKey, TaskId
from treadle_contract.plan import (
    PlanHeader,
    PlannedInput,
    PlannedSource,
    PlannedStep,
    PlannedStepOutput,
    Verdict,
)
from treadle_contract.run import Failure, FailureReason, RunState, StepState
from treadle_contract.value import Text
from treadle_launcher.clock import ManualClock, TimeUs, as_moment
from treadle_launcher.planning.plan import Plan
from treadle_launcher.runs.decide import follow_ups
from treadle_launcher.runs.events import Event, NewEvent, Payload
from treadle_launcher.runs.run_states import FINAL_RUN_STATES
from treadle_launcher.runs.run_summary import RunSummary
from treadle_launcher.runs.run_view import RunView
from treadle_launcher.runs.transitions import InvalidTransition
from treadle_launcher.store.materializations import MaterializationFilter
from treadle_launcher.store.records import NewRun
from treadle_launcher.store.store import Store, open_store

FAILURE = Failure(
    reason=FailureReason.USER_ERROR, message="no", traceback=Text(head="line\n" * 9_000)
)
RUN_PAYLOADS: list[Payload] = [
    RunDequeued(),
    RunStarted(step_count=4, fingerprint="f1"),
    HostReady(host_id=HostId("h"), digest="d9", fingerprint="f1", start_method=StartMethod.FORK),
    CancelRequested(reason="enough"),
    *(RunFinished(state=state, failure=FAILURE) for state in RunState if state in FINAL_RUN_STATES),
]
STEP_PAYLOADS: list[Payload] = [
    StepStarted(host_id=HostId("h"), task_id=TaskId("t")),
    StepSucceeded(duration_us=5, pid=7),
    StepFailed(failure=FAILURE),
    StepRetryScheduled(failure=FAILURE, not_before=as_moment(TimeUs(9)), next_attempt=2),
    StepSkipped(upstream_step_key=StepKey("b.top")),
    StepNotRun(),
    StepCancelled(was_running=True),
    OutputStored(output="result"),
    AssetMaterialized(asset_key=KeyText("a"), output="result", unexpected=True),
    LogRecord(level="WARNING", message=Text(head="hm")),
]


def diamond() -> Plan:
    """Return a plan of a step, two that read it, and one that reads both."""
    upstreams: Mapping[str, tuple[str, ...]] = {
        "top": (),
        "left": ("top",),
        "right": ("top",),
        "end": ("left", "right"),
    }
    steps = [
        PlannedStep(
            key=StepKey(f"b.{name}"),
            block="b",
            verdict=Verdict.RUN,
            inputs=tuple(
                PlannedInput(name=upstream, sources=(_source(upstream),)) for upstream in above
            ),
        )
        for name, above in upstreams.items()
    ]
    return Plan(
        header=PlanHeader(location="main", digest="d1", fingerprint="f1"),
        steps=tuple(steps),
    )


def _source(step: str) -> PlannedSource:
    return PlannedSource(
        step_output=PlannedStepOutput(step_key=StepKey(f"b.{step}"), output="result")
    )


proposals = st.one_of(
    st.builds(NewEvent, payload=st.sampled_from(RUN_PAYLOADS)),
    st.builds(
        NewEvent,
        payload=st.sampled_from(STEP_PAYLOADS),
        step_key=st.sampled_from([step.key for step in diamond().steps]),
        attempt=st.integers(0, 2),
    ),
)
# Histories that begin well go further; the rest is drawn, and what does not fit is left out.
histories = st.tuples(st.booleans(), st.lists(st.lists(proposals, max_size=12), max_size=12))


class Reference:
    """A run that is folded in memory alone, from the facts that fit it."""

    def __init__(self, new: NewRun, submitted: Event) -> None:
        self._new = new
        self._applied = [submitted]
        self.view = RunView(new.plan, submitted)

    def fitting(self, proposed: list[NewEvent]) -> Iterator[NewEvent]:
        """Apply those of the facts that fit, and yield them."""
        for fact in proposed:
            event = Event(
                store_sequence=0,
                run_id=self._new.run_id,
                sequence=self.view.last_sequence + 1,
                time=ManualClock().now(),
                payload=fact.payload,
                step_key=fact.step_key,
                attempt=fact.attempt,
            )
            try:
                self.view.apply(event)
            except InvalidTransition:
                continue
            yield fact


def as_row(run: RunSummary) -> RunSummary:
    """Return a summary without what only the plan, or only the store's cut texts, can tell."""
    counts = dict(run.step_counts)
    waiting = counts.pop(StepState.READY, 0) + counts.pop(StepState.PENDING, 0)
    if waiting:
        counts[StepState.PENDING] = waiting
    return replace(run, step_counts=counts, failure=None)


async def check(store: Store, view: RunView, new: NewRun) -> None:
    """Check that the store holds what the view says."""
    row = await store.get_run(new.run_id)
    folded = RunView.fold(
        await store.get_run_plan(new.run_id), await store.events_after(new.run_id, 0)
    )
    assert as_row(row) == as_row(view.summary()) == as_row(folded.summary())
    assert row.failure == folded.summary().failure
    assert {key: step.state for key, step in view.steps.items()} == {
        key: step.state for key, step in folded.steps.items()
    }
    page = await store.list_materializations(
        MaterializationFilter(run_id=new.run_id), page_size=500
    )
    assert len(page.items) == row.materialization_count
    unfinished = [run.run_id for run in await store.unfinished_runs()]
    assert unfinished == ([] if row.state in FINAL_RUN_STATES else [new.run_id])


# A step that is over before its run starts: starting the run must not make it ready.
SKIPPED_EARLY = NewEvent(
    payload=StepSkipped(upstream_step_key=StepKey("b.top")),
    step_key=StepKey("b.top"),
)
EARLY = [
    NewEvent(payload=RunDequeued()),
    SKIPPED_EARLY,
    NewEvent(payload=RunStarted(step_count=4, fingerprint="f1")),
]


@examples(25)
@given(histories)
@example((False, [EARLY]))
def test_the_row_of_a_run_is_the_fold_of_its_log(
    history: tuple[bool, list[list[NewEvent]]],
) -> None:
    begins_well, batches = history
    begin = [
        NewEvent(payload=RunDequeued()),
        NewEvent(payload=RunStarted(step_count=4, fingerprint="f1")),
    ]

    async def write(database: Path) -> tuple[RunView, NewRun]:
        new = make_run(diamond())
        with open_store(database, ManualClock(), recent_runs=0) as store:
            created = await store.create_run(new)
            reference = Reference(new, created.events[0])
            writes = []
            for proposed in [begin if begins_well else [], *batches]:
                facts = list(reference.fitting(proposed))
                facts.extend(
                    reference.fitting(list(follow_ups(reference.view, ManualClock().now())))
                )
                # Not awaited: how many share a transaction is left to chance.
                writes.append(store.append(new.run_id, facts))
            await asyncio.gather(*writes)
            await check(store, reference.view, new)
        return reference.view, new

    async def reopen(database: Path, view: RunView, new: NewRun) -> None:
        with open_store(database, ManualClock(), recent_runs=0) as store:
            await check(store, view, new)

    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "db"
        view, new = asyncio.run(write(database))
        asyncio.run(reopen(database, view, new))
