from __future__ import annotations

import pytest

from treadle_api.v1 import value_pb2
from treadle_codeserver.wire.value import cut, encode_text, encode_value
from treadle_contract.message import UserValue


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (None, value_pb2.Value()),
        (False, value_pb2.Value(bool_value=False)),
        (0, value_pb2.Value(int_value=0)),
        (2**63 - 1, value_pb2.Value(int_value=2**63 - 1)),
        (2**63, value_pb2.Value(string_value=hex(2**63))),
        (1.0, value_pb2.Value(double_value=1.0)),
        ("ä", value_pb2.Value(string_value="ä")),
        ("\udcff", value_pb2.Value(string_value="?")),
        ((), value_pb2.Value(list_value=value_pb2.ValueList())),
        ({}, value_pb2.Value(map_value=value_pb2.ValueMap())),
    ],
)
def test_each_kind_of_value_has_its_field(value: UserValue, message: value_pb2.Value) -> None:
    assert encode_value(value) == message


def test_values_nest() -> None:
    encoded = encode_value({"a": (1, {"b": None})})

    first, second = encoded.map_value.entries["a"].list_value.values
    assert first.int_value == 1
    assert second.map_value.entries["b"].WhichOneof("kind") is None


def test_a_long_text_keeps_its_ends() -> None:
    text = encode_text("a" * 50 + "ä" * 50 + "z" * 50, limit=21)

    assert text.head == "a" * 10
    assert text.tail == "z" * 10
    assert text.omitted_bytes == 180


def test_a_cut_is_named() -> None:
    assert cut("x" * 100, limit=100) == "x" * 100
    assert len(cut("x" * 1000, limit=100).encode()) <= 100
    assert "bytes left out" in cut("x" * 1000, limit=100)
