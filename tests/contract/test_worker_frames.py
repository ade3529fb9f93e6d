"""What a step reports, as its host passes it on undecoded: what protobuf reads is what was said."""

from __future__ import annotations

import tempfile
from pathlib import Path

from google.protobuf import json_format
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.treadle_contract import messages
from treadle_api.codec import from_proto, proto_class
from treadle_contract import json_codec
from treadle_contract.ids import StepKey, TaskId
from treadle_contract.worker import (
    AttemptCancelled,
    AttemptSucceeded,
    Commit,
    HostFrame,
    JournalRecord,
    JournalRecordFact,
    LauncherFrame,
    Report,
    WorkerLogRecord,
)
from treadle_worker.attempts import report_socket as report_end
from treadle_worker.attempts.attempt_end import AttemptEnd, Exit, Undecoded
from treadle_worker.attempts.exits import conclude
from treadle_worker.host import outbox
from treadle_worker.host.journal import Journal
from treadle_worker.step import reports

RECORDS = messages.of(JournalRecord).filter(lambda record: record.fact is not None)


def undecoded(fact: JournalRecordFact) -> Undecoded:
    """What a host takes of a fact that a step's process sends."""
    return report_end._fact_of(json_codec.dumps(reports._record(fact)))


def told(*facts: JournalRecordFact | Undecoded) -> HostFrame:
    """What protobuf reads of the frame in which a host passes facts on."""
    with tempfile.TemporaryDirectory() as folder:
        journal = Journal(str(Path(folder, "journal")))
        for fact in facts:
            journal.append(TaskId("r/s/1"), StepKey("s"), 1, fact)
        frame = outbox._report(journal.since(0))
        journal.close()
    return from_proto(json_format.Parse(frame, proto_class(HostFrame)()), HostFrame)


@settings(deadline=None, max_examples=30)
@given(st.lists(RECORDS, min_size=1, max_size=3))
def test_what_steps_report_comes_to_the_launcher_as_it_was(records: list[JournalRecord]) -> None:
    # That it was cancelled, no process says of itself.
    facts = [record.fact for record in records if record.fact is not None]
    frame = told(
        *(fact if isinstance(fact, AttemptCancelled) else undecoded(fact) for fact in facts)
    )

    assert isinstance(frame.frame, Report)
    assert [record.fact for record in frame.frame.records] == [record.fact for record in records]
    assert [record.number for record in frame.frame.records] == [*range(1, len(records) + 1)]
    assert {(each.task_id, each.step_key, each.attempt) for each in frame.frame.records} == {
        ("r/s/1", "s", 1)
    }


def test_a_success_gets_what_its_host_measured() -> None:
    said = AttemptSucceeded(yielded_outputs=("result",))
    end = AttemptEnd(
        step_key="s",
        outcome=undecoded(said),
        exit=Exit(),
        cancel_requested=False,
        duration_us=7,
        pid=8,
    )

    frame = told(conclude(end, lambda: ""))

    assert isinstance(frame.frame, Report)
    assert frame.frame.records[0].fact == AttemptSucceeded(
        yielded_outputs=("result",), duration_us=7, pid=8
    )


def test_text_that_is_no_unicode_does_not_break_the_stream() -> None:
    frame = told(undecoded(WorkerLogRecord(level="WARNING", message="a\udcffb")))

    assert isinstance(frame.frame, Report)
    assert frame.frame.records[0].fact == WorkerLogRecord(level="WARNING", message="a?b")


def test_frames_and_fields_of_a_later_version_are_passed_over() -> None:
    assert json_codec.loads(LauncherFrame, b'{"someday": {"x": 1}}') == LauncherFrame()
    assert json_codec.loads(
        LauncherFrame, b'{"commit": {"record": "3", "someday": []}}'
    ) == LauncherFrame(frame=Commit(record=3))
