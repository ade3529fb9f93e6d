from __future__ import annotations

import pytest

from treadle_client._messages import Failure, FailureReason, SourceLocation
from treadle_client._result import describe_failure, failure_beside, failure_details
from treadle_client.text._metadata import Metadata
from treadle_client.text._text import Text


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("ValueError: nine", "oom: ValueError: nine at /x.py:9"),
        ("It ran out. Use less.", "oom: It ran out. Use less. At /x.py:9."),
    ],
)
def test_the_line_of_a_failure_breaks_no_sentence(message: str, said: str) -> None:
    failure = Failure(
        reason=FailureReason.OOM,
        where=None,
        message=message,
        error_class="",
        traceback=Text(),
        source=SourceLocation(file="/x.py", line=9),
        exit_code=None,
        signal="",
        stderr_tail=Text(),
    )

    assert describe_failure(failure) == said


def test_what_a_user_says_of_a_failure_is_shown() -> None:
    failure = Failure(
        reason=FailureReason.USER_ERROR,
        where=None,
        message="bad rows",
        error_class="",
        traceback=Text(),
        source=None,
        exit_code=None,
        signal="",
        stderr_tail=Text(),
        metadata=Metadata({"rows": 3, "file": "a.csv"}),
    )

    assert failure_details(failure) == ["rows: 3\nfile: a.csv"]


def test_the_failure_of_a_step_is_told_once() -> None:
    def failure(message: str) -> Failure:
        return Failure(
            reason=FailureReason.USER_ERROR,
            where=None,
            message=message,
            error_class="",
            traceback=Text(),
            source=None,
            exit_code=None,
            signal="",
            stderr_tail=Text(),
        )

    steps = [failure("It is broken."), None]

    assert failure_beside(failure("It is broken."), steps) is None
    assert failure_beside(None, steps) is None
    assert failure_beside(failure("No host."), steps) == failure("No host.")
