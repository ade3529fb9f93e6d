"""Foreign code servers, hosts and steps against a launcher with a healthy location, which must not notice."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from pathlib import Path
from random import Random
from typing import Any

import grpc
from grpc_status import rpc_status

from tests.foreign import forged
from tests.foreign.code_server import ForeignCodeServer, as_it_is, foreign_code_server
from tests.foreign.field_names import names_field
from tests.foreign.host import VARIABLE, write_program
from tests.foreign.mutation import spoil, spoil_stream
from tests.foreign.services import Service
from treadle_api.v1 import error_pb2, launcher_pb2, launcher_pb2_grpc, plan_pb2, run_pb2

MODULE = """{forge}
from treadle import RetryPolicy, asset, graph_asset, op

@asset
def {0}_one(context):
    forge()
    context.log.warning("a word")
    context.add_output_metadata({{"rows": 3}})
    return 1

@op
def double(one):
    return 2 * one

@graph_asset
def {0}_two({0}_one):
    return double({0}_one)

@asset
def {0}_three({0}_one, {0}_two):
    return {0}_one + {0}_two

@op(retry_policy=RetryPolicy(max_retries=2))
def begins(context, one):
    if context.retry_number == 0:
        raise ValueError("once")
    forge()
    return one

@op
def passes(one):
    return one

@op
def ends(one, two):
    return one + two

@graph_asset(isolation="asset")
def {0}_four({0}_one):
    begun = begins({0}_one)
    return ends(begun, passes(begun))
"""

# What is asked of a location, and what its code server then answers wrongly.
_ASKED = ("launch", "launch", "rerun", "graph", "reload", "cancel")
_CALLS = {
    "launch": ("PlanOnRecord", "GetLaunchSpec", "GetLocation"),
    "rerun": ("PlanOnRecord", "GetManifest", "GetLaunchSpec"),
    "graph": ("GetGraph", "GetLocation"),
    "reload": ("Reload", "GetLocation", "GetGraph", "PlanOnRecord"),
    "cancel": ("PlanOnRecord", "GetLaunchSpec"),
}
_UNARY = ("GetLocation", "GetLaunchSpec", "Reload")
_RUN_MS = 15_000
_CALL_SECONDS = 60.0
_END_SECONDS = 120.0
_WARM_UP = 10
"""After so many rounds at least, the launcher has imported and cached what it will."""
_STEP = 1024 * 1024
"""What memory rises by in one round that took something large; the rest is creeping."""
_MOST_AGAIN = 4
_TIMES_AGAIN = 6
"""How many rounds that raised it are done again, and how often: it must not rise again."""
FINAL = {run_pb2.RUN_STATE_SUCCEEDED, run_pb2.RUN_STATE_FAILED, run_pb2.RUN_STATE_CANCELLED}


@dataclass
class Figures:
    """What was tried, how it ended, and what was wrong."""

    healthy: int = 0
    poisoned: int = 0
    """What was asked of those that are not healthy, where what is wrong was answered."""
    untouched: int = 0
    """The same, where nothing wrong was asked for."""
    runs: list[str] = field(default_factory=list)
    ends: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    memory: list[int] = field(default_factory=list)
    """Of the launcher, after each round: bytes that are its own."""
    again: list[int] = field(default_factory=list)
    """The same, after rounds that had raised it by much, each done again several times."""

    @property
    def steady(self) -> list[int]:
        """Its memory once all of it is imported, and caches are filled: but for the first third."""
        return self.memory[max(_WARM_UP, len(self.memory) // 3) :]

    @property
    def crept(self) -> int:
        """By how many bytes it grew in the steady rounds, without the steps up and down."""
        return sum(
            after - before for before, after in pairwise(self.steady) if abs(after - before) < _STEP
        )

    @property
    def grown(self) -> int:
        """By how many bytes the peak of the second half of what was done again is above the first's."""
        half = len(self.again) // 2
        return max(self.again[half:]) - max(self.again[:half]) if half else 0


class Foreign:
    """One location whose code server, or host, says what a seed wants."""

    def __init__(self, name: str, server: ForeignCodeServer, host_program: Path) -> None:
        self.name = name
        self.server = server
        self.last_run: str | None = None
        self.is_touched = False
        self._program = host_program

    def poison(self, asked: str, random: Random) -> str:
        """Choose what is wrong from now on, and say what that is."""
        self.is_touched = False
        if asked not in ("graph", "reload") and random.random() < 0.2:
            seed = random.randrange(2**32)
            self.server.change = self._with_spec({forged.VARIABLE: str(seed)})
            return f"step {seed}"
        if asked not in ("graph", "reload") and random.random() < 0.6:
            fault = random.choice(
                [
                    "random",
                    "random",
                    "random",
                    "random",
                    "exits",
                    "ahead",
                    "ahead",
                    "goes on",
                    "goes on",
                ]
            )
            seed = random.randrange(2**32)
            told = {VARIABLE: f'["{fault}", {seed}]'}
            self.server.change = self._with_spec(told, str(self._program))
            return f"host {fault} {seed}"
        call, seed = random.choice(_CALLS[asked]), random.randrange(2**32)
        self.server.change = self._spoilt(call, Random(seed))
        return f"code server {call} {seed}"

    def heal(self) -> None:
        """Answer as a real code server does."""
        self.server.change = as_it_is

    def _with_spec(self, environment: dict[str, str], interpreter: str = "") -> Any:
        def change(call: str, answers: Iterator[Any]) -> Iterable[Any]:
            for answer in answers:
                if call == "GetLaunchSpec":
                    self.is_touched = True
                    answer.spec.interpreter = interpreter or answer.spec.interpreter
                    answer.spec.environment.update(environment)
                yield answer

        return change

    def _spoilt(self, spoilt: str, random: Random) -> Any:
        def change(call: str, answers: Iterator[Any]) -> Iterable[Any]:
            if call != spoilt:
                return answers
            self.is_touched = True
            if call in _UNARY:
                return _spoilt_one(answers, random)
            return spoil_stream(answers, random)

        return change


def _spoilt_one(answers: Iterator[Any], random: Random) -> Iterator[Any]:
    for answer in answers:
        spoil(answer, random)
        yield answer


class Driver:
    """Goes round with a launcher of a healthy location, `well`, and some that are not."""

    def __init__(self, calls: Any, foreign: Sequence[Foreign]) -> None:
        self.figures = Figures()
        self._calls = calls
        self._foreign = foreign

    def round(self, seed: int) -> None:
        """Poison every foreign location, run something of each, and look how all of it ends."""
        random = Random(seed)
        asked = {foreign.name: random.choice(_ASKED) for foreign in self._foreign}
        what = {
            foreign.name: f"{asked[foreign.name]}: {foreign.poison(asked[foreign.name], random)}"
            for foreign in self._foreign
        }
        runs = {
            foreign.name: self._asked(foreign, asked[foreign.name], what[foreign.name])
            for foreign in self._foreign
        }
        healthy = self._launch("well")
        self.figures.healthy += 1
        if self._ended(healthy).state != run_pb2.RUN_STATE_SUCCEEDED:
            self.figures.faults.append(f"seed {seed}: the healthy location's run {healthy} failed")
        for name, run_id in runs.items():
            told = f"seed {seed}: {what[name]}"
            try:
                self._judge(told, run_id)
            except grpc.RpcError as error:
                self.figures.faults.append(f"{told}: run {run_id} cannot be asked about: {error}")
        for foreign in self._foreign:
            foreign.last_run = runs[foreign.name] or foreign.last_run
            self.figures.poisoned += foreign.is_touched
            self.figures.untouched += not foreign.is_touched
            foreign.heal()

    def look_again(self, calls: Any) -> None:
        """Ask a launcher that was started on what the last one left about each run."""
        for run_id in self.figures.runs:
            try:
                run = calls.GetRun(launcher_pb2.GetRunRequest(run_id=run_id)).run
                calls.ListRunSteps(launcher_pb2.ListRunStepsRequest(run_id=run_id))
            except grpc.RpcError as error:
                self.figures.faults.append(f"run {run_id} cannot be asked about anew: {error}")
                continue
            if run.state not in FINAL:
                self.figures.faults.append(f"run {run_id} is in no final state any more")

    def _asked(self, foreign: Foreign, asked: str, what: str) -> str | None:
        """Ask a thing of a foreign location; return the run that came of it, if one did."""
        try:
            if asked == "graph":
                for _ in self._calls.StreamGraph(
                    launcher_pb2.StreamGraphRequest(location=foreign.name), timeout=_CALL_SECONDS
                ):
                    pass
                return None
            if asked == "reload":
                request = launcher_pb2.ReloadLocationRequest(location=foreign.name)
                self._calls.ReloadLocation(request, timeout=_CALL_SECONDS)
            run_id = self._launch(foreign.name, foreign.last_run if asked == "rerun" else None)
            if asked == "cancel":
                self._cancel(run_id)
            return run_id
        except grpc.RpcError as error:
            self._judge_refusal(what, error)
            return None

    def _launch(self, location: str, parent: str | None = None) -> str:
        what: dict[str, Any] = {"location": location, "selection": {"expressions": ["*"]}}
        if parent is not None:
            again = plan_pb2.REEXECUTION_KIND_ALL
            what = {"reexecution": {"parent_run_id": parent, "kind": again}}
        request = launcher_pb2.LaunchRunRequest(**what, timeout_ms=_RUN_MS)
        run_id = str(self._calls.LaunchRun(request, timeout=_CALL_SECONDS).run.id)
        self.figures.runs.append(run_id)
        return run_id

    def _cancel(self, run_id: str) -> None:
        """Cancel a run, which may have ended already."""
        try:
            self._calls.CancelRun(launcher_pb2.CancelRunRequest(run_id=run_id))
        except grpc.RpcError as error:
            refusal = _refusal(error)
            if refusal is None or refusal.reason != "RUN_FINISHED":
                raise

    def _judge_refusal(self, what: str, error: grpc.RpcError) -> None:
        status, refusal = rpc_status.from_call(error), _refusal(error)
        if status is None or refusal is None:
            self.figures.faults.append(f"{what}: refused without details: {error}")
            return
        self.figures.ends[f"refused {refusal.reason}"] += 1
        if "A fault of Treadle's own" in status.message:
            self.figures.faults.append(f"{what}: {status.message}")
        elif not names_field(status.message):
            said = f"refused {refusal.reason}: {status.message}"
            self.figures.faults.append(f"{what}: names no field: {said}")

    def _ended(self, run_id: str) -> Any:
        request = launcher_pb2.WatchRunRequest(run_id=run_id)
        try:
            for _ in self._calls.WatchRun(request, timeout=_END_SECONDS):
                pass
        except grpc.RpcError as error:
            self.figures.faults.append(f"run {run_id} could not be watched to its end: {error}")
        return self._calls.GetRun(launcher_pb2.GetRunRequest(run_id=run_id)).run

    def _judge(self, what: str, run_id: str | None) -> None:
        if run_id is None:
            return
        run = self._ended(run_id)
        if run.state not in FINAL:
            self.figures.faults.append(f"{what}: run {run_id} did not end")
            return
        state = run_pb2.RunState.Name(run.state).removeprefix("RUN_STATE_")
        failures = [run.failure] if run.HasField("failure") else []
        steps = self._calls.ListRunSteps(launcher_pb2.ListRunStepsRequest(run_id=run_id)).steps
        failures += [step.failure for step in steps if step.HasField("failure")]
        reasons = [_reason(each) for each in failures]
        self.figures.ends[" ".join([state, *sorted(set(reasons))])] += 1
        if state == "FAILED" and not failures:
            self.figures.faults.append(f"{what}: run {run_id} failed and does not say why")
        for reason, each in zip(reasons, failures, strict=True):
            if not names_field(each.message):
                said = f"{reason}: {each.message}"
                self.figures.faults.append(f"{what}: names no field: {said}")


def _refusal(error: grpc.RpcError) -> error_pb2.Refusal | None:
    status = rpc_status.from_call(error)
    refusal = error_pb2.Refusal()
    return refusal if status is not None and status.details[1].Unpack(refusal) else None


def _reason(failure: run_pb2.Failure) -> str:
    return run_pb2.FailureReason.Name(failure.reason).removeprefix("FAILURE_REASON_")


def drive(folder: Path, seeds: Iterable[int], *, foreigners: int, seconds: float) -> Figures:
    """Go round with each seed, no longer than so many seconds; return what came of it."""
    began, tried = time.monotonic(), list[int]()
    with ExitStack() as stack:
        foreign = [_foreign(stack, folder, f"f{number}") for number in range(foreigners)]
        well = _code_server(stack, folder, "well")
        named = [(each.name, each.server.address) for each in foreign]
        locations = [
            f"--location={name}={address}" for name, address in (("well", well.address), *named)
        ]
        arguments = ("--home", str(folder / "home"), "--term-grace=1", *locations)
        with _launcher(arguments) as (launcher, calls):
            driver = Driver(calls, foreign)
            for seed in seeds:
                driver.round(seed)
                driver.figures.memory.append(launcher.memory())
                tried.append(seed)
                if time.monotonic() - began > seconds:
                    break
            for seed in _raising(tried, driver.figures.memory) * _TIMES_AGAIN:
                driver.round(seed)
                driver.figures.again.append(launcher.memory())
        logged = launcher.tracebacks()
        with _launcher(arguments) as (launcher, calls):
            driver.look_again(calls)
        logged += launcher.tracebacks()
        driver.figures.faults += [f"the launcher's log: {each}" for each in logged]
        return driver.figures


def _raising(seeds: Sequence[int], memory: Sequence[int]) -> list[int]:
    """Return the rounds after which the launcher had more memory than ever before, by the most."""
    highest = list(accumulate(memory, max))
    steps = {
        number: memory[number] - highest[number - 1] for number in range(_WARM_UP, len(memory))
    }
    most = sorted(steps, key=lambda number: -steps[number])[:_MOST_AGAIN]
    return [seeds[number] for number in most if steps[number] > _STEP]


@contextmanager
def _launcher(arguments: Sequence[str]) -> Iterator[tuple[Service, Any]]:
    with (
        Service("treadle_launcher", *arguments) as launcher,
        grpc.insecure_channel(launcher.address) as channel,
    ):
        yield launcher, launcher_pb2_grpc.LauncherServiceStub(channel)


def _foreign(stack: ExitStack, folder: Path, name: str) -> Foreign:
    real = _code_server(stack, folder, name)
    socket = folder / f"x{name}.sock"
    server = stack.enter_context(foreign_code_server(real.address, socket))
    return Foreign(name, server, write_program(folder / "foreign-host"))


def _code_server(stack: ExitStack, folder: Path, name: str) -> Service:
    file = folder / f"{name}.py"
    file.write_text(MODULE.format(name, forge=forged.CODE))
    bind = f"unix:{folder}/{name}.sock"
    service = Service("treadle_codeserver", "--file", str(file), "--bind", bind, "--name", name)
    return stack.enter_context(service)
