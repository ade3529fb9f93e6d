"""Who a launcher listens to: a code server of its own user, on the very connection that it speaks."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import grpc
import pytest

from treadle_api.v1 import graph_pb2, run_pb2

ONE = """
from treadle import asset

@asset
def {name}():
    return 1
"""


def serve(services, name: str):
    return services.code_server(services.module(name, ONE.format(name=name)), name)


def socket_of(process) -> Path:
    return Path(process.address.removeprefix("unix:"))


def planned(caller) -> list[str]:
    return [step.key for response in caller.PlanRun() for step in response.part.steps]


def plan_refusal(caller):
    code, refusal = caller.refusal(caller.PlanRun)
    assert (code, refusal.reason) == (grpc.StatusCode.UNAVAILABLE, "LOCATION_UNREACHABLE")
    with pytest.raises(grpc.RpcError) as raised:
        list(caller.PlanRun())
    return raised.value.details()


def test_what_is_put_in_a_code_server_s_place_is_never_spoken_to(services):
    trusted, other = serve(services, "trusted"), serve(services, "other")
    place = socket_of(trusted)
    launcher = services.launcher("--location", f"here={trusted.address}")
    caller = services.caller(launcher.address)
    assert planned(caller) == ["trusted"]

    place.unlink()
    place.symlink_to(socket_of(other))
    # The connection is the one that was checked, whatever lies at the name by now.
    run_id = caller.launch("trusted")
    assert caller.events(run_id)[-1].run_finished.state == run_pb2.RUN_STATE_SUCCEEDED

    trusted.end(signal.SIGKILL)
    assert f"{place} is a link" in plan_refusal(caller)
    place.unlink()
    serve(services, "trusted")
    until = time.monotonic() + 30
    while caller.ListLocations().locations[0].state != graph_pb2.LOCATION_STATE_SERVING:
        assert time.monotonic() < until
    assert planned(caller) == ["trusted"]


@pytest.mark.parametrize("mode", [0o777, 0o1777])
def test_a_code_server_in_a_folder_that_others_write_to_is_refused_by_the_folder_s_name(
    services, mode
):
    code_server = serve(services, "one")
    shared = services.folder / "shared"
    shared.mkdir()
    shared.chmod(mode)
    socket_of(code_server).rename(shared / "one.sock")
    launcher = services.launcher("--location", f"here=unix:{shared}/one.sock")

    told = plan_refusal(services.caller(launcher.address))

    assert f"others may write to the folder {shared}" in told
    assert "mkdir -m 700" in told
    shared.chmod(0o700)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_code_server_in_another_user_s_folder_is_refused(services):
    code_server = serve(services, "one")
    theirs = services.folder / "theirs"
    theirs.mkdir(mode=0o755)
    socket_of(code_server).rename(theirs / "one.sock")
    os.chown(theirs, 12345, -1)
    launcher = services.launcher("--location", f"here=unix:{theirs}/one.sock")

    told = plan_refusal(services.caller(launcher.address))

    assert f"the folder {theirs} belongs to user 12345" in told


@pytest.mark.parametrize("service", ["launcher", "codeserver"])
def test_nothing_is_served_in_a_folder_that_others_write_to(services, service):
    shared = services.folder / "shared"
    shared.mkdir()
    shared.chmod(0o777)
    bind = ("--bind", f"unix:{shared}/s")
    module = services.module("one", ONE.format(name="one"))
    process = (
        services.launcher(*bind)
        if service == "launcher"
        else services.process("treadle_codeserver", "--file", str(module), *bind)
    )

    status, written = process.wait()

    assert status == 1
    assert f"treadle {service}: others may write to the folder {shared}" in written
    assert "Traceback" not in written
