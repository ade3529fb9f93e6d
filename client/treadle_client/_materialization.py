"""The record that a step made an asset."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from treadle_client._graph import Asset
from treadle_client._ids import AssetKey, RunId, StepKey
from treadle_client._metadata import Metadata
from treadle_client._value_ref import ValueRef


@dataclass(frozen=True, slots=True, kw_only=True)
class Materialization:
    """One materialization of one asset; the largest `store_sequence` is the asset's value.

    `unexpected`: it was not selected, the op yielded it all the same. `value_ref` is None when
    the IO manager is not Treadle's own or stores nothing. `removed`: the value was swept since, to
    make room. `gone` says why the value cannot be read, "" when it can or Treadle cannot tell.
    """

    asset_key: AssetKey
    location: str
    run_id: RunId
    step_key: StepKey
    attempt: int
    store_sequence: int
    time: datetime
    digest: str
    metadata: Metadata
    unexpected: bool
    value_ref: ValueRef | None
    removed: bool = False
    gone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetEntry:
    """An asset, the location that makes it, and its latest materialization, None if never."""

    asset: Asset
    location: str
    latest: Materialization | None
