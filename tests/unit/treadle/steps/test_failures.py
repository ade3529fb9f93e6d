from __future__ import annotations

import pytest

from treadle import asset
from treadle.steps._failures import StepFailedError, user_code
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


def test_a_definition_in_the_place_of_an_asset_s_value_says_how_that_is_read() -> None:
    @asset
    def rates():
        return 3

    with pytest.raises(StepFailedError) as caught, user_code(FailureWhere.COMPUTE, "The op"):
        rates + 1

    assert caught.value.message == (
        "The op raised TypeError: unsupported operand type(s) for +: 'AssetsDefinition' and 'int'."
        " The value of an asset is read by an argument of the asset's name"
    )
