"""AssetCheckSpec and AssetCheckKey: what is said of a check, and its name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from treadle._arguments import checked_init, refuse_unsupported
from treadle._keys import AssetKey, KeyLike, as_key
from treadle._metadata import metadata_entries
from treadle._names import checked_name
from treadle._source import user_line
from treadle.assets._asset_spec import AssetSpec, DepLike, HasAssetKeys, dep_key, dep_keys
from treadle.locations.snapshot import SourceLine
from treadle_contract.lazy_dataclasses import dataclass, field
from treadle_contract.value import MetadataEntry

#: What a check may be given as its asset.
CheckedAsset: TypeAlias = "KeyLike | AssetSpec | HasAssetKeys"


@checked_init
@dataclass(frozen=True, slots=True, order=True, init=False)
class AssetCheckKey:
    """The name of a check: its asset's key, and its own name among the checks of that asset."""

    asset_key: AssetKey
    name: str

    def __init__(self, asset_key: KeyLike, name: str) -> None:
        put = object.__setattr__
        put(self, "asset_key", as_key(asset_key))
        put(self, "name", checked_name(name, what="Check name"))

    @staticmethod
    def from_text(text: str) -> AssetCheckKey:
        """Return the key that this text names: "asset:name"."""
        asset, _, name = text.rpartition(":")
        return AssetCheckKey(asset, name)

    @property
    def text(self) -> str:
        """The asset's key and the name, joined by ":"."""
        return f"{self.asset_key.text}:{self.name}"

    def to_user_string(self) -> str:
        """Return the same."""
        return self.text

    def __str__(self) -> str:
        return self.text


@checked_init
@dataclass(frozen=True, slots=True, init=False)
class AssetCheckSpec:
    """A check of an asset. If it is `blocking` and does not hold, what reads the asset does not run."""

    name: str
    asset_key: AssetKey
    description: str = ""
    additional_deps: tuple[AssetKey, ...] = ()
    blocking: bool = False
    entries: tuple[MetadataEntry, ...] = ()
    source: SourceLine = field(default_factory=user_line, compare=False)

    def __init__(  # noqa: PLR0913 -- Dagster's parameters
        self,
        name: str,
        *,
        asset: CheckedAsset,
        description: str | None = None,
        additional_deps: Iterable[DepLike] | None = None,
        blocking: bool = False,
        metadata: Mapping[str, Any] | None = None,
        automation_condition: object = None,
        partitions_def: object = None,
    ) -> None:
        unsupported = {
            "automation_condition": automation_condition,
            "partitions_def": partitions_def,
        }
        refuse_unsupported("AssetCheckSpec", unsupported)
        owner = f"AssetCheckSpec {name!r}"
        put = object.__setattr__
        put(self, "name", checked_name(name, what="Check name"))
        put(self, "asset_key", dep_key(asset, owner=owner))
        put(self, "description", description or "")
        deps = dep_keys(additional_deps, owner=owner)
        put(self, "additional_deps", tuple(key for key in deps if key != self.asset_key))
        put(self, "blocking", blocking)
        put(self, "entries", metadata_entries(metadata or {}, owner=owner))
        put(self, "source", user_line())

    @property
    def key(self) -> AssetCheckKey:
        """The check's key."""
        return AssetCheckKey(self.asset_key, self.name)

    @property
    def metadata(self) -> Mapping[str, Any]:
        """What the definition says of it, as plain data."""
        return {entry.name: entry.value for entry in self.entries}

    @property
    def output_name(self) -> str:
        """The output that gives its result."""
        return f"{self.asset_key.node_name}_{self.name}"

    def get_python_identifier(self) -> str:
        """Return the same: the asset's key joined by "__", then "_" and the name."""
        return self.output_name
