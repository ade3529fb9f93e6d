"""What a step writes is read while it is written, from any byte on, complete up to a kill."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest

import treadle_client
from tests.e2e.conftest import Session
from tests.e2e.standing import Standing, read_until, standing, wait_for
from tests.processes import running
from treadle_client import LogStream, RunState

CODE = """
import os, sys, time
from pathlib import Path
from treadle import RetryPolicy, asset

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


@asset
def floods(context):
    number = 0
    while not (HERE / "release").exists():
        number += 1
        print(f"line {number} of a flood")
        print(f"{number} beside it", file=sys.stderr)
        if number % 100 == 0:
            sys.stdout.flush()
            time.sleep(0.01)


@asset(retry_policy=RetryPolicy(max_retries=1))
def fails_once(context):
    print(f"attempt {context.retry_number + 1}", flush=True)
    while not (HERE / "release").exists():
        time.sleep(0.01)
    if context.retry_number == 0:
        raise ValueError("not yet")
    while not (HERE / "again").exists():
        time.sleep(0.01)
"""


@pytest.fixture
def module(tmp_path: Path) -> Path:
    path = tmp_path / "talking.py"
    path.write_text(CODE)
    return path


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Session]]:
    """A folder of that code, and services for it, for tests that end no launcher."""
    folder, home = tmp_path_factory.mktemp("code"), tmp_path_factory.mktemp("home")
    (folder / "talking.py").write_text(CODE)
    with treadle_client.local(folder / "talking.py", home=home) as client:
        yield folder, Session(client, home)


@pytest.fixture
def session(served: tuple[Path, Session]) -> Session:
    return served[1]


@pytest.fixture
def folder(served: tuple[Path, Session]) -> Path:
    """The folder of the code, in which nothing has been said yet that its ops wait for."""
    for name in ("more", "release", "die", "pid"):
        (served[0] / name).unlink(missing_ok=True)
    return served[0]


def launched(session: Session) -> str:
    return session.client.materialize("talks").run_id


def line_of(chunks: Iterator[treadle_client.LogChunk]) -> bytes:
    """Return the next line: a step may write a line in pieces, of which each is a chunk."""
    line = b""
    while not line.endswith(b"\n"):
        line += next(chunks).data
    return line


def text_of(chunks: Iterator[object]) -> str:
    return b"".join(chunk.data for chunk in chunks).decode()  # type: ignore[attr-defined]


def test_lines_come_while_the_step_runs_and_the_stream_ends_with_it(
    session: Session, folder: Path
) -> None:
    chunks = session.client.run(launched(session)).logs("talks", stream="stdout", follow=True)

    assert line_of(chunks) == b"first line\n"
    (folder / "more").touch()
    second = next(chunks)
    assert (second.offset, second.data) == (11, b"second line\n")
    (folder / "release").touch()
    assert text_of(chunks) == "last words without an end"


def test_a_follower_goes_on_at_the_byte_where_another_one_stopped(
    session: Session, folder: Path
) -> None:
    handle = session.client.run(launched(session))
    first = next(handle.logs("talks", stream=LogStream.STDOUT, follow=True))
    for name in ("more", "release"):
        (folder / name).touch()

    rest = handle.logs("talks", stream=LogStream.STDOUT, offset=first.end, follow=True)

    assert text_of(rest) == "second line\nlast words without an end"
    tail = handle.logs("talks", stream="stdout", offset=first.end + len("second line\n"))
    assert text_of(tail) == "last words without an end"
    assert text_of(handle.logs("talks", stream="stdout", offset=10_000)) == ""
    with pytest.raises(ValueError, match="one stream"):
        handle.logs("talks", offset=3)


def test_all_streams_are_followed_at_once(session: Session, folder: Path) -> None:
    handle = session.client.run(launched(session))
    for name in ("more", "release"):
        (folder / name).touch()

    written: dict[LogStream, bytes] = {}
    for chunk in handle.logs("talks", follow=True):
        written[chunk.stream] = written.get(chunk.stream, b"") + chunk.data

    assert written[LogStream.STDOUT] == b"first line\nsecond line\nlast words without an end"
    assert written[LogStream.STDERR] == b"to stderr\n"
    assert b"recorded" in written[LogStream.LOG]


@pytest.mark.parametrize("killed_by", ["itself", "another"])
def test_what_was_written_before_a_kill_arrives(
    session: Session, folder: Path, killed_by: str
) -> None:
    handle = session.client.run(launched(session))
    chunks = handle.logs("talks", stream="stdout", follow=True)
    assert line_of(chunks) == b"first line\n"
    (folder / "more").touch()
    assert line_of(chunks) == b"second line\n"
    if killed_by == "itself":
        for name in ("die", "release"):
            (folder / name).touch()
    else:
        wait_for(lambda: bool((folder / "pid").read_text()), session.client)
        os.kill(int((folder / "pid").read_text()), signal.SIGKILL)

    rest = text_of(chunks)

    assert rest == ("last words without an end" if killed_by == "itself" else "")
    assert handle.result(timeout=60).status is RunState.FAILED


@contextmanager
def followed(services: Standing, run_id: str, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run `treadle runs logs RUN … --follow` for the length of the block."""
    command = [sys.executable, "-P", "-m", "treadle_client", "runs", "logs", run_id, *arguments]
    command += ["--home", str(services.home), "--follow"]
    with running(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as follower:
        try:
            yield follower
        finally:
            follower.kill()


def output(follower: subprocess.Popen[bytes]) -> IO[bytes]:
    assert follower.stdout is not None
    return follower.stdout


def end_of(follower: subprocess.Popen[bytes]) -> tuple[bytes, bytes]:
    """Return what it still printed, and its standard error. Not communicate: it skips a buffer."""
    assert follower.stderr is not None
    rest, said = output(follower).read(), follower.stderr.read()
    follower.wait(timeout=60)
    return rest, said


def without_absences(said: bytes) -> str:
    """Leave out what is said of a launcher that is gone: for how long is up to the machine."""
    absence = r"The launcher at \S+ is gone; waiting up to \d+ s for it\.\n"
    return re.sub(absence, "", said.decode())


def test_no_line_of_a_flood_is_lost_or_told_twice_when_the_launcher_is_killed(
    module: Path, tmp_path: Path
) -> None:
    with standing(module, tmp_path / "home") as services:
        with services.connect() as client:
            run_id = client.materialize("floods").run_id
            wait_for(lambda: bool(list(client.run(run_id).logs("floods"))), client)
        with followed(services, run_id, "floods", "--stream", "stdout") as follower:
            told = b""
            for _ in range(3):
                told += output(follower).read(500_000)
                services.kill_launcher()
                services.start_launcher()
            (tmp_path / "release").touch()
            rest, said = end_of(follower)
        written = next((services.home / "logs" / run_id).glob("*/1/stdout")).read_bytes()

    assert follower.returncode == 0
    assert len(written) > 1_500_000
    assert told + rest == written
    assert without_absences(said) == "Attempt 1 of floods SUCCEEDED.\n"


def test_all_streams_go_on_in_the_sdk_when_the_launcher_is_killed(
    module: Path, tmp_path: Path
) -> None:
    written: dict[str, bytes] = {"stdout": b"", "stderr": b"", "log": b""}
    with standing(module, tmp_path / "home") as services, services.connect() as client:
        handle = client.materialize("floods")
        wait_for(lambda: bool(list(handle.logs("floods"))), client)
        kills = 0
        for chunk in handle.logs("floods", follow=True):
            written[chunk.stream] += chunk.data
            if kills < 2 and len(written["stderr"]) > 200_000 * (kills + 1):
                kills += 1
                services.kill_launcher()
                services.start_launcher()
                if kills == 2:
                    (tmp_path / "release").touch()
        (folder,) = (services.home / "logs" / handle.run_id).glob("*/1")
        captured = {name: (folder / name).read_bytes() for name in ("stdout", "stderr")}

    assert kills == 2
    assert {name: written[name] for name in captured} == captured


def test_a_launcher_that_leaves_in_good_order_is_waited_for_too(
    module: Path, tmp_path: Path
) -> None:
    with standing(module, tmp_path / "home") as services, services.connect() as client:
        handle = client.materialize("talks")
        chunks = handle.logs("talks", stream="stdout", follow=True)
        assert line_of(chunks) == b"first line\n"
        services.stop_launcher()
        services.start_launcher()
        for name in ("more", "release"):
            (tmp_path / name).touch()
        assert text_of(chunks) == "second line\nlast words without an end"


def test_a_follower_gives_up_when_the_launcher_does_not_come_back(
    module: Path, tmp_path: Path
) -> None:
    with standing(module, tmp_path / "home") as services:
        address = services.connect().address
        with treadle_client.Client.connect(address, patience=0.5) as client:
            chunks = client.materialize("talks").logs("talks", stream="stdout", follow=True)
            assert line_of(chunks) == b"first line\n"
            services.kill_launcher()
            with pytest.raises(treadle_client.UnreachableError):
                next(chunks)


def test_following_ends_with_its_attempt_and_names_the_one_that_follows(
    module: Path, tmp_path: Path
) -> None:
    with standing(module, tmp_path / "home") as services:
        with services.connect() as client:
            run_id = client.materialize("fails_once").run_id
            wait_for(lambda: bool(list(client.run(run_id).logs("fails_once"))), client)
        with followed(services, run_id, "--stream", "stdout") as follower:
            first = output(follower).readline()
            services.kill_launcher()
            (tmp_path / "release").touch()
            services.start_launcher()
            rest, said = end_of(follower)
        with followed(services, run_id, "--stream", "stdout") as second:
            line = output(second).readline()
            (tmp_path / "again").touch()
            _, ended = end_of(second)

    assert (follower.returncode, first + rest) == (0, b"attempt 1\n")
    assert f"treadle runs logs {run_id} fails_once --attempt 2 --follow" in said.decode()
    assert line == b"attempt 2\n"
    assert ended.decode() == "Attempt 2 of fails_once SUCCEEDED.\n"


def test_the_command_follows_and_starts_at_a_byte(session: Session, folder: Path) -> None:
    run_id = launched(session)
    handle = session.client.run(run_id)
    wait_for(lambda: bool(list(handle.logs("talks"))), session.client)
    command = [sys.executable, "-P", "-m", "treadle_client", "runs", "logs", run_id, "talks"]
    command += ["--home", str(session.home), "--stream", "stdout", "--follow"]
    with running(command, stdout=subprocess.PIPE, text=True) as follower:
        assert follower.stdout is not None
        assert read_until(follower.stdout, "first line") == ["first line\n"]
        (folder / "more").touch()
        assert read_until(follower.stdout, "second line") == ["second line\n"]
        (folder / "release").touch()
        assert follower.stdout.read() == "last words without an end\n"
        assert follower.wait(timeout=60) == 0
    rest = subprocess.run(
        [*command[:-1], "--offset", "11"], capture_output=True, text=True, check=False
    )
    assert rest.stdout == "second line\nlast words without an end\n"
    wrong = subprocess.run([*command[:-3], "--offset", "11"], capture_output=True, check=False)
    assert wrong.returncode == 2
