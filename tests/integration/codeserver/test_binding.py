"""Who may call, over what, and what is left when the server leaves."""

from __future__ import annotations

import os
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path

import grpc
import psutil
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from tests.integration.codeserver.conftest import CodeServer, Start, refusal_of, told_through
from treadle_api.v1 import codeserver_pb2

ASSET = """
from treadle import asset

@asset
def one():
    return 1
"""

TOKEN = "open-sesame-open-sesame"

HANGS = """
import os
import threading
from pathlib import Path

with open(os.environ["TOLD"], "w") as told:
    told.write("importing")
threading.Event().wait()
"""


@pytest.fixture
def module(tmp_path: Path) -> Path:
    path = tmp_path / "bound.py"
    path.write_text(ASSET)
    return path


@pytest.fixture
def over_tcp(start: Start, module: Path, tmp_path: Path) -> CodeServer:
    token_file = tmp_path / "token"
    token_file.touch(mode=0o600)
    token_file.write_text(f"{TOKEN}\n")
    arguments = ["-f", module, "--token-file", token_file]
    return start(*arguments, bind="127.0.0.1:0", token=TOKEN)


def refused_start(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-P", "-m", "treadle_codeserver", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def test_the_token_opens_tcp(over_tcp: CodeServer) -> None:
    host, port = over_tcp.address.rsplit(":", 1)

    assert host == "127.0.0.1"
    assert int(port) > 0
    assert over_tcp.location().name == "bound"


@pytest.mark.parametrize("metadata", [(), (("authorization", f"Bearer {TOKEN[:-1]}"),)])
def test_every_call_over_tcp_needs_the_token(
    over_tcp: CodeServer, metadata: tuple[tuple[str, str], ...]
) -> None:
    health = health_pb2_grpc.HealthStub(over_tcp.channel)
    graph = over_tcp.stub.GetGraph(codeserver_pb2.GetGraphRequest(), timeout=30, metadata=metadata)

    with pytest.raises(grpc.RpcError) as unary:
        health.Check(health_pb2.HealthCheckRequest(), timeout=30, metadata=metadata)
    with pytest.raises(grpc.RpcError) as stream:
        next(graph)

    for caught in (unary, stream):
        _, refusal = refusal_of(caught.value)
        assert caught.value.code() == grpc.StatusCode.UNAUTHENTICATED
        assert refusal.reason == "BAD_TOKEN"


def test_no_launch_spec_goes_over_tcp(over_tcp: CodeServer) -> None:
    request = codeserver_pb2.GetLaunchSpecRequest()

    with pytest.raises(grpc.RpcError) as caught:
        over_tcp.stub.GetLaunchSpec(request, timeout=30, metadata=over_tcp.metadata)

    _, refusal = refusal_of(caught.value)
    assert caught.value.code() == grpc.StatusCode.PERMISSION_DENIED
    assert refusal.reason == "NOT_LOCAL"


def test_a_taken_port_is_refused(over_tcp: CodeServer, module: Path, tmp_path: Path) -> None:
    arguments = ["-f", module, "--token-file", tmp_path / "token", "--bind", over_tcp.address]

    done = refused_start(*arguments)

    assert done.returncode == 1
    assert f"treadle codeserver: {over_tcp.address} cannot be bound" in done.stderr
    assert "Traceback" not in done.stderr


def test_tcp_without_a_token_is_refused(module: Path) -> None:
    done = refused_start("-f", module, "--bind", "127.0.0.1:0")

    assert done.returncode == 2
    assert "--token-file" in done.stderr


def test_only_the_owner_can_connect_to_the_socket(start: Start, module: Path) -> None:
    server = start("-f", module)

    assert stat.S_IMODE(server.socket.stat().st_mode) == 0o600


def test_a_taken_socket_is_refused_and_left_alone(start: Start, module: Path) -> None:
    server = start("-f", module)

    done = refused_start("-f", module, "--bind", server.address)

    assert done.returncode == 1
    assert "in use by another process" in done.stderr
    assert server.location().name == "bound"


def test_a_killed_servers_socket_is_taken_over(start: Start, module: Path) -> None:
    first = start("-f", module)
    first.process.kill()
    first.process.wait(30)
    assert first.socket.is_socket()

    second = start("-f", module, bind=first.address)

    assert second.location().name == "bound"


def test_a_file_in_the_sockets_place_is_left_alone(module: Path, socket_folder: Path) -> None:
    path = socket_folder / "precious"
    path.write_text("data")

    done = refused_start("-f", module, "--bind", f"unix:{path}")

    assert done.returncode == 1
    assert path.read_text() == "data"


def test_without_an_address_it_binds_in_the_users_folder(
    module: Path, tmp_path: Path, socket_folder: Path
) -> None:
    ready_read, ready_write = os.pipe()
    command = [sys.executable, "-P", "-m", "treadle_codeserver", "-f", str(module)]
    process = subprocess.Popen(
        [*command, "--ready-fd", str(ready_write)],
        pass_fds=(ready_write,),
        stderr=subprocess.DEVNULL,
        env={**os.environ, "XDG_RUNTIME_DIR": str(socket_folder)},
    )
    os.close(ready_write)
    with os.fdopen(ready_read) as ready:
        line = ready.readline()
    process.terminate()

    assert f"unix:{socket_folder}/treadle/" in line
    assert process.wait(30) == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_it_and_leaves_no_socket(
    start: Start, module: Path, number: signal.Signals
) -> None:
    server = start("-f", module)

    server.process.send_signal(number)

    assert server.process.wait(30) == 0
    assert not server.socket.exists()


def test_the_end_of_its_starter_ends_it(start: Start, module: Path) -> None:
    server = start("-f", module)

    server.alive.close()

    assert server.process.wait(30) == 0
    assert not server.socket.exists()


def test_who_waits_when_it_leaves_is_told(start: Start, module: Path) -> None:
    server = start("-f", module)
    watch = server.stub.WatchLocation(codeserver_pb2.WatchLocationRequest(), timeout=60)
    next(watch)

    server.process.terminate()
    with pytest.raises(grpc.RpcError) as caught:
        next(watch)

    _, refusal = refusal_of(caught.value)
    assert caught.value.code() == grpc.StatusCode.UNAVAILABLE
    assert refusal.reason == "SHUTTING_DOWN"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_an_import_under_way_ends_with_it(
    start: Start, module: Path, tmp_path: Path, number: signal.Signals
) -> None:
    told = tmp_path / "told"
    os.mkfifo(told)
    server = start("-f", module, TOLD=str(told))
    module.write_text(HANGS)
    reload = server.stub.Reload.future(codeserver_pb2.ReloadRequest())
    assert told_through(told, server.process) == "importing"
    loaders = psutil.Process(server.process.pid).children(recursive=True)

    server.process.send_signal(number)

    server.process.wait(30)
    _, alive = psutil.wait_procs(loaders, timeout=30)
    assert reload.exception(30).code() == grpc.StatusCode.UNAVAILABLE
    assert len(loaders) == 1
    assert alive == []


def test_a_silent_connection_does_not_keep_it(start: Start, module: Path) -> None:
    server = start("-f", module)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as silent:
        silent.connect(str(server.socket))

        assert server.end() == 0
