"""What a block says of itself when it is asked, and what is made of it with something else said."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Any, cast

from treadle._arguments import checked, made, refuse_unsupported
from treadle._errors import ArgumentError, did_you_mean, listed
from treadle._keys import AssetKey, KeyLike, as_key
from treadle._source import user_line
from treadle.assets._asset_spec import IO_MANAGER_KEY, AssetDep, AssetSpec
from treadle.hooks._given import checked_hooks
from treadle.ops._ins_outs import DEFAULT_IO_MANAGER
from treadle_contract.lazy_dataclasses import replace

if TYPE_CHECKING:
    from treadle.assets._asset_ins_outs import AssetIn
    from treadle.assets._assets import AssetsDefinition
    from treadle.assets._block_options import BlockOptions
    from treadle.assets._produced import ProducedAsset
    from treadle.checks._check_spec import AssetCheckKey, AssetCheckSpec
    from treadle.graphs._graph import GraphDefinition
    from treadle.hooks._hook import HookDefinition
    from treadle.locations.snapshot import SourceLine
    from treadle.ops._op import OpDefinition
    from treadle.partitions._backfill import BackfillPolicy
    from treadle.partitions._mappings import PartitionMapping


class ReadBack:
    """What programs read a block back by, and make others of it with, under Dagster's names."""

    __slots__ = ()

    if TYPE_CHECKING:

        @property
        def node(self) -> OpDefinition | GraphDefinition: ...
        @property
        def options(self) -> BlockOptions: ...
        @property
        def produced(self) -> Mapping[str, ProducedAsset]: ...
        @property
        def asset_ins(self) -> Mapping[str, AssetIn]: ...
        @property
        def keys(self) -> AbstractSet[AssetKey]: ...
        @property
        def source(self) -> SourceLine: ...

    @property
    def node_def(self) -> OpDefinition | GraphDefinition:
        """The op or the graph that makes the assets."""
        return self.node

    @property
    def can_subset(self) -> bool:
        """Whether its assets may be selected one by one."""
        return self.options.can_subset

    @property
    def check_specs(self) -> tuple[AssetCheckSpec, ...]:
        """The checks that it evaluates."""
        return tuple(self.options.checks.values())

    @property
    def check_keys(self) -> AbstractSet[AssetCheckKey]:
        """Their keys."""
        return frozenset(spec.key for spec in self.check_specs)

    @property
    def check_specs_by_output_name(self) -> Mapping[str, AssetCheckSpec]:
        """The checks, by the outputs that give their results."""
        return dict(self.options.checks)

    @property
    def keys_by_input_name(self) -> Mapping[str, AssetKey]:
        """The asset that each argument reads, as far as its name says it."""
        return {name: said.key_for(name) for name, said in self.asset_ins.items()}

    @property
    def keys_by_output_name(self) -> Mapping[str, AssetKey]:
        """The asset that each output makes."""
        return {output: said.key for output, said in self.produced.items()}

    @property
    def node_keys_by_input_name(self) -> Mapping[str, AssetKey]:
        """As `keys_by_input_name`."""
        return self.keys_by_input_name

    @property
    def node_keys_by_output_name(self) -> Mapping[str, AssetKey]:
        """As `keys_by_output_name`."""
        return self.keys_by_output_name

    @property
    def input_names(self) -> Iterable[str]:
        """The names of the arguments."""
        return tuple(self.asset_ins)

    @property
    def dependency_keys(self) -> AbstractSet[AssetKey]:
        """The keys of all assets that it reads or names in `deps`."""
        return frozenset((*self.keys_by_input_name.values(), *self.options.deps))

    @property
    def asset_deps(self) -> Mapping[AssetKey, AbstractSet[AssetKey]]:
        """What each of its assets is made from, as the wiring or `internal_asset_deps` say it."""
        from treadle.locations._placed import (  # noqa: PLC0415 -- few modules read it back
            BlockPlace,
            PlacedBlock,
        )

        block: Any = self
        place = BlockPlace(
            name=self.options.node_name,
            upstream=self.keys_by_input_name,
            deps={key: key for key in self.options.deps},
            resources={},
        )
        return {
            AssetKey(asset.key): frozenset(map(AssetKey, asset.upstream_keys))
            for asset in PlacedBlock(block, place).assets
        }

    @property
    def specs(self) -> tuple[AssetSpec, ...]:
        """What is said of each of its assets."""
        return tuple(self.specs_by_key.values())

    @property
    def specs_by_key(self) -> Mapping[AssetKey, AssetSpec]:
        """The same, by key."""
        above = self.asset_deps
        return {
            said.key: self._spec(output, said, above[said.key])
            for output, said in self.produced.items()
        }

    def _spec(self, output: str, said: ProducedAsset, above: AbstractSet[AssetKey]) -> AssetSpec:
        manager = said.io_manager_key
        metadata = said.metadata
        if manager != DEFAULT_IO_MANAGER:
            metadata = {**metadata, IO_MANAGER_KEY: manager}
        spec = made(
            AssetSpec,
            said.key,
            deps=[
                AssetDep(key, partition_mapping=self._block_mapping(key)) for key in sorted(above)
            ],
            description=said.description,
            metadata=metadata,
            skippable=not self.options.outs[output].is_required,
            group_name=said.group,
            code_version=said.code_version or None,
            owners=said.owners,
            tags=said.tags,
            kinds=frozenset(said.kinds),
            partitions_def=self.options.partitioning.definition,
        )
        return replace(spec, source=self.source)

    def _block_mapping(self, key: AssetKey) -> PartitionMapping | None:
        return cast("AssetsDefinition", self).get_partition_mapping(key)

    def get_asset_spec(self, key: KeyLike | None = None) -> AssetSpec:
        """Return what is said of one asset; without a key, of its only one.

        Raises:
            ArgumentError: it does not make that asset, or makes several and none is named.
        """
        specs = self.specs_by_key
        wanted = as_key(key) if key is not None else None
        if wanted is None and len(specs) == 1:
            return next(iter(specs.values()))
        if wanted is None or wanted not in specs:
            texts = sorted(each.text for each in specs)
            named = "no key is given" if wanted is None else f"it does not make {wanted.text!r}"
            hint = "" if wanted is None else did_you_mean(wanted.text, texts)
            raise ArgumentError(
                f"{self.options.owner}: get_asset_spec: {named}.{hint}",
                fix=f"Its assets are {listed(texts)}.",
                source=user_line(),
            )
        return specs[wanted]

    @property
    def descriptions_by_key(self) -> Mapping[AssetKey, str]:
        """The descriptions of those assets that have one."""
        return {said.key: said.description for said in self.produced.values() if said.description}

    @property
    def group_names_by_key(self) -> Mapping[AssetKey, str]:
        """The group of each asset."""
        return {said.key: said.group for said in self.produced.values()}

    @property
    def metadata_by_key(self) -> Mapping[AssetKey, Mapping[str, Any]]:
        """The metadata of each asset."""
        return {said.key: said.metadata for said in self.produced.values()}

    @property
    def tags_by_key(self) -> Mapping[AssetKey, Mapping[str, str]]:
        """The tags of each asset."""
        return {said.key: said.tags for said in self.produced.values()}

    @property
    def owners_by_key(self) -> Mapping[AssetKey, tuple[str, ...]]:
        """The owners of each asset."""
        return {said.key: said.owners for said in self.produced.values()}

    @property
    def code_versions_by_key(self) -> Mapping[AssetKey, str | None]:
        """The code version of each asset, None where it has none."""
        return {said.key: said.code_version or None for said in self.produced.values()}

    @property
    def required_resource_keys(self) -> AbstractSet[str]:
        """The resources that its ops ask for, beside IO managers."""
        block: Any = self
        steps = block.flat.steps.values()
        found = (key for step in steps for key in step.op.resource_keys)
        return self.options.required_resource_keys.union(found)

    @property
    def resource_defs(self) -> Mapping[str, object]:
        """The resources that it brings itself."""
        return dict(self.options.resource_defs)

    @property
    def is_executable(self) -> bool:
        """Whether a run can make its assets: always. What cannot be made is an AssetSpec."""
        return True

    @property
    def is_materializable(self) -> bool:
        """Whether a run can make its assets: it makes one at least."""
        return bool(self.keys)

    @property
    def is_external(self) -> bool:
        """Whether its assets are made elsewhere: never. Those are declared with AssetSpec."""
        return False

    def with_resources(self, resource_defs: Mapping[str, Any]) -> AssetsDefinition:
        """Return the block with resources of its own; those that it has stay.

        Raises:
            DefinitionError: it cannot work with them.
        """
        from treadle.assets._changed_blocks import changed  # noqa: PLC0415 -- few modules do

        return changed(self, resource_defs={**resource_defs, **self.options.resource_defs})

    @checked
    def map_asset_specs(self, fn: Callable[[AssetSpec], AssetSpec]) -> AssetsDefinition:
        """Return the block with what `fn` makes of each asset's spec; keys stay.

        Raises:
            DefinitionError: `fn` gives what cannot work.
        """
        from treadle.assets._changed_blocks import mapped  # noqa: PLC0415 -- few modules do

        return mapped(cast("AssetsDefinition", self), fn)

    @checked
    def with_attributes(  # noqa: PLR0913 -- Dagster's parameters
        self,
        *,
        asset_key_replacements: Mapping[AssetKey, AssetKey] | None = None,
        group_names_by_key: Mapping[AssetKey, str] | None = None,
        tags_by_key: Mapping[AssetKey, Mapping[str, str]] | None = None,
        automation_condition: object = None,
        backfill_policy: BackfillPolicy | None = None,
        hook_defs: AbstractSet[HookDefinition] | None = None,
        metadata_by_key: Mapping[AssetKey, Mapping[str, Any]] | None = None,
    ) -> AssetsDefinition:
        """Return the block with other keys, of what it makes and reads, and more said of its assets.

        Keys may be given as text, too.

        Raises:
            DefinitionError: an argument names an asset that it does not make, or cannot work.
        """
        from treadle.assets._changed_blocks import with_attributes  # noqa: PLC0415 -- few modules do

        refuse_unsupported("with_attributes", {"automation_condition": automation_condition})
        return with_attributes(
            cast("AssetsDefinition", self),
            replacements=asset_key_replacements or {},
            group_names=group_names_by_key or {},
            said_tags=tags_by_key or {},
            said_metadata=metadata_by_key or {},
            hooks=checked_hooks(hook_defs, owner="with_attributes: hook_defs"),
            backfill_policy=backfill_policy,
        )
