"""A store that refuses, in many ways and at random moments, while runs are in flight."""

from __future__ import annotations

import random
import shutil
import subprocess
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import treadle_client
from tests.chaos.adversity import a_folder, small_disk
from tests.chaos.kills import SERVICES, Outcome, before_all, check, count_effects, follow
from tests.chaos.place import Place, a_place, wait_until
from tests.chaos.store_troubles import (
    can_be_read_only,
    failing,
    full,
    locked,
    locked_and_killed,
    read_only,
    slow,
)

ASSETS = ("plain", "charges")
"""Ops that make values, and ops that leave nothing but what they did."""
ROOM = "size=48m"
WATCH_SECONDS = 3600.0
IN_FLIGHT = 2
"""So many runs at least are to be under way while the store refuses for minutes."""
OF_MINUTES = 2
"""How often it does so, of the moments on one disk."""


@dataclass(kw_only=True)
class Refusals:
    """What a store that refuses led to."""

    storm: Outcome = field(default_factory=lambda: Outcome(allowed=()))
    kinds: Counter[str] = field(default_factory=Counter)
    seconds: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    longest: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    in_flight: list[int] = field(default_factory=list)
    """How many runs were under way when the store took writes again, of refusals for minutes."""
    told: Counter[str] = field(default_factory=Counter)
    logged: Counter[str] = field(default_factory=Counter)
    refused: list[str] = field(default_factory=list)
    """The names of requests whose callers were told that nothing is recorded."""

    @property
    def faults(self) -> list[str]:
        return self.storm.faults

    def figures(self) -> Mapping[str, object]:
        """Return what is printed."""
        storm = self.storm
        return {
            "runs": dict(storm.runs),
            "times that the store refused": dict(self.kinds),
            "seconds for which it did": {kind: round(all_) for kind, all_ in self.seconds.items()},
            "the longest of each, seconds": {
                kind: round(one) for kind, one in self.longest.items()
            },
            "runs in flight at the end of those of minutes": self.in_flight,
            "ops begun / ended, on disk": f"{storm.began} / {storm.ended}",
            "attempts that failed, as classified": dict(storm.lost),
            "callers were told meanwhile": dict(self.told),
            "lines of the launcher's log about it": dict(self.logged),
            "events watched": storm.watched,
            "committed values read back": storm.values,
            "seconds": round(storm.seconds, 1),
            "faults": len(storm.faults),
        }


Refusing = Callable[[Place, float], None]


@dataclass(frozen=True, kw_only=True)
class Measures:
    """How much there is of everything, and the ways in which the store refuses."""

    rng: random.Random
    kinds: Sequence[Refusing]
    runs: int
    moments: int
    longest: float
    minutes: float
    op_ms: int
    pause: float


def store_refuses(  # noqa: PLR0913 - the measures of one scenario
    seed: int,
    *,
    runs: int,
    moments: int,
    longest: float,
    minutes: float = 0.0,
    op_ms: int = 1500,
    pause: float = 1.0,
    fills_disk: bool = True,
) -> Refusals:
    """Have runs in flight while the store refuses.

    Mostly for seconds, up to `longest` of them at a time; now and then for `minutes`, in seconds
    too, if that is given.
    """
    refusals = Refusals()
    started = time.monotonic()
    measures = Measures(
        rng=random.Random(seed),
        kinds=(locked, slow, failing, read_only, locked_and_killed),
        runs=runs,
        moments=moments,
        longest=longest,
        minutes=minutes,
        op_ms=op_ms,
        pause=pause,
    )
    _under(refusals, measures)
    # The other half where the disk can be full: there the database alone is on it.
    if fills_disk:
        with small_disk(ROOM) as disk:
            if disk is not None:
                _under(refusals, replace(measures, kinds=(full, locked)), disk / "home")
    refusals.storm.seconds = time.monotonic() - started
    return refusals


def _under(refusals: Refusals, measures: Measures, home: Path | None = None) -> None:
    outcome = refusals.storm
    with a_place(home=home, CHAOS_OP_MS=str(measures.op_ms)) as place, ExitStack() as stack:
        # A host that waits for others to be recorded has nothing to do, and is to stay all the same.
        # One that cannot start while the database is locked is waited for, for as long.
        patience = 2 * max(measures.longest, measures.minutes) + 10
        place.launcher = place.a_launcher(
            *("--idle-host", f"{patience:g}", "--orphan-grace", f"{patience:g}")
        )
        if home is None:
            place.start()
        else:
            stack.enter_context(_database_alone(place))
        with place.client() as client, ThreadPoolExecutor(2 * measures.runs) as pool:
            before = {asset: before_all(place, client, asset) for asset in ASSETS}
            quiet = len(place.effects())
            followed = {
                asset: [
                    pool.submit(follow, client, asset, f"{asset}-{number}", WATCH_SECONDS)
                    for number in range(measures.runs)
                ]
                for asset in ASSETS
            }
            wait_until(lambda: len(place.effects()) > quiet + 2 * measures.runs, "ops run")
            over = threading.Event()
            under_way = lambda: sum(not one.done() for all_ in followed.values() for one in all_)
            rage = Rage(place, refusals, measures, under_way)
            raging = threading.Thread(target=rage.go_on, args=(over,))
            raging.start()
            try:
                logs = {
                    asset: [before[asset][1], *(one.result() for one in all_)]
                    for asset, all_ in followed.items()
                }
            finally:
                over.set()
                raging.join()
            for asset in ASSETS:
                check(place, client, logs[asset], before[asset][0], outcome)
            _check_asked(client, refusals)
        every = [log for all_ in logs.values() for log in all_]
        count_effects(place, SERVICES, outcome, every)
        _check_attempts(every, outcome)
        _read_log(place, refusals)
        place.launcher.stop()
        place.launcher = place.a_launcher()
        place.launcher.start()
        outcome.faults += [f"left: {one}" for one in place.end()]


@dataclass(frozen=True)
class Rage:
    """Has the store refuse in one way after the other, for a while each."""

    place: Place
    refusals: Refusals
    measures: Measures
    under_way: Callable[[], int]
    """How many runs are."""

    def go_on(self, over: threading.Event) -> None:
        """Do so until there were enough refusals, or all is over."""
        measures, rng = self.measures, self.measures.rng
        kinds = [
            kind for kind in measures.kinds if kind is not read_only or can_be_read_only(self.place)
        ]
        for number, seconds in enumerate(lengths(measures)):
            if over.wait(rng.uniform(0.1, 1.5) * measures.pause):
                return
            self._refuse(kinds[number % len(kinds)], seconds)

    def _refuse(self, kind: Refusing, seconds: float) -> None:
        refusals, name = self.refusals, kind.__name__
        refusals.kinds[name] += 1
        asking = threading.Thread(target=_ask, args=(self.place, refusals))
        asking.start()
        began = time.monotonic()
        kind(self.place, seconds)
        lasted = time.monotonic() - began
        refusals.seconds[name] += lasted
        refusals.longest[name] = max(refusals.longest[name], lasted)
        if seconds > self.measures.longest:
            refusals.in_flight.append(self.under_way())
            if refusals.in_flight[-1] < IN_FLIGHT:
                refusals.faults.append(f"{name}: {refusals.in_flight[-1]} runs were in flight")
        asking.join()


def lengths(measures: Measures) -> list[float]:
    """Return for how many seconds the store refuses each time."""
    rng = measures.rng
    found = [
        # Mostly seconds, now and then as long as it may be.
        rng.choice((0.05, 0.1, 0.3, 1.0)) * rng.uniform(0.5, 1.0) * measures.longest
        for _ in range(measures.moments)
    ]
    if measures.minutes:
        # Early: the runs are to outlast it.
        early = range(max(1, measures.moments // 2))
        for number in rng.sample(early, min(OF_MINUTES, len(early))):
            found[number] = measures.minutes
    return found


def _ask(place: Place, refusals: Refusals) -> None:
    """Ask for a run by name, as somebody would: refused or not, there is one or none of it."""
    key = f"asked-{refusals.kinds.total()}"
    with place.client() as client:
        told = "it was done"
        try:
            handle = client.materialize("asked", idempotency_key=key)
            handle.cancel()
        except treadle_client.TreadleClientError as error:
            told = f"{type(error).__name__}: {error}"
            if "what was asked was not recorded" in told:
                refusals.refused.append(key)
            if getattr(error, "reason", "") == "RUN_FINISHED":
                told = "it was done"
        told = told.partition("\n")[0].replace(place.address, "LAUNCHER")
        refusals.told[told.partition(";")[0][:160]] += 1


def _check_asked(client: treadle_client.Client, refusals: Refusals) -> None:
    """What was refused is not there, and a name names one run."""
    keys = Counter(run.idempotency_key for run in client.runs() if run.idempotency_key)
    faults = [f"refused, and recorded: {key}" for key in refusals.refused if keys[key]]
    faults += [f"{count} runs named {key}" for key, count in keys.items() if count > 1]
    refusals.refused.clear()
    refusals.faults.extend(faults)


def _check_attempts(logs: Sequence[Sequence[treadle_client.Event]], outcome: Outcome) -> None:
    """Every op has one attempt on record, and every run succeeded."""
    for events in logs:
        started = Counter(
            event.step_key for event in events if isinstance(event, treadle_client.StepStarted)
        )
        if set(started.values()) != {1}:
            outcome.faults.append(f"{events[0].run_id}: attempts on record: {started}")
        if getattr(events[-1], "state", None) is not treadle_client.RunState.SUCCEEDED:
            outcome.faults.append(f"{events[0].run_id}: {events[-1]}")


def _read_log(place: Place, refusals: Refusals) -> None:
    for line in place.launcher.log.read_text().splitlines():
        words = line.split(" ")
        if len(words) > 3 and words[2] == "ERROR":
            refusals.logged[words[3]] += 1
            if words[3] not in ("store_waits", "store_failed"):
                refusals.faults.append(f"the launcher's log: {line}")
        elif line.startswith("Traceback"):
            refusals.faults.append("the launcher's log: a traceback")
    # Once a trouble, by each launcher, and once a minute of it.
    most = 2 * refusals.kinds.total() + sum(refusals.seconds.values()) / 60
    if refusals.logged["store_waits"] > most:
        refusals.faults.append(f"said too often: {refusals.logged}")


@contextmanager
def _database_alone(place: Place) -> Iterator[None]:
    """Have values, journals and logs of a home on a small disk lie on a large one."""
    place.start()
    place.launcher.stop()
    with a_folder() as large, ExitStack() as stack:
        for name in ("values", "hosts", "logs"):
            there = large / name
            shutil.copytree(place.home / name, there, symlinks=True)
            there.chmod(0o700)
            subprocess.run(["mount", "--bind", there, place.home / name], check=True)
            unmount = ["umount", "-l", place.home / name]
            stack.callback(subprocess.run, unmount, check=True)
        place.launcher.start()
        place.ready()
        yield
