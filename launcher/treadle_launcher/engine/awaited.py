"""What a run waits for, in words, with the field of the contract by which it would come. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from treadle_contract.run import StepState
from treadle_launcher.engine.active_run import ActiveRun
from treadle_launcher.engine.host import Host, HostStage

_NAMED = 3
"""How many things are named."""


def awaited(run: ActiveRun, hosts: Iterable[Host]) -> str:
    """Return what a run that is not over waits for."""
    found = [*_of_hosts(run, hosts), *_others(run)]
    more = len(found) - _NAMED
    return ", ".join(found[:_NAMED]) + (f" and {more} more" if more > 0 else "")


def _of_hosts(run: ActiveRun, hosts: Iterable[Host]) -> Iterator[str]:
    for host in hosts:
        for task in host.tasks.values():
            if task.run_id != run.run_id:
                continue
            if task.answered or task.begun:
                yield f"the end of {task.step_key} (JournalRecord.succeeded or failed)"
            else:
                yield f"its host to take {task.step_key} (Ack.state)"


def _others(run: ActiveRun) -> Iterator[str]:
    for key in run.view.waiting:
        yield f"the time at which {key} is tried again"
    ready = run.view.count(StepState.READY)
    if not ready:
        return
    if run.host is None or run.host.stage is HostStage.STARTING:
        yield "its host to get ready (Hello.state)"
    else:
        yield f"a place for {ready} step{'s' * (ready > 1)} that could run"
