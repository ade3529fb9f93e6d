"""What can be asked while the first load is under way, and in which interpreter loads happen."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import venv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import grpc
import pytest

from tests.integration.codeserver.conftest import Start, told_through
from treadle_api.v1 import codeserver_pb2, codeserver_pb2_grpc, graph_pb2

#: Tells that it is imported, then waits until it may go on.
WAITS = """
import os
from treadle import asset

with open(os.environ["TOLD"], "w") as told:
    told.write("importing")
with open(os.environ["GO_ON"]) as go_on:
    go_on.read()

@asset
def one():
    return 1
"""

NOTHING_INSTALLED = """
import importlib.util
import sys
from treadle import asset

@asset(description=sys.prefix)
def one():
    return 1

for name in ("grpc", "google", "networkx", "treadle_codeserver", "treadle_planner"):
    assert importlib.util.find_spec(name) is None, name
"""


@dataclass(frozen=True)
class Starting:
    """A code server whose first load waits."""

    process: subprocess.Popen[bytes]
    stub: codeserver_pb2_grpc.CodeServerServiceStub
    ready: IO[bytes]
    go_on: Path


@pytest.fixture
def starting(tmp_path: Path, socket_folder: Path) -> Iterator[Starting]:
    module, told, go_on = (tmp_path / name for name in ("waits.py", "told", "go_on"))
    module.write_text(WAITS)
    for fifo in (told, go_on):
        os.mkfifo(fifo)
    address = f"unix:{socket_folder}/starting.sock"
    ready_read, ready_write = os.pipe()
    arguments = ["-f", str(module), "--bind", address, "--ready-fd", str(ready_write)]
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "treadle_codeserver", *arguments],
        pass_fds=(ready_write,),
        env={**os.environ, "TOLD": str(told), "GO_ON": str(go_on)},
        stderr=subprocess.DEVNULL,
    )
    os.close(ready_write)
    options = (("grpc.use_local_subchannel_pool", 1),)
    try:
        assert told_through(told, process) == "importing"
        with (
            os.fdopen(ready_read, "rb") as ready,
            grpc.insecure_channel(address, options) as channel,
        ):
            stub = codeserver_pb2_grpc.CodeServerServiceStub(channel)
            yield Starting(process, stub, ready, go_on)
    finally:
        process.terminate()
        process.wait(30)


def test_a_location_that_is_loading_says_so(starting: Starting) -> None:
    location = starting.stub.GetLocation(
        codeserver_pb2.GetLocationRequest(), timeout=30, wait_for_ready=True
    ).location

    assert location.state == graph_pb2.LOCATION_STATE_LOADING


def test_who_asks_for_the_graph_waits_for_the_load(starting: Starting) -> None:
    asked = threading.Event()
    parts: list[graph_pb2.GraphPart] = []

    def ask() -> None:
        call = starting.stub.GetGraph(
            codeserver_pb2.GetGraphRequest(), timeout=60, wait_for_ready=True
        )
        asked.set()
        parts.extend(response.part for response in call)

    thread = threading.Thread(target=ask)
    thread.start()
    asked.wait(30)
    starting.go_on.write_text("go on")
    thread.join(60)

    assert [asset.key for part in parts for asset in part.assets] == ["one"]
    assert starting.ready.readline().startswith(b'{"address": "unix:')


def test_leaving_during_the_first_load_tells_nobody_that_it_is_ready(starting: Starting) -> None:
    starting.process.terminate()

    assert starting.process.wait(30) == 0
    assert starting.ready.read() == b""


def test_the_users_interpreter_needs_nothing_of_ours(start: Start, tmp_path: Path) -> None:
    venv.create(tmp_path / "env", symlinks=True, with_pip=False)
    module = tmp_path / "elsewhere.py"
    module.write_text(NOTHING_INSTALLED)

    server = start("-f", module, "--python", tmp_path / "env" / "bin" / "python")

    location = server.location()
    (asset,) = (asset for part in server.graph() for asset in part.assets)
    assert [report.problem.head for report in location.modules] == [""]
    assert asset.description == str(tmp_path / "env")


def test_an_interpreter_that_is_none_is_told(start: Start, tmp_path: Path) -> None:
    module = tmp_path / "a.py"
    module.touch()
    script = tmp_path / "python"
    script.write_text("#!/no/such/interpreter\n")
    script.chmod(0o700)

    server = start("-f", module, "--python", script)

    (report,) = server.location().modules
    assert report.state == graph_pb2.MODULE_STATE_EXITED
    assert "could not be started" in report.problem.head


def test_an_interpreter_that_is_too_old_is_told(start: Start, tmp_path: Path) -> None:
    module = tmp_path / "a.py"
    module.touch()
    script = tmp_path / "python"
    # As Python 3.10 and all before it answer.
    script.write_text("#!/bin/sh\necho 'Unknown option: -P' >&2\nexit 2\n")
    script.chmod(0o700)

    server = start("-f", module, "--python", script)

    (report,) = server.location().modules
    assert report.state == graph_pb2.MODULE_STATE_EXITED
    assert "older than Python 3.11" in report.problem.head
    assert "--python" in report.problem.head


def test_a_resource_that_copies_cannot_share_is_named(start: Start, tmp_path: Path) -> None:
    module = tmp_path / "shop.py"
    module.write_text(
        "import sqlite3\n"
        "from treadle import Definitions, asset\n"
        "@asset(required_resource_keys={'shop'})\n"
        "def orders(context): ...\n"
        f"resources = {{'shop': sqlite3.connect({str(tmp_path / 'shop.db')!r})}}\n"
        "defs = Definitions([orders], resources=resources)\n"
    )

    (told,) = start("-f", module).location().warnings

    assert told.startswith("Resource 'shop' holds a connection to the database")
    assert "setup_for_execution" in told
