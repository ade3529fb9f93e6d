"""What a block says of one of its assets or checks, under Dagster's names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, TypeVar, cast

from treadle._errors import ArgumentError, did_you_mean, listed
from treadle._keys import AssetKey, KeyLike, as_key
from treadle._source import user_line

if TYPE_CHECKING:
    from treadle.assets._assets import AssetsDefinition
    from treadle.assets._source_asset import SourceAsset
    from treadle.checks._check_spec import AssetCheckKey, AssetCheckSpec
    from treadle.hooks._hook import HookDefinition
    from treadle.ops._op import OpDefinition
    from treadle.partitions._backfill import BackfillPolicy
    from treadle.partitions._definition import PartitionsDefinition
    from treadle.partitions._mappings import PartitionMapping

T = TypeVar("T")


class OfOneAsset:
    """The methods of a block that take a key; and what there is none of yet."""

    __slots__ = ()

    @property
    def has_keys(self) -> bool:
        """Whether it makes an asset."""
        return bool(self._block.keys)

    @property
    def has_check_keys(self) -> bool:
        """Whether it evaluates a check."""
        return bool(self._block.check_keys)

    @property
    def asset_and_check_keys(self) -> AbstractSet[AssetKey | AssetCheckKey]:
        """The keys of its assets and checks."""
        return frozenset((*self._block.keys, *self._block.check_keys))

    @property
    def check_key(self) -> AssetCheckKey:
        """The key of its only check.

        Raises:
            ArgumentError: there are several, or none.
        """
        keys = sorted(self._block.check_keys, key=lambda key: key.text)
        if len(keys) != 1:
            raise ArgumentError(
                f"{self._block.options.owner}: check_key: its checks are"
                f" {listed(key.text for key in keys)}.",
                fix="Ask check_keys.",
                source=user_line(),
            )
        return keys[0]

    @property
    def hook_defs(self) -> AbstractSet[HookDefinition]:
        """The hooks of its steps."""
        return frozenset(self._block.options.hooks)

    @property
    def is_observable(self) -> bool:
        """Whether a run only looks at its assets: never."""
        return False

    @property
    def partitions_def(self) -> PartitionsDefinition | None:
        """The partitions of its assets; None if they have none."""
        return self._block.options.partitioning.definition

    @property
    def backfill_policy(self) -> BackfillPolicy | None:
        """How many partitions a run of a backfill makes; None if it says nothing."""
        return self._block.options.partitioning.backfill_policy

    def get_partition_mapping(self, in_asset_key: KeyLike) -> PartitionMapping | None:
        """Return the partition mapping that is said of an asset that it reads; None if none is."""
        wanted = as_key(in_asset_key)
        ins = self._block.asset_ins.items()
        said = {each.key_for(name): each.partition_mapping for name, each in ins}
        said |= self._block.options.partitioning.dep_mappings
        return said.get(wanted)

    @property
    def automation_conditions_by_key(self) -> Mapping[AssetKey, object]:
        """Empty: there is no automation yet."""
        return {}

    def get_output_name_for_asset_key(self, key: KeyLike) -> str:
        """Return the output that makes an asset.

        Raises:
            ArgumentError: it does not make that asset.
        """
        outputs = {key: output for output, key in self._block.keys_by_output_name.items()}
        return self._of(key, outputs, "get_output_name_for_asset_key")

    def get_op_def_for_asset_key(self, key: KeyLike) -> OpDefinition:
        """Return the op whose output is an asset.

        Raises:
            ArgumentError: it does not make that asset.
        """
        flat = self._block.flat
        made = self._block.keys_by_output_name.items()
        ops = {key: flat.made_by(output)[1] for output, key in made}
        return self._of(key, ops, "get_op_def_for_asset_key")

    def get_io_manager_key_for_asset_key(self, key: KeyLike) -> str:
        """Return the key of the IO manager that stores an asset.

        Raises:
            ArgumentError: it does not make that asset.
        """
        managers = {said.key: said.io_manager_key for said in self._block.produced.values()}
        return self._of(key, managers, "get_io_manager_key_for_asset_key")

    def get_spec_for_check_key(self, asset_check_key: AssetCheckKey) -> AssetCheckSpec:
        """Return what is said of one of its checks.

        Raises:
            ArgumentError: it does not evaluate that check.
        """
        specs = {spec.key.text: spec for spec in self._block.check_specs}
        return self._known(asset_check_key.text, specs, "get_spec_for_check_key")

    def with_hooks(self, hook_defs: Iterable[HookDefinition]) -> AssetsDefinition:
        """Return the block with these hooks, too, for each of its steps.

        Raises:
            DefinitionError: one of them is no hook, or asks for a resource that it cannot have.
        """
        return self._block.with_attributes(hook_defs={*self.hook_defs, *hook_defs})

    def to_source_assets(self) -> tuple[SourceAsset, ...]:
        """Return each of its assets as one that is made elsewhere, for definitions that only read it."""
        from treadle.assets._source_asset import SourceAsset  # noqa: PLC0415 -- few modules have one

        return tuple(
            SourceAsset(
                said.key,
                metadata=said.metadata,
                io_manager_key=said.io_manager_key,
                description=said.description or None,
                group_name=said.group,
                tags=said.tags,
                partitions_def=self.partitions_def,
            )
            for said in self._block.produced.values()
        )

    def to_source_asset(self, key: KeyLike | None = None) -> SourceAsset:
        """Return one of them; without a key, the only one.

        Raises:
            ArgumentError: it does not make that asset, or makes several and none is named.
        """
        wanted = self._block.get_asset_spec(key).key
        return next(each for each in self.to_source_assets() if each.key == wanted)

    @property
    def _block(self) -> AssetsDefinition:
        return cast("AssetsDefinition", self)

    def _of(self, key: KeyLike, values: Mapping[AssetKey, T], owner: str) -> T:
        texts: dict[str, T] = {each.text: value for each, value in values.items()}
        return self._known(as_key(key).text, texts, owner)

    def _known(self, text: str, values: Mapping[str, T], owner: str) -> T:
        if text not in values:
            raise ArgumentError(
                f"{self._block.options.owner}: {owner}: there is no {text!r}."
                f"{did_you_mean(text, values)}",
                fix=f"There is {listed(sorted(values))}.",
                source=user_line(),
            )
        return values[text]
