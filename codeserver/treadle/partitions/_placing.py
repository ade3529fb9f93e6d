"""Partitions in a location: what Definitions checks of them, and how they stand in a snapshot."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from treadle._errors import ConflictError
from treadle._keys import AssetKey
from treadle.locations.snapshot import Asset, AssetSource, SourceLine
from treadle.partitions._given import UNPARTITIONED, put_mapping
from treadle_contract.ids import KeyText
from treadle_contract.lazy_dataclasses import dataclass, replace
from treadle_contract.partition import (
    PartitionMapping,
    PartitionsDefinition,
    TimeWindowMapping,
    UpstreamMapping,
    UserMapping,
)

if TYPE_CHECKING:
    from treadle.assets._asset_spec import AssetSpec
    from treadle.assets._assets import AssetsDefinition
    from treadle.locations._job_selection import SelectedJob
    from treadle.partitions import _mappings


@dataclass(frozen=True, slots=True)
class Mapped:
    """A mapping as a block says it, and as it stands in a graph."""

    said: _mappings.PartitionMapping
    data: PartitionMapping


def mappings_of(
    block: AssetsDefinition,
    name: str,
    upstream: Mapping[str, AssetKey],
    deps: Mapping[AssetKey, AssetKey],
) -> dict[KeyText, Mapped]:
    """Return the mappings that a block says, by the asset that is read. `name` is the block's in the location.

    Raises:
        ConflictError: it says two of one asset.
    """
    found: dict[AssetKey, _mappings.PartitionMapping] = {}
    for argument, said in block.asset_ins.items():
        if said.partition_mapping is not None:
            put_mapping(found, upstream[argument], said.partition_mapping, block.options.owner)
    for key, mapping in block.options.partitioning.dep_mappings.items():
        put_mapping(found, deps.get(key, key), mapping, block.options.owner)
    return {key.text: Mapped(each, _data(each, name, key)) for key, each in found.items()}


def _data(mapping: _mappings.PartitionMapping, block: str, key: AssetKey) -> PartitionMapping:
    data = mapping.as_data()
    if isinstance(data.of, UserMapping):
        return PartitionMapping(of=replace(data.of, block=block, asset_key=key.text))
    return data


def mapping_for(mappings: Mapping[KeyText, Mapped], key: AssetKey) -> PartitionMapping | None:
    """Return what stands in the graph of the mapping of an asset; None if none is said."""
    found = mappings.get(key.text)
    return None if found is None else found.data


def asset_source(
    block: AssetsDefinition, mappings: Mapping[KeyText, Mapped], key: AssetKey
) -> AssetSource:
    """Return what an input reads of an asset. Of its own, a block reads partitions that come before."""
    mapping = mapping_for(mappings, key)
    of = None if mapping is None else mapping.of
    before = isinstance(of, TimeWindowMapping) and of.start_offset <= of.end_offset < 0
    return AssetSource(asset_key=key.text, mapping=mapping, is_earlier=before and key in block.keys)


def partitioned(asset: Asset, block: AssetsDefinition, mappings: Mapping[KeyText, Mapped]) -> Asset:
    """Return an asset with what its block says of partitions."""
    said = block.options.partitioning
    if said is UNPARTITIONED and not mappings:
        return asset
    return replace(
        asset,
        partitions="" if said.definition is None else said.definition.contract.id,
        upstream_mappings=_upstream_mappings(
            asset.upstream_keys, {key: each.data for key, each in mappings.items()}
        ),
        backfill_policy=None if said.backfill_policy is None else said.backfill_policy.as_data(),
    )


def external(asset: Asset, spec: AssetSpec) -> Asset:
    """Return an asset that is made elsewhere with what its spec says of partitions."""
    mappings = {
        dep.asset_key.text: dep.partition_mapping.as_data()
        for dep in spec.deps
        if dep.partition_mapping is not None
    }
    if spec.partitions_def is None and not mappings:
        return asset
    return replace(
        asset,
        partitions="" if spec.partitions_def is None else spec.partitions_def.contract.id,
        upstream_mappings=_upstream_mappings(asset.upstream_keys, mappings),
    )


def _upstream_mappings(
    keys: Sequence[KeyText], mappings: Mapping[KeyText, PartitionMapping]
) -> tuple[UpstreamMapping, ...]:
    return tuple(
        UpstreamMapping(asset_key=key, mapping=mappings[key]) for key in keys if key in mappings
    )


def table(definitions: Iterable[PartitionsDefinition]) -> tuple[PartitionsDefinition, ...]:
    """Return the definitions, each once, sorted by id."""
    found = {each.id: each for each in definitions}
    return tuple(found[each] for each in sorted(found))


def definitions_in(
    blocks: Iterable[AssetsDefinition], specs: Iterable[AssetSpec]
) -> Iterator[PartitionsDefinition]:
    """Yield the definitions of blocks and of what is made elsewhere."""
    for block in blocks:
        if block.options.partitioning.definition is not None:
            yield block.options.partitioning.definition.contract
    for spec in specs:
        if spec.partitions_def is not None:
            yield spec.partitions_def.contract


def definitions_of_jobs(selected: Iterable[SelectedJob]) -> Iterator[PartitionsDefinition]:
    """Yield the definitions that jobs say."""
    for each in selected:
        if each.job.partitions_def is not None:
            yield each.job.partitions_def.contract


def refuse_unmapped(
    blocks: Sequence[AssetsDefinition],
    specs: Sequence[AssetSpec],
    upstream: Mapping[int, Mapping[str, AssetKey]],
    deps: Mapping[int, Mapping[AssetKey, AssetKey]],
) -> None:
    """Refuse a reader of which nothing says which partitions it needs of what it reads.

    Raises:
        ConflictError: there is one, or a mapping that cannot go between two definitions.
    """
    made = {key: _said(block) for block in blocks for key in block.keys}
    for spec in specs:
        said = spec.partitions_def
        made[spec.key] = None if said is None else said.contract, spec.source
    for block in blocks:
        if block.options.is_op_job or not block.keys:
            continue
        own_deps = deps.get(id(block), {})
        read = {**upstream[id(block)], **{str(key): to for key, to in own_deps.items()}}
        mappings = mappings_of(block, block.options.node_name, upstream[id(block)], own_deps)
        for key in dict.fromkeys(read.values()):
            if key in made and key not in block.keys:
                _refuse_unmapped(block, key, mappings.get(key.text), *made[key])


def _said(block: AssetsDefinition) -> tuple[PartitionsDefinition | None, SourceLine]:
    definition = block.options.partitioning.definition
    return (None if definition is None else definition.contract), block.source


def _refuse_unmapped(
    block: AssetsDefinition,
    key: AssetKey,
    mapping: Mapped | None,
    upstream: PartitionsDefinition | None,
    source: SourceLine,
) -> None:
    from treadle_partitions import NoMapping, check_mapping, default_mapping  # noqa: PLC0415 -- few modules have partitions

    downstream, _ = _said(block)
    try:
        if mapping is None:
            default_mapping(downstream, upstream)
        elif isinstance(mapping.data.of, UserMapping):
            _ask_to_validate(mapping.said, downstream, upstream)
        else:
            check_mapping(mapping.data, downstream, upstream)
    except NoMapping as error:
        raise ConflictError(
            f"{block.options.owner} reads the asset {key.text!r}: {error.problem}",
            fix=error.fix,
            source=block.source,
            others=(source,),
        ) from error.__cause__


def _ask_to_validate(
    mapping: _mappings.PartitionMapping,
    downstream: PartitionsDefinition | None,
    upstream: PartitionsDefinition | None,
) -> None:
    from treadle.partitions._reading_back import definition_of  # noqa: PLC0415 -- few write a mapping
    from treadle_partitions import NoMapping  # noqa: PLC0415 -- as above

    if upstream is None:
        return
    reader = None if downstream is None else definition_of(downstream)
    try:
        mapping.validate_partition_mapping(definition_of(upstream), reader)
    except Exception as error:  # whatever the user's function raises
        name = type(mapping).__name__
        raise NoMapping(f"{name} refuses: {error}.", "Give another partition_mapping.") from error
