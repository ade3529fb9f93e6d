"""What a run waits for, in words, and the fields of the contract by which it would come. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from treadle_contract.lazy_dataclasses import dataclass
from treadle_contract.run import StepState
from treadle_launcher.engine.active_run import ActiveRun
from treadle_launcher.engine.host import Host, HostStage

_ENDS = ("JournalRecord.succeeded", "JournalRecord.failed")
_NAMED = 3
"""How many things are named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaited:
    """Words for people, and fields for who writes a host."""

    words: str
    fields: tuple[str, ...] = ()


def awaited(run: ActiveRun, hosts: Iterable[Host]) -> Awaited:
    """Return what a run that is not over waits for."""
    # What a host holds waits for the rest, unless there is nothing else.
    found = [*_of_hosts(run, hosts), *_others(run)] or [*_held(run)]
    named, more = found[:_NAMED], len(found) - _NAMED
    words = ", ".join(each.words for each in named) + (f" and {more} more" if more > 0 else "")
    return Awaited(words=words, fields=tuple(field for each in named for field in each.fields))


def _of_hosts(run: ActiveRun, hosts: Iterable[Host]) -> Iterator[Awaited]:
    for host in hosts:
        for task in host.tasks.values():
            if task.run_id != run.run_id:
                continue
            if task.answered or task.begun:
                yield Awaited(words=f"the end of {task.step_key}", fields=_ENDS)
            else:
                words = f"its host to take {task.step_key}"
                yield Awaited(words=words, fields=("Ack.state",))


def _held(run: ActiveRun) -> Iterator[Awaited]:
    for key in run.held:
        words = f"its host to give {key} back, or to end it"
        yield Awaited(words=words, fields=("Ack.state", "JournalRecord.cancelled"))


def _others(run: ActiveRun) -> Iterator[Awaited]:
    for key in run.view.waiting:
        yield Awaited(words=f"the time at which {key} is tried again")
    ready = run.view.count(StepState.READY)
    if not ready:
        return
    if run.host is None or run.host.stage is HostStage.STARTING:
        yield Awaited(words="its host to get ready", fields=("Hello.state",))
    else:
        yield Awaited(words=f"a place for {ready} step{'s' * (ready > 1)} that could run")
