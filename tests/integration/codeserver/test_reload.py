"""Loads that go well, fail, end the interpreter or hang: what was served stays served."""

from __future__ import annotations

import threading
from pathlib import Path

import grpc
import psutil
import pytest

from tests.integration.codeserver.conftest import CodeServer, Start, refusal_of
from treadle_api.v1 import codeserver_pb2, graph_pb2

ONE_ASSET = """
from treadle import asset

@asset
def one():
    return 1
"""

TWO_ASSETS = ONE_ASSET.replace("def one", "def zero") + ONE_ASSET

NAMED = """
@asset(name=NAME)
def made():
    return 1
"""
RAISES = "x = 1\n\nraise ValueError('spilt milk')\n"
EXITS = "import sys\n\nsys.exit('enough')\n"
DIES = "import os\n\nos._exit(3)\n"
CRASHES = "import os\n\nos.abort()\n"
HANGS = "import threading\n\nthreading.Event().wait()\n"
LEAVES_A_CHILD = """
import subprocess
subprocess.Popen(["sleep", "1000"], start_new_session=True)
raise ValueError
"""


@pytest.fixture
def module(tmp_path: Path) -> Path:
    path = tmp_path / "reloaded.py"
    path.write_text(ONE_ASSET)
    return path


def asset_keys(server: CodeServer) -> list[str]:
    return [asset.key for part in server.graph() for asset in part.assets]


def test_a_reload_serves_the_new_definitions(start: Start, module: Path) -> None:
    server = start("-f", module)
    before = server.location().digest
    module.write_text(TWO_ASSETS)

    response = server.reload()

    assert response.swapped
    assert response.location.state == graph_pb2.LOCATION_STATE_SERVING
    assert response.location.digest != before
    assert asset_keys(server) == ["one", "zero"]


def test_a_reload_of_the_same_code_is_another_generation_of_the_same_digest(
    start: Start, module: Path
) -> None:
    server = start("-f", module)
    before = server.location()

    after = server.reload().location

    assert after.digest == before.digest
    assert after.generation not in ("", before.generation)


def test_a_reload_that_fails_leaves_the_generation(start: Start, module: Path) -> None:
    server = start("-f", module)
    before = server.location()
    module.write_text(RAISES)

    assert server.reload().location.generation == before.generation != ""


@pytest.mark.parametrize(
    ("text", "state", "line", "told"),
    [
        (RAISES, graph_pb2.MODULE_STATE_RAISED, 3, "spilt milk"),
        (EXITS, graph_pb2.MODULE_STATE_EXITED, 3, "enough"),
        (DIES, graph_pb2.MODULE_STATE_EXITED, 0, "status 3"),
        (CRASHES, graph_pb2.MODULE_STATE_EXITED, 3, "SIGABRT"),
        ("def (", graph_pb2.MODULE_STATE_RAISED, 1, "SyntaxError"),
    ],
)
def test_a_bad_save_keeps_the_last_good_snapshot_and_says_why(  # noqa: PLR0913, PLR0917 - one table
    start: Start, module: Path, text: str, state: int, line: int, told: str
) -> None:
    server = start("-f", module)
    before = server.location()
    module.write_text(text)

    response = server.reload()

    (report,) = response.location.modules
    assert not response.swapped
    assert response.location.state == graph_pb2.LOCATION_STATE_SERVING_LAST_GOOD
    assert response.location.digest == before.digest
    assert report.state == state
    assert told in report.problem.head
    assert report.source.line == line
    assert report.source.file == (str(module) if line else "")
    assert asset_keys(server) == ["one"]
    assert server.plan("one")


def test_a_module_that_hangs_is_killed_and_where_it_hung_is_told(
    start: Start, module: Path
) -> None:
    server = start("-f", module, "--import-timeout", "2")
    module.write_text(HANGS)

    response = server.reload()

    (report,) = response.location.modules
    assert response.location.state == graph_pb2.LOCATION_STATE_SERVING_LAST_GOOD
    assert report.state == graph_pb2.MODULE_STATE_HUNG
    assert (report.source.file, report.source.line) == (str(module), 3)
    assert "did not end within 2 s" in report.problem.head
    assert psutil.Process(server.process.pid).children(recursive=True) == []


def test_calls_are_answered_while_a_module_hangs(start: Start, module: Path) -> None:
    server = start("-f", module)
    module.write_text(HANGS)
    reload = server.stub.Reload.future(codeserver_pb2.ReloadRequest())

    assert asset_keys(server) == ["one"]
    assert server.plan("one")
    assert not reload.done()


def test_a_good_save_after_a_bad_one_is_served(start: Start, module: Path) -> None:
    server = start("-f", module)
    module.write_text(RAISES)
    server.reload()
    module.write_text(TWO_ASSETS)

    response = server.reload()

    assert response.location.state == graph_pb2.LOCATION_STATE_SERVING
    assert [report.problem.head for report in response.location.modules] == [""]
    assert asset_keys(server) == ["one", "zero"]


def test_what_a_module_started_and_left_is_ended(start: Start, module: Path) -> None:
    server = start("-f", module)
    module.write_text(LEAVES_A_CHILD)

    server.reload()

    assert psutil.Process(server.process.pid).children(recursive=True) == []


@pytest.mark.parametrize(
    ("reads", "state"),
    [
        ("uuid.uuid4().hex[:8]", graph_pb2.LOCATION_STATE_FAILED),
        ("open(__file__ + '.data').read()", graph_pb2.LOCATION_STATE_SERVING),
    ],
)
def test_a_reload_tells_names_that_differ_at_each_import_from_those_of_a_data_file(
    start: Start, module: Path, reads: str, state: graph_pb2.LocationState
) -> None:
    data = module.with_name(f"{module.name}.data")
    data.write_text("first")
    module.write_text(f"import uuid\nfrom treadle import asset\nNAME = {reads}\n{NAMED}")
    server = start("-f", module)
    data.write_text("second")

    location = server.reload().location

    assert location.state == state
    if state == graph_pb2.LOCATION_STATE_SERVING:
        assert asset_keys(server) == ["second"]
        return
    (report,) = location.modules
    assert report.state == graph_pb2.MODULE_STATE_RAISED
    assert report.source.line == 5
    assert " is there in one, and " in report.problem.head
    with pytest.raises(grpc.RpcError) as caught:
        server.graph()
    assert refusal_of(caught.value)[1].reason == "UNSTABLE"


def test_a_location_that_never_loaded_is_data_and_has_no_graph(start: Start, module: Path) -> None:
    module.write_text(RAISES)
    server = start("-f", module)

    with pytest.raises(grpc.RpcError) as caught:
        server.graph()

    _, refusal = refusal_of(caught.value)
    assert server.location().state == graph_pb2.LOCATION_STATE_FAILED
    assert server.location().digest == ""
    assert caught.value.code() == grpc.StatusCode.FAILED_PRECONDITION
    assert refusal.reason == "NOT_LOADED"


def test_a_location_that_failed_first_is_served_after_a_good_save(
    start: Start, module: Path
) -> None:
    module.write_text(RAISES)
    server = start("-f", module)
    module.write_text(ONE_ASSET)

    assert server.reload().swapped
    assert asset_keys(server) == ["one"]


def test_every_target_is_reported(start: Start, module: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.py"
    bad.write_text(RAISES)

    server = start("-f", bad, "-f", module)

    assert [report.state for report in server.location().modules] == [
        graph_pb2.MODULE_STATE_RAISED,
        graph_pb2.MODULE_STATE_LOADED,
    ]


def test_a_module_is_loaded_by_name_from_the_working_directory(start: Start, module: Path) -> None:
    server = start("-m", "reloaded", "--working-directory", module.parent, "--name", "by-name")

    assert server.location().name == "by-name"
    assert asset_keys(server) == ["one"]


def test_a_watcher_sees_every_change(start: Start, module: Path) -> None:
    server = start("-f", module)
    watch = server.stub.WatchLocation(codeserver_pb2.WatchLocationRequest(), timeout=60)
    states = [next(watch).location.state]

    for text in (RAISES, TWO_ASSETS):
        module.write_text(text)
        server.reload()
        states.append(next(watch).location.state)

    watch.cancel()
    assert states == [
        graph_pb2.LOCATION_STATE_SERVING,
        graph_pb2.LOCATION_STATE_SERVING_LAST_GOOD,
        graph_pb2.LOCATION_STATE_SERVING,
    ]


def test_reloads_at_once_all_see_code_of_after_their_call(start: Start, module: Path) -> None:
    server = start("-f", module)
    module.write_text(TWO_ASSETS)
    digests: list[str] = []

    def reload() -> None:
        digests.append(server.reload().location.digest)

    threads = [threading.Thread(target=reload) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert digests == [server.location().digest] * 4
    assert asset_keys(server) == ["one", "zero"]


def notes(server: CodeServer) -> list[str]:
    return list(server.plan()[0].header.notes)


def test_a_plan_says_that_the_code_changed_and_that_it_could_not_be_loaded(
    start: Start, module: Path
) -> None:
    server = start("-f", module)
    assert notes(server) == []

    module.write_text(RAISES)
    (changed,) = notes(server)
    server.reload()
    (failed,) = notes(server)
    module.write_text(ONE_ASSET)
    server.reload()

    assert changed.startswith(f"Changed after the code was loaded: {module}. ")
    assert failed.startswith(
        f"The newest code could not be loaded ({module}:3: ValueError: spilt milk): "
    )
    assert notes(server) == []
