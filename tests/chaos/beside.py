"""Twenty steps at once, some of which end as badly as a process can; and the others beside them."""

from __future__ import annotations

import statistics
import time
from collections import Counter
from dataclasses import dataclass, field

import treadle_client
from tests.chaos.place import a_place

BAD = {"segfaults": "signal", "eats": "oom", "floods": None}
CALM = 17


@dataclass(kw_only=True)
class Outcome:
    """What became of the crowd."""

    steps: Counter[str] = field(default_factory=Counter)
    reasons: dict[str, str] = field(default_factory=dict)
    alone_ms: float = 0.0
    beside_ms: float = 0.0
    slowest_ms: float = 0.0
    flooded_bytes: int = 0
    seconds: float = 0.0
    faults: list[str] = field(default_factory=list)

    def figures(self) -> dict[str, object]:
        """Return what is printed."""
        return {
            "steps": dict(self.steps),
            "failures named": self.reasons,
            "bytes of output kept of the flood": self.flooded_bytes,
            "median of the others, by themselves, ms": round(self.alone_ms),
            "median of the others, beside them, ms": round(self.beside_ms),
            "slowest of the others, beside them, ms": round(self.slowest_ms),
            "seconds": round(self.seconds, 1),
            "faults": len(self.faults),
        }


def beside() -> Outcome:
    """Run the calm steps by themselves, then beside the bad ones, and compare."""
    outcome = Outcome()
    started = time.monotonic()
    with a_place(CHAOS_OP_MS="1000") as place:
        place.launcher = place.a_launcher("--max-steps", "20")
        place.start()
        calm = [f"calm_{number}" for number in range(CALM)]
        with place.client() as client:
            alone = client.materialize(calm).result(timeout=120)
            alone.raise_for_failure()
            outcome.alone_ms = statistics.median(durations(alone))
            crowd = client.materialize([*calm, *BAD])
            result = crowd.result(timeout=120)
            times = durations(result)
            outcome.beside_ms, outcome.slowest_ms = statistics.median(times), max(times)
            for step in result.steps.values():
                outcome.steps[step.state] += 1
                if step.failure is not None:
                    outcome.reasons[step.key] = str(step.failure.reason)
            outcome.flooded_bytes = sum(len(one.data) for one in crowd.logs("floods"))
            made = {str(one.asset_key): one for one in result.materializations}
            for number, name in enumerate(calm):
                ref = made[name].value_ref if name in made else None
                value = None if ref is None else place.value(ref)
                if value != number:
                    outcome.faults.append(f"{name} made {value!r}")
        outcome.faults += [
            f"{key}: {outcome.reasons.get(key)}"
            for key, reason in BAD.items()
            if outcome.reasons.get(key) != reason
        ]
        outcome.faults += [f"left: {one}" for one in place.end()]
    outcome.seconds = time.monotonic() - started
    return outcome


def durations(result: treadle_client.RunResult) -> list[float]:
    """Return how long the calm steps took, in milliseconds."""
    steps = [step for key, step in result.steps.items() if key.startswith("calm_")]
    return [step.duration.total_seconds() * 1000 for step in steps if step.duration is not None]
