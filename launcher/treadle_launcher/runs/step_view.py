"""One step of a run as the fold sees it."""

from __future__ import annotations

from treadle_contract.event import OutputStored, RetryGround
from treadle_contract.fan_outs import element
from treadle_contract.ids import RunId, StepKey, TaskId
from treadle_contract.lazy_dataclasses import dataclass, field
from treadle_contract.run import AttemptUsage, Failure, StepState
from treadle_launcher.clock import TimeUs
from treadle_launcher.runs.events import Event
from treadle_launcher.runs.step_states import FINAL_STEP_STATES, STEP_MOVES
from treadle_launcher.runs.transitions import InvalidTransition


@dataclass(slots=True, kw_only=True)
class StepView:
    """One step, as run.proto's StepRun. Changed by its RunView alone; everybody else reads.

    `waiting_on` counts the steps it reads from that are not final. `outputs` are the outputs
    that were yielded: for each, in the order they were stored, its assets and intermediate.
    Elements of a dynamic one are in it by their names (`fan_outs.element`), beside the output, and
    their mapping keys in `elements`. They are committed when the step has SUCCEEDED. `task_id` is that of its last attempt. `retries` counts what let it be tried again.
    `failed_check` is the blocking check that did not hold in it, "asset:name".
    """

    key: StepKey
    waiting_on: int
    state: StepState = StepState.PENDING
    attempts: int = 0
    task_id: TaskId | None = None
    failure: Failure | None = None
    started_at: TimeUs | None = None
    finished_at: TimeUs | None = None
    not_before: TimeUs | None = None
    because_of: StepKey | None = None
    retries: dict[RetryGround, int] = field(default_factory=dict)
    duration_us: int = 0
    reused_from_run_id: RunId | None = None
    usage: AttemptUsage | None = None
    failed_check: str = ""
    outputs: dict[str, tuple[OutputStored, ...]] = field(default_factory=dict)
    elements: dict[str, list[str]] = field(default_factory=dict)
    story: list[tuple[int, str]] = field(default_factory=list)

    def enter(self, state: StepState, event: Event) -> None:
        """Move to a state because of an event.

        Raises:
            InvalidTransition: the table has no such move.
        """
        if (self.state, state) not in STEP_MOVES:
            raise self.invalid(event)
        self.state = state
        self.story.append((event.sequence, event.kind))
        if state in FINAL_STEP_STATES:
            self.finished_at = event.time

    def add_output(self, stored: OutputStored) -> None:
        """Add what was stored of an output, or of an element of a dynamic one."""
        name = element(stored.output, stored.mapping_key)
        self.outputs[name] = (*self.outputs.get(name, ()), stored)
        if stored.mapping_key:
            # That it was yielded at all; and of which keys, in order.
            self.elements.setdefault(stored.output, []).append(stored.mapping_key)
            self.outputs.setdefault(stored.output, ())

    def mapping_keys(self, output: str) -> tuple[str, ...] | None:
        """Return the mapping keys of a dynamic output, in the order they came; None: it was left out."""
        return tuple(self.elements.get(output, ())) if output in self.outputs else None

    def forget_outputs(self) -> None:
        """Take note that nothing is there of what was yielded."""
        self.outputs.clear()
        self.elements.clear()

    @property
    def in_memory(self) -> frozenset[str]:
        """The outputs that were yielded and are stored nowhere."""
        return frozenset(
            name for name, kept in self.outputs.items() if any(each.in_memory for each in kept)
        )

    def check_running(self, event: Event) -> None:
        """Check that an event is about the attempt that runs.

        Raises:
            InvalidTransition: it is not.
        """
        if self.state is not StepState.RUNNING or event.attempt != self.attempts:
            raise self.invalid(event)

    def invalid(self, event: Event) -> InvalidTransition:
        """Return the error that says why the event cannot be."""
        return InvalidTransition(
            f"step {self.key} of run {event.run_id}",
            f"{self.state} after {self.attempts} attempts",
            f"{event.sequence} {event.kind} (attempt {event.attempt})",
            [f"{sequence} {kind}" for sequence, kind in self.story],
        )
