"""SourceAsset: an asset from outside, with the IO manager that loads it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from treadle._arguments import checked_init, refuse_unsupported
from treadle._errors import ConflictError
from treadle._keys import KeyLike, as_key
from treadle._source import user_line
from treadle.assets._asset_spec import IO_MANAGER_KEY, AssetSpec
from treadle.ops._ins_outs import DEFAULT_IO_MANAGER
from treadle_contract.lazy_dataclasses import dataclass, field


@checked_init
@dataclass(frozen=True, slots=True, init=False)
class SourceAsset(AssetSpec):
    """Dagster's older form of an `AssetSpec` that something else makes: `io_manager_key` loads it.

    `io_manager_def` is such a manager itself, under a key of its own.
    """

    resource_defs: Mapping[str, object] = field(default_factory=dict, compare=False, repr=False)

    def __init__(  # noqa: PLR0913, PLR0917 -- Dagster's parameters, in Dagster's order
        self,
        key: KeyLike,
        metadata: Mapping[str, Any] | None = None,
        io_manager_key: str | None = None,
        io_manager_def: Any = None,
        description: str | None = None,
        partitions_def: object = None,
        group_name: str | None = None,
        resource_defs: Mapping[str, Any] | None = None,
        observe_fn: object = None,
        op_tags: object = None,
        auto_observe_interval_minutes: object = None,
        freshness_policy: object = None,
        automation_condition: object = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        unsupported = {
            "partitions_def": partitions_def,
            "observe_fn": observe_fn,
            "op_tags": op_tags,
            "auto_observe_interval_minutes": auto_observe_interval_minutes,
            "freshness_policy": freshness_policy,
            "automation_condition": automation_condition,
        }
        refuse_unsupported("SourceAsset", unsupported)
        resources = dict(resource_defs or {})
        if io_manager_def is not None:
            if io_manager_key is not None:
                raise ConflictError(
                    f"SourceAsset {as_key(key).text!r} has io_manager_def and io_manager_key.",
                    fix="Give one of them.",
                    source=user_line(),
                )
            io_manager_key = f"{as_key(key).node_name}__{DEFAULT_IO_MANAGER}"
            resources[io_manager_key] = io_manager_def
        told = {} if io_manager_key is None else {IO_MANAGER_KEY: io_manager_key}
        AssetSpec.__init__(
            self,
            key,
            metadata={**(metadata or {}), **told},
            description=description,
            group_name=group_name,
            tags=tags,
        )
        object.__setattr__(self, "resource_defs", resources)
