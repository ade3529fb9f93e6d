from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from treadle_launcher.durability import Durability
from treadle_launcher.hosts.host_folder import HostFolder, LastRecords
from treadle_launcher.hosts.processes import own_id
from treadle_launcher.runs.journal import Implausible


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
    assert [record.number for record in folder.read_journal(3).records] == [4, 5]


def test_a_line_that_was_being_written_is_no_record(folder):
    folder.journal.write_text(line(1) + line(2)[:-1])
    assert [record.number for record in folder.read_journal(0).records] == [1]


def test_a_kind_that_is_not_known_here_is_passed_over(folder):
    folder.journal.write_text(line(2, fromTheFuture={}) + line(3))
    last = folder.read_journal(0)
    assert [record.number for record in last.records] == [3]
    assert last.damage == ""


@pytest.mark.parametrize(
    ("damaged", "said"),
    [
        (b"\x00\x00\n", "JournalRecord is not JSON"),
        (b"\xff\xfe\n", "JournalRecord is not JSON"),
        (line(2).encode()[40:], "JournalRecord is not JSON"),
        (line(2).replace('"stepKey": "s"', '"stepKey": ""').encode(), "step_key is not set"),
        (line(-2).encode(), "number is -2"),
        (b'{"number":"2","later":' + b"[" * 980 + b"]" * 980 + b"}\n", "nested deeper"),
        (b'{"number":"2","later":[' + b"[]," * 1_100_000 + b"[]]}\n", "2,100,000 is the most"),
    ],
)
def test_a_line_that_is_no_record_is_named_and_those_after_it_are_read(folder, damaged, said):
    folder.journal.write_bytes(line(1).encode() + damaged + line(3).encode())
    last = folder.read_journal(0)
    assert [record.number for record in last.records] == [1, 3]
    assert last.damage.startswith(f"line 2 of {folder.journal}: ")
    assert said in last.damage


def test_a_record_beyond_its_bounds_is_one_of_which_nothing_is_believed(folder):
    folder.journal.write_text(line(1, succeeded={"durationUs": "-1"}))
    (record,) = folder.read_journal(0).records
    assert isinstance(record, Implausible)
    assert (
        record.problem
        == "JournalRecord.succeeded.duration_us is -1; it must be 0 to 3,153,600,000,000,000"
    )


def test_a_host_that_wrote_nothing_has_no_records_and_no_output(folder):
    assert folder.read_journal(0) == LastRecords()
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
