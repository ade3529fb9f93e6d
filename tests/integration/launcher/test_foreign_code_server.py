"""A code server that answers what the contract does not allow spoils its own calls, and no other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count, repeat
from typing import Any

import grpc
import pytest

from tests.foreign.code_server import ForeignCodeServer, as_it_is, foreign_code_server
from tests.foreign.driver import Driver
from tests.foreign.driver import Foreign as FuzzedLocation
from tests.foreign.forged import CODE
from tests.foreign.host import write_program
from treadle_api.v1 import codeserver_pb2, graph_pb2, run_pb2

WELL = """
from treadle import asset

@asset
def fine():
    return 1
"""
BAD = f"""{CODE}
from treadle import asset

@asset
def one():
    forge()
    return 1

@asset
def two(one):
    return one
"""


class Foreign:
    """A launcher of two locations, one of which answers as a test wants it."""

    def __init__(self, services: Any, code_server: ForeignCodeServer) -> None:
        self.code_server = code_server
        self.folder = services.folder
        well = services.code_server(services.module("well", WELL), "well")
        launcher = services.launcher(
            f"--location=well={well.address}", f"--location=bad={code_server.address}"
        )
        self.caller = services.caller(launcher.address)

    def succeeds(self, location: str, *expressions: str) -> str:
        run_id = self.caller.launch(*expressions, location=location)
        self.caller.events(run_id)
        assert self.caller.GetRun(run_id=run_id).run.state == run_pb2.RUN_STATE_SUCCEEDED
        return run_id

    def refused(self) -> str:
        """Launch a run of the bad location, which is refused; return what is said."""
        with pytest.raises(grpc.RpcError) as raised:
            self.caller.launch("*", location="bad")
        assert raised.value.code() == grpc.StatusCode.INTERNAL  # type: ignore[attr-defined]
        return str(raised.value.details())  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def foreign(shared_services: Any) -> Iterator[Foreign]:
    real = shared_services.code_server(shared_services.module("bad", BAD), "bad")
    socket = shared_services.folder / "foreign.sock"
    with foreign_code_server(real.address, socket) as code_server:
        yield Foreign(shared_services, code_server)


Edit = Callable[[Any], None]


def edits(call: str, edit: Edit) -> Callable[[str, Iterator[Any]], Iterator[Any]]:
    def change(name: str, answers: Iterator[Any]) -> Iterator[Any]:
        for answer in answers:
            if name == call:
                edit(answer)
            yield answer

    return change


def spec(**fields: Any) -> Edit:
    def edit(answer: Any) -> None:
        for name, value in fields.items():
            setattr(answer.spec, name, value)

    return edit


def variable(name: str, value: str) -> Edit:
    return lambda answer: answer.spec.environment.update({name: value})


def step(**fields: Any) -> Edit:
    """Change the second step, which reads the first."""

    def edit(answer: Any) -> None:
        for name, value in fields.items():
            setattr(answer.part.steps[1], name, value)

    return edit


def source(**fields: Any) -> Edit:
    def edit(answer: Any) -> None:
        changed = answer.part.steps[1].inputs[0].sources[0]
        changed.Clear()
        changed.MergeFrom(type(changed)(**fields))

    return edit


def swap(answer: Any) -> None:
    answer.part.steps.reverse()


SPECS: dict[str, Edit] = {
    "spec.interpreter": spec(interpreter="/usr/bin/py\0thon"),
    "spec.working_directory": spec(working_directory="here"),
    "spec.import_timeout_ms": spec(import_timeout_ms=2**63 - 1),
    "spec.environment['A=B']": variable("A=B", "c"),
    "spec.environment['A']": variable("A", "c\0d"),
    "spec.targets": lambda answer: answer.spec.ClearField("targets"),
    "GetLaunchSpecResponse.spec": lambda answer: answer.Clear(),
}
PLANS: dict[str, Edit] = {
    "steps[1].key is not set": step(key=""),
    "steps[1].key is 'one'": step(key="one"),
    "steps[1].verdict": step(verdict=0),
    "steps[1].timeout_ms": step(timeout_ms=2**63 - 1),
    "sources[0].from is not set": source(asset_key="one"),
    "sources[0].load_asset_key is 'nothing'": source(load_asset_key="nothing"),
    "step_output.step_key is 'nobody'": source(step_output={"step_key": "nobody", "output": "r"}),
    "step_output.output is 'other'": source(step_output={"step_key": "one", "output": "other"}),
    "step_output.step_key is 'one'": swap,
    "loads[0].asset_key is 'never'": lambda answer: answer.part.loads.add(asset_key="never"),
    "header of part 0": lambda answer: answer.part.ClearField("header"),
    "header.digest": lambda answer: answer.part.header.ClearField("digest"),
    "siblings": lambda answer: setattr(answer.part.header.options, "siblings", 99),
}


@pytest.mark.parametrize(
    ("call", "faults"), [("GetLaunchSpec", SPECS), ("PlanOnRecord", PLANS)], ids=["spec", "plan"]
)
def test_a_spec_or_plan_that_is_wrong_is_refused_by_its_field_and_spoils_nothing(
    foreign: Foreign, call: str, faults: dict[str, Edit]
) -> None:
    said = {}
    for field, edit in faults.items():
        foreign.code_server.change = edits(call, edit)
        said[field] = foreign.refused()
    foreign.code_server.change = as_it_is

    assert {field for field, text in said.items() if field not in text} == set()
    assert all("The code server of bad answered" in text for text in said.values())
    foreign.succeeds("well", "fine")
    foreign.succeeds("bad", "*")


def test_how_a_host_is_started_is_asked_once_a_load(foreign: Foreign) -> None:
    asked: list[str] = []

    def counted(name: str, answers: Iterator[Any]) -> Iterator[Any]:
        asked.append(name)
        yield from answers

    foreign.code_server.change = counted
    foreign.code_server.names_generations = True
    told = []
    for _ in range(2):
        foreign.caller.ReloadLocation(location="bad")
        asked.clear()
        for _ in range(3):
            foreign.succeeds("bad", "one")
        told.append(asked.count("GetLaunchSpec"))
    foreign.code_server.change = as_it_is
    foreign.code_server.names_generations = False

    assert told == [1, 1]


def test_a_selection_that_names_no_location_is_planned_though_one_answers_wrongly(
    foreign: Foreign,
) -> None:
    foreign.code_server.change = edits("Select", lambda answer: answer.asset_keys.append("a//b"))

    foreign.succeeds("", "fine")
    foreign.code_server.change = as_it_is


def test_a_plan_that_is_said_to_be_that_of_another_location_is_kept_beside_it(
    foreign: Foreign,
) -> None:
    run_id = foreign.succeeds("well", "fine")
    known = foreign.caller.GetRun(run_id=run_id).run.fingerprint

    def same(answer: Any) -> None:
        if answer.part.HasField("header"):
            answer.part.header.fingerprint = known

    foreign.code_server.change = edits("PlanOnRecord", same)
    steps = {}
    for location, asset in (("bad", "*"), ("well", "fine"), ("bad", "one")):
        run_id = foreign.succeeds(location, asset)
        assert foreign.caller.GetRun(run_id=run_id).run.fingerprint == known
        ran = foreign.caller.ListRunSteps(run_id=run_id).steps
        steps[location, asset] = [
            step.key for step in ran if step.state == run_pb2.STEP_STATE_SUCCEEDED
        ]
    foreign.code_server.change = as_it_is

    assert steps == {
        ("bad", "*"): ["one", "two"],
        ("well", "fine"): ["fine"],
        ("bad", "one"): ["one"],
    }


def test_a_stream_without_end_is_given_up(foreign: Foreign) -> None:
    text = "x" * 2_000_000
    numbers = count()

    def endless(name: str, answers: Iterator[Any]) -> Iterator[Any]:
        for answer in answers if name != "GetGraph" else ():
            if name == "GetLocation":
                # Of another digest: the graph is not known yet.
                answer.location.digest = "endless"
            yield answer
        if name != "GetGraph":
            return
        for _ in repeat(None):
            part = graph_pb2.GraphPart(assets=[{"key": f"a{next(numbers)}", "description": text}])
            yield codeserver_pb2.GetGraphResponse(part=part)

    foreign.code_server.change = endless
    code, refusal = foreign.caller.refusal(lambda: foreign.caller.StreamGraph(location="bad"))
    foreign.code_server.change = as_it_is

    assert (code, refusal.reason) == (grpc.StatusCode.INTERNAL, "INTERNAL")
    assert next(numbers) < 300
    foreign.succeeds("well", "fine")


def test_a_location_that_says_impossible_things_of_itself_counts_as_unreachable(
    foreign: Foreign,
) -> None:
    def impossible(name: str, answers: Iterator[Any]) -> Iterator[Any]:
        for answer in answers:
            if name in ("GetLocation", "WatchLocation"):
                answer.location.loaded_at.seconds = 2**62
            yield answer

    foreign.code_server.change = impossible
    states = {each.name: each.state for each in foreign.caller.ListLocations().locations}
    foreign.code_server.change = as_it_is

    assert states["well"] == graph_pb2.LOCATION_STATE_SERVING
    foreign.succeeds("well", "fine")
    foreign.succeeds("bad", "*")


SHORT_FUZZ = (3, 6, 9, 11, 12, 14, 18, 19, 20, 16)
"""Seeds that are quick, of each thing that is asked; `make fuzz` takes all others."""


def test_foreign_code_servers_and_hosts_spoil_their_own_runs_and_name_the_field(
    foreign: Foreign,
) -> None:
    program = write_program(foreign.folder / "foreign-host")
    driver = Driver(foreign.caller.stub, [FuzzedLocation("bad", foreign.code_server, program)])

    for seed in SHORT_FUZZ:
        driver.round(seed)

    assert driver.figures.faults == []
    assert driver.figures.healthy == len(SHORT_FUZZ)
    assert driver.figures.poisoned >= len(SHORT_FUZZ) - 2
    # How far a host is when a frame of its is spoilt, and which plans are known by then, differ.
    assert driver.figures.ends["refused INTERNAL"] >= 2
