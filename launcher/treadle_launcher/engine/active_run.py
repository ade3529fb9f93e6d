"""A run that is not over, as the engine drives it."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterator
from enum import StrEnum

from treadle_contract.event import (
    StepCancelled,
    StepExpanded,
    StepFailed,
    StepRetryScheduled,
    StepStarted,
    StepSucceeded,
)
from treadle_contract.ids import HostId, RunId, StepKey
from treadle_contract.lazy_dataclasses import dataclass, field
from treadle_contract.run import RunState, StepState
from treadle_launcher.clock import TimeUs
from treadle_launcher.engine.ahead import Ahead
from treadle_launcher.engine.host import Host
from treadle_launcher.locations.launch_spec import LaunchSpec
from treadle_launcher.planning.plan import Plan
from treadle_launcher.runs.events import Event
from treadle_launcher.runs.run_view import RunView

_ATTEMPT_ENDS = (StepSucceeded, StepFailed, StepRetryScheduled, StepCancelled)
_BEFORE_START = frozenset({RunState.QUEUED, RunState.STARTING})


class Replan(StrEnum):
    """Whether a run may go on with another plan than the one it was launched with."""

    POSSIBLE = "possible"
    """Nobody saw the plan beforehand."""
    UNDER_WAY = "under_way"
    """The code was found to be another; a new plan is being made."""
    RULED_OUT = "ruled_out"
    """The caller named the plan that they saw."""
    DONE = "done"
    """It is the second one already."""


@dataclass(slots=True, kw_only=True, eq=False)
class ActiveRun:
    """One run: its state, the host that holds its code, and how such a host is started.

    `greeted`: the log says that this host is ready. `hosts_in_vain`: how many were
    lost in a row since one took a task of it. `early` are its events until it starts: with them a new plan makes a new view.
    `cancelling` is done when the cancel that a caller asked for is recorded; `is_ending`: the
    log says that it is to end, so that hosts may be told. `held` are the steps that a host was
    sent ahead and has not told of: each may have started by now; those that were asked to give
    them back are `recalled`. `unwanted` are those of them that
    a host should not have started, and was told to end.
    """

    view: RunView
    launch_spec: LaunchSpec
    host: Host | None = None
    greeted: bool = False
    hosts_in_vain: int = 0
    replan: Replan = Replan.POSSIBLE
    early: list[Event] = field(default_factory=list)
    cancelling: asyncio.Future[tuple[tuple[Event, ...], ...]] | None = None
    is_ending: bool = False
    held: dict[StepKey, Host] = field(default_factory=dict)
    recalled: set[HostId] = field(default_factory=set)
    unwanted: set[StepKey] = field(default_factory=set)
    _ahead: Ahead | None = None

    @property
    def run_id(self) -> RunId:
        """The run's id."""
        return self.view.run_id

    @property
    def state(self) -> RunState:
        """The run's state."""
        return self.view.state

    @property
    def location(self) -> str:
        """The run's code location."""
        return self.view.plan.header.location

    def apply(self, event: Event) -> None:
        """Apply the next event.

        Raises:
            InvalidTransition: it does not fit what was applied before; nothing is changed.
        """
        unexpanded: tuple[StepKey, ...] = ()
        if isinstance(event.payload, StepExpanded) and event.step_key is not None:
            unexpanded = self.view.fan_out(event.step_key, event.payload.output)
        self.view.apply(event)
        if self.view.state in _BEFORE_START:
            self.early.append(event)
        if self._ahead is not None and event.step_key is not None:
            if isinstance(event.payload, StepStarted):
                self.has_handed(event.step_key, event.payload.host_id)
            elif unexpanded:
                self._ahead.expanded(
                    each for key in unexpanded for each in self.view.index.now(key)
                )
            elif isinstance(event.payload, _ATTEMPT_ENDS):
                self._ahead.has_not(event.step_key)

    def has_handed(self, key: StepKey, host_id: HostId) -> None:
        """Take note that a host runs a step."""
        if self._ahead is not None and self.host is not None and self.host.host_id == host_id:
            self._ahead.has(key)

    def hold(self, limit: int) -> tuple[StepKey, ...]:
        """Return the steps that its host is sent ahead from now on: it holds no more than `limit`.

        None while nothing of it runs, in whose place one could start.
        """
        if self.host is None or self.host.connection is None or self._ahead is None:
            return ()
        if self.host.dialled_with is not None:
            return ()
        if not self.view.count(StepState.RUNNING):
            return ()
        if any(host is not self.host for host in self.held.values()):
            return ()
        steps = self._ahead.next_steps(limit - len(self.held))
        self.held.update(dict.fromkeys(steps, self.host))
        if steps:
            self.recalled.clear()
        return steps

    def held_elsewhere(self) -> Collection[StepKey]:
        """Return what a host may have started that does not serve the run, cannot say, or ends it."""
        return [
            key
            for key, host in self.held.items()
            if host is not self.host or host.connection is None or key in self.unwanted
        ]

    def take_back(self, key: StepKey, *, was_asked: bool) -> None:
        """Take note that a host gave a step back, whether it `was_asked` to or not."""
        del self.held[key]
        self.unwanted.discard(key)
        if self._ahead is not None:
            if not was_asked:
                self._ahead.refused(key)
            self._ahead.has_not(key)

    @property
    def lacks_host(self) -> bool:
        """Whether it could go on if it had a host."""
        if self.host is not None or self.replan is Replan.UNDER_WAY:
            return False
        if self.state is RunState.STARTING:
            return True
        return self.state is RunState.RUNNING and self.view.count(StepState.READY) > 0

    def moments(self) -> Iterator[TimeUs]:
        """Yield every moment at which something happens with it by itself."""
        if self.state is RunState.RUNNING:
            yield from self.view.waiting.values()
            if self.view.deadline is not None:
                yield self.view.deadline

    def change_plan(self, plan: Plan, launch_spec: LaunchSpec) -> None:
        """Go on with another plan. Precondition: the run has not started."""
        self.view = RunView.fold(plan, self.early)
        self.launch_spec = launch_spec
        self.replan = Replan.DONE
        self.take(None)

    def take(self, host: Host | None) -> None:
        """Run on this host from now on."""
        self.host = host
        self.greeted = False
        self._ahead = None if host is None else Ahead(self.view)
