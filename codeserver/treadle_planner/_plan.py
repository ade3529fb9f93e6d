"""A plan: what would run, and why, for one request on one snapshot. plan.proto explains it."""

from __future__ import annotations

from collections.abc import Mapping

from treadle_contract.ids import KeyText
from treadle_contract.lazy_dataclasses import dataclass, field
from treadle_contract.partition import PartitionsDefinition
from treadle_contract.plan import Hazard, Load, PlannedStep, Reexecution, Reuse


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What would run, and why, whole.

    `missing_asset_keys` are the siblings that run because no run has stored them. `steps` are
    those of the selected blocks in topological order, ties by key. What is selected of a block of
    several steps is not said by each of these, but in `selections`. `loads` are sorted by key,
    `hazards` by step key and output, `reuses` by step key: loads and reuses are not resolved. `observed_asset_keys` are the external assets that are looked at, sorted.
    `fingerprint` is SHA-256 in hexadecimal over what was asked for and what was decided, but for
    `above` and `below`: where the selection goes on beyond the location. `partitions_definitions` are
    those of the ranges of several keys here, by their ids.
    """

    digest: str
    fingerprint: str
    selected_asset_keys: tuple[KeyText, ...]
    missing_asset_keys: tuple[KeyText, ...]
    notes: tuple[str, ...]
    steps: tuple[PlannedStep, ...]
    selections: Mapping[str, tuple[KeyText, ...]] = field(default_factory=dict)
    loads: tuple[Load, ...]
    hazards: tuple[Hazard, ...]
    reexecution: Reexecution | None = None
    reuses: tuple[Reuse, ...] = ()
    above: tuple[KeyText, ...] = ()
    below: tuple[KeyText, ...] = ()
    selected_checks: tuple[str, ...] = ()
    observed_asset_keys: tuple[KeyText, ...] = ()
    partitions_definitions: tuple[PartitionsDefinition, ...] = ()
