"""AssetSpec and AssetDep: an asset that is made elsewhere, and one that must come first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeAlias, runtime_checkable

from treadle._arguments import UNSET, Unset, checked, checked_init, refuse_unsupported
from treadle._errors import ArgumentError
from treadle._keys import AssetKey, KeyLike, as_key
from treadle._metadata import metadata_entries
from treadle._names import checked_asset_tags, checked_group, checked_kinds, checked_owners
from treadle._source import user_line
from treadle._value_words import in_words
from treadle.locations.snapshot import SourceLine
from treadle.partitions._given import checked_mapping, checked_partitions, put_mapping
from treadle_contract.lazy_dataclasses import dataclass, field, replace
from treadle_contract.value import MetadataEntry

if TYPE_CHECKING:
    from treadle.partitions._definition import PartitionsDefinition
    from treadle.partitions._mappings import PartitionMapping

#: As in Dagster, the metadata of a declared asset that names the IO manager which loads it.
IO_MANAGER_KEY: Final = "dagster/io_manager_key"


@runtime_checkable
class HasAssetKeys(Protocol):
    """What makes assets: the result of an asset decorator."""

    # Beside `keys`, which every mapping has, so that only a block is taken for one.
    @property
    def can_subset(self) -> bool:
        """Whether its assets may be selected one by one."""

    @property
    def keys(self) -> AbstractSet[AssetKey]:
        """The keys that it makes."""


@checked_init
@dataclass(frozen=True, slots=True, init=False)
class AssetDep:
    """An asset that must come first, unread; `partition_mapping` says which of its partitions.

    Raises:
        ArgumentError: it names no single asset, or the mapping is none.
    """

    asset_key: AssetKey
    # Any: as in AssetIn.
    partition_mapping: Any = None

    def __init__(
        self,
        asset: KeyLike | AssetSpec | HasAssetKeys,
        *,
        partition_mapping: PartitionMapping | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, "asset_key", dep_key(asset, owner="AssetDep"))
        put(self, "partition_mapping", checked_mapping(partition_mapping, "AssetDep"))


#: What may be given for an asset that must come first.
DepLike: TypeAlias = "KeyLike | AssetSpec | AssetDep | HasAssetKeys"


@checked_init
@dataclass(frozen=True, slots=True, init=False)
class AssetSpec:
    """An asset that this module reads or names and something else makes.

    Another target of the location may make it; otherwise it is external, and the reader's
    own IO manager loads it. In `@multi_asset(specs=…)` it is one that the function makes, or, if it
    is `skippable`, may make.
    """

    key: AssetKey
    deps: tuple[AssetDep, ...] = ()
    description: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    group_name: str | None = None
    code_version: str | None = None
    owners: tuple[str, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    kinds: frozenset[str] = frozenset()
    skippable: bool = False
    # Any: as in AssetIn.
    partitions_def: Any = None
    source: SourceLine = field(default_factory=user_line, compare=False, repr=False)
    entries: tuple[MetadataEntry, ...] = field(default=(), compare=False, repr=False)

    def __init__(  # noqa: PLR0913 -- Dagster's parameters
        self,
        key: KeyLike,
        *,
        deps: Iterable[DepLike] | None = None,
        description: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        skippable: bool = False,
        group_name: str | None = None,
        code_version: str | None = None,
        automation_condition: object = None,
        owners: Sequence[str] | None = None,
        tags: Mapping[str, str] | None = None,
        kinds: AbstractSet[str] | None = None,
        partitions_def: PartitionsDefinition | None = None,
        freshness_policy: object = None,
        is_virtual: object = False,
    ) -> None:
        unsupported = {
            "automation_condition": automation_condition,
            "freshness_policy": freshness_policy,
            "is_virtual": is_virtual,
        }
        refuse_unsupported("AssetSpec", unsupported)
        put = object.__setattr__
        put(self, "key", as_key(key))
        owner = f"AssetSpec {self.key.text!r}"
        given = tuple(deps or ())
        mappings = dep_mappings(given, owner=owner)
        named = dep_keys(given, owner=owner)
        put(
            self,
            "deps",
            tuple(AssetDep(each, partition_mapping=mappings.get(each)) for each in named),
        )
        put(self, "description", description or None)
        put(self, "metadata", dict(metadata or {}))
        put(self, "entries", metadata_entries(self.metadata, owner=owner))
        put(self, "group_name", None if group_name is None else checked_group(group_name))
        put(self, "code_version", code_version)
        put(self, "owners", checked_owners(owners or (), owner=owner))
        put(self, "tags", checked_asset_tags(tags or {}, owner=owner))
        put(self, "kinds", checked_kinds(kinds or (), owner=owner))
        put(self, "skippable", skippable)
        put(self, "partitions_def", checked_partitions(partitions_def, owner))
        put(self, "source", user_line())

    @property
    def resource_defs(self) -> Mapping[str, object]:
        """The resources that it brings itself: a `SourceAsset` may."""
        return {}

    @property
    def observer(self) -> Any:
        """The block that looks at it, an AssetsDefinition; None for none: a `SourceAsset` may have one."""
        return None

    @property
    def dep_keys(self) -> tuple[AssetKey, ...]:
        """The keys of the assets that come first."""
        return tuple([each.asset_key for each in self.deps])

    @property
    def io_manager_key(self) -> str | None:
        """The IO manager that loads it; None: the reader's own."""
        key: str | None = self.metadata.get(IO_MANAGER_KEY)
        return key

    @checked
    def replace_attributes(  # noqa: PLR0913 -- Dagster's parameters
        self,
        *,
        key: KeyLike | Unset = UNSET,
        deps: Any = UNSET,
        description: Any = UNSET,
        metadata: Any = UNSET,
        skippable: Any = UNSET,
        group_name: Any = UNSET,
        code_version: Any = UNSET,
        automation_condition: object = UNSET,
        owners: Any = UNSET,
        tags: Any = UNSET,
        kinds: Any = UNSET,
        partitions_def: Any = UNSET,
        freshness_policy: object = UNSET,
    ) -> AssetSpec:
        """Return the spec with what is given in the place of what it says.

        Raises:
            DefinitionError: an argument cannot work.
        """
        given = {name: each for name, each in locals().items() if each is not UNSET}
        del given["self"]
        made = AssetSpec(**{**self._said(), **given})
        # What it is stays: its class, and the line that it comes from.
        return replace(self, **made._said(), entries=made.entries, **self._following(made.key))

    @checked
    def merge_attributes(
        self,
        *,
        deps: Iterable[DepLike] | None = None,
        metadata: Mapping[str, Any] | None = None,
        owners: Sequence[str] | None = None,
        tags: Mapping[str, Any] | None = None,
        kinds: AbstractSet[str] | None = None,
    ) -> AssetSpec:
        """Return the spec with what is given beside what it says; of one name, what is given wins.

        Raises:
            DefinitionError: an argument cannot work.
        """
        return self.replace_attributes(
            deps=(*self.deps, *(deps or ())),
            metadata={**self.metadata, **(metadata or {})},
            owners=tuple(dict.fromkeys((*self.owners, *(owners or ())))),
            tags={**self.tags, **(tags or {})},
            kinds=self.kinds | frozenset(kinds or ()),
        )

    @checked
    def with_io_manager_key(self, io_manager_key: str) -> AssetSpec:
        """Return the spec, as loaded, or where it is made stored, by this IO manager.

        Raises:
            DefinitionError: the argument cannot work.
        """
        return self.merge_attributes(metadata={IO_MANAGER_KEY: io_manager_key})

    def _following(self, _key: AssetKey) -> dict[str, Any]:
        """Return what else of it goes by its key."""
        return {}

    def _said(self) -> dict[str, Any]:
        return {
            "key": self.key,
            "deps": self.deps,
            "description": self.description,
            "metadata": self.metadata,
            "skippable": self.skippable,
            "group_name": self.group_name,
            "code_version": self.code_version,
            "owners": self.owners,
            "tags": self.tags,
            "kinds": self.kinds,
            "partitions_def": self.partitions_def,
        }


def dep_keys(deps: Iterable[DepLike] | None, *, owner: str) -> tuple[AssetKey, ...]:
    """Return the keys of the assets that must come first, in the order given, each once.

    What makes several assets stands for all of them.

    Raises:
        ArgumentError: one of them names no single asset.
    """
    keys: dict[AssetKey, None] = {}
    for dep in deps or ():
        several = dep.keys if isinstance(dep, HasAssetKeys) else ()
        made = sorted(several) or (dep_key(dep, owner=owner),)
        keys.update(dict.fromkeys(made))
    return tuple(keys)


def dep_mappings(deps: Iterable[DepLike] | None, *, owner: str) -> dict[AssetKey, PartitionMapping]:
    """Return which partitions of the assets that must come first are needed, where that is said.

    Raises:
        ConflictError: of one asset, two mappings are said.
    """
    found: dict[AssetKey, PartitionMapping] = {}
    for dep in deps or ():
        if isinstance(dep, AssetDep) and dep.partition_mapping is not None:
            put_mapping(found, dep.asset_key, dep.partition_mapping, owner)
    return found


def dep_key(dep: DepLike, *, owner: str) -> AssetKey:
    """Return the key of one asset that must come first.

    Raises:
        ArgumentError: it names no single asset.
        InvalidNameError: no key can be made of it.
    """
    if isinstance(dep, AssetSpec):
        return dep.key
    if isinstance(dep, AssetDep):
        return dep.asset_key
    if isinstance(dep, AssetKey | str | list | tuple):
        return as_key(dep)
    keys = sorted(dep.keys) if isinstance(dep, HasAssetKeys) else ()
    if len(keys) == 1:
        return keys[0]
    made = ", ".join(key.text for key in keys)
    raise ArgumentError(
        f"{owner}: {in_words(dep)} names no single asset." + (f" It makes {made}." if made else ""),
        fix="Give a key, an AssetSpec, or what an asset decorator made.",
        source=user_line(),
    )
