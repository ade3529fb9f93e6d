"""One idempotency key, submitted from everywhere at once while the launcher is killed."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import treadle_client
from tests.chaos.place import Place, a_place, patiently

RACERS = 200
CLIENTS = 20


@dataclass(kw_only=True)
class Outcome:
    """What the race made."""

    submits: int = 0
    answers: int = 0
    kills: int = 0
    runs: int = 0
    refused: int = 0
    seconds: float = 0.0
    faults: list[str] = field(default_factory=list)

    def figures(self) -> dict[str, object]:
        """Return what is printed."""
        return {
            "submits": self.submits,
            "launcher kills meanwhile": self.kills,
            "answers that name a run": self.answers,
            "runs": self.runs,
            "other requests under the same key, refused": self.refused,
            "seconds": round(self.seconds, 1),
            "faults": len(self.faults),
        }


def submits(seed: int, *, racers: int = RACERS, kills: int = 2) -> Outcome:
    """Have so many submits race with one key, and count the runs."""
    rng = random.Random(seed)
    outcome = Outcome(submits=racers)
    started = time.monotonic()
    with a_place(CHAOS_OP_MS="1") as place:
        place.start()
        gate = threading.Event()
        clients = [place.client() for _ in range(min(CLIENTS, racers))]
        try:
            with ThreadPoolExecutor(racers) as pool:
                racing = [
                    pool.submit(submit, clients[number % len(clients)], gate)
                    for number in range(racers)
                ]
                gate.set()
                for _ in range(kills):
                    time.sleep(rng.uniform(0.0, 0.3))
                    place.launcher.kill()
                    place.launcher.start()
                    outcome.kills += 1
                answers = Counter(future.result() for future in racing)
            outcome.answers = answers.total()
            judge(place, clients[0], answers, outcome)
        finally:
            for client in clients:
                client.close()
        outcome.faults += [f"left: {one}" for one in place.end()]
    outcome.seconds = time.monotonic() - started
    return outcome


def submit(client: treadle_client.Client, gate: threading.Event) -> str:
    """Submit, again and again while nobody answers, as a careful caller does."""
    gate.wait()
    return str(patiently(lambda: client.materialize("plain", idempotency_key="one")).run_id)


def judge(
    place: Place, client: treadle_client.Client, answers: Counter[str], outcome: Outcome
) -> None:
    runs = patiently(lambda: list(client.runs()))
    outcome.runs = len(runs)
    if len(runs) != 1 or set(answers) != {runs[0].run_id}:
        outcome.faults.append(f"{len(runs)} runs, and answers that name {len(answers)}")
    try:
        client.materialize("sturdy", idempotency_key="one")
    except treadle_client.IdempotencyConflictError:
        outcome.refused += 1
    else:
        outcome.faults.append("another request under the same key was taken")
    patiently(lambda: client.run(runs[0].run_id).result(timeout=120)).raise_for_failure()
    began = Counter((one.run_id, one.step_key) for one in place.effects() if one.word == "began")
    again = [key for key, count in began.items() if count > 1]
    if again:
        outcome.faults.append(f"ran twice: {again}")
