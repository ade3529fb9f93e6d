"""What people do around a crash: commands of ours between a kill of the launcher and its next start."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.chaos.kills import (
    SERVICES,
    Log,
    Outcome,
    Victim,
    before_all,
    check,
    count_effects,
    follow,
)
from tests.chaos.place import Place, a_place, wait_until

OTHER = str(Path(__file__).with_name("other_assets.py"))
READING = (
    ("disk",),
    ("gc", "--plan"),
    ("runs", "list"),
    ("runs", "list", "-f", OTHER),
    ("runs", "show", "RUN"),
    ("runs", "logs", "RUN"),
    ("runs", "watch", "RUN", "--no-follow"),
    ("assets", "-f", OTHER),
    ("plan", "-f", OTHER),
    ("db", "check"),
)
ACTING = (
    ("gc",),
    ("materialize", "-f", OTHER),
    ("runs", "cancel", "RUN", "-f", OTHER),
    ("runs", "rerun", "RUN", "-f", OTHER),
    ("launcher",),
)
"""The last one is tried on a copy alone, where it is refused: at home it is the next launcher."""

OK, FAILED, REFUSED = 0, 1, 2
SECONDS = 120.0
"""How long a command may take, and the start of a launcher."""

MOST = 3
"""How many things are done while the launcher is away."""

AWAY = (MOST + 1) * SECONDS
"""How long it may be away, and runs be followed without a word of it."""


@dataclass(kw_only=True)
class People(Outcome):
    """What was done, beside what a storm counts."""

    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)

    def figures(self) -> dict[str, object]:
        """Return what is printed."""
        acts = {"commands, and where": dict(self.done), "of them refused": dict(self.refused)}
        return {**acts, **super().figures()}


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
                _crash(place, rng, most, outcome)
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


def _crash(place: Place, rng: random.Random, most: int, outcome: People) -> None:
    """Kill the launcher, do something, and start it again."""
    place.launcher.kill()
    outcome.moments += 1
    outcome.kills[Victim.LAUNCHER] += 1
    run_ids = sorted({effect.run_id for effect in place.effects()})
    try:
        for _ in range(rng.randint(1, most)):
            words = rng.choice((*READING, *READING, *ACTING))
            where = rng.choice(("home", "copy", "namespace", "user"))
            if words == ("launcher",):
                where = "copy"
            if "RUN" not in words:
                _act(place, words, where, outcome)
            elif run_ids:
                chosen = rng.choice(run_ids)
                _act(place, [chosen if word == "RUN" else word for word in words], where, outcome)
    finally:
        place.launcher.start()


def _act(place: Place, words: Sequence[str], where: str, outcome: People) -> None:
    home, prefix = place.home, []
    if where == "copy":
        home = place.root / "copy"
        # Hosts that live on write and remove beside us.
        with suppress(shutil.Error):
            shutil.copytree(place.home, home, symlinks=True)
    elif where == "namespace":
        prefix = _prefix("unshare", "--pid", "--fork", "--mount-proc")
    elif where == "user":
        prefix = _prefix("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
    try:
        done = subprocess.run(
            [*prefix, sys.executable, "-P", "-m", "treadle_client", *words, "--home", str(home)],
            env=place.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        outcome.faults.append(f"{where}: {' '.join(words)} did not end")
        return
    finally:
        if where == "copy":
            shutil.rmtree(home, ignore_errors=True)
    name = " ".join(word for word in words if not word.startswith(("0", "/")))
    outcome.done[f"{name.removesuffix(' -f')} ({where})"] += 1
    if done.returncode == OK:
        if words[0] == "launcher" or words[:2] == ["runs", "cancel"]:
            outcome.faults.append(f"{where}: {name} was not refused: {done.stdout}")
        return
    outcome.refused[f"{name.removesuffix(' -f')} ({where})"] += 1
    # Another user may read nothing of it. Of runs that are not over, and in a copy, much is refused.
    is_refusal = where == "user" or tuple(words) in ACTING or words[:2] in _OF_A_RUN
    if not is_refusal or ("Traceback" in done.stderr and where != "user"):
        outcome.faults.append(f"{where}: {name}: {done.returncode} {done.stderr}")


_OF_A_RUN = (["runs", "cancel"], ["runs", "rerun"], ["runs", "watch"])


def _prefix(*command: str) -> list[str]:
    """Return a command that others are run by; nothing where only root may use it."""
    return list(command) if os.geteuid() == 0 and shutil.which(command[0]) else []
