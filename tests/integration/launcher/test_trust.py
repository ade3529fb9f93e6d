"""What docs/security.md says of user code, of homes and of callers without a token."""

from __future__ import annotations

import os
import sqlite3
import stat

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

CODE = """
import os, sqlite3
from pathlib import Path
from treadle import asset

@asset
def power():
    assert Path(os.environ["TOKEN_FILE"]).read_text() == "a secret of the launcher's user"
    # While the run is not over, what its hosts are started with lies in the home.
    with sqlite3.connect(f"file:{os.environ['DATABASE']}?mode=ro", uri=True) as database:
        ((spec,),) = database.execute("select spec_json from launch_specs").fetchall()
    database.close()
    assert os.environ["TOKEN_FILE"] in spec
"""


def modes(home):
    """Return what others may do in a home, by the paths where it is something."""
    found = {}
    for folder, _, files in os.walk(home):
        for path in (folder, *(os.path.join(folder, name) for name in files)):
            mode = stat.S_IMODE(os.lstat(path).st_mode)
            if not stat.S_ISLNK(os.lstat(path).st_mode) and mode & 0o077:
                found[path] = oct(mode)
    return found


def test_user_code_may_what_its_user_may_and_the_home_is_that_user_s_alone(services, monkeypatch):
    token = services.folder / "token"
    token.write_text("a secret of the launcher's user")
    token.chmod(0o600)
    monkeypatch.setenv("TOKEN_FILE", str(token))
    monkeypatch.setenv("DATABASE", str(services.home / "treadle.db"))
    before = os.umask(0)
    try:
        code_server = services.code_server(services.module("power", CODE), "power")
        caller = services.caller(services.launcher("--location", code_server.address).address)
        events = caller.events(caller.launch("power"))
    finally:
        os.umask(before)

    # It read the secret, and the home: nothing stands between a step and its user's files.
    assert [event.WhichOneof("kind") for event in events].count("step_succeeded") == 1
    assert modes(services.home) == {}
    with sqlite3.connect(services.home / "treadle.db") as database:
        assert database.execute("select spec_json from launch_specs").fetchall() == []
    database.close()


def test_a_caller_without_the_token_learns_nothing_and_is_logged_once_in_a_while(services):
    token = services.folder / "token"
    token.touch(mode=0o600)
    token.write_text("open-sesame-open-sesame")
    launcher = services.launcher("--bind", "127.0.0.1:0", "--token-file", str(token))
    stranger = services.caller(launcher.address, "not-the-token-not-the-token")

    for _ in range(5):
        with pytest.raises(grpc.RpcError) as raised:
            health_pb2_grpc.HealthStub(stranger.channel).Check(
                health_pb2.HealthCheckRequest(), metadata=stranger.metadata
            )
        assert raised.value.code() is grpc.StatusCode.UNAUTHENTICATED
    _, written = launcher.end()

    (line,) = [line for line in written.splitlines() if "call_refused" in line]
    assert "reason=BAD_TOKEN token=wrong peer=ipv4:127.0.0.1" in line
    assert "not-the-token" not in written


def test_bytes_that_are_no_message_are_refused_once_and_leave_no_traceback(services):
    code_server = services.code_server(services.module("power", CODE), "power")
    channel = services.caller(code_server.address).channel
    talk = channel.stream_stream("/treadle_api.v1.CodeServerService/PlanReexecution")

    with pytest.raises(grpc.RpcError) as raised:
        list(talk(iter([b"\xff\xff\xff"]), timeout=30))
    _, written = code_server.end()

    assert raised.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert "cannot be decoded" in raised.value.details()
    assert "Traceback" not in written
    assert "Abort already called" not in written


def test_a_taken_port_is_told_in_words(services):
    token = services.folder / "token"
    token.touch(mode=0o600)
    token.write_text("open-sesame-open-sesame")
    tcp = ("--token-file", str(token), "--bind")
    first = services.launcher(*tcp, "127.0.0.1:0")
    services.home = services.folder / "other"

    status, written = services.launcher(*tcp, first.address).wait()

    assert status == 1
    assert f"treadle launcher: {first.address} cannot be bound" in written
    assert "Traceback" not in written
