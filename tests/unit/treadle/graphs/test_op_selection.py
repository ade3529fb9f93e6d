"""op_selection: some ops of a job or a graph, wired as they are in the whole."""

from __future__ import annotations

from typing import Any

import pytest

from treadle import (
    ArgumentError,
    CompositionError,
    Config,
    Definitions,
    ExecuteInProcessResult,
    PlanRefused,
    RunConfig,
    asset,
    define_asset_job,
    graph,
    job,
    op,
)
from treadle.locations.location import build_location


class Times(Config):
    by: int = 1


@op
def first() -> int:
    return 1


@op
def second(number: int) -> int:
    return number + 1


@op
def third(config: Times, number: int) -> int:
    return number * config.by


@op
def other(number: int = 5) -> int:
    return number


@op
def total(numbers: list) -> int:  # type: ignore[type-arg]  # as users write it
    return sum(numbers)


@graph
def chain(start):  # type: ignore[no-untyped-def]  # as users write it
    return third(second(start))


@job(
    config={
        "ops": {"chain": {"ops": {"third": {"config": {"by": 3}}}}, "third": {"config": {"by": 7}}}
    }
)
def whole() -> None:
    made = first()
    third(second(made))
    total([other(made), chain(made)])


NODES = ("first", "second", "third", "other", "total", "chain.second", "chain.third")


def ran(result: ExecuteInProcessResult) -> set[str]:
    return {each.step_key.removeprefix("whole.") for each in result.get_step_success_events()}


@pytest.mark.parametrize(
    ("selection", "nodes"),
    [
        (["first"], {"first"}),
        (["*third"], {"first", "second", "third"}),
        (["++third"], {"first", "second", "third"}),
        (["first", "+third", "second"], {"first", "second", "third"}),
        (["first+"], set(NODES) - {"third", "total"}),
        (["first*"], set(NODES)),
        (["*"], set(NODES)),
        ([], set(NODES)),
        (["first", "chain.second"], {"first", "chain.second"}),
        (["first", "chain", "chain.second"], {"first", "chain.second", "chain.third"}),
        (["first", "chain.second", "chain"], {"first", "chain.second", "chain.third"}),
        (("other", "total"), {"other", "total"}),
    ],
)
def test_the_ops_that_are_selected_run_and_no_others(selection: Any, nodes: set[str]) -> None:
    result = whole.execute_in_process(op_selection=selection)

    assert ran(result) == nodes
    assert all(result.is_node_success(each) for each in nodes)


def test_an_input_whose_maker_is_left_out_has_its_default_and_a_list_has_the_others() -> None:
    result = whole.execute_in_process(op_selection=["other", "total"])

    assert (result.output_for_node("other"), result.output_for_node("total")) == (5, 5)


def test_an_input_without_a_value_is_refused_with_what_made_it() -> None:
    @op
    def last(thing: object) -> Any:
        return thing

    @graph
    def around():  # type: ignore[no-untyped-def]  # as users write it
        return last(first())

    @job
    def told() -> None:
        last(around())

    with pytest.raises(
        CompositionError, match="'last' reads output 'result' of 'around' as its input 'thing'"
    ) as refused:
        told.execute_in_process(op_selection=["last"])
    assert refused.value.source.file == __file__
    with pytest.raises(CompositionError, match=r"around\.'last' reads output 'result' of 'first'"):
        told.execute_in_process(op_selection=["around.last"])


def test_a_run_may_tell_an_input_what_the_ops_that_are_left_out_would_give() -> None:
    told = {"ops": {"second": {"inputs": {"number": {"value": 4}}}}}

    result = whole.execute_in_process(told, op_selection=["second"])

    assert result.output_for_node("second") == 5
    with pytest.raises(PlanRefused, match=r"second\.inputs"):
        whole.execute_in_process(op_selection=["second"])


def test_config_of_ops_that_are_left_out_is_of_no_use_and_no_mistake() -> None:
    config = RunConfig(ops={"chain": {"ops": {"third": Times(by=4)}}, "third": Times(by=9)})

    part = whole.execute_in_process(config, op_selection=["*third"])
    named = whole.execute_in_process(
        {"ops": {"whole": {"ops": {"third": {"config": {"by": 9}}, "chain": {}}}}},
        op_selection=["*third"],
    )
    nested = whole.execute_in_process(config, op_selection=["first", "chain.second"])

    assert part.output_for_node("third") == named.output_for_node("third") == 18
    assert nested.output_for_node("chain.second") == 2
    assert whole.execute_in_process(op_selection=["*third"]).output_for_node("third") == 14


def test_a_job_may_be_some_ops_of_a_graph() -> None:
    made = chain.to_job(op_selection=["second"], input_values={"start": 4})
    snapshot = build_location([("", Definitions(jobs=[made]))]).snapshot

    assert [step.key for step in snapshot.steps] == ["chain.second"]
    assert made.execute_in_process().output_for_node("second") == 5
    assert list(made.graph.outs) == []


def test_inputs_that_no_op_of_the_part_reads_need_no_value_and_may_have_one() -> None:
    @graph
    def two(one, another):  # type: ignore[no-untyped-def]  # as users write it
        second(one)
        second.alias("apart")(another)

    made = two.to_job(op_selection=["apart"], input_values={"another": 1})
    result = two.execute_in_process(input_values={"one": 1, "another": 2}, op_selection=["apart"])

    assert made.execute_in_process(input_values={"one": 7}).output_for_node("apart") == 2
    assert result.output_for_node("apart") == 3
    with pytest.raises(ArgumentError, match="input_values names 'on'"):
        two.to_job(op_selection=["apart"], input_values={"another": 1, "on": 1})


def test_a_job_of_definitions_runs_in_part_with_their_resources() -> None:
    @asset
    def made() -> int:
        return 1

    definitions = Definitions(assets=[made], jobs=[whole, define_asset_job("every")])

    result = definitions.get_job_def("whole").execute_in_process(op_selection=["first", "second"])

    assert ran(result) == {"first", "second"}
    assert definitions.get_job_def("whole").execute_in_process().success
    with pytest.raises(ArgumentError, match="op_selection"):
        definitions.get_job_def("every").execute_in_process(op_selection=["made"])


@pytest.mark.parametrize(
    ("selection", "says"),
    [
        ("first", "op_selection is 'first', and no list"),
        (3, "op_selection is 3, and no list"),
        (["firs"], "names 'firs', which is not there. Did you mean 'first'"),
        (
            ["chain.secon"],
            r"names 'chain\.secon', which is not there. Did you mean 'chain\.second'",
        ),
        (["first.x"], "'first' is an op"),
        (["first,second"], "which names no op"),
        ([first], "which names no op"),
        (["chain.second+"], r"write chain\+"),
    ],
)
def test_what_selects_nothing_is_refused(selection: Any, says: str) -> None:
    with pytest.raises(ArgumentError, match=says):
        whole.execute_in_process(op_selection=selection)
