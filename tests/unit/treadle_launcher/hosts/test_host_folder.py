from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from treadle_launcher.durability import Durability
from treadle_launcher.hosts.host_folder import HostFolder
from treadle_launcher.processes import own_id


@pytest.fixture
def folder(tmp_path: Path) -> HostFolder:
    path = tmp_path / "host-1"
    path.mkdir()
    return HostFolder(path=path)


def line(number: int, **fact: object) -> str:
    fact = fact or {"cancelled": {"wasRunning": True}}
    record = {
        "number": str(number),
        "taskId": "r/s/1",
        "stepKey": "s",
        "attempt": 1,
        "time": "2026-01-02T03:04:05Z",
    }
    return json.dumps({**record, **fact}) + "\n"


def test_records_after_a_number_are_read_from_the_journal(folder):
    folder.journal.write_text(line(3) + line(4) + line(5))
    assert [record.number for record in folder.read_journal(3)] == [4, 5]


def test_a_line_that_was_being_written_is_no_record(folder):
    folder.journal.write_text(line(1) + line(2)[:-1])
    assert [record.number for record in folder.read_journal(0)] == [1]


def test_lines_that_are_no_records_and_kinds_not_known_here_are_passed_over(folder):
    folder.journal.write_text("\x00\x00\n" + line(2, fromTheFuture={}) + line(3))
    assert [record.number for record in folder.read_journal(0)] == [3]


def test_a_host_that_wrote_nothing_has_no_records_and_no_output(folder):
    assert folder.read_journal(0) == ()
    assert folder.output_tail() == ""


def test_the_process_is_noted_for_a_later_launcher(folder):
    assert folder.read_process() is None
    folder.write_process(own_id())
    assert folder.read_process() == own_id()


def test_a_copied_home_takes_the_processes_of_the_other_for_its_own_in_no_case(folder, tmp_path):
    folder.write_process(own_id())
    cgroup = tmp_path / f"treadle-{folder.host_id}"
    (folder.path / "cgroup").write_text(f"{cgroup}\n")
    (tmp_path / "copy").mkdir()
    copy = HostFolder(path=shutil.copytree(folder.path, tmp_path / "copy" / folder.path.name))
    moved = HostFolder(path=folder.path.rename(tmp_path / "copy" / "moved"))

    assert copy.host_id == "host-1"
    assert copy.read_process() is None
    assert copy.read_cgroup() is None
    assert copy.tag != HostFolder(path=moved.path.rename(tmp_path / "host-1")).tag
    assert folder.read_process() == own_id()
    assert folder.read_cgroup() == cgroup


def test_a_process_that_was_noted_without_its_folder_is_that_process(folder):
    folder.write_process(own_id())
    noted = json.loads((folder.path / "process.json").read_text())
    del noted["folder"]
    (folder.path / "process.json").write_text(json.dumps(noted))
    assert folder.read_process() == own_id()


def test_only_the_end_of_long_output_is_told(folder):
    folder.output.write_bytes(b"x" * 100_000 + b"\xff the end")
    tail = folder.output_tail()
    assert tail.endswith("\ufffd the end")
    assert len(tail) <= 8 * 1024


def test_nothing_is_left_of_a_host_that_is_removed(folder):
    folder.output.write_text("x")
    folder.remove()
    folder.remove()
    assert not folder.path.exists()


@pytest.mark.parametrize("durability", Durability)
def test_what_a_host_was_told_of_durability_is_kept(tmp_path: Path, durability: Durability) -> None:
    folder = HostFolder(path=tmp_path)

    folder.write_durability(durability)

    assert folder.read_durability() is durability


def test_a_host_of_which_no_durability_is_known_syncs_nothing(tmp_path: Path) -> None:
    assert HostFolder(path=tmp_path).read_durability() is Durability.PROCESS
