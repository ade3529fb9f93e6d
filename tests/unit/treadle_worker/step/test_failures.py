"""Failures: what is told of what the user's code raised, and of what is ours."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from treadle import ArgumentError
from treadle.io._pickle5 import ValueFileError
from treadle.locations.snapshot import SourceLine
from treadle.steps._failures import user_code
from treadle.steps.execution import StepFailedError
from treadle_contract.run import FailureReason, FailureWhere
from treadle_contract.value import Text
from treadle_worker.loading.problems import Problem
from treadle_worker.step.failures import import_failure, internal_failure, step_failure


def failed(where: FailureWhere, cause: BaseException | None) -> StepFailedError:
    try:
        raise StepFailedError(where, "The op raised.") from cause
    except StepFailedError as error:
        return error


def text_of(text: Text | None) -> str:
    assert text is not None
    return text.head


def test_an_exception_is_told_with_class_and_whole_chain() -> None:
    cause = ValueError("outer")
    cause.__cause__ = KeyError("inner")

    failure = step_failure(failed(FailureWhere.COMPUTE, cause))

    assert failure.reason is FailureReason.USER_ERROR
    assert failure.error_class == "builtins.ValueError"
    assert "KeyError: 'inner'" in text_of(failure.traceback)
    assert text_of(failure.traceback).endswith("ValueError: outer")


def test_what_a_refused_definition_says_its_place_and_what_to_do_are_told_once() -> None:
    place = SourceLine(file=__file__, line=7)
    with (
        pytest.raises(StepFailedError) as raised,
        user_code(FailureWhere.COMPUTE, "Step 's': op 's'"),
    ):
        raise ArgumentError("There is no x.", fix="Write y.", source=place)

    failure = step_failure(raised.value)

    assert failure.message == "Step 's': op 's' raised ArgumentError: There is no x. Write y."
    assert failure.source == place
    assert failure.traceback is None


def test_what_we_raise_at_no_line_of_the_user_s_is_told_by_the_message_alone() -> None:
    failure = step_failure(failed(FailureWhere.LOAD, ValueFileError(Path("/v/a"), "it is damaged")))

    assert failure.traceback is None


def test_a_value_that_is_not_there_any_more_is_nobody_s_error() -> None:
    failure = step_failure(StepFailedError(FailureWhere.LOAD, "It is gone.", stale=True))

    assert (failure.reason, failure.where) == (FailureReason.STALE, None)


def test_a_text_without_end_keeps_its_ends() -> None:
    failure = step_failure(failed(FailureWhere.STORE, ValueError("x" * 20_000_000 + "end")))

    assert 10_000_000 < len(text_of(failure.traceback)) < 11_000_000
    assert text_of(failure.traceback).endswith("end")


def test_what_is_ours_is_told_with_our_frames() -> None:
    try:
        raise RuntimeError("ours")
    except RuntimeError as error:
        failure = internal_failure(error)

    assert failure.reason is FailureReason.INTERNAL
    assert __file__ in text_of(failure.traceback)


def test_an_import_that_raised_is_told_in_its_last_line() -> None:
    source = SourceLine(file="a.py", line=3)
    text = "Traceback (most recent call last):\n  …\nValueError: no good"

    failure = import_failure(Problem(text=text, source=source))

    assert failure.reason is FailureReason.START_FAILED
    assert failure.message.endswith("ValueError: no good")
    assert (text_of(failure.traceback), failure.source) == (text, source)


def test_a_refused_definition_says_all_by_itself() -> None:
    failure = import_failure(Problem(text="Asset 'a' twice.\nRename one.", source=None))

    assert failure.message.endswith("Asset 'a' twice.\nRename one.")
    assert failure.traceback is None


OP = SourceLine(file="/home/ada/shop.py", line=12)


@pytest.mark.parametrize(
    ("where", "place"),
    [
        (FailureWhere.OUTPUT, OP),
        (FailureWhere.TYPE_CHECK, OP),
        (FailureWhere.STORE, OP),
        (FailureWhere.LOAD, None),
        (FailureWhere.RESOURCE, None),
    ],
)
def test_what_is_wrong_with_an_output_has_the_place_of_its_op(
    where: FailureWhere, place: SourceLine | None
) -> None:
    for cause in (None, ValueFileError(Path("/v/a"), "it is damaged")):
        assert step_failure(failed(where, cause), op=OP).source == place


def test_what_the_user_raised_has_the_place_where_it_was_raised() -> None:
    with pytest.raises(StepFailedError) as caught, user_code(FailureWhere.STORE, "storing"):
        raise ValueError

    place = step_failure(caught.value, op=OP).source
    assert place is not None
    assert place.file == __file__


def test_what_of_ours_meets_a_limit_names_that() -> None:
    failure = internal_failure(OSError(errno.EMFILE, "Too many open files"))

    assert "Too many open files (RLIMIT_NOFILE of its process is " in failure.message
