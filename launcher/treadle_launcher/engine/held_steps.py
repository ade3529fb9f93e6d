"""Steps that hosts are sent before they can start: sent, asked back, and owed back."""

from __future__ import annotations

from functools import partial

from treadle_contract.run import StepState
from treadle_contract.worker import Recall, Task
from treadle_launcher import defaults
from treadle_launcher.engine.active_run import ActiveRun
from treadle_launcher.engine.host import HeldTask, Host
from treadle_launcher.engine.host_watchdog import HostWatchdog
from treadle_launcher.engine.turn import Turn
from treadle_launcher.runs.tasks import task_ahead


class HeldSteps:
    """Sends hosts the next steps of their runs, while no step of another run waits for a place."""

    def __init__(self, watchdog: HostWatchdog) -> None:
        self._watchdog = watchdog

    def share(self, turn: Turn, run: ActiveRun, host: Host, *, others_wait: bool) -> None:
        """Send a run's host what it can hold of it, or ask it back while `others_wait`."""
        if others_wait:
            self._recall(turn, run)
        else:
            self._send_ahead(turn, run, host)

    @staticmethod
    def _recall(turn: Turn, run: ActiveRun) -> None:
        """Recall held steps of a run, so that the places go to the runs that wait."""
        for host in dict.fromkeys(run.held.values()):
            if host.host_id not in run.recalled:
                run.recalled.add(host.host_id)
                turn.afterwards(partial(host.send, Recall(run_id=run.run_id)))

    @staticmethod
    def _send_ahead(turn: Turn, run: ActiveRun, host: Host) -> None:
        """Send a run's host what it starts by itself in the place of what runs of it now."""
        for key in run.hold(defaults.STEPS_AHEAD):
            task = task_ahead(run.view, key)
            host.held[task.task_id] = HeldTask(run_id=run.run_id, step_key=key, step=task.steps[0])
            turn.afterwards(partial(_send, host, task))

    def await_back(self, run: ActiveRun) -> None:
        """Watch that hosts give back steps when nothing of the run is left to start them after."""
        if not run.held or run.view.count(StepState.RUNNING):
            return
        for host in dict.fromkeys(run.held.values()):
            may_start = host is run.host and run.view.count(StepState.READY)
            if host.connection is not None and not may_start:
                for held in host.held_of(run.run_id):
                    self._watchdog.owed_back(host, held)


def _send(host: Host, task: Task) -> None:
    if task.task_id in host.held:
        host.send(task)
