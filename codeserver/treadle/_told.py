"""What an op says beside its values: of assets that it does not make, what it expected, versions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from treadle._arguments import checked_init, refuse_unsupported
from treadle._errors import ArgumentError
from treadle._keys import AssetKey, KeyLike, as_key
from treadle._metadata import kept_entries
from treadle._source import user_line
from treadle._value_words import in_words
from treadle_contract.event import AssetObserved, ExpectationEvaluated
from treadle_contract.ids import KeyText
from treadle_contract.lazy_dataclasses import dataclass

_LONGEST: Final = 16_000


@dataclass(frozen=True, slots=True, init=False)
class _OfAsset:
    """Facts about an asset."""

    asset_key: AssetKey
    description: str | None
    metadata: Mapping[str, Any]
    partition: str | None

    def __init__(
        self,
        asset_key: KeyLike,
        description: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        partition: str | None = None,
        tags: object = None,
    ) -> None:
        refuse_unsupported(type(self).__name__, {"tags": tags})
        put = object.__setattr__
        put(self, "asset_key", as_key(asset_key))
        put(self, "description", description)
        put(self, "metadata", dict(metadata or {}))
        put(self, "partition", partition)


@checked_init
@dataclass(frozen=True, slots=True, init=False)
class AssetObservation(_OfAsset):
    """Facts about an asset, or a partition of it, as an op found it."""


@checked_init
@dataclass(frozen=True, slots=True, init=False)
class AssetMaterialization(_OfAsset):
    """That an op made an asset in its own way, with facts about it.

    Of an asset that an output of the op is, the facts go to that output. Of any other it is noted:
    what a run stores and loads does not go by it.
    """


@checked_init
@dataclass(frozen=True, slots=True, init=False)
class ExpectationResult:
    """Whether what an op expected holds. It goes on in either case."""

    success: bool
    label: str | None
    description: str | None
    metadata: Mapping[str, Any]

    def __init__(
        self,
        success: bool,
        label: str | None = None,
        description: str | None = None,
        metadata: Mapping[str, Any] | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, "success", success)
        put(self, "label", label)
        put(self, "description", description)
        put(self, "metadata", dict(metadata or {}))


def fact_of(
    event: AssetObservation | AssetMaterialization | ExpectationResult, *, owner: str
) -> AssetObserved | ExpectationEvaluated:
    """Return what is told of it; metadata that cannot be kept is left out with a warning."""
    description = (event.description or "")[:_LONGEST]
    metadata = kept_entries(event.metadata, owner=owner) if event.metadata else ()
    if isinstance(event, ExpectationResult):
        return ExpectationEvaluated(
            success=event.success,
            label=(event.label or "")[:_LONGEST],
            description=description,
            metadata=metadata,
        )
    return AssetObserved(
        asset_key=KeyText(event.asset_key.text),
        description=description,
        metadata=metadata,
        materialized=isinstance(event, AssetMaterialization),
        partition_key=event.partition or "",
    )


#: The fact by whose name it is recorded.
DATA_VERSION: Final = "dagster/data_version"


@dataclass(frozen=True, slots=True)
class DataVersion:
    """A version of data, by a text of the user's. No plan goes by it."""

    value: str

    def __post_init__(self) -> None:
        if not isinstance(self.value, str):
            raise ArgumentError(
                f"DataVersion: value is {in_words(self.value)}.",
                fix="Give a text.",
                source=user_line(),
            )


@checked_init
@dataclass(frozen=True, slots=True, init=False)
class DataVersionsByPartition:
    """Versions of the data of partitions, by key: what the function of an observed asset with partitions returns."""

    data_versions_by_partition: Mapping[str, DataVersion]

    def __init__(self, data_versions_by_partition: Mapping[str, str | DataVersion]) -> None:
        given: Any = data_versions_by_partition
        if not isinstance(given, Mapping) or not all(isinstance(each, str) for each in given):
            raise ArgumentError(
                f"DataVersionsByPartition: data_versions_by_partition is {in_words(given)}.",
                fix="Give a mapping from the key of a partition to a DataVersion, or to its text.",
                source=user_line(),
            )
        versions = {
            key: each if isinstance(each, DataVersion) else DataVersion(each)
            for key, each in given.items()
        }
        object.__setattr__(self, "data_versions_by_partition", versions)


def as_metadata(data_version: object, *, owner: str) -> Mapping[str, Any]:
    """Return a version as the fact that it is recorded as; none for None.

    Raises:
        ArgumentError: it is no DataVersion.
    """
    if data_version is None:
        return {}
    if not isinstance(data_version, DataVersion):
        raise ArgumentError(
            f"{owner}: data_version is {in_words(data_version)}.",
            fix="Give DataVersion(…).",
            source=user_line(),
        )
    return {DATA_VERSION: data_version.value}
