"""Evaluations of checks, as a result tells them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from treadle._keys import AssetKey
from treadle._metadata_kinds import values_of
from treadle.checks._check_spec import AssetCheckKey
from treadle_contract.event import CheckEvaluated
from treadle_contract.lazy_dataclasses import dataclass, field
from treadle_contract.value import AssetCheckSeverity
from treadle_launcher.runs.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetCheckEvaluation:
    """One result of a check. `blocking`: where it did not hold, with severity ERROR, its step failed."""

    asset_key: AssetKey
    check_name: str
    passed: bool
    step_key: str
    metadata: Mapping[str, Any] = field(default_factory=dict)
    severity: AssetCheckSeverity = AssetCheckSeverity.ERROR
    description: str = ""
    blocking: bool = False

    @property
    def asset_check_key(self) -> AssetCheckKey:
        """The check's key."""
        return AssetCheckKey(self.asset_key, self.check_name)


def evaluation(event: Event, told: CheckEvaluated) -> AssetCheckEvaluation:
    """Return what an event tells."""
    return AssetCheckEvaluation(
        asset_key=AssetKey(told.asset_key),
        check_name=told.check_name,
        passed=told.passed,
        step_key=event.step_key or "",
        metadata=values_of(told.metadata),
        severity=told.severity or AssetCheckSeverity.ERROR,
        description=told.description,
        blocking=told.blocking,
    )
