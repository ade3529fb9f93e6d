"""What a check said, in a word or two."""

from __future__ import annotations

from typing import Final

from treadle_client._messages import AssetCheckSeverity, CheckEvaluated
from treadle_client.text._facts import facts_rows

_FACT_CHARACTERS: Final = 200
"""How much of a fact a line shows."""


def outcome_of(event: CheckEvaluated) -> str:
    """Return whether it held; if it did not, how bad that is."""
    if event.passed:
        return "held"
    severity = event.severity or AssetCheckSeverity.ERROR
    blocks = ", blocking" if event.blocking else ""
    return f"did not hold ({severity.value}{blocks})"


def is_blocked(event: CheckEvaluated) -> bool:
    """Tell whether it kept what reads the asset from running."""
    is_warning = event.severity is AssetCheckSeverity.WARN
    return event.blocking and not event.passed and not is_warning


def facts_of(event: CheckEvaluated) -> list[str]:
    """Return its metadata, a text for each fact, long ones cut."""
    return [_cut(f"{name}={fact}") for name, fact in facts_rows(event.metadata)]


def _cut(text: str) -> str:
    return text if len(text) <= _FACT_CHARACTERS else f"{text[:_FACT_CHARACTERS]}…"
