"""What people do around a crash: commands of ours between a kill of the launcher and its next start."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.chaos.kills import (
    SERVICES,
    Outcome,
    Victim,
    check,
    count_effects,
    follow,
    undisturbed,
)
from tests.chaos.place import Place, a_place

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


@dataclass(kw_only=True)
class People(Outcome):
    """What was done, beside what a storm counts."""

    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)

    def figures(self) -> dict[str, object]:
        """Return what is printed."""
        acts = {"commands, and where": dict(self.done), "of them refused": dict(self.refused)}
        return {**acts, **super().figures()}


def people(seed: int, *, runs: int, kills: int, op_ms: int = 400, pause: float = 1.0) -> People:
    """Kill the launcher so often under so many runs, and do what people do before it is back."""
    rng = random.Random(seed)
    outcome = People(allowed=())
    expected = undisturbed("plain")
    started = time.monotonic()
    with a_place(CHAOS_OP_MS=str(op_ms)) as place:
        place.start()
        over = threading.Event()
        with place.client() as client, ThreadPoolExecutor(runs) as pool:
            followed = [
                pool.submit(follow, client, "plain", f"{seed}-{number}", 600.0)
                for number in range(runs)
            ]
            try:
                for _ in range(kills):
                    if over.wait(rng.uniform(0.2, 2.0) * pause):
                        break
                    _crash(place, rng, outcome)
                    place.ready()
                logs = [future.result() for future in followed]
            finally:
                over.set()
            check(place, client, logs, expected, outcome)
        count_effects(place, SERVICES, outcome, logs)
        outcome.faults += [f"left: {one}" for one in place.end()]
    outcome.seconds = time.monotonic() - started
    return outcome


def _crash(place: Place, rng: random.Random, outcome: People) -> None:
    """Kill the launcher, do one to three things, and start it again."""
    place.launcher.kill()
    outcome.moments += 1
    outcome.kills[Victim.LAUNCHER] += 1
    run_ids = sorted({effect.run_id for effect in place.effects()})
    try:
        for _ in range(rng.choice((1, 2, 3))):
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
