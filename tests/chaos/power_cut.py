"""The home as it is found after a power cut: copied between two instructions, and booted anew."""

from __future__ import annotations

import json
import random
import shutil
import signal
import threading
import time
import uuid
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import treadle_client
from tests.chaos.kills import Log, Outcome, Victim, before_all, check, count_effects
from tests.chaos.place import Place, a_place, patiently, wait_until


def power_cut(seed: int, *, cuts: int, runs: int, asset: str, op_ms: int = 200) -> Outcome:
    """Cut the power so many times, each at a random moment of runs whose ops run."""
    rng = random.Random(seed)
    outcome = Outcome()
    started = time.monotonic()
    for cut in range(cuts):
        with a_place(CHAOS_OP_MS=str(op_ms)) as place:
            place.start()
            with place.client() as client:
                expected, before = before_all(place, client, asset)
                quiet = len(place.effects())
                handles = [
                    client.materialize(asset, idempotency_key=f"{seed}-{cut}-{number}")
                    for number in range(runs)
                ]
                ops_run(place, quiet)
                threading.Event().wait(rng.uniform(0.0, 3.0))
            copy_stopped(place, place.root / "copy")
            outcome.moments += 1
            outcome.kills["power"] += 1
            boot(place, place.root / "copy")
            with place.client() as client:
                logs = [before, *(log_of(client, handle.run_id) for handle in handles)]
                check(place, client, logs, expected, outcome)
            count_effects(place, tuple(Victim), outcome, logs)
            check_words(logs, outcome)
            outcome.faults += [f"left: {one}" for one in place.end()]
    outcome.seconds = time.monotonic() - started
    return outcome


def ops_run(place: Place, quiet: int) -> None:
    """Return when more is noted of ops than this."""
    wait_until(lambda: len(place.effects()) > quiet, "ops run")


def copy_stopped(place: Place, copy: Path) -> None:
    """Stop launcher, hosts and steps between two instructions, copy the home, and kill them."""
    place.signal_all(signal.SIGSTOP)
    shutil.copytree(place.home, copy, symlinks=True)
    place.signal_all(signal.SIGKILL)
    place.launcher.kill()


def boot(place: Place, copy: Path) -> None:
    """Start a launcher on the copy; its hosts' names are of another boot of the machine."""
    boot_id = str(uuid.uuid4())
    for file in copy.glob("hosts/*/process.json"):
        with suppress(ValueError):
            content = json.loads(file.read_text())
            file.write_text(json.dumps({**content, "boot_id": boot_id}))
    # What lies in memory is gone with the power: the sockets of the launcher before, among it.
    for path in place.runtime.rglob("*-hosts.sock"):
        path.unlink()
    place.home = copy
    # Another folder, though it is to be the one that it was.
    place.launcher = place.a_launcher("--take-over", "resume")
    place.launcher.start()
    place.ready()


def log_of(client: treadle_client.Client, run_id: str, seconds: float = 120.0) -> Log:
    """Watch a run from its first event to its end."""
    handle = patiently(lambda: client.run(run_id), seconds)
    handle.result(timeout=seconds)
    return list(handle.events())


def check_words(logs: Sequence[Log], outcome: Outcome) -> None:
    """Hold that what could not be known is said, and said as that."""
    for events in logs:
        for event in events:
            if not isinstance(event, treadle_client.StepFailed | treadle_client.StepRetryScheduled):
                continue
            if "gone" not in event.failure.message:
                outcome.faults.append(f"{event.run_id}: {event.failure.message}")
