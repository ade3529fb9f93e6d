"""What people do around a crash: commands of ours between a kill of the launcher and its next start."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from tests.chaos.acts import ACTING, LAUNCHER, READING, SECONDS, Act, People, wheres
from tests.chaos.kills import (
    SERVICES,
    Log,
    Victim,
    before_all,
    check,
    count_effects,
    follow,
)
from tests.chaos.place import Place, a_place, wait_until

MOST = 3
"""How many things are done while the launcher is away."""

AWAY = (MOST + 1) * SECONDS
"""How long it may be away, and runs be followed without a word of it."""


def people(  # noqa: PLR0913 - the measures of one scenario
    seed: int, *, runs: int, kills: int, most: int = MOST, op_ms: int = 1500, pause: float = 1.0
) -> People:
    """Kill the launcher so often under so many runs, and do what people do before it is back.

    `most` is how many things they do at most.
    """
    rng = random.Random(seed)
    outcome = People(allowed=())
    started = time.monotonic()
    with a_place(CHAOS_OP_MS=str(op_ms)) as place:
        places = wheres(place)
        place.start()
        with place.client(AWAY) as client, ThreadPoolExecutor(runs) as pool:
            expected, before = before_all(place, client, "plain")
            followed = [
                pool.submit(follow, client, "plain", f"{seed}-{number}", (kills + 1) * AWAY)
                for number in range(runs)
            ]
            for _ in range(kills):
                if not _goes_on(place, followed):
                    break
                time.sleep(rng.uniform(0.0, 1.0) * pause)
                _crash(place, rng, places, most, outcome)
                place.ready(SECONDS)
            logs = [before, *(future.result() for future in followed)]
            check(place, client, logs, expected, outcome)
        count_effects(place, SERVICES, outcome, logs)
        outcome.faults += [f"left: {one}" for one in place.end()]
    outcome.seconds = time.monotonic() - started
    return outcome


def _goes_on(place: Place, followed: Sequence[Future[Log]]) -> bool:
    """Wait until another op has begun or ended; False: all is over."""
    before = len(place.effects())

    def is_over() -> bool:
        return all(one.done() for one in followed)

    wait_until(lambda: len(place.effects()) > before or is_over(), "ops run", SECONDS)
    return not is_over()


def _crash(
    place: Place, rng: random.Random, places: Sequence[str], most: int, outcome: People
) -> None:
    """Kill the launcher, do something, and start it again."""
    place.launcher.kill()
    outcome.moments += 1
    outcome.kills[Victim.LAUNCHER] += 1
    run_ids = sorted({effect.run_id for effect in place.effects()})
    try:
        for _ in range(rng.randint(1, most)):
            words = rng.choice((*READING, *READING, *ACTING))
            where = rng.choice(places)
            is_stopped = rng.random() < 0.5
            if words == LAUNCHER:
                where = "copy"
            run_id = rng.choice(run_ids) if run_ids else ""
            if run_id or "RUN" not in words:
                Act(place=place, words=words, where=where, run_id=run_id).do(outcome, is_stopped)
    finally:
        place.launcher.start()
