"""Many runs in flight while launcher, code server, hosts and steps are killed at random moments."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice

import treadle_client
from tests.chaos.place import Place, a_place, patiently

STEPS = 20
WIDTH = 6
VERSIONS_KEPT = 3
EVENTS_BETWEEN_HANG_UPS = 40
TRIED_AGAIN = ("sturdy", "sharing", "fanned")
"""The assets whose runs succeed whatever is killed."""


class Victim(StrEnum):
    """What is killed."""

    LAUNCHER = "launcher"
    CODE_SERVER = "code server"
    HOST = "host"
    """Or the guard above it, or the process that forks its steps."""
    HOST_AND_GUARD = "host and guard"
    """In one moment: neither sees that the other is gone."""
    STEP = "step"


Log = list[treadle_client.Event]

SERVICES = (Victim.LAUNCHER, Victim.CODE_SERVER)
ALL = tuple(Victim)


@dataclass(kw_only=True)
class Outcome:
    """What a storm left: counted, and every thing that must not be, in words.

    `allowed` are the reasons for which attempts may have failed.
    """

    allowed: tuple[str, ...] = ("lost", "signal")
    runs: Counter[str] = field(default_factory=Counter)
    kills: Counter[str] = field(default_factory=Counter)
    moments: int = 0
    began: int = 0
    ended: int = 0
    by_hosts: int = 0
    lost: Counter[str] = field(default_factory=Counter)
    watched: int = 0
    values: int = 0
    seconds: float = 0.0
    faults: list[str] = field(default_factory=list)

    def figures(self) -> dict[str, object]:
        """Return what is printed."""
        return {
            "runs": dict(self.runs),
            "moments": self.moments,
            "kills": dict(self.kills),
            "ops begun / ended, on disk": f"{self.began} / {self.ended}",
            "steps that a host began by itself": self.by_hosts,
            "attempts lost, as classified": dict(self.lost),
            "events watched across restarts": self.watched,
            "committed values read back": self.values,
            "seconds": round(self.seconds, 1),
            "faults": len(self.faults),
        }


class Storm:
    """Kills at random moments what may be killed, and starts the services again."""

    def __init__(self, place: Place, rng: random.Random, victims: Sequence[Victim]) -> None:
        self._place = place
        self._rng = rng
        self._victims = victims

    def rage(self, moments: int, pause: float, outcome: Outcome, over: threading.Event) -> None:
        """Kill one or several at each moment, until there were enough or all is over."""
        for _ in range(moments):
            if over.wait(self._rng.uniform(0.1, 2.0) * pause):
                return
            many = self._rng.choice((1, 1, 1, 2, 3))
            chosen = self._rng.sample(self._victims, min(many, len(self._victims)))
            outcome.moments += 1
            for victim in chosen:
                outcome.kills[victim] += self._kill(victim)

    def _kill(self, victim: Victim) -> int:
        place = self._place
        if victim in SERVICES:
            service = place.launcher if victim is Victim.LAUNCHER else place.code_server
            service.kill()
            service.start()
            return 1
        pids = place.steps() if victim is Victim.STEP else place.hosts()
        if not pids:
            return 0
        chosen = [self._rng.choice(pids)]
        if victim is Victim.HOST_AND_GUARD:
            chosen = place.guard_and_host(chosen[0])
        for number in (signal.SIGSTOP, signal.SIGKILL):
            for pid in chosen:
                with suppress(ProcessLookupError):
                    os.kill(pid, number)
        return 1


def before_all(
    place: Place, client: treadle_client.Client, asset: str
) -> tuple[Mapping[str, object], Log]:
    """Have a run that nothing happens to; return what each step makes, and its events."""
    values: dict[str, object] = {}
    handle = client.materialize(asset)
    handle.result(timeout=120).raise_for_failure()
    events = list(handle.events())
    for event in events:
        if isinstance(event, treadle_client.OutputStored) and event.value_ref is not None:
            values[_named(event)] = place.value(event.value_ref)
    ended = sum(isinstance(event, treadle_client.StepSucceeded) for event in events)
    assert ended == STEPS
    return values, events


def storm(  # noqa: PLR0913 - the measures of one storm
    seed: int,
    *,
    runs: int,
    moments: int,
    victims: Sequence[Victim],
    asset: str,
    op_ms: int = 400,
    pause: float = 0.7,
    seconds: float = 300.0,
    at_once: int | None = None,
) -> Outcome:
    """Have so many runs in flight under so many kills, and say what became of them.

    `at_once`: no more of them than this, with places for all their steps, so that none waits and
    hosts have steps ahead. Else a host has hardly any.
    """
    rng = random.Random(seed)
    raises = ("user_error",) if asset == "sharing" else ()
    outcome = Outcome(allowed=(*Outcome.allowed, *raises))
    started = time.monotonic()
    hosts_die = not set(victims) <= set(SERVICES)
    with a_place(CHAOS_OP_MS=str(op_ms), CHAOS_STRAYS="1" if hosts_die else "") as place:
        if at_once is not None:
            place.launcher = place.a_launcher("--max-steps", str(at_once * WIDTH))
        place.start()
        over = threading.Event()
        with place.client() as client, ThreadPoolExecutor(at_once or runs) as pool:
            expected, before = before_all(place, client, asset)
            followed = [
                pool.submit(follow, client, asset, f"{seed}-{number}", seconds)
                for number in range(runs)
            ]
            raging = threading.Thread(
                target=Storm(place, rng, victims).rage, args=(moments, pause, outcome, over)
            )
            raging.start()
            try:
                logs = [before, *(future.result() for future in followed)]
            finally:
                over.set()
                raging.join()
            check(place, client, logs, expected, outcome)
            if asset in TRIED_AGAIN:
                check_success(logs, outcome)
        count_effects(place, victims, outcome, logs)
        if at_once is not None and not outcome.by_hosts:
            outcome.faults.append(
                "no host began a step by itself: the kills miss what they are for"
            )
        outcome.faults += [f"left: {one}" for one in (*place.end(), *place.strays().values())]
    outcome.seconds = time.monotonic() - started
    return outcome


def follow(client: treadle_client.Client, asset: str, key: str, seconds: float) -> Log:
    """Launch a run, once whatever happens, and watch it from its first event to its end."""
    handle = patiently(lambda: client.materialize(asset, idempotency_key=key), seconds)
    events: Log = []
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        # It hangs up now and then by itself, and goes on behind the last event that it saw.
        for event in islice(handle.events(after=len(events)), EVENTS_BETWEEN_HANG_UPS):
            events.append(event)
            if isinstance(event, treadle_client.RunFinished):
                return events
    return events


def check(
    place: Place,
    client: treadle_client.Client,
    logs: Sequence[Log],
    expected: Mapping[str, object],
    outcome: Outcome,
) -> None:
    """Hold each watched log to what is recorded, and what is recorded to what must be."""
    # Nothing happened to the first.
    outcome.by_hosts += sum(map(begun_by_hosts, logs[1:]))
    newest = [one.run_id for one in patiently(lambda: versions(client, expected))]
    kept = set(newest[:VERSIONS_KEPT])
    for events in logs:
        outcome.watched += len(events)
        numbers = [event.sequence for event in events]
        run_id = events[0].run_id
        if numbers != list(range(1, len(events) + 1)):
            outcome.faults.append(f"{run_id}: a watcher saw {numbers}")
        last = events[-1]
        if not isinstance(last, treadle_client.RunFinished):
            outcome.runs["stuck"] += 1
            outcome.faults.append(f"{run_id} did not end; its last event is {last}")
            continue
        outcome.runs[last.state] += 1
        recorded = patiently(lambda run_id=run_id: list(client.run(run_id).events()))
        if recorded != events:
            outcome.faults.append(f"{run_id}: the record is not what was watched")
        check_values(place, events, expected, kept, outcome)
        check_failures(events, outcome)


def check_success(logs: Sequence[Log], outcome: Outcome) -> None:
    """Hold that every run succeeded: what is lost is tried again."""
    for events in logs:
        last = events[-1]
        state = getattr(last, "state", None)
        if state is not treadle_client.RunState.SUCCEEDED:
            failures = [
                each for each in (getattr(event, "failure", None) for event in events) if each
            ]
            outcome.faults.append(f"{last.run_id} ended as {state}: {failures[-1:]}")


def begun_by_hosts(events: Log) -> int:
    """Count the steps that began in the place of another: the moment of both is of one record."""
    ends = (
        treadle_client.StepSucceeded,
        treadle_client.StepFailed,
        treadle_client.StepRetryScheduled,
        treadle_client.StepCancelled,
    )
    moments = {event.time for event in events if isinstance(event, ends)}
    starts = [event for event in events if isinstance(event, treadle_client.StepStarted)]
    return sum(event.time in moments for event in starts)


def versions(
    client: treadle_client.Client, expected: Mapping[str, object]
) -> list[treadle_client.Materialization]:
    """Return the materializations of the asset that the steps make, newest first."""
    return list(client.materializations(next(iter(expected)).partition(".")[0]))


def _named(event: treadle_client.OutputStored) -> str:
    return f"{event.step_key}:{event.mapping_key}"


def check_values(
    place: Place, events: Log, expected: Mapping[str, object], kept: set[str], outcome: Outcome
) -> None:
    """Read every committed value. Of an asset, versions but the newest may be swept."""
    committed = {
        (event.step_key, event.attempt)
        for event in events
        if isinstance(event, treadle_client.StepSucceeded)
    }
    for event in events:
        if not isinstance(event, treadle_client.OutputStored) or event.value_ref is None:
            continue
        if (event.step_key, event.attempt) not in committed:
            outcome.faults.append(f"{event.run_id} {event.step_key}: stored without success")
        if event.asset_key and event.run_id not in kept:
            continue
        try:
            value = place.value(event.value_ref)
        except Exception as error:  # noqa: BLE001 - whatever it is, the value is torn
            outcome.faults.append(f"{event.run_id} {event.step_key}: {error}")
            continue
        outcome.values += 1
        if value != expected[_named(event)]:
            outcome.faults.append(f"{event.run_id} {event.step_key}: made {value!r:.40}")


def check_failures(events: Log, outcome: Outcome) -> None:
    ended, again = Counter[str](), Counter[str]()
    for event in events:
        if isinstance(event, treadle_client.StepSucceeded):
            ended[event.step_key] += 1
        if isinstance(event, treadle_client.StepRecomputed):
            again[event.step_key] += 1
        failure = getattr(event, "failure", None)
        if isinstance(event, treadle_client.StepFailed | treadle_client.StepRetryScheduled):
            outcome.lost[failure.reason] += 1
            if failure.reason not in outcome.allowed:
                outcome.faults.append(f"{event.run_id} {event.step_key}: {failure}")
    twice = [key for key, count in ended.items() if count > 1 + again[key]]
    if twice:
        outcome.faults.append(f"{events[0].run_id}: succeeded twice: {twice}")
    last = events[-1]
    has_succeeded = getattr(last, "state", None) is treadle_client.RunState.SUCCEEDED
    if has_succeeded and len(ended) != STEPS:
        outcome.faults.append(f"{last.run_id}: succeeded with {len(ended)} steps")


def count_effects(
    place: Place, victims: Sequence[Victim], outcome: Outcome, logs: Sequence[Log]
) -> None:
    """Count what ops wrote themselves: without kills of hosts and steps, each began once."""
    began, ended = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for effect in place.effects():
        if effect.word == "beside":
            outcome.faults.append(f"{effect} runs beside what an earlier attempt left")
            continue
        counter = began if effect.word == "began" else ended
        counter[effect.run_id, effect.step_key] += 1
    outcome.began += began.total()
    outcome.ended += ended.total()
    for events in logs:
        for event in events:
            key = (event.run_id, event.step_key)
            if isinstance(event, treadle_client.StepSucceeded) and not ended[key]:
                outcome.faults.append(f"{key} succeeded and never ran")
    if set(victims) <= set(SERVICES):
        again = [key for key, count in (began + ended).items() if count != 2]
        if again or began.keys() != ended.keys() or len(began) != STEPS * len(logs):
            outcome.faults.append(f"did not run exactly once: {again[:5]} of {len(began)}")
