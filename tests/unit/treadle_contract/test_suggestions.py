from __future__ import annotations

from treadle_contract.suggestions import nearest


def test_names_that_look_like_one_are_given_best_first() -> None:
    assert nearest("sale", ["sales", "sale_2", "other", "sales"]) == ("sales", "sale_2")


def test_at_most_three_are_given_and_none_that_is_another_name() -> None:
    assert len(nearest("a1", ["a2", "a3", "a4", "a5"])) == 0
    assert len(nearest("asset_1", ["asset_2", "asset_3", "asset_4", "asset_5"])) == 3


def test_a_name_that_is_too_long_to_be_misspelt_is_not_compared() -> None:
    assert nearest("x" * 301, ["x" * 301]) == ()
