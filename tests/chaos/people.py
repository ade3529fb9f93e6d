"""What people do around a crash: commands of ours between a kill of the launcher and its next start."""

from __future__ import annotations

import random
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice

from tests.chaos.acts import SECONDS, Act, People, wheres
from tests.chaos.commands import COMMANDS, LAUNCHER, Command
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

MOST = 5
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
        dealt = _dealt(rng, wheres(place))
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
                _crash(place, rng, islice(dealt, rng.randint(1, most)), outcome)
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
    place: Place, rng: random.Random, given: Iterable[tuple[Command, str]], outcome: People
) -> None:
    """Kill the launcher, give commands, and start it again."""
    place.launcher.kill()
    outcome.moments += 1
    outcome.kills[Victim.LAUNCHER] += 1
    run_ids = sorted({effect.run_id for effect in place.effects()})
    try:
        for command, where in given:
            is_stopped = rng.random() < 0.5
            act = Act(place=place, command=command, where=where, run_id=rng.choice(run_ids))
            act.do(outcome, is_stopped)
    finally:
        place.launcher.start()


def _dealt(rng: random.Random, places: Sequence[str]) -> Iterator[tuple[Command, str]]:
    """Yield every command at every place in a random order, and then all of it in another."""
    pairs = [
        (command, place)
        for command in COMMANDS
        for place in (("copy",) if command == LAUNCHER else places)
    ]
    while True:
        yield from rng.sample(pairs, len(pairs))
