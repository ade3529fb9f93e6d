"""Steps of tasks: what one attempt of a step reads, makes and may use. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Iterable, Mapping
from typing import Final

from treadle_contract.fan_outs import element
from treadle_contract.ids import KeyText, StepKey
from treadle_contract.lazy_dataclasses import dataclass, replace
from treadle_contract.plan import (
    PlannedInput,
    PlannedOutput,
    PlannedSource,
    PlannedStep,
    PlannedStepOutput,
    UnselectedOutputs,
)
from treadle_contract.policy import Limits
from treadle_contract.worker import (
    TaskAsset,
    TaskInput,
    TaskOutput,
    TaskSource,
    TaskStep,
)
from treadle_launcher.runs.lacking import lacking_inputs
from treadle_launcher.runs.plan_index import followed_inputs, narrowed
from treadle_launcher.runs.retrying import retries_before, retries_on_error
from treadle_launcher.runs.run_view import RunView
from treadle_launcher.runs.task_partitions import partitioned_source, passes_on, reads_partitions
from treadle_launcher.values.value_keys import asset_value_key, intermediate_value_key

_ALONE: Final[Mapping[StepKey, int]] = {}


def step_for(  # noqa: PLR0913, PLR0917 - what an attempt is made of
    view: RunView,
    step_key: StepKey,
    attempt: int,
    limits: Limits | None,
    awaited: Collection[StepKey] = (),
    together: Mapping[StepKey, int] = _ALONE,
) -> TaskStep:
    """Return one step of a task, as `task_for` says, that may use so much."""
    place = together.get(step_key, 0)
    earlier = _Span(together, 0, place)
    step = step_as_it_runs(view, step_key, earlier if together else awaited)
    later = _Later.of(view, step, _Span(together, place + 1, len(together)))
    return TaskStep(
        step_key=step_key,
        attempt=attempt,
        unselected_outputs=_unselected(step),
        selected_outputs=step.selected_outputs,
        selected_asset_keys=step.selected_asset_keys,
        selected_checks=step.selected_checks,
        partitions=step.partitions,
        inputs=tuple(
            _input(view, planned, awaited, earlier)
            for planned in step.inputs
            if planned.name and not planned.nothing
        ),
        outputs=tuple(_output(view, step, planned, attempt, later) for planned in step.outputs),
        timeout_ms=step.timeout_ms,
        limits=limits,
        config=step.config,
        told_inputs=step.told_inputs,
        resource_config=step.resource_config,
        retries_so_far=retries_before(view, step_key, attempt),
        max_retries=retries_on_error(step.retry_policy),
    )


@dataclass(frozen=True, slots=True)
class _Span:
    """Those steps of a task that have a place from `first` up to `end`."""

    places: Mapping[StepKey, int]
    first: int
    end: int

    def __contains__(self, key: object) -> bool:
        place = self.places.get(key, -1)  # type: ignore[call-overload]  # what is no key is not there
        return bool(self.first <= place < self.end)

    def __bool__(self) -> bool:
        return self.first < self.end


@dataclass(frozen=True, slots=True)
class _Either:
    """The steps of one or the other."""

    one: Container[StepKey]
    other: Container[StepKey]

    def __contains__(self, key: object) -> bool:
        return key in self.one or key in self.other


@dataclass(frozen=True, slots=True)
class _Later:
    """What becomes of a step's outputs in its task: those that later steps read in memory.

    `is_stored`: all that is read is stored as well. It is, unless nobody but later steps of the
    task has to do with the step: a step may run again whose values went with its process, and
    then nobody else may have read from it, nor may it have made anything that stays.
    """

    in_memory: frozenset[str]
    is_stored: bool

    @classmethod
    def of(cls, view: RunView, step: PlannedStep, later: _Span) -> _Later | None:
        """Look at who reads from a step; None: nothing later in its process."""
        if not later:
            return None
        in_memory: set[str] = set()
        is_stored = any(
            output.checkpoint or _becomes_asset(step, output) for output in step.outputs
        )
        for reader in view.index.readers[step.key]:
            for planned in followed_inputs(view.index.step(reader)):
                read = {
                    source.step_output.output
                    for source in planned.sources
                    if source.step_output is not None and source.step_output.step_key == step.key
                }
                is_stored |= bool(read) and (reader not in later or bool(planned.input_manager_key))
                if reader in later and not planned.nothing and not planned.input_manager_key:
                    in_memory |= read
        return cls(frozenset(in_memory), is_stored)


def shared_limits(view: RunView, step_key: StepKey, together: Collection[StepKey]) -> Limits | None:
    """Return what the task of a step may use; of several, the most that one may, of CPU time the sum.

    What one of them may use without limit (0), all may.
    """
    if not together:
        return view.index.step(step_key).limits
    given = [view.index.step(key).limits or Limits() for key in together]

    def limit(name: str, total: Callable[[Iterable[int]], int]) -> int:
        each = [int(getattr(limits, name)) for limits in given]
        return total(each) if all(each) else 0

    return Limits(
        memory_bytes=limit("memory_bytes", max),
        cpu_seconds=limit("cpu_seconds", sum),
        open_files=limit("open_files", max),
        niceness=max(each.niceness for each in given),
    )


def step_as_it_runs(
    view: RunView, step_key: StepKey, awaited: Container[StepKey] = ()
) -> PlannedStep:
    """Return a planned step without what it cannot make, since nothing was yielded to some input."""
    step = view.index.step(step_key)
    lacking = lacking_inputs(view, step_key, {}, awaited)
    return _without(step, lacking) if lacking else step


def _without(step: PlannedStep, lacking: Collection[str]) -> PlannedStep:
    """Return the step as it runs when nothing was yielded to some of its inputs.

    What needs one of them is not selected, and need not be yielded.
    """
    selected = narrowed(step, lacking)
    dropped = {
        asset.asset_key
        for output in step.outputs
        if output.selected and output.name not in selected
        for asset in output.assets
    }
    return replace(
        step,
        selected_outputs=selected,
        selected_asset_keys=tuple(key for key in step.selected_asset_keys if key not in dropped),
        inputs=tuple(
            replace(planned, not_needed=True) if planned.name in lacking else planned
            for planned in step.inputs
        ),
        outputs=tuple(
            replace(
                output,
                selected=False,
                is_required=False,
                assets=tuple(replace(asset, selected=False) for asset in output.assets),
            )
            if output.selected and output.name not in selected
            else output
            for output in step.outputs
        ),
    )


def _unselected(step: PlannedStep) -> UnselectedOutputs:
    return step.unselected_outputs or UnselectedOutputs.MATERIALIZE


def _input(
    view: RunView,
    planned: PlannedInput,
    awaited: Container[StepKey],
    earlier: Container[StepKey],
) -> TaskInput:
    sources = () if planned.not_needed else view.index.sources(planned)
    found = (
        _source(view, source, planned.input_manager_key, awaited, earlier) for source in sources
    )
    return TaskInput(
        name=planned.name,
        sources=tuple(source for source in found if source is not None),
        fan_in=planned.fan_in,
        not_needed=planned.not_needed,
    )


def _source(
    view: RunView,
    source: PlannedSource,
    manager_key: str,
    awaited: Container[StepKey],
    earlier: Container[StepKey],
) -> TaskSource | None:
    made = source.step_output
    passes_in_memory = made is not None and made.step_key in earlier and not manager_key
    if made is not None and passes_in_memory and passes_on(view, source, made):
        return TaskSource(
            asset_key=source.asset_key,
            run_id=view.run_id,
            step_key=made.step_key,
            output=made.output,
            in_memory=True,
        )
    if reads_partitions(source):
        return partitioned_source(view, source, manager_key, _Either(awaited, earlier))
    if made is not None and (made.step_key in awaited or made.step_key in earlier):
        return TaskSource(
            io_manager_key=manager_key,
            asset_key=source.asset_key,
            run_id=view.run_id,
            step_key=made.step_key,
            output=made.output,
            awaited=True,
        )
    if made is not None:
        return _made_here(view, made, source.asset_key, manager_key)
    if source.load_asset_key is None:
        raise ValueError("a planned source names neither a step's output nor a load")
    load = view.index.loads[source.load_asset_key]
    return TaskSource(
        io_manager_key=manager_key or load.io_manager_key,
        value_ref=load.value_ref,
        asset_key=load.asset_key,
        run_id=load.run_id,
        step_key=load.step_key,
    )


def _made_here(
    view: RunView,
    made: PlannedStepOutput,
    asset_key: KeyText,
    manager_key: str,
) -> TaskSource | None:
    """Return where a step of this run stored what is read: None if it was not yielded.

    A reader that names an asset gets what was stored for that asset; else the first asset
    stored of the output is as good as any; an intermediate is stored when there is none.
    """
    name = element(made.output, made.mapping_key)
    stored = view.steps[made.step_key].outputs.get(name)
    if not stored:
        return None
    value = next((each for each in stored if each.asset_key == asset_key), stored[0])
    return TaskSource(
        io_manager_key=manager_key or value.io_manager_key,
        value_ref=value.value_ref,
        asset_key=value.asset_key,
        run_id=view.steps[made.step_key].reused_from_run_id or view.run_id,
        step_key=made.step_key,
        output=made.output,
        mapping_key=made.mapping_key,
    )


def _output(
    view: RunView, step: PlannedStep, planned: PlannedOutput, attempt: int, later: _Later | None
) -> TaskOutput:
    is_read_here = (step.key, planned.name) in view.index.read_outputs
    is_stored = planned.is_read and (later is None or later.is_stored)
    store_intermediate = is_stored and not _becomes_asset(step, planned)
    location, run_id = view.plan.header.location, view.run_id
    return TaskOutput(
        name=planned.name,
        selected=planned.selected,
        must_yield=planned.is_required and (planned.selected or is_read_here),
        nothing=planned.nothing,
        assets=tuple(
            TaskAsset(
                asset_key=asset.asset_key,
                selected=asset.selected,
                io_manager_key=asset.io_manager_key,
                value_key=asset_value_key(location, asset.asset_key, run_id, step.key, attempt)
                if asset.builtin_manager and not planned.nothing
                else "",
                partitions=asset.partitions,
            )
            for asset in planned.assets
        ),
        store_intermediate=store_intermediate,
        io_manager_key=planned.io_manager_key,
        value_key=intermediate_value_key(run_id, step.key, attempt, planned.name)
        if store_intermediate and planned.builtin_manager
        else "",
        in_memory=later is not None and planned.name in later.in_memory,
        check=planned.check,
        dynamic=planned.dynamic,
    )


def _becomes_asset(step: PlannedStep, planned: PlannedOutput) -> bool:
    """Tell whether an asset is stored when the output is yielded.

    A selected output none of whose assets is selected (`siblings="run"`) is an intermediate.
    """
    if planned.selected:
        return any(asset.selected for asset in planned.assets)
    return bool(planned.assets) and _unselected(step) is UnselectedOutputs.MATERIALIZE
