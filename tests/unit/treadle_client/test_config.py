"""The config of a run as a caller gives it."""

from __future__ import annotations

from typing import Any

import pytest

import treadle_client
from treadle_client._config import config_data

ITSELF: dict[str, Any] = {}
ITSELF["in"] = [ITSELF]


@pytest.mark.parametrize(
    ("config", "said"),
    [
        (5, "give a mapping"),
        ({1: 2}, "keys are text"),
        ({"a": object()}, "config.a is"),
        ({"a": [2**63]}, "more than 64 bits"),
        ({"a": -(2**63) - 1}, "more than 64 bits"),
        (ITSELF, "deeper than 25 levels"),
    ],
)
def test_what_cannot_be_sent_is_refused(config: object, said: str) -> None:
    with pytest.raises(treadle_client.WrongArgument, match=said):
        config_data(config)


def test_lists_are_tuples() -> None:
    assert config_data({"a": [1, {"b": 2**63 - 1}], "c": True}) == {
        "a": (1, {"b": 2**63 - 1}),
        "c": True,
    }
