from __future__ import annotations

import json

import pytest

from treadle_contract.ids import KeyText, RunId, StepKey, TaskId
from treadle_contract.worker import Ack, AckState, Task, TaskStep
from treadle_launcher.hosts.frames import FrameError, decode_journal_line, encode_frame, joined
from treadle_launcher.runs.journal import Implausible

ACK = Ack(task_id=TaskId("t"), state=AckState.RUNNING)


def record(number):
    return Implausible(
        number=number,
        task_id=TaskId("t"),
        step_key=StepKey("s"),
        attempt=1,
        problem="",
        next_task_id=TaskId(""),
        next_step_key=StepKey(""),
    )


def test_reports_that_follow_each_other_are_one():
    first, second, third = map(record, (1, 2, 3))
    said = [(first,), (second,), ACK, None, (third,)]
    assert list(joined(said)) == [(first, second), ACK, None, (third,)]
    assert list(joined([])) == []


def test_what_came_before_a_frame_that_is_none_is_heard():
    def frames():
        yield (record(1),)
        raise FrameError("it is none")

    heard = joined(frames())
    assert next(heard) == (record(1),)
    with pytest.raises(FrameError):
        next(heard)


def test_a_record_that_cannot_be_names_the_step_that_began_after_it():
    line = b'{"number":"1","taskId":"t","stepKey":"s","attempt":1,"nextStepKey":"n","succeeded":{}}'
    told = decode_journal_line(line)
    assert isinstance(told, Implausible)
    assert told.next_step_key == "n"


@pytest.mark.parametrize(
    ("count", "named", "lines"), [(2, ["a0", "a1"], None), (51, None, [f"a{i}" for i in range(51)])]
)
def test_many_selected_keys_are_one_text(count, named, lines):
    keys = tuple(KeyText(f"a{number}") for number in range(count))
    step = TaskStep(step_key=StepKey("s"), attempt=1, selected_asset_keys=keys)
    task = Task(task_id=TaskId("t"), run_id=RunId("r"), steps=(step,))

    [said] = json.loads(encode_frame(task))["task"]["steps"]

    assert said.get("selectedAssetKeys") == named
    assert said.get("selectedAssetKeyLines") == (None if lines is None else "\n".join(lines))
