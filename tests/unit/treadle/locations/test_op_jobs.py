"""Jobs of ops: graphs that are run by their name and make no asset."""

from __future__ import annotations

from typing import Any

import pytest

from treadle import (
    ArgumentError,
    AssetSelection,
    Config,
    Definitions,
    DuplicateError,
    HookContext,
    In,
    JobDefinition,
    NoSuchResultError,
    Nothing,
    Out,
    Output,
    PlanRefused,
    ResourceParam,
    RetryPolicy,
    asset,
    define_asset_job,
    graph,
    graph_asset,
    job,
    op,
    success_hook,
)
from treadle.locations.location import build_location
from treadle_contract.codeserver import PlanRequest
from treadle_contract.plan import Selection
from treadle_planner import Plan, Planner


class Day(Config):
    day: str = "monday"


@op
def fetch(config: Day) -> str:
    return config.day


@op(out={"left": Out(), "right": Out(is_required=False)})
def split(text: str) -> Any:
    yield Output(text[:1], "left")
    yield Output(text[1:], "right")


@op
def count(text: str, times: int = 2) -> int:
    return len(text) * times


@graph
def inner(text):  # type: ignore[no-untyped-def]  # as users write it
    left, right = split(text)
    count(left)
    return right


@op
def takes_a_slice(thing: slice) -> slice:
    return thing


@graph
def of_a_slice(thing):  # type: ignore[no-untyped-def]  # as users write it
    takes_a_slice(thing)


@job(tags={"team": "a"}, config={"ops": {"fetch": {"config": {"day": "tuesday"}}}})
def etl() -> None:
    """Count."""
    count.alias("last")(inner(fetch()))


@asset
def a() -> int:
    return 1


def planned(definitions: Definitions, selection: Selection, config: Any = None) -> Plan:
    from treadle_contract.plan import PlanOptions  # noqa: PLC0415 -- of this helper alone

    snapshot = build_location([("", definitions)]).snapshot
    request = PlanRequest(selection=selection, options=PlanOptions(config=config))
    return Planner(snapshot).plan(request)


def test_each_op_of_a_job_runs_though_nothing_reads_it() -> None:
    result = etl.execute_in_process()

    assert result.success
    assert result.output_for_node("last") == 2 * len("uesday")
    assert result.output_for_node("inner.count") == 2
    assert result.output_for_node("inner") == "uesday"
    with pytest.raises(NoSuchResultError, match=r"'etl' has no output 'result'\. It has none"):
        result.output_value()


def test_a_job_without_an_op_runs_and_succeeds() -> None:
    @job
    def nothing() -> None: ...

    definitions = Definitions(assets=[a], jobs=[nothing])

    assert nothing.execute_in_process().success
    assert planned(definitions, Selection(job="nothing")).steps == ()
    both = planned(definitions, Selection(expressions=("block:nothing or a",)))
    assert [step.key for step in both.steps] == ["a"]


def test_a_job_calls_the_graph_of_another() -> None:
    @job
    def outer() -> None:
        etl.graph()

    assert outer.execute_in_process().output_for_node("etl.last") == 2 * len("onday")


def test_config_names_nodes_without_the_job_and_lies_over_the_jobs() -> None:
    result = etl.execute_in_process({"ops": {"fetch": {"config": {"day": "ab"}}}})

    assert result.output_for_node("fetch") == "ab"
    with pytest.raises(PlanRefused, match=r"ops\.etl\.ops\.fetc"):
        etl.execute_in_process({"ops": {"fetc": {"config": {"day": "ab"}}}})


def test_a_job_keeps_what_is_said_of_it() -> None:
    assert isinstance(etl, JobDefinition)
    assert (etl.name, etl.description, etl.tags) == ("etl", "Count.", {"team": "a"})


def test_a_job_is_planned_whole_and_never_taken_in_with_assets() -> None:
    definitions = Definitions(assets=[a], jobs=[etl, define_asset_job("assets")])

    plan = planned(definitions, Selection(job="etl"))
    every = planned(definitions, Selection())
    both = planned(definitions, Selection(expressions=("block:etl or a",)))

    keys = ["etl.fetch", "etl.inner.split", "etl.inner.count", "etl.last"]
    assert sorted(step.key for step in plan.steps) == sorted(keys)
    assert plan.steps[0].reason == "Is of the job etl and feeds etl.inner.split."
    assert all(output.selected for step in plan.steps for output in step.outputs)
    assert [step.key for step in every.steps] == ["a"]
    assert {step.key for step in both.steps} == {"a", *keys}
    assert AssetSelection.blocks("etl").expression == etl.selection


def test_config_through_a_plan_may_name_the_job_or_not() -> None:
    definitions = Definitions(jobs=[etl])
    told = {"fetch": {"config": {"day": "friday"}}}

    for config in ({"ops": told}, {"ops": {"etl": {"ops": told}}}):
        (step, *_) = planned(definitions, Selection(job="etl"), config).steps
        assert step.config == {"day": "friday"}


def test_a_graph_becomes_a_job_with_inputs_by_hand() -> None:
    made = inner.to_job("counting", input_values={"text": "abc"}, resource_defs={})

    assert made.execute_in_process().output_value() == "bc"
    assert made.execute_in_process(input_values={"text": "x"}).output_for_node("count") == 2
    result = Definitions(jobs=[made]).get_job_def("counting").execute_in_process()
    assert result.output_for_node("split", "left") == "a"


def test_a_job_says_what_it_is_of_and_gives_a_part_of_itself() -> None:
    @success_hook
    def noted(context: HookContext) -> None:
        """Note it."""

    part = etl.with_hooks({noted}).get_subset(op_selection=["fetch", "inner.split"])

    assert [each.name for each in etl.nodes] == ["fetch", "inner", "last"]
    assert [each.name for each in part.nodes] == ["fetch", "inner"]
    assert (etl.has_node_named("last"), part.has_node_named("last")) == (True, False)
    assert (etl.is_subset, part.is_subset) == (False, True)
    assert (etl.hook_defs, part.hook_defs) == (set(), {noted})
    assert etl.op_retry_policy is None
    assert part.execute_in_process().output_for_node("inner.split", "left") == "t"
    assert etl.get_subset().graph is etl.graph


def test_a_job_is_constructed_of_a_graph() -> None:
    made = JobDefinition(
        graph_def=inner,
        name="constructed",
        input_values={"text": "abc"},
        config={"ops": {"split": {}}},
        tags={"a": "b"},
        run_tags={"c": "d"},
        op_retry_policy=RetryPolicy(max_retries=1),
    )

    assert (made.name, made.graph, made.tags) == ("constructed", inner, {"a": "b", "c": "d"})
    assert made.retry_policy == RetryPolicy(max_retries=1)
    assert made.execute_in_process().output_value() == "bc"
    assert JobDefinition(graph_def=etl.graph).name == "etl"
    for wrong in (fetch, "inner", etl):
        with pytest.raises(ArgumentError, match="and no graph") as refused:
            JobDefinition(graph_def=wrong)  # type: ignore[arg-type]  # the mistake
        assert refused.value.source.file == __file__
    with pytest.raises(ArgumentError, match="partitions_def is 1, and no definition"):
        JobDefinition(graph_def=etl.graph, partitions_def=1)


def test_resources_of_a_job_and_of_a_run() -> None:
    @op
    def tells(bell: ResourceParam[str]) -> str:
        return bell

    @job(resource_defs={"bell": "ding"}, op_retry_policy=RetryPolicy(max_retries=1))
    def rings() -> None:
        tells()

    assert rings.execute_in_process().output_for_node("tells") == "ding"
    assert rings.execute_in_process(resources={"bell": "dong"}).output_for_node("tells") == "dong"
    (step,) = planned(Definitions(jobs=[rings]), Selection(job="rings")).steps
    assert step.retry_policy is not None


def test_a_job_of_definitions_takes_other_resources_and_inputs() -> None:
    @op
    def tells(bell: ResourceParam[str], times: int) -> str:
        return bell * times

    @graph
    def rings(times):  # type: ignore[no-untyped-def]  # as users write it
        return tells(times)

    made = rings.to_job(resource_defs={"bell": "ding"}, input_values={"times": 1})
    of_all = Definitions(jobs=[made, define_asset_job("assets")], assets=[a]).get_job_def("rings")

    assert of_all.execute_in_process().output_value() == "ding"
    assert of_all.execute_in_process(resources={"bell": "dong"}).output_value() == "dong"
    assert of_all.execute_in_process(input_values={"times": 2}).output_value() == "dingding"
    with pytest.raises(ArgumentError, match="Did you mean 'times'"):
        of_all.execute_in_process(input_values={"time": 2})
    with pytest.raises(ArgumentError, match="run_id"):
        of_all.execute_in_process(run_id="x")
    with pytest.raises(ArgumentError, match="input_values"):
        Definitions(jobs=[define_asset_job("assets")], assets=[a]).get_job_def(
            "assets"
        ).execute_in_process(input_values={"a": 1})


def test_what_only_orders_runs_in_order_and_without_inputs_too() -> None:
    done: list[str] = []

    @op(out=Out(Nothing))
    def first() -> None:
        done.append("first")

    @op(ins={"after": In(Nothing)}, out=Out(Nothing))
    def second() -> None:
        done.append("second")

    @job
    def ordered() -> None:
        second(first())

    assert ordered.execute_in_process().success
    assert done == ["first", "second"]


def test_an_asset_of_the_name_of_a_job_is_called_by_its_key() -> None:
    @asset(name="etl")
    def same() -> int:
        return 1

    snapshot = build_location([("", Definitions(assets=[same], jobs=[etl]))]).snapshot

    assert [block.name for block in snapshot.blocks] == ["etl", "etl__etl"]


@pytest.mark.parametrize(
    ("make", "error", "says"),
    [
        (lambda: Definitions(jobs=[inner]), ArgumentError, r"Write \.to_job\(\)"),
        (lambda: Definitions(jobs=[etl, job(name="etl")(lambda: count(fetch()))]), DuplicateError, "two jobs"),
        (of_a_slice.to_job, ArgumentError, "nothing is given for its input 'thing'"),
        (etl, ArgumentError, r"Call its graph in a body, etl\.graph"),
        (lambda: inner.to_job(input_values={"txt": 1}), ArgumentError, "Did you mean 'text'"),
        (lambda: inner.to_job(input_values={"text": 1}), ArgumentError, "is declared str"),
        (lambda: inner.to_job("a b"), Exception, "a b"),
        (lambda: job(name="x", executor_def=1)(lambda: None), ArgumentError, "executor_def"),
        (lambda: etl.execute_in_process(partition_key="x"), PlanRefused, "has partitions"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused(make: Any, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        make()


def test_an_op_that_nobody_reads_is_refused_where_assets_are_made() -> None:
    @graph
    def idle():  # type: ignore[no-untyped-def]  # as users write it
        count(fetch())
        return fetch.alias("again")()

    assert idle.execute_in_process().success
    with pytest.raises(Exception, match="no output of 'count' is read or returned"):

        @graph_asset
        def made():  # type: ignore[no-untyped-def]  # as users write it
            return idle()


def test_an_input_of_a_job_is_an_element_of_a_list_in_its_place() -> None:
    @op
    def number(of: int) -> int:
        return of * 10

    @op(out=Out(is_required=False))
    def left_out() -> Any:
        yield from ()

    @op
    def together(parts: list) -> list:  # type: ignore[type-arg]  # as users write it
        return parts

    @graph
    def lists(one, two):  # type: ignore[no-untyped-def]  # as users write it
        made = number(one)
        together.alias("values")([one, two])
        return together([one, made, left_out(), two, made, one])

    made = lists.to_job(input_values={"one": 1, "two": "b"})
    result = made.execute_in_process()
    told = Definitions(jobs=[made]).get_job_def("lists").execute_in_process()

    assert result.output_value() == told.output_value() == [1, 10, "b", 10, 1]
    assert result.output_for_node("values") == [1, "b"]
    with pytest.raises(ArgumentError, match="nothing is given for its input 'two'"):
        lists.to_job(input_values={"one": 1})


def test_a_value_in_a_list_is_among_what_the_code_of_a_job_is_made_of() -> None:
    @op
    def together(parts: list) -> list:  # type: ignore[type-arg]  # as users write it
        return parts

    @graph
    def lists(one, two):  # type: ignore[no-untyped-def]  # as users write it
        return together([one, two])

    location = build_location(
        [("", Definitions(jobs=[lists.to_job(input_values={"one": 1, "two": 2})]))]
    )

    assert location.code["lists.together"].defaults == {"parts[0]": 1, "parts[1]": 2}
