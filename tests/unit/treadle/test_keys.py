"""Keys of assets, under the field's names."""

from __future__ import annotations

import pytest

from treadle import AssetKey, InvalidNameError


def test_a_key_is_made_of_what_names_it() -> None:
    key = AssetKey(["shop", "orders"])

    assert AssetKey.from_coercible("shop/orders") == key
    assert AssetKey.from_coercible(["shop", "orders"]) == key
    assert AssetKey.from_coercible(key) is key
    with pytest.raises(InvalidNameError):
        AssetKey.from_coercible("shop orders")


def test_the_components_are_a_list_of_the_callers_own_and_a_tuple() -> None:
    key = AssetKey(["shop", "orders"])

    key.path.append("more")

    assert key.path == ["shop", "orders"]
    assert [*key.path[:-1], "sold"] == key.path[:-1] + ["sold"] == ["shop", "sold"]  # noqa: RUF005
    assert key.parts == ("shop", "orders")
    assert hash(key) == hash(AssetKey("shop/orders"))


def test_a_key_says_what_it_begins_with() -> None:
    key = AssetKey(["shop", "orders", "new"])

    assert key.has_prefix(["shop"])
    assert key.has_prefix(key.path)
    assert not key.has_prefix(["orders"])
    assert not key.has_prefix([*key.path, "more"])
