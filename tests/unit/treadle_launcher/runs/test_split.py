"""Cutting long texts: what stays whole, where it is cut, what goes beside."""

from __future__ import annotations

import hypothesis.strategies as st
import pytest
from hypothesis import example, given

from treadle_contract.event import (
    CancelRequested,
    HookErrored,
    LogRecord,
    RunFinished,
    StepCancelled,
    StepFailed,
    StepRetryScheduled,
)
from treadle_contract.run import Failure, FailureReason, RunState
from treadle_contract.value import Text
from treadle_launcher.clock import TimeUs, as_moment
from treadle_launcher.runs.events import Payload
from treadle_launcher.runs.split import WHOLE_BYTES, split_payload


def log(text: str) -> LogRecord:
    return LogRecord(level="ERROR", message=Text(head=text))


def failure(text: str) -> Failure:
    return Failure(
        reason=FailureReason.EXIT,
        message="it ended",
        traceback=Text(head=text),
        stderr_tail=Text(head=text + "!"),
    )


@pytest.mark.parametrize("text", ["", "short", "é" * (WHOLE_BYTES // 2), "x" * WHOLE_BYTES])
def test_up_to_32_kib_a_fact_stays_the_very_same(text: str) -> None:
    payload = log(text)

    split, whole = split_payload(payload)

    assert split is payload
    assert whole == {}


@given(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12),
    st.integers(WHOLE_BYTES + 1, WHOLE_BYTES * 3),
)
@example("𝄞é", WHOLE_BYTES + 1)
def test_the_ends_and_what_lies_between_add_up_to_the_whole(unit: str, size: int) -> None:
    text = (unit * size)[:size]

    split, whole = split_payload(log(text))

    assert isinstance(split, LogRecord)
    message = split.message
    assert message.text_id is not None
    assert whole == {message.text_id: text}
    ends = len(message.head.encode()) + len(message.tail.encode())
    assert ends + message.omitted_bytes == len(text.encode())
    assert WHOLE_BYTES - 8 < ends <= WHOLE_BYTES
    assert text.startswith(message.head)
    assert text.endswith(message.tail)


@pytest.mark.parametrize(
    "payload",
    [
        StepFailed(failure=failure("x" * 40_000)),
        HookErrored(hook="h", failure=failure("x" * 40_000)),
        StepRetryScheduled(
            failure=failure("x" * 40_000), not_before=as_moment(TimeUs(0)), next_attempt=2
        ),
        RunFinished(state=RunState.FAILED, failure=failure("x" * 40_000)),
    ],
)
def test_both_texts_of_a_failure_are_cut(payload: Payload) -> None:
    split, whole = split_payload(payload)

    assert isinstance(split, StepFailed | HookErrored | StepRetryScheduled | RunFinished)
    assert split.failure is not None
    assert split.failure.traceback is not None
    assert split.failure.stderr_tail is not None
    assert set(whole) == {split.failure.traceback.text_id, split.failure.stderr_tail.text_id}


def test_the_last_words_of_what_was_cancelled_are_cut() -> None:
    cancelled = StepCancelled(was_running=True, stderr_tail=Text(head="x" * 40_000))

    split, whole = split_payload(cancelled)

    assert isinstance(split, StepCancelled)
    assert split.stderr_tail is not None
    assert set(whole) == {split.stderr_tail.text_id}
    assert split_payload(StepCancelled()) == (StepCancelled(), {})


def test_what_was_cut_is_not_cut_again() -> None:
    split, _ = split_payload(StepFailed(failure=failure("x" * 40_000)))

    again, whole = split_payload(split)

    assert again is split
    assert whole == {}


def test_a_message_that_is_no_text_is_cut_and_says_so() -> None:
    long = Failure(reason=FailureReason.USER_ERROR, message="é" * 50_000)

    split, _ = split_payload(StepFailed(failure=long))

    assert isinstance(split, StepFailed)
    assert split.failure.message.endswith("é… (83616 bytes more)")
    assert len(split.failure.message.encode()) < WHOLE_BYTES


def test_a_lone_surrogate_is_spelled_out_in_a_long_text() -> None:
    _, whole = split_payload(log("\udcff" * 40_000))

    assert set("".join(whole.values())) == set("\\udcff")


def test_facts_without_a_text_are_passed_through() -> None:
    payload = CancelRequested(reason="x" * 40_000)

    assert split_payload(payload) == (payload, {})
