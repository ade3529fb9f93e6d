"""Inputs that nothing is connected to: a run tells their values."""

from __future__ import annotations

from typing import Any, Optional

import pytest

from treadle import (
    CompositionError,
    Config,
    DagsterType,
    Definitions,
    In,
    PlanRefused,
    RunConfig,
    StepFailedError,
    asset,
    config_mapping,
    dagster_type_loader,
    define_asset_job,
    graph,
    graph_asset,
    job,
    materialize,
    op,
)


class Point:
    def __init__(self, n: int) -> None:
        self.n = n


@dagster_type_loader({"n": int})
def load_point(context: Any, config: dict[str, int]) -> Point:
    return Point(config["n"] + len(context.run_id) * 0)


POINT = DagsterType(lambda _, value: isinstance(value, Point), name="Point", loader=load_point)


@op
def one() -> int:
    return 1


@op
def add(a: int, b: int, c: int = 5, d: Optional[list[str]] = None) -> int:  # noqa: UP045 -- as users write it
    return a + b + c + len(d or [])


@op(ins={"point": In(POINT)})
def number(point):  # type: ignore[no-untyped-def]  # as users write it
    return point.n


@graph_asset
def summed():  # type: ignore[no-untyped-def]  # as users write it
    return add(one())


def told(**inputs: Any) -> dict[str, Any]:
    return {"ops": {"summed": {"ops": {"add": {"inputs": inputs}}}}}


def made(**inputs: Any) -> Any:
    return materialize([summed], run_config=told(**inputs)).asset_value("summed")


def test_a_run_tells_an_input_as_it_is_or_as_a_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TREADLE_TEST_NUMBER", "7")

    assert made(b=5) == 11
    assert made(b={"value": 5}, c=1, d=["x"]) == 8
    assert made(b={"env": "TREADLE_TEST_NUMBER"}) == 13


@pytest.mark.parametrize(
    ("inputs", "says"),
    [
        ({}, r"ops\.summed\.ops\.add\.inputs\.b: it must be given: a whole number"),
        ({"b": "x"}, r"inputs\.b: expected a whole number, got 'x'"),
        ({"b": 1, "cc": 2}, r"there is no 'cc' here; there is b, c, d\. Did you mean 'c'"),
        ({"b": 1, "a": 2}, "there is no 'a' here"),
    ],
)
def test_what_is_wrong_is_refused_with_its_place(inputs: dict[str, Any], says: str) -> None:
    with pytest.raises(PlanRefused, match=says):
        made(**inputs)


def test_what_a_variable_brings_is_read_as_the_inputs_type(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TREADLE_TEST_NUMBER", "no number")

    with pytest.raises((StepFailedError, ValueError), match="integer"):
        made(b={"env": "TREADLE_TEST_NUMBER"})


def test_a_type_with_a_loader_is_loaded_from_config() -> None:
    @job
    def counting() -> None:
        add(number(), one())

    config = {"ops": {"number": {"inputs": {"point": {"n": 3}}}}}

    assert counting.execute_in_process(config).output_for_node("add") == 9


def test_inputs_of_a_graph_are_told_at_the_ops_that_read_them() -> None:
    @graph
    def inner(x, y):  # type: ignore[no-untyped-def]  # as users write it
        return add(x, y)

    config = {"ops": {"add": {"inputs": {"a": 3, "b": 4}}}}

    assert inner.execute_in_process(config).output_value() == 12


def test_definitions_say_which_inputs_each_run_has_to_tell() -> None:
    definitions = Definitions(
        assets=[summed],
        jobs=[define_asset_job("always", "summed", config=RunConfig(ops=told(b=2)["ops"]))],
    )

    (warning,) = definitions.built.snapshot.warnings
    assert warning == (
        "Nothing is connected to input 'b' of summed.add: each run has to tell it, at"
        " ops.summed.ops.add.inputs.b."
    )
    assert definitions.get_job_def("always").execute_in_process().asset_value("summed") == 8


def test_a_graph_may_tell_its_ops_by_default() -> None:
    @graph_asset(config={"add": {"inputs": {"b": 3}}})
    def by_default():  # type: ignore[no-untyped-def]  # as users write it
        return add(one())

    assert materialize([by_default]).asset_value("by_default") == 9


def test_an_input_whose_type_no_config_gives_is_refused_where_it_is_not_connected() -> None:
    @op
    def takes(thing):  # type: ignore[no-untyped-def]  # as users write it
        return thing

    with pytest.raises(CompositionError, match="is not given its input 'thing'"):

        @graph_asset
        def lacking():  # type: ignore[no-untyped-def]  # as users write it
            return takes()


def test_what_a_config_mapping_tells_for_is_connected() -> None:
    class Outer(Config):
        n: int

    @config_mapping
    def mapped(outer: Outer) -> RunConfig:
        return RunConfig(ops={"told": outer})

    @op
    def told(config: Outer) -> int:
        return config.n

    @graph_asset(config=mapped)
    def lacking():  # type: ignore[no-untyped-def]  # as users write it
        return add(told())

    with pytest.raises(CompositionError, match="'add' is not given its input 'b'"):
        Definitions(assets=[lacking])


def test_an_argument_of_an_asset_is_an_asset() -> None:
    @asset
    def total(summed: int) -> int:
        return summed

    result = materialize([summed, total], run_config=told(b=1))

    assert result.asset_value("total") == 7


@op
def shown(thing, of="nobody"):  # type: ignore[no-untyped-def]  # as users write it
    return [thing, of]


@graph
def sums(x, y):  # type: ignore[no-untyped-def]  # as users write it
    return add(x, y)


@graph
def outer_sums(n, thing):  # type: ignore[no-untyped-def]  # as users write it
    shown(thing)
    return add.alias("last")(sums(n), n)


counted = outer_sums.to_job("counted")


@pytest.mark.parametrize(
    "config",
    [
        {
            "inputs": {"n": 3, "thing": {"value": {"a": 1}}},
            "ops": {"sums": {"inputs": {"y": {"value": 4}}}},
        },
        {
            "inputs": {"n": {"value": 3}, "thing": {"a": 1}},
            "ops": {"sums": {"ops": {"add": {"inputs": {"b": 4}}}}},
        },
        {
            "ops": {
                "counted": {
                    "inputs": {"n": 9, "thing": 5},
                    "ops": {
                        "sums": {"inputs": {"x": 3, "y": 4}},
                        "last": {"inputs": {"b": 3}},
                        "shown": {"inputs": {"thing": {"a": 1}}},
                    },
                }
            }
        },
    ],
)
def test_a_run_tells_inputs_of_graphs_and_the_innermost_counts(config: Any) -> None:
    result = counted.execute_in_process(config)

    assert result.output_for_node("sums") == 12
    assert result.output_value() == 20
    assert result.output_for_node("shown") == [{"a": 1}, "nobody"]


def test_an_input_of_no_declared_type_is_told_anything_with_a_default_or_without() -> None:
    @job
    def told_all() -> None:
        shown()

    def got(**inputs: Any) -> Any:
        config = {"ops": {"shown": {"inputs": inputs}}}
        return told_all.execute_in_process(config).output_for_node("shown")

    assert got(thing=None) == [None, "nobody"]
    assert got(thing={"value": [1, "a"]}, of={"value": {"value": 2}}) == [[1, "a"], {"value": 2}]
    with pytest.raises(PlanRefused, match=r"shown\.inputs\.thing: it must be given: any value"):
        got()


@pytest.mark.parametrize(
    ("config", "says"),
    [
        ({}, r"ops\.counted\.inputs\.n: it must be given: a whole number"),
        ({}, r"ops\.counted\.ops\.sums\.inputs\.y: it must be given: a whole number"),
        ({"inputs": {"n": "x"}}, r"ops\.counted\.inputs\.n: expected a whole number, got 'x'"),
        ({"inputs": {"m": 1}}, r"ops\.counted\.inputs\.m: there is no 'm' here; there is n, thing"),
        ({"inputs": 3}, r"ops\.counted\.inputs: it is no map of names"),
        (
            {"ops": {"last": {"inputs": {"b": "x"}}}},
            r"ops\.counted\.ops\.last\.inputs\.b: expected a whole number, got 'x'",
        ),
    ],
)
def test_a_wrong_input_of_a_graph_is_refused_once_where_it_is_told(config: Any, says: str) -> None:
    with pytest.raises(PlanRefused, match=says) as refused:
        counted.execute_in_process(config)

    lines = str(refused.value).splitlines()
    assert len(lines) == len(set(lines))


def test_config_of_a_job_and_of_a_graph_tell_inputs_of_graphs() -> None:
    @graph(config={"sums": {"inputs": {"x": {"value": 1}, "y": 2}}})
    def by_default():  # type: ignore[no-untyped-def]  # as users write it
        return sums()

    told = {"inputs": {"n": 3, "thing": 0}, "ops": {"sums": {"inputs": {"y": 1}}}}

    assert by_default.execute_in_process().output_value() == 8
    made = outer_sums.to_job("by_config", config=told)
    assert made.execute_in_process().output_value() == 17
    assert made.execute_in_process({"inputs": {"n": 4}}).output_value() == 19


@op
def as_told(table):  # type: ignore[no-untyped-def]  # as users write it
    return table


@pytest.mark.parametrize("said", [{"b": 2}, {"value": {"b": 2}}])
@pytest.mark.parametrize("before", [{"a": 1}, {"value": {"a": 1}}, 7])
def test_what_a_run_tells_an_input_stands_whole_over_what_its_job_and_its_graphs_tell(
    before: object, said: object
) -> None:
    at_op = {"ops": {"as_told": {"inputs": {"table": before}}}}

    @job(config=at_op)
    def of_ops() -> None:
        as_told()

    @graph(config={"as_told": {"inputs": {"table": before}}})
    def inner():  # type: ignore[no-untyped-def]  # as users write it
        return as_told()

    @graph
    def reads(table):  # type: ignore[no-untyped-def]  # as users write it
        return as_told(table)

    at_run = {"ops": {"as_told": {"inputs": {"table": said}}}}
    at_graph = {"inputs": {"table": said}}
    of_graph = reads.to_job("of_graph", config={"inputs": {"table": before}})
    assert of_ops.execute_in_process(at_run).output_for_node("as_told") == {"b": 2}
    assert inner.to_job("of_inner").execute_in_process(at_run).output_value() == {"b": 2}
    assert of_graph.execute_in_process(at_graph).output_value() == {"b": 2}


def test_config_of_inputs_that_op_selection_leaves_out_does_no_harm() -> None:
    told = {"inputs": {"n": 3, "thing": 0}}

    result = counted.execute_in_process(told, op_selection=["shown"])

    assert result.output_for_node("shown") == [0, "nobody"]


def test_an_argument_of_nearly_the_contexts_name_is_refused_in_a_job() -> None:
    @op
    def lost(ctx):  # type: ignore[no-untyped-def]  # as users write it
        return ctx

    with pytest.raises(CompositionError, match="The context is a first argument named context"):

        @job
        def wrong() -> None:
            lost()
