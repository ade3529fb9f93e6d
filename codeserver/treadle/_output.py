"""Output, MaterializeResult, ObserveResult, AssetCheckResult: what an op returns or yields, with what it says of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Generic

from treadle._arguments import UNSET, checked_init, refuse_unsupported
from treadle._errors import ArgumentError
from treadle._keys import AssetKey, KeyLike, as_key
from treadle._source import user_line
from treadle._value_words import in_words
from treadle.ops._ins_outs import DEFAULT_OUTPUT
from treadle_contract.lazy_dataclasses import dataclass, field
from treadle_contract.value import AssetCheckSeverity

if TYPE_CHECKING:
    # Who does not say of what type a value is need not write Any.
    from typing_extensions import TypeVar

    T = TypeVar("T", default=Any)
else:
    from typing import TypeVar

    T = TypeVar("T")


@checked_init
@dataclass(frozen=True, slots=True, init=False)
class Output(Generic[T]):
    """One value of one output, with metadata for the asset that it becomes.

    `partition_key` says of which partition it is, in a run that makes several: yield one for each.
    """

    value: T
    output_name: str = DEFAULT_OUTPUT
    metadata: Mapping[str, Any] = field(default_factory=dict)
    partition_key: str | None = None

    def __init__(  # noqa: PLR0913 -- Dagster's parameters, then ours
        self,
        value: T,
        output_name: str = DEFAULT_OUTPUT,
        metadata: Mapping[str, Any] | None = None,
        data_version: object = None,
        *,
        tags: object = None,
        partition_key: str | None = None,
    ) -> None:
        refuse_unsupported("Output", {"tags": tags})
        put = object.__setattr__
        put(self, "value", value)
        put(self, "output_name", output_name)
        put(self, "metadata", _said(metadata, data_version, "Output"))
        put(self, "partition_key", partition_key)


@checked_init
@dataclass(frozen=True, slots=True, init=False)
class AssetCheckResult:
    """Whether a check of an asset holds. Asset and name may be left out where there is only one check.

    How bad it is that it does not hold, `severity` says; a blocking check fails its step for ERROR.
    """

    passed: bool
    asset_key: AssetKey | None
    check_name: str | None
    metadata: Mapping[str, Any]
    severity: AssetCheckSeverity
    description: str

    def __init__(  # noqa: PLR0913 -- Dagster's parameters
        self,
        *,
        passed: Any,
        asset_key: KeyLike | None = None,
        check_name: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        severity: AssetCheckSeverity = AssetCheckSeverity.ERROR,
        description: str | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, "passed", _truth(passed))
        put(self, "asset_key", None if asset_key is None else as_key(asset_key))
        put(self, "check_name", check_name)
        put(self, "metadata", dict(metadata or {}))
        put(self, "severity", _severity(severity))
        put(self, "description", description or "")


def _truth(passed: Any) -> bool:
    """Return a truth value as Python's own; numpy has others, which print as it."""
    if isinstance(passed, bool):
        return passed
    kind = type(passed)
    if kind.__module__ == "numpy" and kind.__name__ in {"bool", "bool_"}:
        return bool(passed)
    raise ArgumentError(
        f"AssetCheckResult: passed is {in_words(passed)}, neither True nor False.",
        fix="Give passed=True or passed=False.",
        source=user_line(),
    )


def _severity(severity: object) -> AssetCheckSeverity:
    if isinstance(severity, AssetCheckSeverity):
        return severity
    raise ArgumentError(
        f"AssetCheckResult: severity is {in_words(severity)}, which is no severity.",
        fix="Give AssetCheckSeverity.WARN or AssetCheckSeverity.ERROR.",
        source=user_line(),
    )


@checked_init
@dataclass(frozen=True, slots=True, init=False)
class MaterializeResult(Generic[T]):
    """That an asset was made, with metadata. Without a value, None is stored where a value is.

    A function annotated to return it has an output that carries nothing. `partition_key` says which
    partition was made, in a run that makes several.
    """

    asset_key: AssetKey | None
    metadata: Mapping[str, Any]
    value: T | None
    check_results: tuple[AssetCheckResult, ...]
    partition_key: str | None

    def __init__(  # noqa: PLR0913 -- Dagster's parameters
        self,
        *,
        asset_key: KeyLike | None = None,
        metadata: Mapping[str, Any] | None = None,
        check_results: Sequence[AssetCheckResult] | None = None,
        data_version: object = None,
        tags: object = None,
        value: Any = UNSET,
        partition_key: str | None = None,
    ) -> None:
        refuse_unsupported("MaterializeResult", {"tags": tags})
        put = object.__setattr__
        put(self, "asset_key", None if asset_key is None else as_key(asset_key))
        put(self, "metadata", _said(metadata, data_version, "MaterializeResult"))
        put(self, "value", None if value is UNSET else value)
        put(self, "check_results", _results(check_results))
        put(self, "partition_key", partition_key)


@checked_init
@dataclass(frozen=True, slots=True, init=False)
class ObserveResult:
    """What the function of an `@observable_source_asset` found, with metadata and the version of the data."""

    asset_key: AssetKey | None
    metadata: Mapping[str, Any]
    check_results: tuple[AssetCheckResult, ...]

    def __init__(
        self,
        asset_key: KeyLike | None = None,
        metadata: Mapping[str, Any] | None = None,
        check_results: Sequence[AssetCheckResult] | None = None,
        data_version: object = None,
        tags: object = None,
    ) -> None:
        refuse_unsupported("ObserveResult", {"tags": tags})
        put = object.__setattr__
        put(self, "asset_key", None if asset_key is None else as_key(asset_key))
        put(self, "metadata", _said(metadata, data_version, "ObserveResult"))
        put(self, "check_results", _results(check_results))


def _said(metadata: Mapping[str, Any] | None, data_version: object, owner: str) -> dict[str, Any]:
    """Return metadata with the version, which is recorded as one of its facts."""
    if data_version is None:
        return dict(metadata or {})
    from treadle._told import as_metadata  # noqa: PLC0415 -- few give one

    return {**(metadata or {}), **as_metadata(data_version, owner=owner)}


def _results(results: Sequence[object] | None) -> tuple[AssetCheckResult, ...]:
    found = []
    for each in results or ():
        if not isinstance(each, AssetCheckResult):
            raise ArgumentError(
                f"MaterializeResult: check_results has {in_words(each)}, which is no AssetCheckResult.",
                fix="Give AssetCheckResult(passed=…).",
                source=user_line(),
            )
        found.append(each)
    return tuple(found)
