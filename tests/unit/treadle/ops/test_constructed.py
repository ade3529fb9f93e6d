"""OpDefinition(…): an op of a function that takes a context and all inputs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from treadle import (
    ArgumentError,
    AssetsDefinition,
    DependencyDefinition,
    GraphDefinition,
    In,
    Nothing,
    OpDefinition,
    OpExecutionContext,
    Out,
    Output,
    OutputMapping,
    RetryPolicy,
    graph,
    materialize,
    op,
)


def divides(context: OpExecutionContext, inputs: dict[str, int]) -> Iterator[Output[int]]:
    """Divide."""
    yield Output(inputs["number"] // inputs["by"], "times")
    if inputs["number"] % inputs["by"]:
        yield Output(inputs["number"] % inputs["by"] * context.op_config["factor"], "rest")


DIVIDE = OpDefinition(
    divides,
    "divide",
    {"number": In(int), "by": In(int, default_value=4), "after": In(Nothing)},
    {"times": Out(int), "rest": Out(int, is_required=False)},
    config_schema={"factor": int},
    tags={"a": "b"},
    retry_policy=RetryPolicy(max_retries=1),
)


@op
def nine() -> int:
    return 9


def one(_: Any, inputs: dict[str, Any]) -> Iterator[Output[int]]:
    assert inputs == {}
    yield Output(1)


def test_an_op_is_made_of_what_is_said() -> None:
    assert (DIVIDE.name, DIVIDE.description, DIVIDE.tags) == ("divide", "Divide.", {"a": "b"})
    assert list(DIVIDE.ins) == ["number", "by", "after"]
    assert DIVIDE.retry_policy == RetryPolicy(max_retries=1)
    assert DIVIDE.ins["by"].default_value == 4
    assert not DIVIDE.outs["rest"].is_required
    assert OpDefinition(compute_fn=one, name="one").outs.keys() == {"result"}


def test_its_function_gets_the_inputs_by_name_and_yields_outputs() -> None:
    @graph
    def dividing():  # type: ignore[no-untyped-def]  # as users write it
        return DIVIDE(nine()).times

    config = {"ops": {"divide": {"config": {"factor": 10}}}}
    result = dividing.execute_in_process(config)

    assert (result.output_value(), result.output_for_node("divide", "rest")) == (2, 10)


def test_it_is_a_node_of_a_graph_that_is_wired_by_names_and_makes_an_asset() -> None:
    halves = OpDefinition(
        lambda _, inputs: iter([Output(inputs["n"] / 2)]), "halves", ins={"n": In(float)}
    )
    wired = GraphDefinition(
        "wired",
        node_defs=[OpDefinition(one, "one"), halves],
        dependencies={"halves": {"n": DependencyDefinition("one")}},
        output_mappings=[OutputMapping("result", "halves")],
    )

    made = AssetsDefinition.from_graph(wired)

    assert materialize([made]).asset_value("wired") == 0.5


def test_a_function_of_other_parameters_is_refused() -> None:
    with pytest.raises(ArgumentError, match=r"no function of \(context, inputs\)") as refused:
        OpDefinition(compute_fn=lambda x: x, name="plain")
    assert refused.value.source.file == __file__
    with pytest.raises(ArgumentError, match="no function"):
        OpDefinition(compute_fn="text", name="text")  # type: ignore[arg-type]  # the mistake
    with pytest.raises(ArgumentError, match=r"OpDefinition\(version="):
        OpDefinition(compute_fn=one, name="one", version="1")
    with pytest.raises(ArgumentError, match="takes no argument 'out'"):
        OpDefinition(compute_fn=one, name="one", out=Out())  # type: ignore[call-arg]  # the mistake


def test_a_function_that_returns_a_value_fails_and_says_what_to_do() -> None:
    returns = OpDefinition(lambda _context, _inputs: 1, "returns")

    with pytest.raises(TypeError, match=r"returned an int, and is to yield"):
        GraphDefinition("g", node_defs=[returns]).execute_in_process()
