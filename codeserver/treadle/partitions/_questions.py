"""Questions to functions of the user's about partitions.

A service never runs such a function: a process that imported the targets does, or the one that
runs in process.
"""

from __future__ import annotations

from collections.abc import Mapping

from treadle_contract.ids import KeyText
from treadle_contract.lazy_dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class MappingQuestion:
    """Which partitions some others need, or are needed by.

    The mapping is the one that `block` says of `asset_key`. `keys` are those of the reader, and
    with `upwards` False those of the asset. `now` is in seconds since 1970; `dynamic` are the keys
    that were added, by the name of their definition.
    """

    block: str
    asset_key: KeyText
    upwards: bool
    keys: tuple[str, ...]
    now: int
    dynamic: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigQuestion:
    """What the config of a run of a partition of a job is."""

    job: str
    partition_key: str
