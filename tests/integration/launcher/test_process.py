"""The launcher as a process: how it starts, who may call it, and how it ends."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import grpc
import psutil
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import (
    ProtoReflectionDescriptorDatabase,
)

TOKEN = "open-sesame-open-sesame"

WAITS = """
import os, time
from treadle import asset

@asset
def waits():
    while not os.path.exists({release!r}):
        time.sleep(0.01)
    return 1

@asset
def after(waits):
    return waits + 1
"""


def runtime_sockets() -> list[Path]:
    return [path for path in Path(os.environ["XDG_RUNTIME_DIR"]).rglob("*") if path.is_socket()]


def test_a_launcher_tells_where_it_is_to_its_starter_and_in_its_home(services):
    launcher = services.launcher()
    about = services.caller(launcher.address).GetLauncher()
    assert not about.ephemeral
    assert about.max_runs == 10
    published = json.loads((services.home / "launcher.json").read_text())
    assert published["address"] == launcher.address
    assert published["pid"] == launcher.popen.pid
    assert len(about.home_id) == 32


def test_health_and_reflection_are_served(services):
    channel = services.caller(services.launcher().address).channel
    service = "treadle_api.v1.LauncherService"
    health = health_pb2_grpc.HealthStub(channel)
    answer = health.Check(health_pb2.HealthCheckRequest(service=service))
    assert answer.status == health_pb2.HealthCheckResponse.SERVING
    assert service in ProtoReflectionDescriptorDatabase(channel).get_services()


def test_a_home_has_one_launcher_and_the_second_one_names_it(services):
    first = services.launcher()
    second = services.launcher()
    assert second.address == ""
    status, written = second.wait()
    assert status == 1
    assert f"pid {first.popen.pid}" in written
    assert first.address in written


def test_a_standing_launcher_leaves_on_sigterm_and_takes_its_sockets_along(services):
    launcher = services.launcher()
    assert runtime_sockets() != []
    assert launcher.end()[0] == 0
    assert runtime_sockets() == []
    assert not (services.home / "launcher.json").exists()


def test_the_sockets_of_a_killed_launcher_are_no_obstacle(services):
    services.launcher().end(signal.SIGKILL)
    launcher = services.launcher()
    assert services.caller(launcher.address).GetLauncher().max_runs == 10


def token_file(folder):
    file = folder / "token"
    file.touch(mode=0o600)
    file.write_text(f"{TOKEN}\n")
    return file


def test_over_tcp_every_call_needs_the_token(services):
    token = token_file(services.folder)
    launcher = services.launcher("--bind", "127.0.0.1:0", "--token-file", str(token))
    assert not launcher.address.endswith(":0")
    stranger = services.caller(launcher.address)
    code, refusal = stranger.refusal(lambda: [stranger.GetLauncher()])
    assert (code, refusal.reason) == (grpc.StatusCode.UNAUTHENTICATED, "BAD_TOKEN")
    with pytest.raises(grpc.RpcError):
        health_pb2_grpc.HealthStub(stranger.channel).Check(health_pb2.HealthCheckRequest())
    assert services.caller(launcher.address, TOKEN).GetLauncher().max_runs == 10


def test_a_taken_socket_is_refused_in_words(services):
    path = services.folder / "taken"
    path.write_text("a file of the user's")
    status, written = services.launcher("--bind", f"unix:{path}").wait()
    assert status == 1
    assert "not a socket" in written
    assert path.read_text() == "a file of the user's"


def test_a_location_that_does_not_answer_is_listed_and_its_calls_say_so(services):
    launcher = services.launcher("--location", f"away=unix:{services.folder}/nobody.sock")
    caller = services.caller(launcher.address)
    (location,) = caller.ListLocations().locations
    assert (location.name, location.state) == ("away", 5)
    code, refusal = caller.refusal(lambda: caller.PlanRun(selection={"expressions": ["a"]}))
    assert (code, refusal.reason) == (grpc.StatusCode.UNAVAILABLE, "LOCATION_UNREACHABLE")
    assert list(refusal.names) == ["away"]


def test_an_ephemeral_launcher_ends_with_its_starter_and_leaves_no_process(services):
    module = services.module("waiting", WAITS.format(release=str(services.folder / "release")))
    code = services.code_server(module, "code")
    launcher = services.launcher("--location", code.address, ephemeral=True)
    caller = services.caller(launcher.address)
    assert caller.GetLauncher().ephemeral
    run_id = caller.launch("waits")
    watched = caller.WatchRun(run_id=run_id)
    kinds = []
    for response in watched:
        kinds += [event.WhichOneof("kind") for event in response.events]
        if "step_started" in kinds:
            break
    children = psutil.Process(launcher.popen.pid).children(recursive=True)
    assert children != []
    launcher.let_go()
    kinds += [event.WhichOneof("kind") for response in watched for event in response.events]
    assert kinds[-3:] == ["cancel_requested", "step_cancelled", "run_finished"]
    # It leaves what there is to tell to its starter.
    assert launcher.wait() == (0, "")
    assert not any(child.is_running() for child in children)
    assert [path.name for path in runtime_sockets()] == []


def test_a_run_outlives_its_launcher(services):
    release = services.folder / "release"
    module = services.module("waiting", WAITS.format(release=str(release)))
    code = services.code_server(module, "code")
    first = services.launcher("--location", code.address)
    caller = services.caller(first.address)
    run_id = caller.launch("waits or after")
    for response in caller.WatchRun(run_id=run_id):
        if any(event.HasField("step_started") for event in response.events):
            break
    assert first.end(signal.SIGKILL)[0] == -signal.SIGKILL
    # Its code is in its plan and its host: the code server is needed no more.
    code.end()
    release.touch()
    second = services.launcher("--location", f"code={code.address}")
    events = services.caller(second.address).events(run_id)
    assert [event.sequence for event in events] == list(range(1, len(events) + 1))
    kinds = [event.WhichOneof("kind") for event in events]
    assert kinds.count("host_ready") == 1
    assert kinds.count("step_succeeded") == 2
    assert events[-1].run_finished.state == 5
    assert second.end()[0] == 0


def test_a_location_over_tcp_is_planned_and_has_no_host_here(services, tmp_path):
    token = token_file(tmp_path)
    module = services.module(
        "away", "from treadle import asset\n\n@asset\ndef a():\n    return 1\n"
    )
    tcp = ("--bind", "127.0.0.1:0", "--token-file", str(token))
    code_server = services.process("treadle_codeserver", "--file", str(module), *tcp)
    launcher = services.launcher(
        *("--location", f"away={code_server.address}", "--location-token", f"away={token}"),
        ephemeral=True,
    )
    caller = services.caller(launcher.address)

    parts = list(caller.PlanRun())
    code, refusal = caller.refusal(lambda: [caller.LaunchRun()])

    assert [step.key for response in parts for step in response.part.steps] == ["a"]
    assert code == grpc.StatusCode.FAILED_PRECONDITION
    assert (refusal.reason, list(refusal.names)) == ("NO_HOST_FOR_LOCATION", ["away"])
    assert caller.ListRuns().runs == []
