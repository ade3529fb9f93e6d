"""A code server that is stopped: its own calls wait for it, and nobody else's."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import grpc
import pytest

from treadle_api.v1 import (
    codeserver_pb2,
    codeserver_pb2_grpc,
    graph_pb2,
    launcher_pb2,
    launcher_pb2_grpc,
    run_pb2,
)

ONE = """
from treadle import asset

@asset
def {name}():
    return 1
"""
SERVING = graph_pb2.LOCATION_STATE_SERVING
UNREACHABLE = graph_pb2.LOCATION_STATE_UNREACHABLE

END_SECONDS = 120


class Two:
    """A launcher of two locations; the code server of `silent` can be stopped."""

    def __init__(self, services: Any) -> None:
        well = services.code_server(services.module("well", ONE.format(name="fine")), "well")
        module = services.module("silent", ONE.format(name="mute"))
        self._silent = services.code_server(module, "silent")
        launcher = services.launcher(
            f"--location=well={well.address}", f"--location=silent={self._silent.address}"
        )
        self.caller = services.caller(launcher.address)

    @contextmanager
    def stopped(self) -> Iterator[None]:
        pid = self._silent.popen.pid
        os.kill(pid, signal.SIGSTOP)
        try:
            os.waitid(os.P_PID, pid, os.WSTOPPED | os.WNOWAIT)
            yield
        finally:
            os.kill(pid, signal.SIGCONT)

    def states(self) -> dict[str, int]:
        return {each.name: each.state for each in self.caller.ListLocations().locations}

    def planned(self, location: str) -> Any:
        """Begin to plan, and return the call."""
        request = launcher_pb2.PlanRunRequest(location=location)
        return self.caller.stub.PlanRun(request, timeout=END_SECONDS)

    def wait_for_silent(self) -> None:
        until = time.monotonic() + END_SECONDS
        while self.states()["silent"] != SERVING:
            assert time.monotonic() < until

    def finished(self, run_id: str) -> int:
        self.caller.events(run_id)
        return int(self.caller.GetRun(run_id=run_id).run.state)


@pytest.fixture(scope="module")
def shared_two(shared_services) -> Two:
    return Two(shared_services)


@pytest.fixture
def two(shared_two) -> Two:
    """Services that all tests of this file share: each finds both locations served."""
    shared_two.wait_for_silent()
    return shared_two


@contextmanager
def overtaken(waiting: Any) -> Iterator[None]:
    """Check that the block is over before a call that began before it: nobody waits for that one.

    It waits as long as the launcher gives whoever does not answer, which is many times what the
    block takes: no clock says what is soon here.
    """
    try:
        yield
        assert waiting.is_active()
    finally:
        waiting.cancel()


def test_calls_of_a_location_do_not_wait_for_another_one_that_is_stopped(two):
    caller = two.caller
    assert two.states() == {"well": SERVING, "silent": SERVING}
    with two.stopped(), overtaken(two.planned("silent")):
        list(caller.PlanRun(location="well", selection={"expressions": ["fine"]}))
        assets = caller.ListAssets(location="well").assets
        run_id = caller.launch("fine", location="well")
        parts = list(caller.StreamGraph(location="well"))
        reloaded = caller.ReloadLocation(location="well")

    assert [each.asset.key for each in assets] == ["fine"]
    assert parts
    assert reloaded.swapped
    assert two.finished(run_id) == run_pb2.RUN_STATE_SUCCEEDED


def test_calls_of_all_locations_answer_without_the_one_that_is_stopped(two):
    caller = two.caller
    assert two.states() == {"well": SERVING, "silent": SERVING}
    with two.stopped(), overtaken(two.planned("silent")):
        assert two.states() == {"well": SERVING, "silent": UNREACHABLE}
        # What is known of it is told on.
        assert [each.asset.key for each in caller.ListAssets().assets] == ["fine", "mute"]
    two.wait_for_silent()
    with two.stopped(), overtaken(two.planned("silent")):
        run_id = caller.launch("fine")
        code, refusal = caller.refusal(
            lambda: caller.PlanRun(selection={"expressions": ["nowhere"]})
        )

    assert (code, refusal.reason) == (grpc.StatusCode.UNAVAILABLE, "LOCATION_UNREACHABLE")
    assert list(refusal.names) == ["silent"]
    assert two.finished(run_id) == run_pb2.RUN_STATE_SUCCEEDED


class NoGraph(codeserver_pb2_grpc.CodeServerServiceServicer):
    """A code server that says that it serves, and never answers with its graph."""

    def __init__(self) -> None:
        self.is_over = threading.Event()

    def GetLocation(self, request, context):
        return codeserver_pb2.GetLocationResponse(location=self._location())

    def WatchLocation(self, request, context):
        yield codeserver_pb2.WatchLocationResponse(location=self._location())
        self.is_over.wait()

    def GetGraph(self, request, context):
        self.is_over.wait()
        yield from ()

    def _location(self) -> graph_pb2.Location:
        return graph_pb2.Location(name="mute", state=SERVING, digest="d", generation="1")


def test_assets_are_listed_without_the_graph_of_one_that_hangs(services):
    servicer = NoGraph()
    server = grpc.server(ThreadPoolExecutor(max_workers=8))
    codeserver_pb2_grpc.add_CodeServerServiceServicer_to_server(servicer, server)
    server.add_insecure_port(f"unix:{services.folder}/mute.sock")
    server.start()
    well = services.code_server(services.module("well", ONE.format(name="fine")), "well")
    locations = ("--location", f"unix:{services.folder}/mute.sock", "--location", well.address)
    caller = services.caller(services.launcher(*locations).address)
    try:
        graph = launcher_pb2.StreamGraphRequest(location="mute")
        with overtaken(caller.stub.StreamGraph(graph, timeout=END_SECONDS)):
            assert [each.asset.key for each in caller.ListAssets().assets] == ["fine"]
            assert len(caller.ListLocations().locations) == 2
    finally:
        servicer.is_over.set()
        server.stop(None).wait()


def test_one_that_goes_on_is_used_again_at_once(two):
    caller = two.caller
    with two.stopped():
        assert two.states()["silent"] == UNREACHABLE

    list(caller.PlanRun(location="silent", selection={"expressions": ["mute"]}))
    assert two.states()["silent"] == SERVING
    assert two.finished(caller.launch("mute")) == run_pb2.RUN_STATE_SUCCEEDED


def test_a_reload_finds_that_nobody_answers_and_works_when_somebody_does(two):
    caller = two.caller
    with two.stopped():
        code, refusal = caller.refusal(lambda: iter([caller.ReloadLocation(location="silent")]))

    assert (code, refusal.reason) == (grpc.StatusCode.UNAVAILABLE, "LOCATION_UNREACHABLE")
    two.wait_for_silent()
    assert caller.ReloadLocation(location="silent").swapped


def test_the_callers_deadline_ends_a_call_before_the_launcher_does(two):
    request = launcher_pb2.ReloadLocationRequest(location="silent")
    stub: Any = launcher_pb2_grpc.LauncherServiceStub(two.caller.channel)
    with two.stopped(), pytest.raises(grpc.RpcError) as caught:
        stub.ReloadLocation(request, timeout=1)

    assert caught.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
