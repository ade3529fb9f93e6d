"""What a run is doing now, folded from its events; holds no terminal."""

from __future__ import annotations

from datetime import datetime

from treadle_client import _messages
from treadle_client._messages import Event, RunState
from treadle_client.text._words import count
from treadle_contract.lazy_dataclasses import dataclass, field


@dataclass(slots=True, kw_only=True)
class Progress:
    """The state of a run as far as its events were seen.

    `running` holds when each running attempt was started; `done` counts the steps that ended
    well or were skipped, `failed` those that failed, were not run or were cancelled.
    """

    state: RunState = RunState.QUEUED
    total: int = 0
    done: set[str] = field(default_factory=set)
    failed: set[str] = field(default_factory=set)
    running: dict[str, datetime] = field(default_factory=dict)
    made: int = 0

    def see(self, event: Event) -> None:
        """Fold one event in."""
        match event:
            case _messages.RunDequeued():
                self.state = RunState.STARTING
            case _messages.RunStarted():
                self.state, self.total = RunState.RUNNING, event.step_count
            case _messages.StepExpanded():
                self.total += event.step_count_change
            case _messages.CancelRequested():
                self.state = RunState.CANCELLING
            case _messages.RunFinished():
                self.state = event.state
                self.running.clear()
            case _messages.AssetMaterialized():
                self.made += 1
            case _:
                self._see_step(event)

    def _see_step(self, event: Event) -> None:
        match event:
            case _messages.StepStarted():
                self.running[event.step_key] = event.time
                self.done.discard(event.step_key)
            case _messages.StepSucceeded() | _messages.StepSkipped() | _messages.StepReused():
                self.running.pop(event.step_key, None)
                self.done.add(event.step_key)
            case _messages.StepFailed() | _messages.StepNotRun() | _messages.StepCancelled():
                self.running.pop(event.step_key, None)
                self.failed.add(event.step_key)
            case _messages.StepRetryScheduled() | _messages.StepRecomputed():
                self.running.pop(event.step_key, None)
                self.done.discard(event.step_key)
            case _:
                pass

    def __str__(self) -> str:
        parts = [self.state.value, f"{len(self.done)} of {count(self.total, 'step')} done"]
        if self.failed:
            parts.append(f"{len(self.failed)} not")
        parts.append(f"{count(self.made, 'asset')} made")
        return ", ".join(parts)
