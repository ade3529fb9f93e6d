"""What follows from a run's state: pure decisions over a RunView. Nothing is done here."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterator

from treadle_contract.event import (
    RunFinished,
    RunStarted,
    StepCancelled,
    StepExpanded,
    StepNotRun,
    StepRecomputed,
    StepReused,
    StepSkipped,
)
from treadle_contract.fan_outs import mapping_keys
from treadle_contract.ids import StepKey
from treadle_contract.plan import Reuse
from treadle_contract.run import Failure, RunState, StepState
from treadle_launcher.clock import TimeUs
from treadle_launcher.runs.events import FAILED_STEPS_LISTED, NewEvent, Payload
from treadle_launcher.runs.lacking import unyielded_input
from treadle_launcher.runs.plan_index import followed_inputs
from treadle_launcher.runs.run_states import FINAL_RUN_STATES
from treadle_launcher.runs.run_view import RunView
from treadle_launcher.runs.step_states import FINAL_STEP_STATES
from treadle_launcher.runs.transitions import InvalidTransition

_RECOMPUTED = StepRecomputed(reason="its value was in memory only")
_NOT_STARTED = (StepState.PENDING, StepState.READY)


def ready_steps(
    view: RunView,
    is_due: Callable[[TimeUs], bool],
    elsewhere: Collection[StepKey] = (),
    *,
    limit: int | None = None,
) -> tuple[StepKey, ...]:
    """Return the steps that may start, in plan order, at most `limit`.

    `is_due` says whether the earliest start of a retry has come. What a host holds `elsewhere` may
    have started there. Of steps that share a process the first stands for all: they start together.
    """
    if view.state is not RunState.RUNNING:
        return ()
    found: list[StepKey] = []
    seen: set[StepKey] = set()
    for key in view.ready():
        if limit is not None and len(found) >= limit:
            break
        first = view.index.together.get(key, (key,))[0]
        if first not in seen and _may_start(view, key, is_due, elsewhere):
            found.append(key)
        seen.add(first)
    return tuple(found)


def _may_start(
    view: RunView, key: StepKey, is_due: Callable[[TimeUs], bool], elsewhere: Collection[StepKey]
) -> bool:
    """Tell whether a READY step may start, with all that share its process."""
    if view.shares_live_process(key):
        return False
    together = view.index.together.get(key, (key,))
    for each in together:
        step = view.steps[each]
        if step.state not in _NOT_STARTED:
            continue
        if each in elsewhere or (step.not_before is not None and not is_due(step.not_before)):
            return False
        # Of what it reads from, the others that share the process are made in it.
        if step.state is StepState.PENDING and any(
            view.index.together.get(upstream) is not together
            and view.steps[upstream].state not in FINAL_STEP_STATES
            for upstream in view.index.upstreams(each)
        ):
            return False
    return True


def follow_ups(view: RunView, now: TimeUs, held: Collection[StepKey] = ()) -> tuple[NewEvent, ...]:
    """Return every fact that follows from the run's state by itself, in order.

    Steps that lack an input are skipped, steps below a failure are not run, a cancel ends
    what has not started, and when every step is over the run is finished. Append and apply
    them together: after that nothing follows until something else happens. While nothing
    follows, the cost does not grow with the plan.

    Of a step that a host holds nothing follows: it may have started by now. Nor is one cancelled
    that may start in a process that runs.
    """
    if view.state is RunState.CANCELLING:
        return _cancelled(view, now, held)
    if view.state is not RunState.RUNNING:
        return ()
    given_up = _given_up(view, held)
    events = [_step_event(key, payload, now) for key, payload in given_up.items()]
    events.extend(_step_event(key, _RECOMPUTED, now) for key in _recomputed(view, given_up))
    if view.unfinished_count() == len(given_up):
        state = RunState.FAILED if view.failed else RunState.SUCCEEDED
        events.append(_finished(view, state, None, now))
    return tuple(events)


def started(view: RunView) -> tuple[NewEvent, ...]:
    """Return the facts that start a run: what is reused is there from the start."""
    reuses = sorted(
        (reuse for reuse in view.plan.reuses if not reuse.skipped),
        key=lambda reuse: view.index.position[reuse.step_key],
    )
    running = len(view.steps) - len(view.plan.reuses)
    start = RunStarted(step_count=running, fingerprint=view.plan.header.fingerprint)
    return (
        NewEvent(payload=start),
        *(
            NewEvent(payload=StepReused(from_run_id=reuse.from_run_id), step_key=reuse.step_key)
            for reuse in reuses
        ),
        *(
            NewEvent(payload=expanded, step_key=reuse.step_key)
            for reuse in reuses
            for expanded in _expanded(view, reuse)
        ),
    )


def _expanded(view: RunView, reuse: Reuse) -> Iterator[StepExpanded]:
    """Yield the expansions of a fan-out that is reused, where the plan has what is mapped over it."""
    for output in view.index.step(reuse.step_key).outputs:
        mapped = view.fan_out(reuse.step_key, output.name)
        if mapped and any(each.output == output.name for each in reuse.outputs):
            yield StepExpanded(
                output=output.name,
                mapping_keys=(keys := mapping_keys(reuse, output.name)),
                step_count_change=len(mapped) * (len(keys) - 1),
            )


def run_failed(view: RunView, failure: Failure, now: TimeUs) -> tuple[NewEvent, ...]:
    """Return the facts that end a run which cannot go on: FAILED, or as its cancel wants it.

    Precondition: no step runs; end those first.

    Raises:
        InvalidTransition: a step runs, or the run is over.
    """
    if view.state in FINAL_RUN_STATES or view.count(StepState.RUNNING):
        raise InvalidTransition(
            f"run {view.run_id}",
            f"{view.state} with {view.count(StepState.RUNNING)} running steps",
            "run_finished",
            (),
        )
    if view.state is RunState.CANCELLING:
        return _cancelled(view, now, ())
    events = [_step_event(key, StepNotRun(), now) for key in _not_started(view)]
    return (*events, _finished(view, RunState.FAILED, failure, now))


def abandoned(view: RunView, failure: Failure, now: TimeUs) -> tuple[NewEvent, ...]:
    """Return the facts that end a run which cannot be served: what runs in it is given up.

    Precondition: the run is not over.
    """
    running = [
        NewEvent(
            payload=StepCancelled(was_running=True), step_key=key, attempt=step.attempts, time=now
        )
        for key, step in view.steps.items()
        if step.state is StepState.RUNNING
    ]
    rest = [_step_event(key, StepNotRun(), now) for key in _not_started(view)]
    return (*running, *rest, _finished(view, RunState.FAILED, failure, now))


def _cancelled(view: RunView, now: TimeUs, held: Collection[StepKey]) -> tuple[NewEvent, ...]:
    events: list[NewEvent] = []
    if view.count(*_NOT_STARTED):
        events = [
            _step_event(key, StepCancelled(), now)
            for key in _not_started(view)
            if key not in held and not view.shares_live_process(key)
        ]
    waiting = len(events)
    if view.unfinished_count() == waiting:
        # A run that never started had not succeeded, not even one without steps.
        all_well = view.summary().started_at is not None and view.count(
            StepState.SUCCEEDED, StepState.SKIPPED
        ) == len(view.steps)
        state = RunState.CANCELLED if view.ending is None else RunState.FAILED
        failure = view.ending
        if all_well:
            state, failure = RunState.SUCCEEDED, None
        events.append(_finished(view, state, failure, now))
    return tuple(events)


def _given_up(view: RunView, held: Collection[StepKey]) -> dict[StepKey, Payload]:
    """Return the steps that will not run, as a failure or a missing input spreads downwards.

    Failures spread first: a step below both is NOT_RUN, in whatever order its upstreams end.
    """
    given_up: dict[StepKey, Payload] = {}
    doomed = deque(view.doomed.items())
    while doomed:
        key, failed = doomed.popleft()
        if key not in given_up and key not in held:
            nearest = _nearest_failure(view, key, failed)
            check = view.steps[nearest].failed_check
            given_up[key] = StepNotRun(upstream_step_key=nearest, check=check)
            doomed.extend((reader, failed) for reader in _pending_readers(view, key))
    skipped: dict[StepKey, Payload] = {}
    waiting_on: dict[StepKey, int] = {}
    unfed = deque(view.unfed)
    while unfed:
        key = unfed.popleft()
        lacking = None if key in held else unyielded_input(view, key, skipped)
        if lacking is None:
            continue
        skipped[key] = StepSkipped(upstream_step_key=lacking[0], upstream_output=lacking[1] or "")
        for reader in _pending_readers(view, key):
            waiting_on[reader] = waiting_on.get(reader, view.steps[reader].waiting_on) - 1
            if waiting_on[reader] == 0 and reader not in given_up:
                unfed.append(reader)
    return given_up | skipped


def _recomputed(view: RunView, given_up: Collection[StepKey]) -> Iterator[StepKey]:
    """Yield the steps that run again: their values went with their process, and are to be read."""
    for first in view.ended:
        together = view.index.together[first]
        again: set[StepKey] = set()
        for key in reversed(together):
            step = view.steps[key]
            lost = step.in_memory if step.state is StepState.SUCCEEDED else ()
            if lost and any(
                (reader in again or view.steps[reader].state in _NOT_STARTED)
                and reader not in given_up
                and _reads(view, reader, key, lost)
                for reader in view.index.readers[key]
            ):
                again.add(key)
        yield from (key for key in together if key in again)


def _reads(view: RunView, reader: StepKey, key: StepKey, outputs: Collection[str]) -> bool:
    return any(
        source.step_output is not None
        and source.step_output.step_key == key
        and source.step_output.output in outputs
        for planned in followed_inputs(view.index.step(reader))
        if not planned.nothing
        for source in planned.sources
    )


def _nearest_failure(view: RunView, key: StepKey, failed: StepKey) -> StepKey:
    for upstream in view.index.upstreams(key):
        if view.steps[upstream].state is StepState.FAILED:
            return upstream
    return failed


def _pending_readers(view: RunView, key: StepKey) -> Iterator[StepKey]:
    for reader in view.index.readers[key]:
        if view.steps[reader].state is StepState.PENDING:
            yield reader


def _not_started(view: RunView) -> Iterator[StepKey]:
    return (key for key, step in view.steps.items() if step.state in _NOT_STARTED)


def _step_event(key: StepKey, payload: Payload, now: TimeUs) -> NewEvent:
    return NewEvent(payload=payload, step_key=key, time=now)


def _finished(view: RunView, state: RunState, failure: Failure | None, now: TimeUs) -> NewEvent:
    summary = view.summary()
    return NewEvent(
        payload=RunFinished(
            state=state,
            failure=failure,
            failed_step_keys=tuple(view.failed[:FAILED_STEPS_LISTED]),
            materialization_count=summary.materialization_count,
            unexpected_count=summary.unexpected_count,
        ),
        time=now,
    )
