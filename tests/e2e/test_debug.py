"""`treadle runs debug`: a step again, by hand, on a terminal, with its recorded inputs."""

from __future__ import annotations

import os
import pty
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import treadle_client
from tests.processes import running
from treadle_client import Client

CODE = """
import logging
import time
from pathlib import Path
from treadle import (
    AssetOut, Definitions, IOManager, Output, StepInterrupted, asset, graph_asset, multi_asset, op
)

HERE = Path(__file__).parent


@op
def one():
    return 41


@op
def fails(number):
    wanted = number + 1
    raise ValueError(f"no {wanted}")


@graph_asset
def broken():
    return fails(one())


@asset
def made(context):
    logging.disable(logging.CRITICAL)
    context.log.info("logged")
    print("printed")
    return 7


@asset
def waits():
    if not (HERE / "wait").exists():
        return
    try:
        print("waits", flush=True)
        while True:
            time.sleep(60)
    except StepInterrupted as told:
        print("heard", told.reason)
        raise


class Elsewhere(IOManager):
    def handle_output(self, context, obj):
        with (HERE / "handled").open("a") as file:
            file.write("x")

    def load_input(self, context):
        return 5


@asset(io_manager_key="elsewhere")
def kept_elsewhere(made):
    return made + 1


defs = Definitions(
    assets=[broken, made, waits, kept_elsewhere], resources={"elsewhere": Elsewhere()}
)
"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Client]]:
    """A folder with the code and a home in which it ran, and on which a launcher runs."""
    folder = tmp_path_factory.mktemp("debug")
    (folder / "debugged.py").write_text(CODE)
    with treadle_client.local(folder / "debugged.py", home=folder / "home") as client:
        result = client.materialize().result(timeout=60)
        (folder / "run").write_text(result.run_id)
        yield folder, client


@pytest.fixture
def place(served: tuple[Path, Client]) -> Path:
    return served[0]


@pytest.fixture
def client(served: tuple[Path, Client]) -> Client:
    return served[1]


def command(place: Path, *arguments: str) -> list[str]:
    run_id = (place / "run").read_text()
    code = ("-f", str(place / "debugged.py"), "--home", str(place / "home"))
    return [
        sys.executable,
        "-P",
        "-m",
        "treadle_client",
        "runs",
        "debug",
        run_id,
        *arguments,
        *code,
    ]


def debug(place: Path, *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(place, *arguments),
        input=typed,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def values(place: Path) -> list[Path]:
    """Return the files of values, without the links for people, which the launcher sets."""
    found = (place / "home" / "values").rglob("*")
    return sorted(path for path in found if path.is_file() and not path.is_symlink())


def test_a_failure_is_looked_at_where_it_was_raised(place: Path) -> None:
    before = values(place)

    done = debug(place, "broken.fails", typed="p wanted\np number\nq\n")

    assert done.returncode == 1
    assert "(Pdb) 42\n(Pdb) 41\n" in done.stdout
    assert "-> raise ValueError" in done.stdout
    assert "ValueError: no 42" in done.stderr
    assert "Loaded number from broken.one:result" in done.stderr
    assert values(place) == before


def test_it_stops_at_the_op_s_first_line_when_asked_to(place: Path) -> None:
    done = debug(place, "broken.fails", "--break", typed="p number\nn\np wanted\nc\n")

    assert done.returncode == 1
    assert "-> wanted = number + 1\n(Pdb) 41\n" in done.stdout
    assert "(Pdb) 42\n" in done.stdout


def test_leaving_the_debugger_is_no_failure_of_the_op(place: Path) -> None:
    done = debug(place, "broken.fails", "--break", typed="q\n")

    assert done.returncode == 1
    assert "Left." in done.stderr
    assert "BdbQuit" not in done.stderr


def test_a_step_that_succeeds_stores_nothing_and_records_nothing(
    place: Path, client: Client
) -> None:
    before, recorded = values(place), list(client.runs())

    done = debug(place, "made")

    assert done.returncode == 0
    assert done.stdout == "printed\n"
    assert "INFO treadle.step: logged" in done.stderr
    assert "it yielded result, which is thrown away" in done.stderr
    assert values(place) == before
    assert list(client.runs()) == recorded
    assert len(list(client.materializations("made"))) == 1


def test_no_io_manager_of_the_user_s_stores_what_is_thrown_away(place: Path) -> None:
    assert (place / "handled").read_text() == "x"

    assert debug(place, "kept_elsewhere").returncode == 0

    assert (place / "handled").read_text() == "x"


def test_the_terminal_is_the_step_s_own(place: Path) -> None:
    controller, terminal = pty.openpty()
    with running(
        command(place, "broken.fails"), stdin=terminal, stdout=terminal, stderr=terminal
    ) as process:
        os.close(terminal)
        os.write(controller, b"p wanted * 1000\nq\n")
        shown = b""
        while b"42000" not in shown:
            shown += os.read(controller, 4096)
        assert process.wait(timeout=60) == 1
    os.close(controller)


def test_an_op_hears_that_it_is_told_to_end(place: Path) -> None:
    (place / "wait").touch()
    with running(
        command(place, "waits"), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "waits\n"
        process.send_signal(signal.SIGTERM)
        shown, _ = process.communicate("q\n", timeout=60)

    assert shown.startswith("heard cancelled\n")
    assert "(Pdb)" in shown
    assert process.returncode == 1


def test_what_cannot_be_debugged_is_refused(place: Path) -> None:
    unknown = debug(place, "broken.fail")
    assert unknown.returncode == 2
    assert "no step broken.fail. Did you mean broken.fails" in unknown.stderr
    seventh = debug(place, "made", "--attempt", "7")
    assert seventh.returncode == 2
    assert "Step made of the run never started an attempt 7: it had 1." in seventh.stderr
    no_code = subprocess.run(
        command(place, "made")[:-4], capture_output=True, text=True, timeout=60, check=False
    )
    assert no_code.returncode == 2
    assert "-f" in no_code.stderr


def test_a_step_that_was_reused_is_looked_at_in_the_run_that_ran_it(
    place: Path, client: Client
) -> None:
    origin = (place / "run").read_text()
    again = client.rerun(origin)
    again.result(timeout=60)
    words = [sys.executable, "-P", "-m", "treadle_client", "runs"]
    code = ("-f", str(place / "debugged.py"), "--home", str(place / "home"))
    named = (again.run_id, "broken.one", *code)

    debugged = subprocess.run(
        [*words, "debug", *named], capture_output=True, text=True, timeout=60, check=False
    )
    logs = subprocess.run(
        [*words, "logs", *named], capture_output=True, text=True, timeout=60, check=False
    )

    assert debugged.returncode == 2
    assert f"it was reused from run {origin}. Name that one." in debugged.stderr
    assert logs.returncode == 0
    assert f"broken.one was reused from run {origin}." in logs.stderr
    assert f"treadle runs logs {origin} broken.one -f" in logs.stderr


def test_where_no_launcher_runs_the_home_is_read_and_a_value_that_was_removed_is_named(
    place: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    shutil.copytree(place / "home", home, symlinks=True)
    run_id = (place / "run").read_text()
    made, fails = command(place, "made"), command(place, "broken.fails")
    made[-1] = fails[-1] = str(home)

    there = subprocess.run(made, capture_output=True, text=True, timeout=60, check=False)
    (removed,) = (path for path in (home / "values" / "runs" / run_id).rglob("result"))
    removed.unlink()
    done = subprocess.run(fails, capture_output=True, text=True, timeout=60, check=False)

    assert (there.returncode, there.stdout) == (0, "printed\n"), there.stderr
    assert done.returncode == 1
    assert done.stdout == ""
    gone = f"The input number cannot be loaded: the value of broken.one:result of run {run_id}"
    assert gone in done.stderr
    assert f"treadle runs rerun {run_id} --steps broken.fails" in done.stderr


def test_code_that_changed_since_is_said_to_be_another(place: Path, tmp_path: Path) -> None:
    changed = tmp_path / "debugged.py"
    changed.write_text(CODE.replace("number + 1", "number + 2").replace("raise ", "return "))
    words = command(place, "broken.fails")
    words[words.index("-f") + 1] = str(changed)

    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)

    assert done.returncode == 0
    assert "it yielded result" in done.stderr
    assert "What the code defines is not what ran" in done.stderr
