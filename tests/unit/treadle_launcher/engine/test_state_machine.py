"""Runs under every order of submits, reports, cancels, crashes and recoveries, against a model."""

from __future__ import annotations

import asyncio
import tempfile
from collections import Counter
from collections.abc import Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from tests.model.examples import examples
from tests.unit.treadle_launcher.engine.conftest import FixedPlanner, plan_of
from tests.unit.treadle_launcher.engine.simulated import (
    MAX_STEPS,
    SimulatedHost,
    SimulatedLauncher,
    World,
)
from treadle_contract.event import OutputStored, RunFinished, StepSucceeded
from treadle_contract.ids import KeyText, RunId, StepKey
from treadle_contract.plan import (
    PlanOptions,
    Reexecution,
    ReexecutionKind,
    Reuse,
    ReusedOutput,
    Selection,
    Verdict,
)
from treadle_contract.policy import RetryCause, RetryPolicy
from treadle_contract.run import FailureReason, RunState, StepState
from treadle_launcher import defaults
from treadle_launcher.locations.launch_spec import LaunchSpec
from treadle_launcher.planning.plan import Plan
from treadle_launcher.runs.events import Event
from treadle_launcher.runs.run_view import RunView
from treadle_launcher.serving.launch_request import Launchable, LaunchRequest, RunLimits

SHAPES = (
    {"a": ()},
    {"a": (), "b": ("a",), "c": ("b",)},
    {"k": (), "l": ("k",), "m": ("k",), "n": ("l", "m")},
    {"t": (), "u": (), "v": (), "w": ("t", "u")},
    # Steps with a policy have an "r" in their key.
    {"r": (), "r2": ("r",), "s": ("r2",)},
    # More than there are places.
    {"d": (), "e": (), "f": (), "g": (), "h": ("d",), "i": ("h", "g")},
    {"r": (), "r2": (), "r3": (), "j": (), "o": ("r", "r2", "j"), "p": ("o",), "q": ("r3",)},
    # Steps whose keys begin with "x" share a process.
    {"x": (), "xr": ("x",), "x2": ("xr",), "y": ("x2",)},
    {"a": (), "xr": ("a",), "xr2": ("xr",), "x3": ("a",), "s": ("xr",), "b": ("a",)},
)
POLICY = RetryPolicy(max_retries=2, on=(RetryCause.USER_ERROR, RetryCause.LOST))
HOUR_US = 3_600_000_000
TIMEOUT_SECONDS = 30
LAST_ROUNDS = 100

positions = st.integers(0, 7)
lateness = st.sampled_from((0, 0, TIMEOUT_SECONDS))


class Runs(RuleBasedStateMachine):
    """One home, one launcher or none, and hosts that outlive launchers."""

    @initialize(ends_late=st.booleans())
    def begin(self, ends_late: bool) -> None:
        self.ends_late = ends_late
        self.loop = asyncio.new_event_loop()
        self.now = 1000.0
        self.loop.time = lambda: self.now  # type: ignore[method-assign]  # it passes by a rule
        self.folder = tempfile.TemporaryDirectory()
        self.world = World(home=Path(self.folder.name) / "home")
        self.planner = FixedPlanner()
        self.launcher: SimulatedLauncher | None = None
        self.submitted = 0
        self.cancelled: set[RunId] = set()
        self.known: dict[RunId, list[Event]] = {}
        self.plans: dict[RunId, Plan] = {}
        # By the loop's time. Not of runs that a clock that was set has led astray.
        self.deadlines: dict[RunId, float] = {}
        self.clock_was_set = False
        self.recover()

    def do(self, work: Coroutine[Any, Any, None]) -> None:
        async def whole() -> None:
            await work
            if self.launcher is not None:
                await self.launcher.store.quiet()

        self.loop.run_until_complete(whole())

    @property
    def is_up(self) -> bool:
        return self.launcher is not None

    @property
    def is_stale(self) -> bool:
        return self.launcher is not None and self.launcher.running.board.is_stale

    # What callers and the machine do to the launcher.

    @precondition(lambda self: self.is_up and self.submitted < 4)
    @rule(shape=st.sampled_from(SHAPES))
    def submit(self, shape: dict[str, tuple[str, ...]]) -> None:
        self.submitted += 1
        self.submit_numbered(self.submitted, shape)

    @precondition(lambda self: self.is_up and self.submitted)
    @rule(position=positions, shape=st.sampled_from(SHAPES))
    def submit_again(self, position: int, shape: dict[str, tuple[str, ...]]) -> None:
        """The same request: whatever is planned now, it names the same run."""
        self.submit_numbered(position % self.submitted + 1, shape)

    def submit_numbered(self, number: int, shape: dict[str, tuple[str, ...]]) -> None:
        """Every second run has a timeout."""
        timeout_ms = number % 2 * TIMEOUT_SECONDS * 1000
        self.launch(f"key-{number}", plan_with_policies(shape), timeout_ms=timeout_ms)

    @precondition(lambda self: self.is_up and self.ended_badly())
    @rule(position=positions)
    def rerun(self, position: int) -> None:
        """From failure: what succeeded is reused."""
        bad = self.ended_badly()
        run_id = bad[position % len(bad)]
        self.launch(f"again-{run_id}", plan_from_failure(self.plans[run_id], self.known[run_id]))

    def ended_badly(self) -> list[RunId]:
        """Return the runs that failed or were cancelled."""
        return [
            run_id
            for run_id in self.in_order()
            if isinstance(last := self.known[run_id][-1].payload, RunFinished)
            and last.state is not RunState.SUCCEEDED
        ]

    def in_order(self) -> list[RunId]:
        return sorted(self.known)

    def launch(self, key: str, plan: Plan, timeout_ms: int | None = None) -> None:
        launcher = self.launcher
        assert launcher is not None
        request = LaunchRequest(
            location="here",
            selection=Selection(expressions=("*",)),
            options=PlanOptions(),
            idempotency_key=key,
            limits=RunLimits(timeout_ms=timeout_ms),
        )

        async def work() -> None:
            self.planner.next = launchable(plan)
            launcher.beside(launcher.launching.launch(request))

        self.do(work())

    @precondition(lambda self: self.is_up and self.launcher.store.held)
    @rule(count=st.sampled_from((1, 1, 100)))
    def commit(self, count: int) -> None:
        assert self.launcher is not None
        self.do(self.launcher.store.commit(count))

    @precondition(lambda self: self.is_up and self.launcher.store.held)
    @rule(count=st.sampled_from((1, 1, 2, 100)), unknown=st.booleans())
    def refuse(self, count: int, unknown: bool = False) -> None:
        """The store refuses the next appends, or loses the word that they are recorded."""
        assert self.launcher is not None
        self.do(self.launcher.store.refuse(count, unknown=unknown))

    @precondition(lambda self: self.is_up and self.known)
    @rule(position=positions)
    def cancel(self, position: int) -> None:
        launcher = self.launcher
        assert launcher is not None
        run_id = self.in_order()[position % len(self.known)]

        async def call() -> None:
            if await launcher.running.engine.cancel(run_id, "enough"):
                self.cancelled.add(run_id)

        async def work() -> None:
            launcher.beside(call())

        self.do(work())

    @precondition(lambda self: self.is_up)
    @rule()
    def crash(self) -> None:
        assert self.launcher is not None
        self.do(self.launcher.drop())
        self.launcher = None

    @rule(hours=st.sampled_from((-1, 1)))
    def set_the_clock(self, hours: int) -> None:
        """Somebody sets the machine's clock: no order rests on it."""
        self.world.clock.advance(hours * HOUR_US)
        self.clock_was_set = True

    @rule(seconds=st.sampled_from((1, TIMEOUT_SECONDS // 2, TIMEOUT_SECONDS)))
    def let_time_pass(self, seconds: int) -> None:
        """Time passes, whether a launcher is there or not."""
        self.pass_time(seconds)
        self.do(asyncio.sleep(0))

    def pass_time(self, seconds: int) -> None:
        self.now += seconds
        self.world.clock.advance(seconds * 1_000_000)

    @precondition(lambda self: not self.is_up)
    @rule(late=lateness)
    def recover(self, late: int = 0) -> None:
        """Start a launcher; `late`, after a while without one."""
        self.pass_time(late)
        if self.clock_was_set:
            self.deadlines = dict.fromkeys(self.known, float("inf"))
        self.launcher = SimulatedLauncher(self.world, self.planner)
        self.do(self.launcher.start())

    # What hosts do.

    @precondition(lambda self: self.is_up and self.away())
    @rule(position=positions)
    def dial(self, position: int) -> None:
        hosts = self.away()
        host, launcher = hosts[position % len(hosts)], self.launcher
        assert launcher is not None

        async def work() -> None:
            host.dial(launcher)

        self.do(work())

    @precondition(lambda self: self.addressed())
    @rule(position=positions, frames=st.sampled_from((1, 1, 100)))
    def hear(self, position: int, frames: int) -> None:
        hosts = self.addressed()
        host = hosts[position % len(hosts)]

        async def work() -> None:
            host.hear(frames)

        self.do(work())

    @precondition(lambda self: self.world.running())
    @rule(
        position=positions,
        well=st.sampled_from((True, True, True, False)),
        late=lateness,
    )
    def report(self, position: int, well: bool, late: int = 0) -> None:
        """Tell how an attempt ended; if `late`, to a launcher that stood still until then."""
        running = self.world.running()
        host, task = running[position % len(running)]

        async def work() -> None:
            self.pass_time(late)
            (host.succeed if well else host.fail)(task)

        self.do(work())

    @precondition(lambda self: self.world.living())
    @rule(position=positions)
    def kill_host(self, position: int) -> None:
        hosts = self.world.living()
        host = hosts[position % len(hosts)]

        async def work() -> None:
            host.die()

        self.do(work())

    def away(self) -> list[SimulatedHost]:
        return [host for host in self.world.living() if not host.is_connected]

    def addressed(self) -> list[SimulatedHost]:
        return [host for host in self.world.living() if host.has_mail]

    @precondition(lambda self: self.is_up)
    @rule(
        rounds=st.sampled_from((1, 2, 4)), well=st.sampled_from((True, True, False)), late=lateness
    )
    def go_on(self, rounds: int, well: bool, late: int) -> None:
        """Nothing special happens for a while: so runs get far enough to end."""
        for number in range(rounds):
            self.everybody_acts(well or number < rounds - 1, late if number == rounds - 1 else 0)

    def everybody_acts(self, well: bool, late: int = 0) -> None:
        assert self.launcher is not None
        self.do(self.launcher.store.commit(100))
        if self.is_stale:
            # What is recorded is read in a moment.
            self.let_time_pass(1)
        for _ in self.away():
            self.dial(0)
        for _ in self.addressed():
            self.hear(0, 100)
        for host, task in self.world.running():
            if task.task_id in host.running:
                self.report(self.world.running().index((host, task)), well, late)
                late = 0

    # What must always be so.

    @invariant()
    def nothing_is_done_twice_and_what_is_recorded_stays(self) -> None:
        world = self.world
        running = [(task.run_id, task.steps[0].step_key) for _, task in world.running()]
        assert len(set(running)) == len(running), "two attempts of a step run"
        assert len(running) <= MAX_STEPS, "more run than may"
        assert len(set(world.begun)) == len(world.begun), "an attempt began twice"
        for (_, key), times in Counter((run, key) for run, key, _ in world.begun).items():
            # What has no policy is not tried again once it began, whatever became of it.
            assert times <= (1 + POLICY.max_retries if "r" in key else 1), "an op ran too often"
        assert len(set(world.succeeded)) == len(world.succeeded), "a step succeeded twice"
        if self.launcher is not None:
            self.do(self.read())

    async def read(self) -> None:
        assert self.launcher is not None
        store = self.launcher.store
        page = await store.list_runs(page_size=500)
        assert set(self.known) <= {run.run_id for run in page.items}
        keys = [run.idempotency_key for run in page.items]
        assert len(set(keys)) == len(keys), "a key has two runs"
        for run in page.items:
            before = self.known.get(run.run_id, [])
            events = list(await store.events_after(run.run_id, 0))
            assert events[: len(before)] == before
            assert [event.sequence for event in events] == list(range(1, len(events) + 1))
            plan = self.plans[run.run_id] = await store.get_run_plan(run.run_id)
            assert RunView.fold(plan, events).state is run.state
            self.known[run.run_id] = events
            succeeded = {
                (run.run_id, event.step_key)
                for event in events
                if isinstance(event.payload, StepSucceeded)
            }
            assert succeeded <= set(self.world.succeeded)
            self.check_time(run.run_id, events, run.timeout_ms)

    def check_time(self, run_id: RunId, events: list[Event], timeout_ms: int) -> None:
        """A run is ended once its time is over, whatever happened at that moment."""
        kinds = {event.kind for event in events}
        if "run_started" not in kinds or not timeout_ms:
            return
        deadline = self.deadlines.setdefault(run_id, self.now + timeout_ms / 1000)
        assert self.launcher is not None
        if not self.launcher.store.held and not self.is_stale and self.now >= deadline:
            assert kinds & {"cancel_requested", "run_finished"}, "its time is over and it goes on"

    # How it ends: everybody does what they can, and every run is over.

    def teardown(self) -> None:
        try:
            self.finish()
        finally:
            if self.launcher is not None:
                self.crash()
            self.loop.close()
            self.folder.cleanup()

    def finish(self) -> None:
        if self.launcher is None:
            self.recover()
        if self.ends_late:
            self.let_every_timeout_pass()
        for _ in range(LAST_ROUNDS):
            self.everybody_acts(True)
            assert self.launcher is not None
            is_busy = self.launcher.store.held or self.addressed() or self.world.running()
            if not is_busy and not self.is_stale:
                break
        self.nothing_is_done_twice_and_what_is_recorded_stays()
        for events in self.known.values():
            self.do(self.check_end(events))

    def let_every_timeout_pass(self) -> None:
        assert self.launcher is not None
        for _ in range(4):
            self.do(self.launcher.store.commit(100))
            if self.is_stale:
                self.let_time_pass(1)
            for _ in self.away():
                self.dial(0)
            for _ in self.addressed():
                self.hear(0, 100)
        self.nothing_is_done_twice_and_what_is_recorded_stays()
        if self.world.running():
            # The moment passes while the launcher stands still, and a report comes first.
            self.report(0, True, TIMEOUT_SECONDS)
        self.let_time_pass(0)
        self.do(self.launcher.store.commit(100))
        self.nothing_is_done_twice_and_what_is_recorded_stays()

    async def check_end(self, events: list[Event]) -> None:
        assert self.launcher is not None
        run_id = events[0].run_id
        plan = self.plans[run_id]
        view = RunView.fold(plan, events)
        assert isinstance(events[-1].payload, RunFinished), [event.kind for event in events]
        truth = {key for run, key in self.world.succeeded if run == run_id}
        assert not truth & view.reuses.keys(), "what was reused ran again"
        if any(event.kind == "run_started" for event in events):
            truth |= view.reuses.keys()
        broken = {key for run, key, _ in (*self.world.raised, *self.world.died) if run == run_id}
        states = {key: step.state for key, step in view.steps.items()}
        assert {key for key, state in states.items() if state is StepState.SUCCEEDED} == truth
        for key, state in states.items():
            self.check_step(view, key, state, broken)
        if truth == set(states):
            assert view.state is RunState.SUCCEEDED
        elif view.state is RunState.CANCELLED:
            assert any(event.kind == "cancel_requested" for event in events)
        else:
            assert view.state is RunState.FAILED
            assert run_id not in self.cancelled or was_overdue(view)

    def check_step(
        self, view: RunView, key: StepKey, state: StepState, broken: set[StepKey]
    ) -> None:
        above = {view.steps[upstream].state for upstream in view.index.upstreams(key)}
        match state:
            case StepState.FAILED:
                failure = view.steps[key].failure
                assert failure is not None
                # Of a host that is gone it may not be known whether the op had begun.
                is_lost = failure.reason is FailureReason.LOST and self.world.killed
                assert key in broken or is_lost
            case StepState.NOT_RUN:
                assert above & {StepState.FAILED, StepState.NOT_RUN} or view.summary().failure
            case StepState.CANCELLED:
                assert view.state is RunState.CANCELLED or was_overdue(view)
            case _:
                assert state is StepState.SUCCEEDED


def was_overdue(view: RunView) -> bool:
    failure = view.summary().failure
    return failure is not None and failure.reason is FailureReason.TIMEOUT


def plan_with_policies(shape: dict[str, tuple[str, ...]]) -> Plan:
    plan = plan_of(shape)
    steps = [replace(step, retry_policy=POLICY) if "r" in step.key else step for step in plan.steps]
    first = next((step.key for step in steps if step.key.startswith("x")), "")
    steps = [replace(step, task=first) if step.key.startswith("x") else step for step in steps]
    return replace(plan, steps=tuple(steps))


def plan_from_failure(plan: Plan, events: list[Event]) -> Plan:
    """Return the plan again, with the steps that succeeded reused."""
    view = RunView.fold(plan, events)
    stored = {
        (event.step_key, event.payload.output): event.payload.value_ref
        for event in events
        if isinstance(event.payload, OutputStored)
    }
    reuses = dict(view.reuses)
    for key, step in view.steps.items():
        if step.state is StepState.SUCCEEDED and key not in reuses:
            output = ReusedOutput(
                output="result",
                asset_key=KeyText(key),
                value_ref=stored[key, "result"],
                io_manager_key="io_manager",
            )
            reuses[key] = Reuse(step_key=key, from_run_id=view.run_id, outputs=(output,))
    steps = [
        replace(step, verdict=Verdict.REUSE) if step.key in reuses else step for step in plan.steps
    ]
    header = replace(
        plan.header,
        fingerprint=f"again-{view.run_id}",
        reexecution=Reexecution(parent_run_id=view.run_id, kind=ReexecutionKind.FROM_FAILURE),
    )
    return replace(plan, header=header, steps=tuple(steps), reuses=tuple(reuses.values()))


def launchable(plan: Plan) -> Launchable:
    spec = LaunchSpec(
        interpreter="python",
        working_directory="/",
        targets=(),
        digest=plan.header.digest,
        import_timeout_ms=1000,
        environment={},
    )
    return Launchable(plan=plan, launch_spec=spec, tags={})


Runs.TestCase.settings = settings(examples(12), stateful_step_count=40)
TestRuns = Runs.TestCase


@pytest.mark.parametrize("rounds", range(1, 9))
def test_the_journal_of_a_dead_host_stays_until_all_that_it_says_is_committed(rounds: int) -> None:
    # Found by the machine: the host dies, and the launcher, before the last report is committed.
    runs = Runs()
    runs.begin(ends_late=False)
    runs.submit(shape={"a": (), "b": ("a",), "c": ("b",)})
    for _ in range(rounds):
        runs.go_on(rounds=1, well=True, late=0)
    if runs.world.living():
        runs.kill_host(position=0)
    runs.crash()
    runs.recover(late=0)
    runs.teardown()


@pytest.mark.parametrize("what", ["refused", "unknown", "crash"])
@pytest.mark.parametrize("rounds", range(1, 7))
def test_what_is_late_and_then_refused_is_done_once(rounds: int, what: str) -> None:
    runs = Runs()
    runs.begin(ends_late=False)
    runs.submit(shape={"a": (), "b": ("a",), "c": ("b",)})
    for _ in range(rounds):
        runs.go_on(rounds=1, well=True, late=0)
        assert runs.launcher is not None
        if not runs.launcher.store.held:
            continue
        for _ in range(int(defaults.HOST_ANSWER) + 2):
            # Long enough to ask hosts what became of what they were handed.
            runs.let_time_pass(1)
        for _ in runs.addressed():
            runs.hear(position=0, frames=100)
        for _ in runs.world.running():
            runs.report(position=0, well=True)
        if what == "crash":
            runs.crash()
            runs.recover(late=0)
        else:
            runs.refuse(count=100, unknown=what == "unknown")
    runs.teardown()
    assert len(runs.world.begun) == 3


@pytest.mark.parametrize("shape", SHAPES[-2:])
@pytest.mark.parametrize("well", [True, False])
@pytest.mark.parametrize("what", ["nothing", "crash", "refused", "killed", "cancelled"])
@pytest.mark.parametrize("rounds", range(2, 6))
def test_what_a_process_goes_on_with_is_done_once(
    rounds: int, what: str, well: bool, shape: dict[str, tuple[str, ...]]
) -> None:
    runs = Runs()
    runs.begin(ends_late=False)
    runs.submit(shape=shape)
    for _ in range(rounds):
        runs.go_on(rounds=1, well=True, late=0)
    assert runs.launcher is not None
    if what == "cancelled" and runs.known:
        runs.cancel(position=0)
    for _ in runs.world.running():
        # That its next step began, or the same one once more, nobody has heard of.
        runs.report(position=0, well=well)
    if what == "crash":
        runs.crash()
        runs.recover()
    elif what == "refused" and runs.launcher.store.held:
        runs.refuse(count=100, unknown=True)
    elif what == "killed" and runs.world.living():
        runs.kill_host(position=0)
    runs.teardown()


@pytest.mark.parametrize("shape", SHAPES[-4:-2])
@pytest.mark.parametrize("what", ["nothing", "crash", "refused", "killed", "another run"])
@pytest.mark.parametrize("rounds", range(1, 6))
def test_what_hosts_begin_by_themselves_is_done_once(
    rounds: int, what: str, shape: dict[str, tuple[str, ...]]
) -> None:
    runs = Runs()
    runs.begin(ends_late=False)
    runs.submit(shape=shape)
    for _ in range(rounds):
        runs.go_on(rounds=1, well=True, late=0)
    assert runs.launcher is not None
    for _ in runs.world.running():
        # What follows in its place, nobody has heard of.
        runs.report(position=0, well=True)
    if what == "crash":
        runs.crash()
        runs.recover()
    elif what == "refused" and runs.launcher.store.held:
        runs.refuse(count=100, unknown=True)
    elif what == "killed" and runs.world.living():
        runs.kill_host(position=0)
    elif what == "another run":
        runs.submit(shape=SHAPES[0])
    runs.teardown()
    if rounds > 3 and what == "nothing":
        assert runs.world.by_hosts
