"""Output and MaterializeResult: what an op returns or yields of one output, with what it says of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Generic, TypeVar

from treadle._arguments import UNSET, checked_init, refuse_unsupported
from treadle._keys import AssetKey, KeyLike, as_key
from treadle.ops._ins_outs import DEFAULT_OUTPUT
from treadle_contract.lazy_dataclasses import dataclass, field

T = TypeVar("T")


@checked_init
@dataclass(frozen=True, slots=True, init=False)
class Output(Generic[T]):
    """One value of one output, with metadata for the asset that it becomes."""

    value: T
    output_name: str = DEFAULT_OUTPUT
    metadata: Mapping[str, Any] = field(default_factory=dict)

    def __init__(
        self,
        value: T,
        output_name: str = DEFAULT_OUTPUT,
        metadata: Mapping[str, Any] | None = None,
        data_version: object = None,
        *,
        tags: object = None,
    ) -> None:
        refuse_unsupported("Output", {"data_version": data_version, "tags": tags})
        put = object.__setattr__
        put(self, "value", value)
        put(self, "output_name", output_name)
        put(self, "metadata", dict(metadata or {}))


@checked_init
@dataclass(frozen=True, slots=True, init=False)
class MaterializeResult(Generic[T]):
    """That an asset was made, with metadata. Without a value, None is stored where a value is.

    A function annotated to return it has an output that carries nothing.
    """

    asset_key: AssetKey | None
    metadata: Mapping[str, Any]
    value: T | None

    def __init__(  # noqa: PLR0913 -- Dagster's parameters
        self,
        *,
        asset_key: KeyLike | None = None,
        metadata: Mapping[str, Any] | None = None,
        check_results: object = None,
        data_version: object = None,
        tags: object = None,
        value: Any = UNSET,
    ) -> None:
        unsupported = {"check_results": check_results, "data_version": data_version, "tags": tags}
        refuse_unsupported("MaterializeResult", unsupported)
        put = object.__setattr__
        put(self, "asset_key", None if asset_key is None else as_key(asset_key))
        put(self, "metadata", dict(metadata or {}))
        put(self, "value", None if value is UNSET else value)
