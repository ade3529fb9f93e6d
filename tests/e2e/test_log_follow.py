"""What a step writes is read while it is written, from any byte on, complete up to a kill."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.conftest import Session, Start
from tests.e2e.standing import read_until, standing, wait_for
from treadle_client import LogStream, RunState

CODE = """
import os, sys, time
from pathlib import Path
from treadle import asset

HERE = Path(__file__).parent


@asset
def talks(context):
    print("first line")
    print("to stderr", file=sys.stderr)
    context.log.info("recorded")
    while not (HERE / "more").exists():
        time.sleep(0.01)
    print("second line")
    sys.stdout.flush()
    (HERE / "pid").write_text(str(os.getpid()))
    while not (HERE / "release").exists():
        time.sleep(0.01)
    os.write(1, b"last words without an end")
    if (HERE / "die").exists():
        os.kill(os.getpid(), 9)
"""


@pytest.fixture
def module(tmp_path: Path) -> Path:
    path = tmp_path / "talking.py"
    path.write_text(CODE)
    return path


def launched(session: Session) -> str:
    return session.client.materialize("talks").run_id


def text_of(chunks: Iterator[object]) -> str:
    return b"".join(chunk.data for chunk in chunks).decode()  # type: ignore[attr-defined]


def test_lines_come_while_the_step_runs_and_the_stream_ends_with_it(
    start: Start, module: Path, tmp_path: Path
) -> None:
    session = start(module)
    chunks = session.client.run(launched(session)).logs("talks", stream="stdout", follow=True)

    assert next(chunks).data == b"first line\n"
    (tmp_path / "more").touch()
    second = next(chunks)
    assert (second.offset, second.data) == (11, b"second line\n")
    (tmp_path / "release").touch()
    assert text_of(chunks) == "last words without an end"


def test_a_follower_goes_on_at_the_byte_where_another_one_stopped(
    start: Start, module: Path, tmp_path: Path
) -> None:
    session = start(module)
    handle = session.client.run(launched(session))
    first = next(handle.logs("talks", stream=LogStream.STDOUT, follow=True))
    for name in ("more", "release"):
        (tmp_path / name).touch()

    rest = handle.logs("talks", stream=LogStream.STDOUT, offset=first.end, follow=True)

    assert text_of(rest) == "second line\nlast words without an end"
    tail = handle.logs("talks", stream="stdout", offset=first.end + len("second line\n"))
    assert text_of(tail) == "last words without an end"
    assert text_of(handle.logs("talks", stream="stdout", offset=10_000)) == ""
    with pytest.raises(ValueError, match="one stream"):
        handle.logs("talks", offset=3)


def test_all_streams_are_followed_at_once(start: Start, module: Path, tmp_path: Path) -> None:
    session = start(module)
    handle = session.client.run(launched(session))
    for name in ("more", "release"):
        (tmp_path / name).touch()

    written: dict[LogStream, bytes] = {}
    for chunk in handle.logs("talks", follow=True):
        written[chunk.stream] = written.get(chunk.stream, b"") + chunk.data

    assert written[LogStream.STDOUT] == b"first line\nsecond line\nlast words without an end"
    assert written[LogStream.STDERR] == b"to stderr\n"
    assert b"recorded" in written[LogStream.LOG]


@pytest.mark.parametrize("killed_by", ["itself", "another"])
def test_what_was_written_before_a_kill_arrives(
    start: Start, module: Path, tmp_path: Path, killed_by: str
) -> None:
    session = start(module)
    handle = session.client.run(launched(session))
    chunks = handle.logs("talks", stream="stdout", follow=True)
    assert next(chunks).data == b"first line\n"
    (tmp_path / "more").touch()
    assert next(chunks).data == b"second line\n"
    if killed_by == "itself":
        for name in ("die", "release"):
            (tmp_path / name).touch()
    else:
        wait_for(lambda: bool((tmp_path / "pid").read_text()), session.client)
        os.kill(int((tmp_path / "pid").read_text()), signal.SIGKILL)

    rest = text_of(chunks)

    assert rest == ("last words without an end" if killed_by == "itself" else "")
    assert handle.result(timeout=60).status is RunState.FAILED


def test_the_command_follows_and_starts_at_a_byte(module: Path, tmp_path: Path) -> None:
    with standing(module, tmp_path / "home") as services:
        with services.connect() as client:
            run_id = client.materialize("talks").run_id
            wait_for(lambda: bool(list(client.run(run_id).logs("talks"))), client)
        command = [sys.executable, "-P", "-m", "treadle_client", "runs", "logs", run_id, "talks"]
        command += ["--home", str(services.home), "--stream", "stdout", "--follow"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as follower:
            assert follower.stdout is not None
            assert read_until(follower.stdout, "first line") == ["first line\n"]
            (tmp_path / "more").touch()
            assert read_until(follower.stdout, "second line") == ["second line\n"]
            (tmp_path / "release").touch()
            assert follower.stdout.read() == "last words without an end\n"
            assert follower.wait(timeout=60) == 0
        rest = subprocess.run(
            [*command[:-1], "--offset", "11"], capture_output=True, text=True, check=False
        )
        assert rest.stdout == "second line\nlast words without an end\n"
        wrong = subprocess.run([*command[:-3], "--offset", "11"], capture_output=True, check=False)
        assert wrong.returncode == 2
