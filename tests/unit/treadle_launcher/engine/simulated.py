"""A launcher whose every commit, frame and host happens when a test says so, and no sooner.

Engine, board, recovery, desk, store and journals are real; processes and sockets are not there.
"""

from __future__ import annotations

import asyncio
import inspect
import itertools
import json
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from tests.unit.treadle_launcher.engine.conftest import FixedPlanner, store
from treadle_access.addresses import UnixAddress
from treadle_contract.ids import HostId, RunId, StepKey, TaskId
from treadle_contract.worker import (
    Ack,
    AckState,
    Cancel,
    Commit,
    Drain,
    Hello,
    HostState,
    Prepare,
    ProcessId,
    Recall,
    Report,
    Task,
)
from treadle_launcher.clock import ManualClock
from treadle_launcher.engine.host import Host
from treadle_launcher.engine.host_pool import HostPool
from treadle_launcher.engine.running import EngineParts, RunningEngine
from treadle_launcher.home.home import Home, open_home
from treadle_launcher.hosts.frames import PROTOCOL_VERSION, decode_journal_line
from treadle_launcher.hosts.host_folder import HostFolder
from treadle_launcher.hosts.processes import own_id
from treadle_launcher.locations.launch_spec import LaunchSpec
from treadle_launcher.serving.arguments import read
from treadle_launcher.serving.launching import Launching
from treadle_launcher.serving.watch import Watchers
from treadle_launcher.store.errors import StoreError, StoreUnavailableError
from treadle_launcher.store.store import Store, open_store
from treadle_worker.step.next_attempt import next_attempt

GONE = ProcessId(boot_id="another boot", pid=1, start_ticks=1)
MAX_STEPS = 3
Attempt = tuple[RunId, StepKey, int]


def attempt_of(task: Task) -> Attempt:
    """Name the attempt that a task is, or goes on with."""
    step = task.steps[0]
    return task.run_id, step.step_key, step.attempt


def waits_for(task: Task) -> set[TaskId]:
    """Name the tasks that one waits for."""
    return {each.task_id for each in task.waits_for}


@dataclass
class World:
    """What is true whoever records it: what ops did. Survives every launcher and host."""

    home: Path
    launcher: SimulatedLauncher | None = None
    clock: ManualClock = field(default_factory=ManualClock)
    killed: int = 0
    hosts: dict[HostId, SimulatedHost] = field(default_factory=dict)
    begun: list[Attempt] = field(default_factory=list)
    succeeded: list[tuple[RunId, StepKey]] = field(default_factory=list)
    raised: list[Attempt] = field(default_factory=list)
    died: list[Attempt] = field(default_factory=list)
    at_once: int = 0
    """How many attempts were made in the process of the one before, which had raised."""
    by_hosts: int = 0
    """How many of those that began, their host started in the place of another."""
    names: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def name(self, kind: str) -> str:
        """Return a name that is the same whenever the same things have happened."""
        return f"{kind}-{next(self.names):04}"

    def new(self) -> RunId:
        """Name a run, in place of RunIds."""
        return RunId(self.name("run"))

    def living(self) -> list[SimulatedHost]:
        return [host for host in self.hosts.values() if host.lives]

    def running(self) -> list[tuple[SimulatedHost, Task]]:
        return [(host, task) for host in self.living() for task in host.running.values()]


class SimulatedHost:
    """A host as worker.proto has it: it journals, then tells, and answers an id once."""

    def __init__(self, world: World, folder: HostFolder) -> None:
        self.world = world
        self.folder = folder
        self.lives = True
        self.is_ready = False
        self.drains = False
        self.running: dict[TaskId, Task] = {}
        self.held: dict[TaskId, Task] = {}
        self._ended: dict[TaskId, int] = {}
        self._succeeded: set[TaskId] = set()
        self._launcher: SimulatedLauncher | None = None
        self._inbox: list[Any] = []
        self._lines: list[tuple[int, bytes]] = []
        self._last = 0
        self._sent: int | None = None

    # What a Connection is to the launcher.

    def send(self, frame: object) -> None:
        self._inbox.append(frame)

    def close(self) -> None:
        self.hang_up()

    # What happens to it.

    @property
    def is_connected(self) -> bool:
        return self._launcher is not None

    @property
    def has_mail(self) -> bool:
        return bool(self._inbox)

    def dial(self, launcher: SimulatedLauncher) -> None:
        self._launcher = launcher
        self._hello()

    def hang_up(self) -> None:
        launcher, self._launcher = self._launcher, None
        self._inbox.clear()
        self.held.clear()
        self._sent = None
        if launcher is not None:
            launcher.running.desk.connection_lost(self)

    def hear(self, frames: int) -> None:
        """Act on the next frames that wait."""
        for _ in range(min(frames, len(self._inbox))):
            if not self._inbox:
                return
            self._act_on(self._inbox.pop(0))

    def _act_on(self, frame: object) -> None:
        match frame:
            case Commit(record=record):
                self._lines = [line for line in self._lines if line[0] > record]
                self.folder.journal.write_bytes(b"".join(line for _, line in self._lines))
                self._ended = {key: last for key, last in self._ended.items() if last > record}
                self._succeeded &= self._ended.keys()
                if self._sent is None:
                    self._sent = record
                self._tell()
            case Prepare():
                self.is_ready = True
                self._hello()
            case Task():
                self._take(frame)
            case Recall(run_id=run_id):
                self._give_back(*(each for each in self.held if each.startswith(run_id)))
            case Cancel(task_id=task_id) if task_id in self.held:
                self._give_back(task_id)
            case Cancel(task_id=task_id):
                if (task := self.running.pop(task_id, None)) is not None:
                    self._end(task, {"cancelled": {"wasRunning": True}})
            case Drain(cancel_running=cancel_running):
                self.drains = True
                self._give_back(*self.held)
                for task in list(self.running.values()) if cancel_running else []:
                    self._act_on(Cancel(task_id=task.task_id, grace_ms=0))
        if self.drains and not self.running and not self._lines:
            self.die(leaves=True)

    def _give_back(self, *task_ids: TaskId) -> None:
        """Give these back, and what waits for them."""
        for task_id in task_ids:
            if self.held.pop(task_id, None) is not None:
                self._say(Ack(task_id=task_id, state=AckState.RETURNED))
                waiting = [key for key, task in self.held.items() if task_id in waits_for(task)]
                self._give_back(*waiting)

    def _hold(self, task: Task) -> None:
        self.held[task.task_id] = task
        there = self.running.keys() | self.held.keys() | self._succeeded
        if self.drains or not waits_for(task) <= there:
            self._give_back(task.task_id)

    def _begin(self, task: Task) -> None:
        self.running[task.task_id] = task
        self.world.begun.append(attempt_of(task))

    def _take(self, task: Task) -> None:
        if task.ahead and task.task_id not in self.running.keys() | self._ended.keys():
            self._hold(task)
            return
        self.held.pop(task.task_id, None)
        if task.task_id in self.running:
            state = AckState.RUNNING
        elif task.task_id in self._ended:
            state = AckState.ENDED
        elif self.drains:
            state = AckState.REFUSED
        else:
            state = AckState.ACCEPTED
            self._begin(task)
        self._say(Ack(task_id=task.task_id, state=state))
        if state is AckState.ACCEPTED:
            self._tell_begin(task)

    def _tell_begin(self, task: Task) -> None:
        process = {"bootId": "b", "pid": 7, "startTicks": "7"}
        self._record(task, {"begun": {"process": process}})

    def succeed(self, task: Task) -> None:
        """Have an attempt make what it was asked for."""
        step, *rest = task.steps
        stored = []
        for output in step.outputs:
            for asset in output.assets:
                ref = {"store": "files", "key": asset.value_key, "codec": "pickle5"}
                ref |= {"sizeBytes": "3", "checksum": "crc32:00000001"}
                store(self.world.home / "values" / (asset.value_key or ""))
                stored.append({"output": output.name, "assetKey": asset.asset_key, "valueRef": ref})
        self.world.succeeded.append((task.run_id, step.step_key))
        outputs = [output.name for output in step.outputs]
        made = {"succeeded": {"stored": stored, "yieldedOutputs": outputs}}
        if rest:
            self._go_on(task, made, replace(task, steps=tuple(rest)))
        else:
            del self.running[task.task_id]
            self._end(task, made)

    def fail(self, task: Task) -> None:
        """Have an attempt raise."""
        self.world.raised.append(attempt_of(task))
        failure = {
            "reason": "FAILURE_REASON_USER_ERROR",
            "where": "FAILURE_WHERE_COMPUTE",
            "message": "it raised",
        }
        failed = {"failed": {"failure": failure}}
        again = next_attempt(task, task.steps[0])
        if again is not None:
            self.world.at_once += 1
            self._go_on(task, failed, replace(task, steps=(again, *task.steps[1:])))
        else:
            del self.running[task.task_id]
            self._end(task, failed)

    def _go_on(self, task: Task, fact: dict[str, object], rest: Task) -> None:
        """Go on with what is left of a task, in the same process."""
        self._begin(rest)
        self._record(task, {**fact, "nextStepKey": rest.steps[0].step_key})

    def die(self, *, leaves: bool = False) -> None:
        """End the process; when it is killed, in the middle of a journal's line."""
        self.lives = False
        self.world.died += [attempt_of(task) for task in self.running.values()]
        self.running.clear()
        self.held.clear()
        self.folder.write_process(GONE)
        if not leaves:
            self.world.killed += 1
            with self.folder.journal.open("ab") as journal:
                journal.write(b'{"number": "9')
        self.hang_up()
        if self.world.launcher is not None:
            # It watches the process, whether that had dialled or not.
            self.world.launcher.pool.gone(self.folder.host_id)

    def _end(self, task: Task, fact: dict[str, object]) -> None:
        if "succeeded" in fact:
            self._succeeded.add(task.task_id)
        unmet = self.running.keys() | self.held.keys()
        of_run = [each for each in self.held.values() if each.run_id == task.run_id]
        heir = next((each for each in of_run if not waits_for(each) & unmet), None)
        lost = [key for key, each in self.held.items() if task.task_id in waits_for(each)]
        if heir is not None and ("succeeded" in fact or heir.task_id not in lost):
            del self.held[heir.task_id]
            self._begin(heir)
            self.world.by_hosts += 1
            self._record(task, {**fact, "nextTaskId": heir.task_id})
        else:
            heir = None
            self._record(task, fact)
        self._ended[task.task_id] = self._last
        if "succeeded" not in fact:
            self._give_back(*lost)
        if heir is not None:
            self._tell_begin(heir)

    def _record(self, task: Task, fact: dict[str, object]) -> None:
        _, key, attempt = attempt_of(task)
        self._last += 1
        record = {
            "number": str(self._last),
            "taskId": task.task_id,
            "stepKey": key,
            "attempt": attempt,
            "time": "2026-01-02T03:04:05Z",
            **fact,
        }
        line = json.dumps(record).encode() + b"\n"
        with self.folder.journal.open("ab") as journal:
            journal.write(line)
        self._lines.append((self._last, line))
        self._tell()

    def _tell(self) -> None:
        if self._sent is None:
            return
        records = [decode_journal_line(line) for number, line in self._lines if number > self._sent]
        if records:
            self._sent = self._last
            self._say(tuple(record for record in records if record is not None))

    def _hello(self) -> None:
        hello = Hello(
            protocol_version=PROTOCOL_VERSION,
            host_id=self.folder.host_id,
            process=own_id(),
            location="here",
            state=HostState.READY if self.is_ready else HostState.NEW,
            running_task_ids=tuple(self.running),
            last_record=self._last,
        )
        self._say(hello)

    def _say(self, frame: Hello | Report | Ack) -> None:
        if self._launcher is not None:
            self._launcher.running.desk.frame_received(self, frame)


class SimulatedPool(HostPool):
    """Hosts without processes; nothing happens to them by the clock."""

    launcher: SimulatedLauncher

    def acquire(self, location: str, launch_spec: LaunchSpec) -> tuple[Host, bool]:
        name = self.launcher.world.name
        with patch.object(uuid, "uuid4", lambda: SimpleNamespace(hex=name("host"))):
            return super().acquire(location, launch_spec)

    def start(self, host: Host) -> None:
        self.launcher.start_host(host)

    def kill(self, hosts: Sequence[Host]) -> None:  # type: ignore[override]  # narrower suffices
        for host in hosts:
            self.launcher.world.hosts[host.host_id].die()

    def _kill_after(self, host: Host, seconds: float, why: str, *_unsaid: str) -> None:
        return

    def _watch(self, host: Host) -> None:
        simulated = self.launcher.world.hosts.get(host.host_id)
        if simulated is None or not simulated.lives:
            asyncio.get_running_loop().call_soon(self.gone, host.host_id)

    def gone(self, host_id: HostId) -> None:
        host = self.get(host_id)
        if host is not None:
            self._forget(host)
            self._ended(host)


@dataclass(frozen=True)
class _Held:
    """A write that waits, and whether its outcome may stay unknown."""

    future: asyncio.Future[Any]
    write: Callable[[], asyncio.Future[Any]]
    may_be_unknown: bool


class HeldStore:
    """A store that commits what was asked of it when it is told to, in the order it was."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.reads = 0
        self.held: list[_Held] = []

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._store, name)
        if not inspect.iscoroutinefunction(method):
            return method

        async def counted(*args: Any, **kwargs: Any) -> Any:
            self.reads += 1
            try:
                return await method(*args, **kwargs)
            finally:
                self.reads -= 1

        return counted

    def append_all(self, *args: Any, **kwargs: Any) -> asyncio.Future[Any]:
        return self._hold(lambda: self._store.append_all(*args, **kwargs))

    def create_run(self, *args: Any) -> asyncio.Future[Any]:
        # A run that its caller was told is not recorded is not recorded.
        return self._hold(lambda: self._store.create_run(*args), may_be_unknown=False)

    def _hold(
        self, write: Callable[[], asyncio.Future[Any]], *, may_be_unknown: bool = True
    ) -> asyncio.Future[Any]:
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self.held.append(_Held(future, write, may_be_unknown))
        return future

    async def commit(self, count: int) -> None:
        for _ in range(min(count, len(self.held))):
            held = self.held.pop(0)
            try:
                held.future.set_result(await held.write())
            except StoreError as error:
                # It rests on what was refused.
                held.future.set_exception(error)
            # Let what waited for it act before the next one is committed.
            await self.quiet()

    async def refuse(self, count: int, *, unknown: bool) -> None:
        """Refuse the next writes; if `unknown`, they are recorded, and their callers not told."""
        for _ in range(min(count, len(self.held))):
            held = self.held.pop(0)
            if unknown and held.may_be_unknown:
                with suppress(StoreError):
                    await held.write()
            held.future.set_exception(StoreUnavailableError("refused by the test"))
            await self.quiet()

    async def quiet(self) -> None:
        """Return when nothing goes on any more but what waits for a commit."""
        still = 0
        while still < 5:
            await asyncio.sleep(0)
            still = 0 if self.reads else still + 1


class SimulatedLauncher:
    """One launcher's life on the world's home. Made by `started`; a crash is `drop`."""

    def __init__(self, world: World, planner: FixedPlanner) -> None:
        self.world = world
        self.planner = planner
        self._stack = ExitStack()
        self.home: Home
        self.store: HeldStore
        self.running: RunningEngine
        self.launching: Launching
        self.calls: list[asyncio.Task[Any]] = []

    async def start(self) -> None:
        settings = read(
            ["--home", str(self.world.home), "--max-steps", str(MAX_STEPS), "--max-runs", "2"]
        )
        self.home = self._stack.enter_context(open_home(settings.home))
        clock = self.world.clock
        real = self._stack.enter_context(open_store(self.home.database, clock))
        self.store = HeldStore(real)
        parts = EngineParts(
            home=self.home,
            store=self.store,  # type: ignore[arg-type]  # it stands in for one
            planner=self.planner,  # type: ignore[arg-type]  # it stands in for one
            watchers=Watchers(real),
            clock=clock,
        )
        self.running = RunningEngine(parts, settings, UnixAddress(path=Path("/nowhere")))
        self.running._pool.__class__ = SimulatedPool
        self.pool.launcher = self
        self.launching = Launching(
            self.planner,  # type: ignore[arg-type]  # it stands in for one
            self.store,  # type: ignore[arg-type]  # it stands in for one
            self.running.board,
            self.running.engine,
            clock,
        )
        self.launching._ids = self.world  # type: ignore[assignment]  # it names runs
        self.world.launcher = self
        await self.running.start()
        self.running.board.on_fault(self._fault)

    def _fault(self, error: BaseException) -> None:
        """Go back to what is recorded, if the store refused; anything else must not be."""
        if not isinstance(error, StoreUnavailableError) and not self.running.board.is_stale:
            raise error
        self.running._begin_again(error)

    @property
    def pool(self) -> SimulatedPool:
        pool = self.running._pool
        assert isinstance(pool, SimulatedPool)
        return pool

    def start_host(self, host: Host) -> None:
        host.folder.path.mkdir(mode=0o700, parents=True)
        host.identity = own_id()
        host.folder.write_process(host.identity)
        self.world.hosts[host.host_id] = SimulatedHost(self.world, host.folder)

    def beside(self, call: Any) -> None:
        """Have a call go on beside the rest; it dies with the launcher."""
        self.calls.append(asyncio.ensure_future(call))

    async def drop(self) -> None:
        """Be killed: what was not committed is as if it had never been."""
        self.world.launcher = None
        self.store.held.clear()
        for call in self.calls:
            call.cancel()
        await asyncio.gather(*self.calls, return_exceptions=True)
        for host in self.world.living():
            host.hang_up()
        for host in self.pool.all():
            host.hold_timer(None)
            host.hold_look(None)
        self._stack.close()
