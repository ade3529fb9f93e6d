"""Taking up what an earlier launcher left: runs that are not over, and the hosts that ran them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from treadle_contract.event import StepStarted
from treadle_contract.ids import HostId, StepKey, TaskId
from treadle_contract.lazy_dataclasses import dataclass
from treadle_contract.run import RunState, StepState
from treadle_launcher.engine.active_run import ActiveRun, Replan
from treadle_launcher.engine.board import Board
from treadle_launcher.engine.host import HeldTask, RunningTask
from treadle_launcher.engine.host_pool import HostPool
from treadle_launcher.engine.mode import EngineMode
from treadle_launcher.home.home import Home
from treadle_launcher.hosts.host_folder import HostFolder
from treadle_launcher.hosts.processes import is_alive
from treadle_launcher.planning.plan_check import check_plan
from treadle_launcher.runs.folding import events_of
from treadle_launcher.runs.run_summary import RunSummary
from treadle_launcher.runs.run_view import RunView
from treadle_launcher.runs.tasks import next_attempt
from treadle_launcher.store.errors import (
    CorruptRecordError,
    StoreClosedError,
    StoreUnavailableError,
)
from treadle_launcher.store.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class _Handed:
    """An attempt that the log says is running, and the host that it was handed to."""

    run: ActiveRun
    step_key: StepKey
    host_id: HostId
    task_id: TaskId


class Recovery:
    """Makes the board and the pool what the store and the processes say they are.

    An ephemeral launcher takes up its own: what a standing one left waits for the next of those.
    """

    def __init__(
        self, home: Home, store: Store, board: Board, pool: HostPool, *, is_ephemeral: bool
    ) -> None:
        self._is_ephemeral = is_ephemeral
        self._home = home
        self._store = store
        self._board = board
        self._pool = pool

    async def resume(self) -> None:
        """Read what is not over and go on with it.

        A host that lives dials in; what was handed to one that is gone, is lost.

        Raises:
            StoreError: it cannot be read.
        """
        runs: list[ActiveRun] = []
        handed: list[_Handed] = []
        # What is asked of the store would change what is read.
        await self._board.flushed()
        for summary in await self._store.unfinished_runs(only_ephemeral=self._is_ephemeral):
            if summary.run_id in self._board.unsound:
                continue
            try:
                run, tasks = await self._load(summary)
            except (StoreUnavailableError, StoreClosedError):
                raise
            except Exception as error:  # noqa: BLE001 - whatever it is, it is about this run
                self._board.end_unsound(summary.run_id, error)
                continue
            runs.append(run)
            handed.extend(tasks)
        folders = self._folders(handed)
        marks = {folder.host_id: (folder, await self._mark(folder)) for folder in folders}
        # From here on nothing is waited for: what was read stays true.
        self._adopt(marks, handed)
        if self._board.mode is EngineMode.RESUMING:
            self._board.mode = EngineMode.WORKING
        self._board.is_stale = False
        self._put(runs)
        self._assign(self._board.all(), handed)

    def _put(self, runs: Sequence[ActiveRun]) -> None:
        """Put runs on the board, oldest first; those that were admitted since come last."""
        admitted = {run.run_id: run for run in self._board.all()}
        self._board.forget_all()
        for run in runs:
            self._board.put(admitted.pop(run.run_id, run))
        for run in admitted.values():
            self._board.put(run)

    async def _load(self, summary: RunSummary) -> tuple[ActiveRun, Sequence[_Handed]]:
        run_id = summary.run_id
        plan = await self._store.get_run_plan(run_id)
        # One that was recorded before plans were checked may not hold together.
        check_plan(plan)
        launch_spec = await self._store.get_launch_spec(run_id)
        events = await events_of(self._store, run_id)
        view = RunView.fold(plan, events)
        now = await self._store.get_run(run_id)
        # Both are written in one transaction, and the log was read in between.
        if not summary.last_sequence <= events[-1].sequence <= now.last_sequence:
            problem = f"its row says that {now.last_sequence} events are recorded of it"
            raise CorruptRecordError(f"{problem}, and its log has {events[-1].sequence}")
        run = ActiveRun(
            view=view,
            launch_spec=launch_spec,
            replan=Replan.RULED_OUT,
            is_ending=view.state is RunState.CANCELLING,
        )
        if view.state in (RunState.QUEUED, RunState.STARTING):
            run.early.extend(events)
        started = {
            (event.step_key, event.attempt): event.payload
            for event in events
            if isinstance(event.payload, StepStarted)
        }
        tasks = [
            _Handed(run=run, step_key=key, host_id=fact.host_id, task_id=fact.task_id)
            for (key, attempt), fact in started.items()
            if key is not None
            and view.steps[key].state is StepState.RUNNING
            and view.steps[key].attempts == attempt
        ]
        return run, tasks

    def _folders(self, handed: Sequence[_Handed]) -> list[HostFolder]:
        """Return the folders of all hosts that may live, those that somebody removed included."""
        hosts = self._home.hosts
        there = {
            path
            for path in hosts.glob("*")
            if path.is_dir() and (not self._is_ephemeral or HostFolder(path=path).is_ephemeral)
        }
        needed = {hosts / task.host_id for task in handed}
        return [HostFolder(path=path) for path in sorted(there | needed)]

    async def _mark(self, folder: HostFolder) -> int:
        return await self._store.host_mark(folder.host_id)

    def _adopt(
        self, marks: Mapping[HostId, tuple[HostFolder, int]], handed: Sequence[_Handed]
    ) -> None:
        users = {task.host_id: task.run for task in handed}
        for host_id, (folder, mark) in marks.items():
            host = self._pool.get(host_id)
            run = users.get(host_id)
            if host is None and not folder.path.is_dir():
                self._pool.expect(folder, run.location if run is not None else "", mark)
            elif host is None:
                process = folder.read_process()
                lives = process is not None and is_alive(process)
                self._pool.adopt(
                    folder,
                    run.location if run is not None else "",
                    run.launch_spec if run is not None and lives else None,
                    mark,
                )
            else:
                host.received = host.marked = host.committed = mark
                host.tasks.clear()
                host.held.clear()

    def _hold(self, handed: Sequence[_Handed]) -> None:
        """Leave to hosts what they started by themselves and could not tell."""
        runs = {(task.host_id, task.run.run_id): task.run for task in handed}
        for (host_id, run_id), run in runs.items():
            host = self._pool.get(host_id)
            if host is None:
                continue
            for task_id in host.folder.next_tasks(host.received):
                found = next_attempt(run.view, task_id)
                if found is not None and found[0] not in run.held:
                    key = found[0]
                    run.held[key] = host
                    host.held[task_id] = HeldTask(run_id=run_id, step_key=key)

    def _assign(self, runs: Sequence[ActiveRun], handed: Sequence[_Handed]) -> None:
        turn = self._board.turn()
        for task in handed:
            attempt = task.run.view.steps[task.step_key].attempts
            host = self._pool.get(task.host_id)
            assert host is not None, "each host that was handed something is adopted or expected"
            host.tasks[task.task_id] = RunningTask(
                run_id=task.run.run_id,
                step_key=task.step_key,
                attempt=attempt,
                recorded=True,
                sent=True,
                answered=True,
                # Only of a host that never had a record acknowledged is the journal whole.
                begun=host.marked > 0 or not host.folder.path.is_dir(),
            )
            self._pool.watchdog.begun(host, host.tasks[task.task_id], task.run.view)
            if host.is_usable:
                if task.run.host is not host:
                    task.run.take(host)
                    task.run.greeted = True
                task.run.has_handed(task.step_key, host.host_id)
        self._hold(handed)
        for run in runs:
            with self._board.serving(turn, run):
                self._board.wait_again(run)
                turn.touch(run)
        self._board.settle(turn)
