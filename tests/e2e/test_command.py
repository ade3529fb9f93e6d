"""The command end to end: services of its own, `dev`, Ctrl-C; what `dev` leaves: test_endings.py."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest

SECONDS = 60

CODE = """
import time
from pathlib import Path
from treadle import asset

@asset
def quick(context):
    print("written to fd 1")
    return 1

@asset
def below(quick):
    return quick + 1

@asset
def bad(quick):
    raise ValueError("no luck")

@asset
def slow():
    Path("slow-started").touch()
    time.sleep(600)

@asset
def below_slow(slow):
    return 1
"""


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-P", "-m", "treadle_client", *arguments]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "my_assets.py").write_text(CODE)
    return tmp_path


def treadle(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*arguments),
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


@contextmanager
def started(folder: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Start the command; at the end kill it if it still runs."""
    process = subprocess.Popen(
        command(*arguments),
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate(timeout=SECONDS)


def read_until(process: subprocess.Popen[str], text: str) -> list[str]:
    """Read lines up to the one that holds a text."""
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if text in line:
            return lines
    raise AssertionError(f"{text!r} never came: {lines}")


def gone(processes: list[psutil.Process]) -> bool:
    """Wait for the end of processes."""
    with suppress(psutil.NoSuchProcess):
        psutil.wait_procs(processes, timeout=SECONDS)
    return not any(each.is_running() for each in processes)


def test_a_second_run_finds_what_the_first_one_made(folder):
    assert treadle(folder, "materialize", "-f", "my_assets.py", "-s", "quick").returncode == 0

    done = treadle(folder, "materialize", "-f", "my_assets.py", "-s", "below", "--json")

    assert done.returncode == 0
    *events, result = map(json.loads, done.stdout.splitlines())
    assert [event["asset_key"] for event in events if event["kind"] == "input_loaded"] == ["quick"]
    assert [made["asset_key"] for made in result["materializations"]] == ["below"]


def test_a_failed_run_ends_with_1_and_names_the_line(folder):
    done = treadle(folder, "materialize", "-f", "my_assets.py", "-s", "bad or quick")

    assert done.returncode == 1
    assert "bad failed: user_error (compute)" in done.stdout
    assert f"at {folder}/my_assets.py:17" in done.stdout


def test_code_that_does_not_load_ends_with_2_and_its_traceback(folder):
    (folder / "broken.py").write_text("raise RuntimeError('broken here')\n")

    done = treadle(folder, "graph", "-f", "broken.py")

    assert done.returncode == 2
    assert "RuntimeError: broken here" in done.stderr


def test_ctrl_c_cancels_a_run_of_the_commands_own(folder):
    with started(folder, "materialize", "-f", "my_assets.py", "-s", "slow") as process:
        read_until(process, "slow started")
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=SECONDS)

    assert process.returncode == 1
    assert "slow cancelled" in out
    assert "CANCELLED, 0 assets made" in out


def test_a_killed_command_leaves_no_process(folder):
    with started(folder, "materialize", "-f", "my_assets.py", "-s", "slow") as process:
        read_until(process, "slow started")
        children = psutil.Process(process.pid).children(recursive=True)
        process.kill()
        process.wait(SECONDS)

        assert len(children) >= 2
        assert gone(children)


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """A folder with code that `treadle dev` serves while tests of this file give commands there."""
    folder = tmp_path_factory.mktemp("dev")
    (folder / "my_assets.py").write_text(CODE)
    with started(folder, "dev", "-f", "my_assets.py") as process:
        read_until(process, "Ctrl-C ends both")
        yield folder
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=SECONDS)


def test_a_wrong_selection_ends_with_2_and_a_suggestion(served):
    done = treadle(served, "plan", "-s", "qick")

    assert done.returncode == 2
    assert "quick" in done.stderr


def test_a_load_without_a_record_ends_with_2_and_what_is_accepted(served):
    done = treadle(served, "materialize", "-s", "below_slow")

    assert done.returncode == 2
    assert "--select 'below_slow or slow'" in done.stderr


def test_a_detached_run_is_watched_told_of_and_cancelled(served):
    run_id = treadle(served, "materialize", "-s", "slow or quick", "--detach").stdout.strip()
    with started(served, "runs", "watch", run_id) as watching:
        read_until(watching, "quick succeeded")
        shown = treadle(served, "runs", "show", run_id, "--json")
        logs = treadle(served, "runs", "logs", run_id, "quick", "--stream", "stdout")
        cancelled = treadle(served, "runs", "cancel", run_id, "--wait", "--json")
        watching.communicate(timeout=SECONDS)
    again = treadle(served, "runs", "cancel", run_id)

    assert json.loads(shown.stdout)["run"]["run_id"] == run_id
    assert logs.stdout == "written to fd 1\n"
    assert json.loads(cancelled.stdout)["status"] == "CANCELLED"
    assert watching.returncode == 1
    assert again.returncode == 2


def test_a_second_dev_is_refused_and_a_reload_serves_what_was_written_since(served):
    with (served / "my_assets.py").open("a") as file:
        file.write("\n@asset\ndef added():\n    return 3\n")
    second = treadle(served, "dev", "-f", "my_assets.py")
    reloaded = treadle(served, "reload")
    graph = treadle(served, "graph", "--json")

    assert second.returncode == 2
    assert "have that one load changed code (treadle reload)" in second.stderr
    assert reloaded.returncode == 0
    assert "added" in [each["key"] for each in json.loads(graph.stdout)["assets"]]


def test_the_services_are_started_one_by_one_too(folder):
    socket = f"{os.environ['XDG_RUNTIME_DIR']}/one-by-one"
    with (
        started(
            folder, "codeserver", "-f", "my_assets.py", "--bind", f"unix:{socket}", "--name", "etl"
        ) as code_server,
        started(
            folder,
            *("launcher", "--location", f"unix:{socket}", "--home", "h", "--orphan-grace", "0"),
        ) as launcher,
    ):
        assert launcher.stderr is not None
        assert any("serving" in line for line in launcher.stderr)
        done = treadle(folder, "materialize", "--home", "h", "-s", "quick", "--location", "etl")
        hosts = psutil.Process(launcher.pid).children(recursive=True)
        for service in (launcher, code_server):
            service.send_signal(signal.SIGTERM)
            service.communicate(timeout=SECONDS)

        assert done.returncode == 0
        assert (launcher.returncode, code_server.returncode) == (0, 0)
        assert gone(hosts)
