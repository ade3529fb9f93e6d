"""Results of checks: which of them fails its step."""

from __future__ import annotations

from treadle_contract.event import CheckEvaluated
from treadle_contract.value import AssetCheckSeverity


def is_blocking(result: CheckEvaluated) -> bool:
    """Tell whether a result fails its step, and keeps what reads the asset from running."""
    is_warning = result.severity is AssetCheckSeverity.WARN
    return result.blocking and not result.passed and not is_warning


def check_text(result: CheckEvaluated) -> str:
    """Return which check it is of: "asset:name"."""
    return f"{result.asset_key}:{result.check_name}"
