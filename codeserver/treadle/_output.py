"""Output: a value that an op returns or yields together with its output's name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Generic, TypeVar

from treadle._arguments import checked_init, refuse_unsupported
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
