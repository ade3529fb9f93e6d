"""The journal: what is in it, and in its file, as it grows and is cut."""

from __future__ import annotations

import json
import resource
from collections.abc import Iterator
from pathlib import Path

import pytest

from treadle_contract.ids import StepKey, TaskId
from treadle_contract.worker import WorkerLogRecord
from treadle_worker.host import journal as module
from treadle_worker.host.journal import Journal


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    opened = Journal(str(tmp_path / "host" / "journal"))
    yield opened
    opened.close()


def append(journal: Journal, words: str) -> None:
    fact = WorkerLogRecord(level="WARNING", logger="", message=words)
    journal.append(TaskId("run/step/1"), StepKey("step"), 1, fact)


def lines(tmp_path: Path) -> list[str]:
    text = (tmp_path / "host" / "journal").read_text()
    return [json.loads(line)["logRecord"]["message"] for line in text.splitlines()]


def test_a_record_is_in_the_file_when_append_returns(journal: Journal, tmp_path: Path) -> None:
    append(journal, "first")

    assert lines(tmp_path) == ["first"]
    assert journal.last_record == 1
    assert not journal.is_committed


def test_since_gives_what_is_newer_and_not_committed(journal: Journal) -> None:
    for words in ("one", "two", "three"):
        append(journal, words)
    journal.commit(1)

    newer = [json.loads(line)["number"] for line in journal.since(0)]

    assert newer == ["2", "3"]
    assert journal.since(3) == []


def test_a_wholly_committed_journal_is_empty_and_counts_on(
    journal: Journal, tmp_path: Path
) -> None:
    append(journal, "one")

    journal.commit(1)

    assert journal.is_committed
    assert lines(tmp_path) == []
    append(journal, "two")
    assert journal.last_record == 2
    assert lines(tmp_path) == ["two"]


def test_a_disk_without_room_for_a_second_file_leaves_the_first(
    journal: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_CUT_BYTES", 10)
    for words in ("one", "two", "three"):
        append(journal, words)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        journal.commit(1)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert lines(tmp_path) == ["one", "two", "three"]
    assert [path.name for path in (tmp_path / "host").iterdir()] == ["journal"]

    journal.commit(2)

    assert lines(tmp_path) == ["three"]


def test_what_is_cut_is_written_anew_once_it_is_large(
    journal: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_CUT_BYTES", 10)
    append(journal, "one")
    append(journal, "two")

    journal.commit(1)
    append(journal, "three")

    assert lines(tmp_path) == ["two", "three"]
