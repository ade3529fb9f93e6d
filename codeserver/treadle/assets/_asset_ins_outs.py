"""AssetIn and AssetOut: what a block's author says of an upstream asset, and of one it makes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Any, Final

from treadle._arguments import UNSET, checked, checked_init, made, refuse_unsupported
from treadle._errors import ArgumentError, ConflictError
from treadle._keys import AssetKey, KeyLike, as_key, key_of_name, key_parts
from treadle._names import checked_asset_tags, checked_group, checked_kinds, checked_owners
from treadle._nothing import Nothing
from treadle._policies import checked_keep_versions
from treadle._source import user_line
from treadle._value_words import in_words
from treadle.assets._asset_spec import AssetSpec
from treadle.partitions._given import (
    checked_backfill_policy,
    checked_mapping,
    checked_partitions,
)
from treadle.steps._type_check import checked_type
from treadle_contract.lazy_dataclasses import dataclass, field, replace

if TYPE_CHECKING:
    from treadle.partitions._backfill import BackfillPolicy
    from treadle.partitions._definition import PartitionsDefinition
    from treadle.partitions._mappings import PartitionMapping


@checked_init
@dataclass(frozen=True, slots=True, init=False)
class AssetIn:
    """An upstream asset that an argument reads. Without a key it is the argument's name."""

    key: AssetKey | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    key_prefix: tuple[str, ...] = ()
    input_manager_key: str | None = None
    dagster_type: Any = UNSET
    # Any: who asks for the types of its fields, as pydantic does, has no such class imported.
    partition_mapping: Any = None

    def __init__(  # noqa: PLR0913, PLR0917 -- Dagster's parameters, in Dagster's order
        self,
        key: KeyLike | None = None,
        metadata: Mapping[str, Any] | None = None,
        key_prefix: str | Sequence[str] | None = None,
        input_manager_key: str | None = None,
        partition_mapping: PartitionMapping | None = None,
        dagster_type: Any = UNSET,
    ) -> None:
        refuse_key_and_prefix("AssetIn", key, key_prefix)
        put = object.__setattr__
        put(self, "key", None if key is None else as_key(key))
        put(self, "metadata", dict(metadata or {}))
        put(self, "key_prefix", key_parts(key_prefix))
        put(self, "input_manager_key", input_manager_key)
        put(self, "dagster_type", checked_type(dagster_type, where="AssetIn: dagster_type is"))
        put(self, "partition_mapping", checked_mapping(partition_mapping, "AssetIn"))

    @property
    def is_nothing(self) -> bool:
        """Whether the asset is not loaded, but orders."""
        return self.dagster_type is Nothing

    @property
    def is_inferred(self) -> bool:
        """Whether the argument's name alone says which asset it is."""
        return self.key is None and not self.key_prefix

    def key_for(self, argument: str) -> AssetKey:
        """Return the key of the asset that this argument reads."""
        if self.is_inferred:
            return key_of_name(argument)
        return self.key or made(AssetKey, (*self.key_prefix, argument))


@checked_init
@dataclass(frozen=True, slots=True, init=False)
class AssetOut:
    """An asset that an output produces. Without a key it is the prefix and the output's name."""

    key_prefix: tuple[str, ...] = ()
    key: AssetKey | None = None
    dagster_type: Any = UNSET
    description: str | None = None
    is_required: bool = True
    io_manager_key: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    group_name: str | None = None
    code_version: str | None = None
    owners: tuple[str, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    kinds: frozenset[str] = frozenset()
    keep_versions: int | None = None
    # Any: as in AssetIn.
    backfill_policy: Any = None
    partitions_def: Any = None
    is_whole: bool = field(default=False, repr=False)
    """Whether it is all that is said of the asset: nothing of its op's `Out` is joined to it."""

    def __init__(  # noqa: PLR0913, PLR0917 -- Dagster's parameters, in Dagster's order
        self,
        key_prefix: str | Sequence[str] | None = None,
        key: KeyLike | None = None,
        dagster_type: Any = UNSET,
        description: str | None = None,
        is_required: bool = True,
        io_manager_key: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        group_name: str | None = None,
        code_version: str | None = None,
        automation_condition: object = None,
        backfill_policy: BackfillPolicy | None = None,
        owners: Sequence[str] | None = None,
        tags: Mapping[str, str] | None = None,
        kinds: AbstractSet[str] | None = None,
        freshness_policy: object = None,
        is_virtual: object = False,
        keep_versions: int | None = None,
        partitions_def: PartitionsDefinition | None = None,
    ) -> None:
        unsupported = {
            "automation_condition": automation_condition,
            "freshness_policy": freshness_policy,
            "is_virtual": is_virtual,
        }
        refuse_unsupported("AssetOut", unsupported)
        refuse_key_and_prefix("AssetOut", key, key_prefix)
        put = object.__setattr__
        put(self, "key_prefix", key_parts(key_prefix))
        put(self, "key", None if key is None else as_key(key))
        put(self, "dagster_type", checked_type(dagster_type, where="AssetOut: dagster_type is"))
        put(self, "description", description)
        put(self, "is_required", is_required)
        put(self, "io_manager_key", io_manager_key)
        put(self, "metadata", dict(metadata or {}))
        put(self, "group_name", None if group_name is None else checked_group(group_name))
        put(self, "code_version", code_version)
        put(self, "owners", checked_owners(owners or (), owner="AssetOut"))
        put(self, "tags", checked_asset_tags(tags or {}, owner="AssetOut"))
        put(self, "kinds", checked_kinds(kinds or (), owner="AssetOut"))
        put(self, "keep_versions", checked_keep_versions(keep_versions, owner="AssetOut"))
        put(self, "backfill_policy", checked_backfill_policy(backfill_policy, "AssetOut"))
        put(self, "partitions_def", checked_partitions(partitions_def, "AssetOut"))
        put(self, "is_whole", False)

    @staticmethod
    @checked
    def from_spec(
        spec: AssetSpec,
        dagster_type: Any = UNSET,
        is_required: bool = True,
        io_manager_key: str | None = None,
        backfill_policy: BackfillPolicy | None = None,
    ) -> AssetOut:
        """Return the output of an asset of which a spec says what it is.

        Raises:
            ArgumentError: it is no spec, or has `deps`: what an output needs, its block says.
        """
        if not isinstance(spec, AssetSpec):
            raise ArgumentError(
                f"AssetOut.from_spec: {in_words(spec)} is not an AssetSpec.",
                fix="Give AssetSpec(key, …).",
                source=user_line(),
            )
        if spec.deps:
            raise ArgumentError(
                f"AssetOut.from_spec: AssetSpec {spec.key.text!r} has deps, which no output has.",
                fix="Give deps=[…] or internal_asset_deps={…} to the decorator, or make the asset with"
                " @multi_asset(specs=[…]).",
                source=user_line(),
            )
        out = out_of(spec, dagster_type, is_required, io_manager_key)
        policy = checked_backfill_policy(backfill_policy, "AssetOut.from_spec")
        return replace(out, backfill_policy=policy)


def out_of(
    spec: AssetSpec, dagster_type: Any, is_required: bool, io_manager_key: str | None = None
) -> AssetOut:
    """Return the output of an asset of which a spec says what it is, but for its `deps`."""
    return AssetOut(
        key=spec.key,
        dagster_type=dagster_type,
        description=spec.description,
        is_required=is_required and not spec.skippable,
        io_manager_key=io_manager_key or spec.io_manager_key,
        metadata=spec.metadata,
        group_name=spec.group_name,
        code_version=spec.code_version,
        owners=spec.owners,
        tags=spec.tags,
        kinds=spec.kinds,
        partitions_def=spec.partitions_def,
    )


def refuse_key_and_prefix(owner: str, key: object, *others: object) -> None:
    """Refuse a whole key beside a part of one.

    Raises:
        ConflictError: both are given.
    """
    if key is not None and any(other for other in others):
        raise ConflictError(
            f"{owner} has both a key and a part of one (key_prefix or name).",
            fix="Give the whole key, or its parts.",
            source=user_line(),
        )


#: What is said of an asset, upstream or made, where nothing is.
PLAIN_IN: Final = AssetIn()
PLAIN_OUT: Final = AssetOut()
