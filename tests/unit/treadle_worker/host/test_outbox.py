"""The outbox, with a real journal, beside a launcher that keeps what it is sent."""

from __future__ import annotations

import json
import resource
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from treadle_contract.ids import RunId, StepKey, TaskId
from treadle_contract.worker import Task, TaskStep, WorkerLogRecord
from treadle_worker.attempts.attempt_end import Undecoded
from treadle_worker.host.journal import Journal
from treadle_worker.host.loop import Loop
from treadle_worker.host.outbox import Outbox

TASK = Task(
    task_id=TaskId("run/step/1"),
    run_id=RunId("run"),
    digest="d",
    steps=(TaskStep(step_key=StepKey("step"), attempt=1),),
)


class Sent:
    """Stands for the launcher: it keeps what it is sent."""

    def __init__(self) -> None:
        self.frames: list[Mapping[str, Any]] = []

    def send(self, message: bytes) -> None:
        self.frames.append(json.loads(message))

    def numbers(self) -> list[int]:
        return [
            int(record["number"])
            for frame in self.frames
            for record in frame.get("report", {}).get("records", [])
        ]


class Kit:
    def __init__(self, path: Path) -> None:
        self.loop = Loop()
        self.journal = Journal(str(path))
        self.sent = Sent()
        self.outbox = Outbox(self.loop, self.journal, self.sent)  # type: ignore[arg-type]  # see Sent
        self.written: list[str] = []

    def record(self, words: str, size: int = 1) -> int:
        fact = WorkerLogRecord(level="WARNING", logger="", message=words * size)
        return self.outbox.record(TASK, fact, lambda: self.written.append(words))


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Kit]:
    kit = Kit(tmp_path / "journal")
    yield kit
    kit.journal.close()
    kit.loop.leave_to_parent()


@contextmanager
def full_disk() -> Iterator[None]:
    """Have no file of this process grow."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_nothing_is_sent_before_the_launcher_said_what_it_holds(kit: Kit) -> None:
    kit.record("one")
    assert kit.sent.numbers() == []

    kit.outbox.commit(0)

    assert kit.sent.numbers() == [1]


def test_every_record_is_sent_once_a_connection(kit: Kit) -> None:
    kit.outbox.commit(0)
    kit.record("one")
    kit.record("two")
    assert kit.sent.numbers() == [1, 2]

    kit.outbox.disconnected()
    kit.record("three")
    kit.outbox.commit(1)

    assert kit.sent.numbers() == [1, 2, 2, 3]


def test_what_a_task_says_that_goes_on_is_sent_with_what_comes_soon(kit: Kit) -> None:
    kit.outbox.commit(0)
    fact = Undecoded(name="succeeded", body={})
    kit.outbox.record(TASK, fact, next_step_key=StepKey("next"))
    kit.outbox.record(TASK, fact, next_step_key=StepKey("last"))
    assert kit.sent.numbers() == []

    kit.loop.turn()

    assert kit.sent.numbers() == [1, 2]
    assert len(kit.sent.frames) == 1


def test_what_ends_a_task_takes_along_what_waits(kit: Kit) -> None:
    kit.outbox.commit(0)
    fact = Undecoded(name="succeeded", body={})
    kit.outbox.record(TASK, fact, next_step_key=StepKey("next"))

    kit.outbox.record(TASK, fact)

    assert kit.sent.numbers() == [1, 2]
    assert len(kit.sent.frames) == 1


def test_much_is_sent_in_several_frames(kit: Kit) -> None:
    for words in "abc":
        kit.record(words, 600_000)

    kit.outbox.commit(0)

    assert len(kit.sent.frames) == 3
    assert kit.sent.numbers() == [1, 2, 3]


def test_facts_wait_in_order_while_the_journal_cannot_be_written(kit: Kit) -> None:
    kit.outbox.commit(0)
    with full_disk():
        assert [kit.record("one"), kit.record("two")] == [1, 2]
    assert kit.written == []
    assert kit.sent.numbers() == []
    assert not kit.outbox.is_committed

    kit.loop.turn()

    assert kit.written == ["one", "two"]
    assert kit.sent.numbers() == [1, 2]
    assert kit.record("three") == 3


def test_all_is_committed_when_the_launcher_holds_the_last(kit: Kit) -> None:
    kit.outbox.commit(0)
    last = kit.record("one")
    before = kit.outbox.is_committed

    kit.outbox.commit(last)

    assert (before, kit.outbox.is_committed) == (False, True)
