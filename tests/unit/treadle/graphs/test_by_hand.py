"""Graphs that are wired by names."""

from __future__ import annotations

from typing import Any

import pytest

from treadle import (
    ArgumentError,
    AssetKey,
    AssetsDefinition,
    AssetSpec,
    CompositionError,
    DependencyDefinition,
    GraphDefinition,
    InputContext,
    InputMapping,
    IOManager,
    MultiDependencyDefinition,
    NodeInvocation,
    Out,
    OutputContext,
    OutputMapping,
    RetryPolicy,
    graph,
    materialize,
    op,
)


@op
def one() -> int:
    return 1


@op(out={"low": Out(int), "high": Out(int)})
def both() -> Any:
    return 1, 9


@op
def inc(x: int) -> int:
    return x + 1


@op
def total(parts: list) -> int:
    return sum(parts)


class Twenty(IOManager):
    def handle_output(self, context: OutputContext, obj: object) -> None:
        raise AssertionError("nothing is stored here")

    def load_input(self, context: InputContext) -> int:
        return 20


def test_nodes_read_what_they_depend_on_whatever_comes_first() -> None:
    made = GraphDefinition(
        name="made",
        node_defs=[inc, both],
        dependencies={
            NodeInvocation("inc", alias="twice"): {"x": DependencyDefinition("once")},
            NodeInvocation("inc", alias="once"): {"x": DependencyDefinition("both", "high")},
        },
    )

    result = made.execute_in_process()

    assert result.output_for_node("twice") == 11
    assert made.node_names == ("both", "once", "twice")


def test_inputs_and_outputs_are_mapped() -> None:
    made = GraphDefinition(
        "made",
        description="said",
        node_defs=[one, total, inc],
        dependencies={
            "total": {
                "parts": MultiDependencyDefinition(
                    [DependencyDefinition("one"), DependencyDefinition("inc")]
                )
            },
        },
        input_mappings=[
            InputMapping("x", "inc", "x", graph_input_description="given"),
            InputMapping("x", "total", "parts", fan_in_index=0),
        ],
        output_mappings=[OutputMapping("sum", "total"), OutputMapping("more", "inc", "result")],
    )

    twenty = AssetSpec("x").with_io_manager_key("twenty")
    block = AssetsDefinition.from_graph(made)
    result = materialize([twenty, block], resources={"twenty": Twenty()})

    assert result.asset_value("sum") == 20 + 1 + 21
    assert result.asset_value("more") == 21
    assert (made.description, list(made.ins), list(made.outs)) == ("said", ["x"], ["sum", "more"])
    assert made.ins["x"].description == "given"


def test_it_is_a_graph_as_any_other() -> None:
    policy = RetryPolicy(max_retries=2)
    made = GraphDefinition(
        "made",
        node_defs=[inc],
        dependencies={NodeInvocation("inc", tags={"k": "v"}, retry_policy=policy): {}},
        input_mappings=[InputMapping("up", "inc", "x")],
        output_mappings=[OutputMapping("result", "inc")],
    )
    up = AssetsDefinition.from_op(one, keys_by_output_name={"result": AssetKey("up")})

    block = AssetsDefinition.from_graph(made)

    assert materialize([up, block]).asset_value("made") == 2
    assert made.node_named("inc").retry_policy == policy
    assert made.node_named("inc").tags == {"k": "v"}


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"node_defs": [print]}, "which neither @op nor @graph made"),
        (
            {"node_defs": [inc], "dependencies": {"ink": {}}},
            r"'ink' is not an op or graph of node_defs\. Did you mean 'inc'",
        ),
        (
            {"node_defs": [inc, one], "dependencies": {"inc": {"x": DependencyDefinition("on")}}},
            r"'on' is not a node\. Did you mean 'one'",
        ),
        (
            {
                "node_defs": [inc, both],
                "dependencies": {"inc": {"x": DependencyDefinition("both", "hihg")}},
            },
            r"'hihg' is not an output of 'both'\. Did you mean 'high'",
        ),
        (
            {"node_defs": [inc], "dependencies": {"inc": {"x": DependencyDefinition("inc")}}},
            "'inc' reads 'inc'",
        ),
        (
            {"node_defs": [inc, one], "dependencies": {"inc": {"y": DependencyDefinition("one")}}},
            "'inc' has no input 'y'",
        ),
        ({"node_defs": [inc], "dependencies": {"inc": {"x": "one"}}}, "which is no dependency"),
        (
            {"node_defs": [one], "input_mappings": [InputMapping("x", "onee", "y")]},
            "'onee' is not a node",
        ),
        (
            {"node_defs": [one], "output_mappings": [OutputMapping("x", "two")]},
            "'two' is not a node",
        ),
    ],
)
def test_what_cannot_be_wired_is_refused(given: dict[str, Any], problem: str) -> None:
    with pytest.raises((ArgumentError, CompositionError), match=problem) as caught:
        GraphDefinition("made", **given)
    assert __file__ in str(caught.value)


def test_an_argument_that_is_none_is_refused() -> None:
    with pytest.raises(ArgumentError, match=r"GraphDefinition\(\) takes no argument 'nodes'"):
        GraphDefinition("made", nodes=[one])


def test_a_graph_is_read_back_as_the_constructor_takes_it() -> None:
    def lists(start: Any) -> Any:
        low, high = both()
        first = (
            inc.alias("first").tag({"a": "b"}).with_retry_policy(RetryPolicy(max_retries=2))(start)
        )
        return total([low, start, first, inc(high), start])

    whole = graph(lists)
    assert whole.input_mappings == [
        InputMapping("start", "first", "x"),
        InputMapping("start", "total", "parts", 1),
        InputMapping("start", "total", "parts", 4),
    ]
    assert whole.output_mappings == [OutputMapping("result", "total")]
    reads = {call.alias: read for call, read in whole.dependencies.items()}
    assert reads == {
        "both": {},
        "first": {},
        "inc": {"x": DependencyDefinition("both", "high")},
        "total": {
            "parts": MultiDependencyDefinition(
                [DependencyDefinition(*each) for each in (("both", "low"), ("first",), ("inc",))]
            )
        },
    }

    again = GraphDefinition(
        "again",
        node_defs=whole.node_defs,
        dependencies=whole.dependencies,
        input_mappings=whole.input_mappings,
        output_mappings=whole.output_mappings,
    )

    assert {k: v.bindings for k, v in again.invocations.items()} == {
        k: v.bindings for k, v in whole.invocations.items()
    }
    assert again.node_named("first").tags == {"a": "b"}
    assert again.node_named("first").retry_policy == RetryPolicy(max_retries=2)
    assert again.mapping == whole.mapping
