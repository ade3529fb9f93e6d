"""Which stored values are doubted: what a step was to read that found something other. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from treadle_contract.event import StepFailed
from treadle_contract.fan_outs import element
from treadle_contract.ids import StepKey
from treadle_contract.plan import PlannedSource
from treadle_contract.run import FailureReason
from treadle_contract.value import ValueRef
from treadle_launcher.runs.events import NewEvent
from treadle_launcher.runs.run_view import RunView


def doubted_after(run: RunView, event: NewEvent) -> Iterator[str]:
    """Yield the keys of the values that an event of a run makes doubtful, though they look well."""
    fact = event.payload
    is_stale = isinstance(fact, StepFailed) and fact.failure.reason is FailureReason.STALE
    if is_stale and event.step_key is not None:
        yield from _read_by(run, event.step_key)


def _read_by(run: RunView, key: StepKey) -> Iterator[str]:
    for planned in run.index.step(key).inputs:
        for source in run.index.sources(planned):
            yield from (ref.key for ref in _refs(run, source) if ref is not None)


def _refs(run: RunView, source: PlannedSource) -> Iterator[ValueRef | None]:
    """Yield the values that a source may have been read from."""
    load = run.index.loads.get(source.load_asset_key or source.asset_key)
    if load is not None:
        yield load.value_ref
        yield from (each.value_ref for each in load.loaded_partitions)
    if source.step_output is not None:
        made = source.step_output
        name = element(made.output, made.mapping_key)
        yield from (each.value_ref for each in run.steps[made.step_key].outputs.get(name, ()))
