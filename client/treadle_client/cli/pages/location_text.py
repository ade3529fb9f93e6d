"""A code location in lines for people."""

from __future__ import annotations

from treadle_client._messages import Location, LocationState, ModuleState
from treadle_client.text._words import count


def location_text(location: Location) -> str:
    """Say what a location serves, and what is wrong with what it does not."""
    lines = [f"location {location.name}: {location.state}"]
    if location.state in {LocationState.SERVING, LocationState.SERVING_LAST_GOOD}:
        lines[0] += (
            f", {count(location.asset_count, 'asset')} in {count(location.step_count, 'step')},"
            f" digest {location.digest[:12]}"
        )
    return "\n".join(lines + load_problems(location))


def load_problems(location: Location) -> list[str]:
    """Say what is wrong with its code, and what is to be known of it, in indented lines."""
    lines = [
        f"  {line}"
        for report in location.modules
        if report.state is not ModuleState.LOADED
        for line in str(report).splitlines()
    ]
    return lines + [f"  warning: {text}" for text in location.warnings]
