from __future__ import annotations

import pytest

from treadle_codeserver.errors import NotLocalError, PlanRefusedError, Reason, planner_refusals
from treadle_planner import PlanRefused, RefusalReason


@pytest.mark.parametrize("reason", RefusalReason)
def test_every_refusal_of_the_planner_is_one_of_the_contract(reason: RefusalReason) -> None:
    refused = PlanRefused(reason, "No.", names=("a",), suggestions=("b",), smallest="a or b")

    with pytest.raises(PlanRefusedError) as caught, planner_refusals():
        raise refused

    error = caught.value
    assert error.reason is Reason(reason)
    assert (error.message, error.names, error.suggestions, error.smallest) == (
        "No.",
        ("a",),
        ("b",),
        "a or b",
    )


def test_the_docstring_is_the_message() -> None:
    assert str(NotLocalError()) == "A launch spec is given over a Unix socket only."
