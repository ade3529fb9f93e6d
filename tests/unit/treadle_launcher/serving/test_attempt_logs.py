"""Reading captured output: offsets, chunks, following to the end."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from treadle_contract.ids import RunId, StepKey
from treadle_contract.launcher import LogStream, ReadLogsResponse
from treadle_launcher.serving.attempt_logs import AttemptLogs
from treadle_worker.step.capture import LogFolder, log_folder

RUN = RunId("01J00000000000000000000000")
STEP = StepKey("block.a step/é")


@pytest.fixture
def folder(tmp_path: Path) -> LogFolder:
    """The folder in which a host captures the first attempt of the step."""
    folder = log_folder(str(tmp_path), RUN, STEP, 1)
    Path(folder.path).mkdir(parents=True, exist_ok=True)
    return folder


async def collect(
    logs: AttemptLogs, stream: LogStream | None, offset: int = 0
) -> list[ReadLogsResponse]:
    return [chunk async for chunk in logs.read(RUN, STEP, 1, stream, offset)]


def append(path: Path, data: bytes) -> None:
    with path.open("ab") as file:
        file.write(data)


def test_what_a_host_captured_is_found(tmp_path: Path, folder: LogFolder) -> None:
    Path(folder.stderr).write_bytes(b"oh no\n")

    chunks = asyncio.run(collect(AttemptLogs(tmp_path), LogStream.STDERR))

    assert chunks == [ReadLogsResponse(stream=LogStream.STDERR, offset=0, data=b"oh no\n")]


def test_a_chunk_has_at_most_64_kib_and_says_its_offset(tmp_path: Path, folder: LogFolder) -> None:
    content = bytes(range(256)) * 600
    Path(folder.stdout).write_bytes(content)

    chunks = asyncio.run(collect(AttemptLogs(tmp_path), LogStream.STDOUT, offset=10))

    assert [(chunk.offset, len(chunk.data)) for chunk in chunks] == [
        (10, 65536),
        (65546, 65536),
        (131082, 22518),
    ]
    assert b"".join(chunk.data for chunk in chunks) == content[10:]


def test_without_a_stream_all_three_follow_each_other(tmp_path: Path, folder: LogFolder) -> None:
    for path in (folder.log, folder.stderr, folder.stdout):
        Path(path).write_bytes(Path(path).name.encode())

    chunks = asyncio.run(collect(AttemptLogs(tmp_path), None, offset=3))

    assert [(str(chunk.stream), chunk.data) for chunk in chunks] == [
        ("stdout", b"stdout"),
        ("stderr", b"stderr"),
        ("log", b"log"),
    ]


def test_an_attempt_that_never_started_wrote_nothing(tmp_path: Path) -> None:
    assert asyncio.run(collect(AttemptLogs(tmp_path), None)) == []


def test_an_offset_behind_the_end_gives_nothing(tmp_path: Path, folder: LogFolder) -> None:
    Path(folder.stdout).write_bytes(b"short")

    assert asyncio.run(collect(AttemptLogs(tmp_path), LogStream.STDOUT, offset=50)) == []


def test_a_run_id_cannot_lead_out_of_the_home(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    outside = tmp_path / "secret" / "step" / "1"
    outside.mkdir(parents=True)
    (outside / "stdout").write_bytes(b"secret")
    logs = AttemptLogs(tmp_path / "logs")

    async def read() -> list[ReadLogsResponse]:
        return [chunk async for chunk in logs.read(RunId("../secret"), StepKey("step"), 1)]

    assert asyncio.run(read()) == []


def test_following_ends_with_the_last_byte_of_the_attempt(
    tmp_path: Path, folder: LogFolder
) -> None:
    async def follow() -> list[bytes]:
        logs = AttemptLogs(tmp_path)
        stdout = Path(folder.stdout)

        async def ended() -> bool:
            # Written between two looks, the last of it just before the end is recorded.
            append(stdout, b"more ")
            return stdout.stat().st_size >= len(b"more ") * 3

        chunks = logs.read(RUN, STEP, 1, LogStream.STDOUT, ended=ended)
        return [chunk.data async for chunk in chunks]

    said = asyncio.run(asyncio.wait_for(follow(), timeout=10))

    assert said == [b"more ", b"more ", b"more "]


def test_following_waits_for_a_file_that_is_not_there_yet(tmp_path: Path) -> None:
    async def follow() -> list[ReadLogsResponse]:
        looks = 0

        async def ended() -> bool:
            nonlocal looks
            looks += 1
            if looks == 2:
                folder = log_folder(str(tmp_path), RUN, STEP, 1)
                Path(folder.path).mkdir(parents=True, exist_ok=True)
                Path(folder.log).write_bytes(b"begun")
            return looks == 2

        logs = AttemptLogs(tmp_path)
        chunks = logs.read(RUN, STEP, 1, LogStream.LOG, ended=ended)
        return [chunk async for chunk in chunks]

    chunks = asyncio.run(asyncio.wait_for(follow(), timeout=10))

    assert [chunk.data for chunk in chunks] == [b"begun"]


def test_what_was_cut_out_is_passed_over_and_counted(tmp_path: Path, folder: LogFolder) -> None:
    with Path(folder.stdout).open("wb") as file:
        file.write(b"head")
        file.seek(100_000)
        file.write(b"tail")
    Path(f"{folder.stdout}.cut").write_text("4 100000\n")
    logs = AttemptLogs(tmp_path)

    whole = asyncio.run(collect(logs, LogStream.STDOUT))
    inside = asyncio.run(collect(logs, LogStream.STDOUT, offset=99_000))
    behind = asyncio.run(collect(logs, LogStream.STDOUT, offset=100_002))

    assert [(each.offset, each.data, each.omitted_bytes) for each in whole] == [
        (0, b"head", 0),
        (100_000, b"tail", 99_996),
    ]
    assert [(each.offset, each.data, each.omitted_bytes) for each in inside] == [
        (100_000, b"tail", 1000)
    ]
    assert [(each.offset, each.data, each.omitted_bytes) for each in behind] == [
        (100_002, b"il", 0)
    ]
