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


def test_a_key_says_what_it_begins_with() -> None:
    key = AssetKey(["shop", "orders", "new"])

    assert key.has_prefix(["shop"])
    assert key.has_prefix(key.path)
    assert not key.has_prefix(["orders"])
    assert not key.has_prefix([*key.path, "more"])
