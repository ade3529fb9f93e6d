"""What ops said beside their outputs, as a result tells it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from treadle._keys import AssetKey
from treadle._metadata_kinds import values_of
from treadle_contract.event import AssetObserved, ExpectationEvaluated
from treadle_contract.lazy_dataclasses import dataclass, field
from treadle_launcher.runs.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What an op said of an asset. `materialized`: that it made it, in its own way."""

    asset_key: AssetKey
    step_key: str
    description: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    materialized: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """Whether what an op expected holds."""

    success: bool
    step_key: str
    label: str = ""
    description: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict)


def observation(event: Event, told: AssetObserved) -> Observation:
    """Return what an event tells."""
    return Observation(
        asset_key=AssetKey(told.asset_key),
        step_key=event.step_key or "",
        description=told.description,
        metadata=values_of(told.metadata),
        materialized=told.materialized,
    )


def expectation(event: Event, told: ExpectationEvaluated) -> Expectation:
    """Return what an event tells."""
    return Expectation(
        success=told.success,
        step_key=event.step_key or "",
        label=told.label,
        description=told.description,
        metadata=values_of(told.metadata),
    )
