"""Runs cancelled at random moments, whose processes do what they can to stay."""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import treadle_client
from tests.chaos.place import Place, a_place, patiently

GRACE = 0.5
MARGIN = 2.0
AT_ONCE = 16
#: How long after a run's launch it is cancelled, on average, in seconds. A spawned step takes
#: about a second to begin, and ten of them on two cores ten times as long.
MEAN_MOMENT = 2.5 if os.environ.get("TREADLE_START_METHOD") == "spawn" else 0.25


@dataclass(kw_only=True)
class Outcome:
    """What the cancels left."""

    cancels: int = 0
    began: int = 0
    alive: int = 0
    seconds: float = 0.0
    slowest: float = 0.0
    states: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def figures(self) -> dict[str, object]:
        """Return what is printed."""
        return {
            "cancels": self.cancels,
            "ops that had begun, on disk": self.began,
            f"processes alive at grace + {MARGIN:g} s": self.alive,
            "slowest cancel to a recorded end, seconds": round(self.slowest, 2),
            "runs": dict(self.states),
            "seconds": round(self.seconds, 1),
            "faults": len(self.faults),
        }


def processes_of(run_id: str) -> list[str]:
    """Name the processes that carry a run's id in their name or their arguments."""
    found = []
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        with suppress(OSError):
            comm = (folder / "comm").read_text().strip()
            command = (folder / "cmdline").read_bytes()
            # A zombie has no command line: it is ended, and only waits to be reaped.
            if command and (comm == run_id[-15:] or f"chaos-{run_id}".encode() in command):
                found.append(f"{folder.name} {comm}")
    return found


def cancels(seed: int, *, count: int, at_once: int = AT_ONCE, warm: bool = False) -> Outcome:
    """Cancel so many runs, each at a moment of its own, and count what outlives its time."""
    outcome = Outcome(cancels=count)
    rng = random.Random(seed)
    started = time.monotonic()
    with a_place() as place:
        place.launcher = place.a_launcher("--max-steps", str(at_once), "--idle-host", "5")
        place.start()
        with place.client() as client, ThreadPoolExecutor(at_once) as pool:
            # Until a host is warm a run only starts: of many cancels, some come while it does.
            if warm:
                client.materialize("calm_0").result(timeout=60).raise_for_failure()
            moments = [rng.expovariate(1.0) * MEAN_MOMENT for _ in range(count)]
            for state, seconds, alive in pool.map(
                lambda moment: cancel_one(client, moment), moments
            ):
                outcome.states[state] += 1
                outcome.slowest = max(outcome.slowest, seconds)
                outcome.alive += len(alive)
                outcome.faults += [f"alive: {one}" for one in alive]
        outcome.began = sum(effect.word == "began" for effect in place.effects())
        outcome.faults += [f"left: {one}" for one in ended(place)]
    if set(outcome.states) - {treadle_client.RunState.CANCELLED}:
        outcome.faults.append(f"ended otherwise: {dict(outcome.states)}")
    outcome.seconds = time.monotonic() - started
    return outcome


def ended(place: Place) -> list[str]:
    left = place.end()
    for run_id in {effect.run_id for effect in place.effects()}:
        left += processes_of(run_id)
    return left


def cancel_one(client: treadle_client.Client, moment: float) -> tuple[str, float, list[str]]:
    """Cancel a run after a while; return its end, how long that took, and what is alive."""
    handle = patiently(lambda: client.materialize("clings"))
    time.sleep(moment)
    asked = time.monotonic()
    handle.cancel("chaos")
    with suppress(treadle_client.RunFinishedError):
        handle.cancel("chaos, again")
    result = handle.result(timeout=60)
    seconds = time.monotonic() - asked
    time.sleep(max(0.0, asked + GRACE + MARGIN - time.monotonic()))
    return result.status, seconds, processes_of(handle.run_id)
