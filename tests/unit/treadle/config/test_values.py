from __future__ import annotations

import json
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import assume, given

from treadle.config.values import (
    MissingVariableError,
    is_env,
    is_secret,
    with_defaults,
    with_variables,
)
from treadle_contract.config_data import as_json, from_json, laid_over, misfit_of, run_laid_over
from treadle_contract.message import UserValue

texts = st.text(max_size=3)
values: st.SearchStrategy[UserValue] = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | texts,
    lambda inner: (
        st.lists(inner, max_size=2).map(tuple) | st.dictionaries(texts, inner, max_size=3)
    ),
    max_leaves=8,
)
maps = st.dictionaries(texts, values, max_size=3)


def nested(levels: int) -> dict[str, Any]:
    """Return maps in one another."""
    return {"in": nested(levels - 1)} if levels > 1 else {}


NESTED: dict[str, Any] = {
    "$defs": {"Inner": {"type": "object", "properties": {"x": {"type": "integer", "default": 3}}}},
    "type": "object",
    "properties": {
        "day": {"type": "string"},
        "inner": {"$ref": "#/$defs/Inner", "default": {}},
        "many": {"type": "array", "items": {"$ref": "#/$defs/Inner"}},
        "by_name": {"type": "object", "additionalProperties": {"$ref": "#/$defs/Inner"}},
        "maybe": {"anyOf": [{"type": "integer"}, {"type": "null"}], "default": None},
        "word": {"type": "string", "writeOnly": True, "default": "hidden"},
        "key": {"type": "string", "writeOnly": True, "default": {"env": "KEY"}},
    },
}


@given(values)
def test_nothing_over_or_under_something_is_that(value: UserValue) -> None:
    assert laid_over(value, None) == value
    assert laid_over(None, value) == value


@given(maps, maps, maps)
def test_what_is_laid_over_can_be_grouped(one: UserValue, two: UserValue, three: UserValue) -> None:
    # A null between two maps parts them.
    assume("null" not in json.dumps(as_json((one, two, three))))

    assert laid_over(laid_over(one, two), three) == laid_over(one, laid_over(two, three))


def test_a_null_in_a_map_is_a_value() -> None:
    assert laid_over({"a": {"n": 5, "m": 1}}, {"a": {"n": None}}) == {"a": {"n": None, "m": 1}}


def test_maps_are_joined_and_a_variable_is_none() -> None:
    below: UserValue = {"a": {"b": 1, "c": 2}, "d": (1, 2)}

    assert laid_over(below, {"a": {"b": 3}, "d": (3,)}) == {"a": {"b": 3, "c": 2}, "d": (3,)}
    assert laid_over(below, {"a": {"env": "A"}}) == {"a": {"env": "A"}, "d": (1, 2)}


@given(values)
def test_json_and_back_is_the_same(value: UserValue) -> None:
    assert from_json(as_json(value)) == value


def test_defaults_are_filled_in_wherever_a_schema_holds() -> None:
    filled = with_defaults({"many": ({"x": 1}, {}), "by_name": {"a": {}}}, NESTED)

    assert filled == {
        "many": ({"x": 1}, {"x": 3}),
        "by_name": {"a": {"x": 3}},
        "inner": {"x": 3},
        "maybe": None,
        "key": {"env": "KEY"},
    }


def test_variables_are_read_where_a_plain_value_may_stand() -> None:
    given = {"day": {"env": "DAY"}, "many": ({"x": {"env": "N"}},), "inner": {"env": "DAY"}}

    found = with_variables(given, NESTED, {"DAY": "monday", "N": "1"})

    assert found == {"day": "monday", "many": ({"x": "1"},), "inner": {"env": "DAY"}}
    with pytest.raises(MissingVariableError, match="DAY is not set"):
        with_variables({"day": {"env": "DAY"}}, NESTED, {})


def test_a_map_that_may_stand_there_is_no_variable() -> None:
    assert is_env({"env": "A"}, {"type": "string"}, {})
    assert is_env({"env": "A"}, {"enum": ["a"]}, {})
    assert is_env({"env": "A"}, {}, {})
    assert not is_env({"env": "A"}, {"type": "object"}, {})
    assert not is_env({"env": "A"}, {"anyOf": [{"type": "object"}, {"type": "string"}]}, {})
    assert not is_env({"env": "A", "b": 1}, {"type": "string"}, {})
    assert not is_env({"env": 1}, {"type": "string"}, {})


def test_a_secret_is_known_through_what_a_schema_chooses_from() -> None:
    assert is_secret({"anyOf": [{"type": "string", "writeOnly": True}, {"type": "null"}]}, {})
    assert not is_secret({"type": "string"}, {})


def test_config_is_a_map_without_moments() -> None:
    import datetime  # noqa: PLC0415

    assert misfit_of(None) == ""
    assert misfit_of({"a": (1, {"b": "c"})}) == ""
    assert "no map" in misfit_of((1,))
    assert misfit_of(nested(25)) == ""
    assert "deeper than 25 levels" in misfit_of(nested(26))
    assert "moment" in misfit_of({"a": (datetime.datetime.now(datetime.UTC),)})


def test_a_schema_that_refers_to_itself_ends() -> None:
    tree: dict[str, Any] = {
        "$defs": {
            "Tree": {
                "type": "object",
                "properties": {"inner": {"$ref": "#/$defs/Tree"}, "n": {"default": 1}},
            }
        },
        "$ref": "#/$defs/Tree",
    }

    assert with_defaults({"inner": {}}, tree) == {"inner": {"n": 1}, "n": 1}


def test_what_is_said_of_an_input_is_one_value_and_stands_whole() -> None:
    below: UserValue = {
        "inputs": {"table": {"value": {"a": 1}}, "n": 1},
        "ops": {
            "read": {"inputs": {"by": {"a": 1}, "n": 1}, "config": {"inputs": {"by": {"a": 1}}}},
            "write": {"inputs": {"by": 2}},
        },
    }
    above: UserValue = {
        "inputs": {"table": {"b": 2}},
        "ops": {
            "read": {"inputs": {"by": {"b": 2}}, "config": {"inputs": {"by": {"b": 2}}}},
            "look": {"inputs": {"by": 3}},
        },
    }

    assert run_laid_over(below, above) == {
        "inputs": {"table": {"b": 2}, "n": 1},
        "ops": {
            "read": {
                "inputs": {"by": {"b": 2}, "n": 1},
                "config": {"inputs": {"by": {"a": 1, "b": 2}}},
            },
            "write": {"inputs": {"by": 2}},
            "look": {"inputs": {"by": 3}},
        },
    }


@given(values, values)
def test_config_of_a_run_without_nodes_and_inputs_is_laid_over_as_any(
    one: UserValue, two: UserValue
) -> None:
    assert run_laid_over(one, two) == laid_over(one, two)
    assert run_laid_over({"ops": one}, None) == {"ops": one} == run_laid_over(None, {"ops": one})
    assert run_laid_over({"ops": {"a": one}}, {"ops": {"b": two}}) == {"ops": {"a": one, "b": two}}
