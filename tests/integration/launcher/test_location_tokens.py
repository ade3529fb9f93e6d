"""Tokens of locations over TCP: each code server gets its own, and nobody gets the launcher's."""

from __future__ import annotations

import secrets
from concurrent.futures import ThreadPoolExecutor

import grpc
import pytest

from treadle_api.v1 import codeserver_pb2, codeserver_pb2_grpc, graph_pb2

ONE = """
from treadle import asset

@asset
def one():
    return 1
"""


def token_file(services, name: str):
    file = services.folder / name
    file.touch(mode=0o600)
    file.write_text(f"{secrets.token_hex(16)}\n")
    return file


class Listening(codeserver_pb2_grpc.CodeServerServiceServicer):
    """Whoever has the port of a code server, and notes what it is sent."""

    def __init__(self) -> None:
        self.heard: set[str] = set()

    def GetLocation(self, request, context):
        self._note(context)
        location = graph_pb2.Location(name="l", state=graph_pb2.LOCATION_STATE_FAILED)
        return codeserver_pb2.GetLocationResponse(location=location)

    def WatchLocation(self, request, context):
        self._note(context)
        yield codeserver_pb2.WatchLocationResponse(
            location=graph_pb2.Location(name="l", state=graph_pb2.LOCATION_STATE_FAILED)
        )

    def _note(self, context) -> None:
        self.heard.add(dict(context.invocation_metadata()).get("authorization", ""))


@pytest.fixture
def listening():
    server = grpc.server(ThreadPoolExecutor(max_workers=4))
    servicer = Listening()
    codeserver_pb2_grpc.add_CodeServerServiceServicer_to_server(servicer, server)
    servicer.port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield servicer
    server.stop(None).wait()


@pytest.mark.parametrize("has_token", [False, True])
def test_a_code_server_never_gets_the_launcher_s_own_token(services, listening, has_token):
    own, other = token_file(services, "own"), token_file(services, "other")
    flags = ["--location", f"l=127.0.0.1:{listening.port}", "--token-file", str(own)]
    flags += ["--location-token", f"l={other}"] if has_token else []
    launcher = services.launcher("--bind", "127.0.0.1:0", *flags)

    services.caller(launcher.address, own.read_text().strip()).ListLocations()

    assert listening.heard == {f"Bearer {other.read_text().strip()}" if has_token else ""}


def test_one_that_wants_a_token_says_how_it_is_given(services):
    token, wrong = token_file(services, "token"), token_file(services, "wrong")
    module = services.module("one", ONE)
    tcp = ("--bind", "127.0.0.1:0", "--token-file", str(token))
    address = services.process("treadle_codeserver", "--file", str(module), *tcp).address
    # As it was done before there were tokens of locations: one file for all.
    launcher = services.launcher("--location", f"x={address}", "--token-file", str(token))
    caller = services.caller(launcher.address)

    (location,) = caller.ListLocations().locations
    code, refusal = caller.refusal(caller.PlanRun)
    launcher.end()
    flags = ("--location", f"x={address}", "--location-token", f"x={wrong}")
    caller = services.caller(services.launcher(*flags).address)
    (wronged,) = caller.ListLocations().locations

    assert location.state == graph_pb2.LOCATION_STATE_UNREACHABLE
    assert f"--location x={address} --location-token x=FILE" in location.problem
    assert (code, refusal.reason) == (grpc.StatusCode.UNAVAILABLE, "LOCATION_UNREACHABLE")
    assert "does not take the token of --location-token x=FILE" in wronged.problem
