from __future__ import annotations

import pytest

from treadle_client._failure import Failure, FailureReason
from treadle_client._result import describe_failure
from treadle_client._text import Text
from treadle_client._value_ref import SourceLocation


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
