"""A launcher whose code server is down, at any moment: it keeps nobody else, and nothing else, waiting."""

from __future__ import annotations

import signal
import time

from treadle_api.v1 import graph_pb2, run_pb2

SERVING = graph_pb2.LOCATION_STATE_SERVING
UNREACHABLE = graph_pb2.LOCATION_STATE_UNREACHABLE

WAITS = """
import threading
from treadle import asset

@asset
def waits():
    threading.Event().wait()

@asset
def done():
    return 1
"""


def one(caller):
    (location,) = caller.ListLocations().locations
    return location


def until_serving(caller):
    """Wait until the one location serves; what is asked answers at once."""
    until = time.monotonic() + 30
    while (location := one(caller)).state != SERVING:
        assert time.monotonic() < until
    return location


def test_a_code_server_that_is_down_is_waited_for_by_nobody_and_known_by_its_last_name(services):
    module = services.module("shop", WAITS)
    address = f"unix:{services.folder}/shop.sock"
    # Never seen, and given without a name: it goes by its address.
    first = services.launcher("--location", address)
    caller = services.caller(first.address)
    location = one(caller)
    assert (location.name, location.address) == (address, address)
    assert location.state == UNREACHABLE
    assert location.problem == f"nobody answers at {address}"
    assert location.HasField("since")
    assert list(caller.ListRuns().runs) == []

    code_server = services.code_server(module, "shop")
    location = until_serving(caller)
    assert (location.name, location.problem, location.asset_count) == ("shop", "", 2)
    run_id = caller.launch("waits")
    for response in caller.WatchRun(run_id=run_id):
        if any(event.HasField("step_started") for event in response.events):
            break

    # The code server goes, and the launcher is started anew: the run is adopted, and cancelled.
    code_server.end()
    first.end(signal.SIGKILL)
    second = services.launcher("--location", address, "--term-grace", "0")
    caller = services.caller(second.address)
    location = one(caller)
    assert (location.name, location.state) == ("shop", UNREACHABLE)
    assert [run.id for run in caller.ListRuns(location="shop").runs] == [run_id]
    caller.CancelRun(run_id=run_id)
    assert caller.events(run_id)[-1].run_finished.state == run_pb2.RUN_STATE_CANCELLED

    services.code_server(module, "shop")
    until_serving(caller)
    made = caller.launch("done")
    assert caller.events(made)[-1].run_finished.state == run_pb2.RUN_STATE_SUCCEEDED


def test_a_second_one_of_the_same_name_goes_by_its_address_and_spoils_nothing(services):
    module = services.module("shop", WAITS)
    late = f"unix:{services.folder}/late.sock"
    shop = services.code_server(module, "shop")
    launcher = services.launcher("--location", shop.address, "--location", late)
    caller = services.caller(launcher.address)
    services.process("treadle_codeserver", "--file", str(module), "--bind", late)
    until = time.monotonic() + 30
    while any(each.state != SERVING for each in caller.ListLocations().locations):
        assert time.monotonic() < until

    named, unnamed = caller.ListLocations().locations

    assert (named.name, unnamed.name) == ("shop", late)
    assert f"two locations are named shop: write --location NAME={late}" in unnamed.warnings[0]
    assert named.warnings == []
    assert list(caller.PlanRun(location="shop", selection={"expressions": ["done"]}))
