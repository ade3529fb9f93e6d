"""Resources for tests: built in the caller's process, mocked, or told by a run."""

from __future__ import annotations

from unittest.mock import MagicMock

import pytest

import treadle


class Line(treadle.ConfigurableResource):
    number: int


@treadle.resource(config_schema={"n": int})
def counter(context):
    ended = context.resource_config["n"]
    yield [ended]


def test_resources_are_built_for_the_length_of_a_with_block() -> None:
    told = {"counter": {"config": {"n": 3}}}

    with treadle.build_resources(
        {"counter": counter, "line": Line(number=1), "plain": 2}, resource_config=told
    ) as resources:
        assert (resources.counter, resources.line.number, resources.plain) == ([3], 1, 2)


def test_what_is_told_to_nobody_is_refused() -> None:
    with pytest.raises(treadle.ArgumentError, match="names 'lien', which is not given"):
        treadle.build_resources({"line": Line(number=1)}, resource_config={"lien": {}})


def test_a_mock_takes_any_call() -> None:
    with treadle.build_resources({"any": treadle.ResourceDefinition.mock_resource()}) as resources:
        resources.any.send("x")

        assert isinstance(resources.any, MagicMock)
        resources.any.send.assert_called_once_with("x")


def test_a_text_and_values_are_what_a_run_tells_them() -> None:
    @treadle.op(required_resource_keys={"text", "values"})
    def read(context):
        return context.resources.text, context.resources.values

    @treadle.graph
    def both():
        return read()

    result = both.execute_in_process(
        resources={
            "text": treadle.ResourceDefinition.string_resource(),
            "values": treadle.make_values_resource(a=str, b=int),
        },
        run_config={
            "resources": {"text": {"config": "t"}, "values": {"config": {"a": "x", "b": 1}}}
        },
    )

    assert result.output_value() == ("t", {"a": "x", "b": 1})


def test_a_resource_knows_what_it_was_set_up_with() -> None:
    with treadle.build_resources({"line": Line(number=1)}) as resources:
        assert resources.line.get_resource_context().log is not None

    with pytest.raises(treadle.ContextError, match="Line has no context: it was not set up"):
        Line(number=1).get_resource_context()
