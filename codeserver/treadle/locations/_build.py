"""Builds the snapshot of what one or several targets define, without jobs and digest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TypeAlias, TypeVar

from treadle._errors import ConflictError
from treadle._keys import AssetKey
from treadle.assets._asset_spec import AssetSpec
from treadle.assets._assets import AssetsDefinition
from treadle.assets._block_names import block_names
from treadle.assets._produced import DEFAULT_GROUP
from treadle.assets._upstream import deps_of, upstream_of
from treadle.graphs._handles import ArgumentRef
from treadle.io._managers import is_builtin
from treadle.locations._contents import (
    Contents,
    is_same_resource,
    refuse_equal_keys,
    refuse_equal_observers,
    resources_of,
)
from treadle.locations._cycles import resolve_cycles
from treadle.locations._placed import BlockPlace, PlacedBlock, PlacedStep
from treadle.locations.snapshot import Asset, Resource, Snapshot, Step
from treadle.ops._ins_outs import DEFAULT_IO_MANAGER
from treadle.ops._left_out import never_left_out
from treadle.partitions._placing import definitions_in, external, refuse_unmapped, table
from treadle.resources._openable import is_openable
from treadle_contract.ids import KeyText
from treadle_contract.lazy_dataclasses import dataclass, replace

T = TypeVar("T")
#: What each resource needs, by its key.
_Needs: TypeAlias = Mapping[str, AbstractSet[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """A snapshot without jobs, manifest and digest; code by `Step.node`, and the resources.

    `job_resources` are those of the steps of each job of ops that brings some, by its name.
    """

    snapshot: Snapshot
    code: Mapping[str, PlacedStep]
    resources: Mapping[str, object]
    job_resources: Mapping[str, Mapping[str, object]]


def build(targets: Sequence[Contents], resources: Mapping[str, object]) -> Built:
    """Put everything that the targets define into one snapshot.

    Each target knows its own assets and specs only; a spec whose asset another target makes
    becomes an edge.

    Raises:
        DefinitionError: definitions clash, miss something, or need one another in a circle.
    """
    blocks = distinct(block for target in targets for block in target.blocks)
    made = set[AssetKey]().union(*(block.keys for block in blocks))
    specs = _external(targets, made)
    refuse_equal_keys(blocks, specs)
    refuse_equal_observers(blocks)
    has_checks = any(block.options.checks for block in blocks)
    if has_checks:
        _refuse_wrong_checks(targets, blocks)
    names, warnings = block_names(blocks)
    upstream, deps = _upstream(targets), _deps(targets)
    _refuse_nothing_by_value(blocks, upstream)
    partitions = table(definitions_in(blocks, specs))
    if partitions:
        refuse_unmapped(blocks, specs, upstream, deps)
    job_resources = {
        block.options.node_name: resources_of(block, resources)
        for block in blocks
        if block.options.is_op_job and block.resource_defs
    }
    places = [
        PlacedBlock(
            block,
            BlockPlace(
                name=name,
                upstream=upstream[id(block)],
                deps=deps.get(id(block), {}),
                resources=job_resources.get(name, resources),
            ),
        )
        for name, block in zip(names, blocks, strict=True)
    ]
    code: dict[str, PlacedStep] = {key: each for place in places for key, each in place.by_node()}
    warnings = (*warnings, *sorted(set(never_left_out(each.flat for each in code.values()))))
    warnings = (*warnings, *_told_by_runs(places))
    snapshot = resolve_cycles(_snapshot(places, specs, resources, job_resources, warnings))
    snapshot = replace(snapshot, partitions=partitions) if partitions else snapshot
    if has_checks:
        snapshot = _with_checks(snapshot, blocks)
    if any(block.options.observes for block in blocks):
        snapshot = _after_observations(snapshot)
    return Built(
        snapshot=snapshot, code=code, resources=dict(resources), job_resources=job_resources
    )


def _told_by_runs(places: Sequence[PlacedBlock]) -> Iterator[str]:
    """Say which inputs of assets' graphs nothing is connected to, so that each run has to tell them."""
    for place in places:
        for step in place.steps if not place.block.is_op_job else ():
            if step.told_inputs is not None:
                for name in place.lacking(step):
                    where = ".".join((*step.told_inputs.path, name))
                    yield (
                        f"Nothing is connected to input {name!r} of {step.key}: each run has to tell"
                        f" it, at {where}."
                    )


def _refuse_wrong_checks(targets: Sequence[Contents], blocks: Sequence[AssetsDefinition]) -> None:
    from treadle.checks._placed_checks import refuse_wrong_checks  # noqa: PLC0415 -- few modules have checks

    known = frozenset[AssetKey]().union(*(target.keys for target in targets))
    refuse_wrong_checks(blocks, known, targets[0].lines if len(targets) == 1 else ())


def _with_checks(snapshot: Snapshot, blocks: Sequence[AssetsDefinition]) -> Snapshot:
    from treadle.checks._placed_checks import with_checks  # noqa: PLC0415 -- few modules have checks

    return with_checks(snapshot, blocks)


def _after_observations(snapshot: Snapshot) -> Snapshot:
    from treadle.checks._waiting import after_observations  # noqa: PLC0415 -- few modules observe

    return after_observations(snapshot)


def distinct(things: Iterable[T]) -> tuple[T, ...]:
    """Return the things, each object once: a module may have one under two names."""
    return tuple({id(thing): thing for thing in things}.values())


def _external(targets: Sequence[Contents], made: set[AssetKey]) -> tuple[AssetSpec, ...]:
    """Return the specs of what no target makes: of those with one key in two targets, the first.

    Within one target nothing is left out, so that a clash is found.
    """
    if len(targets) == 1:
        return targets[0].specs
    first: dict[AssetKey, AssetSpec] = {}
    for target in targets:
        for spec in target.specs:
            if spec.key not in made:
                first.setdefault(spec.key, spec)
    return tuple(first.values())


def _upstream(targets: Sequence[Contents]) -> dict[int, dict[str, AssetKey]]:
    found: dict[int, dict[str, AssetKey]] = {}
    for target in targets:
        known = target.keys
        for block in target.blocks:
            if id(block) not in found:
                found[id(block)] = upstream_of(block, known, target.lines)
    return found


def _deps(targets: Sequence[Contents]) -> dict[int, dict[AssetKey, AssetKey]]:
    found: dict[int, dict[AssetKey, AssetKey]] = {}
    for target in targets:
        stated = [block for block in target.blocks if block.options.deps]
        known = target.keys if stated else frozenset[AssetKey]()
        for block in stated:
            found.setdefault(id(block), deps_of(block, known))
    return found


def _refuse_nothing_by_value(
    blocks: Sequence[AssetsDefinition], upstream: Mapping[int, Mapping[str, AssetKey]]
) -> None:
    makers = {
        said.key: block
        for block in blocks
        for output, said in block.produced.items()
        if block.flat.out(block.flat.outputs[output]).is_nothing
    }
    if not makers:
        return
    for block in blocks:
        for step, each, ref in block.flat.reads():
            if not isinstance(ref, ArgumentRef):
                continue
            key = upstream[id(block)][ref.argument]
            if key in makers and not each.definition.is_nothing:
                raise ConflictError(
                    f"{block.options.owner}: input {each.name!r} of {step.op.name!r} reads the"
                    f" asset {key.text!r} by value, and nothing is stored of that one.",
                    fix=f"Write deps=[{key.text!r}] or AssetIn(dagster_type=Nothing), or have its"
                    " op return a value (no `-> None`, no Out(Nothing)).",
                    source=block.source,
                    others=(makers[key].source,),
                )


def _snapshot(
    places: Sequence[PlacedBlock],
    specs: Sequence[AssetSpec],
    resources: Mapping[str, object],
    job_resources: Mapping[str, Mapping[str, object]],
    warnings: tuple[str, ...],
) -> Snapshot:
    assets = [asset for place in places for asset in place.assets]
    observers = _observers(places)
    for spec in specs:
        asset = _external_asset(spec, resources)
        by = observers.get(asset.key, "")
        assets.append(replace(asset, observed_by=by) if by else asset)
    needs, needs_of = _needs(resources), {k: _needs(each) for k, each in job_resources.items()}
    return Snapshot(
        blocks=tuple(sorted((place.block for place in places), key=lambda block: block.name)),
        steps=tuple(
            step
            for place in places
            for step in _with_needs(place.steps, needs_of.get(place.block.name, needs))
        ),
        assets=tuple(sorted(assets, key=lambda asset: asset.key)),
        resources=_resources(resources, job_resources),
        warnings=warnings,
    )


def _observers(places: Sequence[PlacedBlock]) -> dict[KeyText, str]:
    return {key: each.block.name for each in places for key in each.block.observed_keys}


def _needs(resources: Mapping[str, object]) -> _Needs:
    """Return what resources need, of those that need some."""
    needs = ((key, each.needs(resources)) for key, each in resources.items() if is_openable(each))
    return {key: found for key, found in needs if found}


def _with_needs(steps: Sequence[Step], needs: _Needs) -> Sequence[Step]:
    """Return the steps with what their resources need among what they need."""
    return [_with_all(step, needs) for step in steps] if needs else steps


def _with_all(step: Step, needs: _Needs) -> Step:
    waiting = [*step.resource_keys, *step.manager_keys]
    found = set(step.resource_keys)
    while waiting:
        more = needs.get(waiting.pop(), frozenset()) - found
        found |= more
        waiting += more
    return replace(step, resource_keys=tuple(sorted(found)))


def _resources(
    of_all: Mapping[str, object], job_resources: Mapping[str, Mapping[str, object]]
) -> tuple[Resource, ...]:
    """Return what all have, and what jobs have that is not the same."""
    found = [_resource(key, value) for key, value in of_all.items()]
    found += [
        _resource(key, value, job)
        for job, given in job_resources.items()
        for key, value in given.items()
        if key not in of_all or not is_same_resource(of_all[key], value)
    ]
    return tuple(sorted(found, key=lambda each: (each.key, each.job)))


def _resource(key: str, value: object, job: str = "") -> Resource:
    if is_openable(value):
        place = value.place_in_config(key)
        return Resource(key=key, type_name=value.shown_type, config=place, job=job)
    return Resource(key=key, type_name=type(value).__qualname__, job=job)


def _external_asset(spec: AssetSpec, resources: Mapping[str, object]) -> Asset:
    asset = Asset(
        key=spec.key.text,
        upstream_keys=tuple(sorted(key.text for key in spec.dep_keys)),
        description=spec.description or "",
        group=spec.group_name or DEFAULT_GROUP,
        metadata=spec.entries,
        tags=spec.tags,
        kinds=tuple(sorted(spec.kinds)),
        owners=spec.owners,
        code_version=spec.code_version or "",
        manager_key=spec.io_manager_key or DEFAULT_IO_MANAGER,
        manager_builtin=is_builtin(spec.io_manager_key, resources),
        source=spec.source,
    )
    return external(asset, spec)
