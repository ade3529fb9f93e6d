"""A host as the launcher knows it."""

from __future__ import annotations

import asyncio
import signal
from enum import StrEnum

from treadle_contract.event import HostReady, StartMethod
from treadle_contract.ids import HostId, RunId, StepKey, TaskId
from treadle_contract.lazy_dataclasses import dataclass, field
from treadle_contract.plan import PlanHeader
from treadle_contract.worker import HostState, ProcessId, Task, TaskStep
from treadle_launcher.durability import Durability
from treadle_launcher.engine.answer_timer import AnswerTimer
from treadle_launcher.hosts.frames import ToHost
from treadle_launcher.hosts.host_folder import HostFolder
from treadle_launcher.hosts.listener import Connection
from treadle_launcher.hosts.provider import HostProcess
from treadle_launcher.locations.launch_spec import LaunchSpec


class HostStage(StrEnum):
    """How far a host is, as the launcher sees it."""

    STARTING = "starting"
    """It has not said yet that it is ready."""
    READY = "ready"
    """It takes tasks."""
    LEAVING = "leaving"
    """It gets no further task: it was told to leave, or cannot serve."""
    FOREIGN = "foreign"
    """It says what this launcher cannot read: it is left alone, with all that it runs."""
    ENDED = "ended"
    """Its process is gone."""


@dataclass(slots=True, kw_only=True)
class RunningTask:
    """A task that was handed to a host, one step's attempt.

    `recorded`: the log says so; no host hears of it before. `sent`: the host may know of it. `answered`: it does. `begun`: code of the user's may have
    run. `end_due`: when it should be over, by the loop's clock; None: that is not known.
    `cancelled`: its host was told to end it. `untold`: that says that it is over, and not how.
    `step` is what the host was told of the step; None: that is to be made out again.
    """

    run_id: RunId
    step_key: StepKey
    attempt: int
    recorded: bool = False
    sent: bool = False
    answered: bool = False
    begun: bool = False
    end_due: float | None = None
    cancelled: bool = False
    untold: bool = False
    step: TaskStep | None = None

    @classmethod
    def of(cls, run_id: RunId, task: Task) -> RunningTask:
        """Return a task that is handed to a host now, as its first step."""
        first = task.steps[0]
        step = first if len(task.steps) == 1 else None
        return cls(run_id=run_id, step_key=first.step_key, attempt=first.attempt, step=step)


@dataclass(slots=True, kw_only=True)
class HeldTask:
    """A task that a host was sent ahead. `end_due`: when it should be given back, or over.

    `step` is what it was told of the step; None: that is not known here.
    """

    run_id: RunId
    step_key: StepKey
    end_due: float | None = None
    step: TaskStep | None = None


@dataclass(slots=True, kw_only=True, eq=False)
class Host:
    """One host. Changed by the pool and the engine alone.

    `launch_spec` is None when an earlier launcher started it for a run that is over; what it
    was told of `durability` when it was started stays. `process`
    is there when this launcher started it, `said` is how far it said that it is (None: nothing), `identity` when its process is known. `received`
    is the last journal record that was taken, `marked` the last that the store was told of,
    `committed` the last that it holds. `why_killed` is set before this launcher kills it, with what it left
    `unsaid` (fields of the contract), `fault`
    when what it says cannot be believed, or read.

    `silent_since`, by the loop's clock: it owes an answer, and said nothing from then on.
    `look` waits for that, `looked_at` is when that was over last. `has_hung_up`: its connection
    ended from its side, after which a host that lives dials again at once.

    `held` are the tasks that it was sent ahead and has not told of, or that it should not have
    started and ends. `dialled_at` is the last record that it had when it dialled, `dialled_with` what
    it ran then; None: its records tell by now what became of all that.
    """

    folder: HostFolder
    location: str
    launch_spec: LaunchSpec | None
    durability: Durability
    stage: HostStage = HostStage.STARTING
    process: HostProcess | None = None
    identity: ProcessId | None = None
    connection: Connection | None = None
    said: HostState | None = None
    disconnected: asyncio.Event = field(default_factory=asyncio.Event)
    start_method: StartMethod = StartMethod.FORK
    start_method_reason: str = ""
    notes: tuple[str, ...] = ()
    why_killed: str = ""
    unsaid: tuple[str, ...] = ()
    fault: str = ""
    received: int = 0
    marked: int = 0
    committed: int = 0
    tasks: dict[TaskId, RunningTask] = field(default_factory=dict)
    held: dict[TaskId, HeldTask] = field(default_factory=dict)
    dialled_at: int = 0
    dialled_with: set[TaskId] | None = None
    timer: asyncio.TimerHandle | AnswerTimer | None = None
    silent_since: float | None = None
    has_hung_up: bool = False
    looked_at: float = 0.0
    look: AnswerTimer | None = None

    @property
    def host_id(self) -> HostId:
        """The id that the launcher gave it."""
        return self.folder.host_id

    @property
    def is_usable(self) -> bool:
        """Whether it takes tasks, now or as soon as it is ready."""
        return self.stage in (HostStage.STARTING, HostStage.READY)

    @property
    def left_by_itself(self) -> bool:
        """Whether its process ended as it should: what it had accepted, it has ended."""
        return self.process is not None and self.process.exit_code == 0

    @property
    def was_killed(self) -> bool:
        """Whether somebody else killed its process: the code in it is not why it ended."""
        if self.process is None or self.why_killed:
            return False
        return self.process.exit_code == -signal.SIGKILL

    def readiness(self, plan: PlanHeader, *, warm: bool) -> HostReady:
        """Return the fact that it is ready for a run of this plan, `warm`: it was before."""
        return HostReady(
            host_id=self.host_id,
            digest=plan.digest,
            fingerprint=plan.fingerprint,
            start_method=self.start_method,
            start_method_reason=self.start_method_reason,
            warm=warm,
            notes=self.notes,
        )

    def tasks_of(self, run_id: RunId) -> tuple[TaskId, ...]:
        """Return what it was sent ahead of a run, then what it was handed.

        Cancelled in this order, none begins in the place of another.
        """
        handed = [task_id for task_id, task in self.tasks.items() if task.run_id == run_id]
        held = [task_id for task_id, task in self.held.items() if task.run_id == run_id]
        return (*held, *handed)

    def held_of(self, run_id: RunId) -> tuple[HeldTask, ...]:
        """Return what it was sent ahead of a run."""
        return tuple(held for held in self.held.values() if held.run_id == run_id)

    def send(self, frame: ToHost) -> None:
        """Send a frame; nothing while the host is not connected."""
        if self.connection is not None:
            self.connection.send(frame)

    def hold_timer(self, timer: asyncio.TimerHandle | AnswerTimer | None) -> None:
        """Wait for this timer instead of the one before."""
        if self.timer is not None:
            self.timer.cancel()
        self.timer = timer

    def hold_look(self, look: AnswerTimer | None) -> None:
        """Wait for this look instead of the one before."""
        if self.look is not None:
            self.look.cancel()
        self.look = look
