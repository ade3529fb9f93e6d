"""The cap on what an attempt writes."""

from __future__ import annotations

from pathlib import Path

import pytest

from treadle_worker.attempts import log_cap
from treadle_worker.attempts.log_cap import LogCap
from treadle_worker.step.capture import LogFolder, log_folder

KIB = 1024


@pytest.fixture
def folder(tmp_path: Path) -> LogFolder:
    folder = log_folder(str(tmp_path), "run", "step", 1)
    Path(folder.path).mkdir(parents=True, exist_ok=True)
    for path in folder.streams:
        Path(path).touch()
    return folder


def write(path: str, data: bytes) -> None:
    with open(path, "ab") as file:
        file.write(data)


def test_what_is_within_the_limit_stays(folder: LogFolder) -> None:
    cap = LogCap(folder, 64 * KIB)
    write(folder.stdout, b"x" * 64 * KIB)

    cap.look()
    cap.end()

    assert Path(folder.stdout).read_bytes() == b"x" * 64 * KIB
    assert not Path(f"{folder.stdout}.cut").exists()


def test_the_middle_is_cut_while_the_attempt_writes_on(folder: LogFolder) -> None:
    cap = LogCap(folder, 64 * KIB)
    for number in range(100):
        write(folder.stdout, b"%04d" % number * 4 * KIB)
        cap.look()
    cap.end()

    stdout = Path(folder.stdout)
    size = 100 * 16 * KIB
    assert stdout.stat().st_size == size
    assert stdout.stat().st_blocks * 512 <= 2 * 64 * KIB
    assert Path(f"{folder.stdout}.cut").read_text() == f"{32 * KIB} {size - 32 * KIB}\n"
    content = stdout.read_bytes()
    assert content[: 32 * KIB] == b"0000" * 4 * KIB + b"0001" * 4 * KIB
    assert content[-32 * KIB :] == b"0098" * 4 * KIB + b"0099" * 4 * KIB
    assert set(content[32 * KIB : -32 * KIB]) == {0}


def test_fast_growth_is_told(folder: LogFolder) -> None:
    cap = LogCap(folder, 64 * KIB)

    write(folder.log, b"x" * 20 * KIB)
    fast = cap.look()
    write(folder.log, b"x")
    slow = cap.look()

    assert (fast, slow) == (True, False)


def test_where_a_file_can_have_no_hole_it_is_rewritten_at_the_end(
    folder: LogFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_cap, "_punch", lambda *_: False)
    cap = LogCap(folder, 10)
    write(folder.stdout, b"12345" + b"x" * 90 + b"67890")
    write(folder.stderr, b"1234567890")

    cap.look()
    cap.end()

    assert Path(folder.stdout).read_text() == "12345\n… 90 bytes are left out …\n67890"
    assert Path(folder.stderr).read_text() == "1234567890"
    assert not Path(f"{folder.stdout}.cut").exists()


def test_logs_that_are_gone_keep_nothing_from_going_on(folder: LogFolder) -> None:
    cap = LogCap(folder, 10)
    Path(folder.stdout).unlink()

    assert not cap.look()
    cap.end()
