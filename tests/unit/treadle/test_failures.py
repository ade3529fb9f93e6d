from __future__ import annotations

import pytest

from treadle._failures import StepFailedError, user_code
from treadle_contract.run import FailureWhere


class Unspeakable(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no words")


class Leaves(BaseException):
    def __str__(self) -> str:
        raise SystemExit(3)


@pytest.mark.parametrize(
    ("error", "why"), [(Unspeakable(), "RuntimeError"), (Leaves(), "SystemExit")]
)
def test_an_exception_without_words_is_told_all_the_same(error: BaseException, why: str) -> None:
    with pytest.raises(StepFailedError) as caught, user_code(FailureWhere.COMPUTE, "The op"):
        raise error

    assert caught.value.__cause__ is error
    assert type(error).__name__ in caught.value.message
    assert why in caught.value.message
