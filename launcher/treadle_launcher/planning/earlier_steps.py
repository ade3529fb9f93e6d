"""What an earlier run made of each of its steps, and what of that can be reused. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from treadle_contract.codeserver import EarlierRead, EarlierStep
from treadle_contract.event import OutputStored
from treadle_contract.fan_outs import element, unexpanded
from treadle_contract.ids import KeyText, RunId, StepKey
from treadle_contract.lazy_dataclasses import dataclass, field
from treadle_contract.plan import (
    FannedOut,
    PlannedOutput,
    PlannedSource,
    PlannedStep,
    ReusedOutput,
)
from treadle_contract.run import StepState
from treadle_contract.value import ValueRef
from treadle_launcher.planning.manifest import CodeManifest
from treadle_launcher.runs.run_view import RunView
from treadle_launcher.store.records import Materialization

_ENDED_WELL: Final = (StepState.SUCCEEDED, StepState.SKIPPED)


class EarlierSteps(NamedTuple):
    """The steps of the earlier run, and what a run that reuses one gets of it, by key."""

    steps: Mapping[StepKey, EarlierStep]
    outputs: Mapping[StepKey, tuple[ReusedOutput, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Origins:
    """The earlier run, the runs that made what it reused, and what is recorded now.

    `runs` holds them all by id, `manifests` what their code was made of, if known. `latest`
    are the assets' latest materializations; `is_stored` tells whether a value can be read.
    """

    parent: RunView
    runs: Mapping[RunId, RunView]
    manifests: Mapping[RunId, CodeManifest]
    latest: Mapping[KeyText, Materialization]
    is_stored: Callable[[ValueRef], bool]


def earlier_steps(origins: Origins) -> EarlierSteps:
    """Return what became of every step that the earlier run's plan names."""
    steps: dict[StepKey, EarlierStep] = {}
    reused: dict[StepKey, tuple[ReusedOutput, ...]] = {}
    parent = origins.parent
    for named in parent.plan.steps:
        for key in parent.index.now(named.key):
            planned = named if key == named.key else parent.index.step(key)
            step, outputs = earlier_step(origins, planned)
            steps[step.key], reused[step.key] = step, outputs
    return EarlierSteps(steps=steps, outputs=reused)


def origin(view: RunView, key: StepKey) -> RunId:
    """Return the run that made a step's values: the run itself, or one that it reused."""
    reuse = view.reuses.get(key)
    return view.run_id if reuse is None else reuse.from_run_id


def _state(view: RunView, key: StepKey) -> StepState:
    """Return how a step ended in a run that is over.

    What a run was to reuse is there, also when it ended before it began: nothing of it says so.
    """
    step = view.steps.get(key)
    if step is None:
        return StepState.NOT_RUN
    reuse = view.reuses.get(key)
    if reuse is None or step.state in _ENDED_WELL:
        return step.state
    return StepState.SKIPPED if reuse.skipped else StepState.SUCCEEDED


def earlier_step(
    origins: Origins, planned: PlannedStep
) -> tuple[EarlierStep, tuple[ReusedOutput, ...]]:
    """Return what became of one step, and what a run that reuses it gets of it."""
    parent = origins.parent
    state = _state(parent, planned.key)
    from_run_id = origin(parent, planned.key)
    if state not in _ENDED_WELL:
        return EarlierStep(key=planned.key, state=state, from_run_id=parent.run_id), ()
    made_by = origins.runs[from_run_id]
    ran = made_by.index.step(planned.key)
    outputs = _Outputs.of(origins, made_by, ran)
    reads = tuple(
        EarlierRead(input=each.name, sources=each.sources)
        for each in ran.inputs
        if each.sources and not each.not_needed
    )
    step = EarlierStep(
        key=planned.key,
        # For code servers that know no states.
        succeeded=state is StepState.SUCCEEDED,
        state=state,
        from_run_id=from_run_id,
        stored_outputs=tuple(sorted(outputs.stored)),
        lost_outputs=tuple(sorted(outputs.lost)),
        left_out_outputs=tuple(sorted(outputs.left_out)),
        asset_keys=tuple(sorted(outputs.assets)),
        op_digest=_op_digest(origins.manifests.get(from_run_id), ran),
        reads=reads,
        renewed_step_keys=tuple(sorted(_renewed_steps(parent, made_by, reads))),
        renewed_asset_keys=tuple(sorted(_renewed_assets(origins, made_by, reads))),
        by_name=_by_name(outputs.reused),
        config=ran.config,
        partitions=ran.partitions,
        told_inputs=ran.told_inputs,
        fanned_out=tuple(
            FannedOut(output=each.name, mapping_keys=keys)
            for each in ran.outputs
            if (keys := made_by.index.mapping_keys.get((ran.key, each.name))) is not None
        ),
    )
    return step, tuple(outputs.reused)


@dataclass(slots=True, kw_only=True)
class _Outputs:
    """The outputs of one step, told apart."""

    stored: set[str] = field(default_factory=set)
    lost: set[str] = field(default_factory=set)
    left_out: set[str] = field(default_factory=set)
    assets: set[KeyText] = field(default_factory=set)
    reused: list[ReusedOutput] = field(default_factory=list)

    @classmethod
    def of(cls, origins: Origins, run: RunView, step: PlannedStep) -> _Outputs:
        outputs = cls()
        yielded = run.steps[step.key].outputs
        if run.steps[step.key].state is StepState.SUCCEEDED:
            for planned in step.outputs:
                if planned.dynamic and planned.name in yielded:
                    outputs._add_elements(origins, run, step, planned)
                elif planned.name in yielded:
                    outputs._add(origins, run, step, planned, yielded[planned.name])
                elif planned.selected:
                    outputs.left_out.add(planned.name)
        return outputs

    def _add_elements(
        self, origins: Origins, run: RunView, step: PlannedStep, planned: PlannedOutput
    ) -> None:
        """Add a dynamic output: of each element whether it can be read, by its name."""
        self.stored.add(planned.name)
        keys = run.index.mapping_keys.get((step.key, planned.name), ())
        if not keys:
            self.reused.append(ReusedOutput(output=planned.name))
        for key in keys:
            name = element(planned.name, key)
            values = run.steps[step.key].outputs[name]
            readable = [each for each in values if _is_readable(origins, each)]
            is_stored = planned.nothing or bool(readable)
            (self.stored if is_stored else self.lost).add(name)
            value = readable[0] if readable else OutputStored(output=planned.name)
            self.reused.append(
                ReusedOutput(
                    output=planned.name,
                    mapping_key=key,
                    value_ref=value.value_ref,
                    io_manager_key=value.io_manager_key,
                )
            )

    def _add(
        self,
        origins: Origins,
        run: RunView,
        step: PlannedStep,
        planned: PlannedOutput,
        values: tuple[OutputStored, ...],
    ) -> None:
        readable = [each for each in values if _is_readable(origins, each)]
        lacking = {each.partition_key for each in values} - {
            each.partition_key for each in readable
        }
        is_stored = planned.nothing or (bool(readable) and not lacking)
        (self.stored if is_stored else self.lost).add(planned.name)
        for each in readable:
            self.reused.append(
                ReusedOutput(
                    output=planned.name,
                    asset_key=each.asset_key,
                    value_ref=each.value_ref,
                    io_manager_key=each.io_manager_key,
                    partition_key=each.partition_key,
                )
            )
        if not readable:
            self.reused.append(ReusedOutput(output=planned.name))
        for each in values:
            key = each.asset_key
            if key and (
                planned.nothing
                or _is_readable(origins, each)
                or _is_superseded(origins.latest.get(key), run, step)
            ):
                self.assets.add(key)


def _is_readable(origins: Origins, value: OutputStored) -> bool:
    if value.value_ref is None:
        # What a user's manager stored is found by its name; whether it is, only reading tells.
        return bool(value.io_manager_key)
    return origins.is_stored(value.value_ref)


def _by_name(reused: Iterable[ReusedOutput]) -> dict[str, str]:
    return {
        each.output: each.io_manager_key
        for each in reused
        if each.value_ref is None and each.io_manager_key
    }


def _is_superseded(latest: Materialization | None, run: RunView, step: PlannedStep) -> bool:
    return latest is not None and (latest.run_id, latest.step_key) != (run.run_id, step.key)


def _op_digest(manifest: CodeManifest | None, step: PlannedStep) -> str:
    if manifest is None:
        return ""
    # The pieces of a block that was cut run one op, which has the block's name.
    return manifest.ops.get(unexpanded(step.key)) or manifest.ops.get(step.block, "")


def _sources(reads: tuple[EarlierRead, ...]) -> Iterator[PlannedSource]:
    return (source for read in reads for source in read.sources)


def _renewed_steps(
    parent: RunView, made_by: RunView, reads: tuple[EarlierRead, ...]
) -> set[StepKey]:
    """Return the steps whose values in the parent are not those that were read."""
    found = set()
    for source in _sources(reads):
        if source.step_output is None:
            continue
        key = source.step_output.step_key
        is_done = _state(parent, key) is StepState.SUCCEEDED
        if is_done and origin(parent, key) != origin(made_by, key):
            found.add(key)
    return found


def _renewed_assets(
    origins: Origins, made_by: RunView, reads: tuple[EarlierRead, ...]
) -> set[KeyText]:
    """Return the assets that were loaded and of which there is a newer value."""
    found = set()
    for source in _sources(reads):
        load = made_by.index.loads.get(source.load_asset_key) if source.load_asset_key else None
        # Of partitions, the latest of all says nothing of those that were read.
        is_whole = load is not None and not load.loaded_partitions
        latest = origins.latest.get(load.asset_key) if load is not None and is_whole else None
        if load is not None and latest is not None and latest.store_sequence > load.store_sequence:
            found.add(load.asset_key)
    return found
