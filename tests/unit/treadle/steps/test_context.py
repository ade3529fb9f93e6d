from __future__ import annotations

from typing import Any

import pytest

from treadle import (
    ArgumentError,
    AssetExecutionContext,
    AssetKey,
    AssetOut,
    DailyPartitionsDefinition,
    Field,
    OpExecutionContext,
    Out,
    Output,
    PartitionKeyRange,
    TreadleError,
    asset,
    build_asset_context,
    build_op_context,
    graph_multi_asset,
    job,
    materialize,
    op,
)
from treadle.steps._context_answers import ContextError
from treadle_contract.run import FailureWhere


@op(out={"foo_1": Out(is_required=False), "foo_2": Out(is_required=False)})
def foo(context: OpExecutionContext, bar_1):
    for name in sorted(context.selected_output_names):
        yield Output(bar_1, output_name=name)


def test_an_op_runs_in_a_test_with_a_context_that_was_built():
    context = build_op_context(selected_output_names={"foo_2"})

    assert [each.output_name for each in foo(context, 1)] == ["foo_2"]


def test_a_built_context_has_what_it_was_given():
    context = build_op_context(
        {"scale": 2},
        run_tags={"team": "blue"},
        selected_asset_keys=["a/b"],
    )

    assert isinstance(context, AssetExecutionContext)
    assert context.resources.scale == 2
    assert context.get_tag("team") == "blue"
    assert context.selected_asset_keys == {AssetKey("a/b")}
    assert context.asset_key == AssetKey("a/b")
    assert context.retry_number == 0


@pytest.mark.parametrize("name", ["selected_output_names", "selected_asset_keys"])
def test_a_built_context_does_not_invent_a_selection(name):
    with pytest.raises(ContextError, match=f"build_op_context\\({name}="):
        getattr(build_op_context(), name)


def test_an_argument_that_is_not_known_is_refused():
    with pytest.raises(ArgumentError, match="instance"):
        build_op_context(instance=object())


def test_a_built_context_tells_the_partition_that_it_was_given():
    context = build_op_context(partition_key="2013")

    assert context.has_partition_key
    assert not context.has_partition_key_range
    assert (context.partition_key, list(context.partition_keys)) == ("2013", ["2013"])


DAYS = DailyPartitionsDefinition(start_date="2026-01-01")


def test_an_asset_that_is_called_says_which_partitions_a_range_has():
    @asset(partitions_def=DAYS)
    def sales(context):
        definition = context.asset_partitions_def_for_output()
        return definition, context.partition_keys, context.partition_time_window.end.day

    context = build_op_context(partition_key_range=PartitionKeyRange("2026-01-01", "2026-01-03"))

    assert sales(context) == (DAYS, ("2026-01-01", "2026-01-02", "2026-01-03"), 4)
    assert context.partition_key_range == PartitionKeyRange("2026-01-01", "2026-01-03")
    assert context.has_partition_key_range
    with pytest.raises(ContextError, match="Call an asset that has a partitions_def"):
        _ = context.partition_keys
    with pytest.raises(LookupError, match="2025-12-31"):
        sales(build_op_context(partition_key_range=PartitionKeyRange("2025-12-31", "2026-01-03")))


def test_an_asset_that_is_called_says_of_which_time_a_partition_is():
    @asset(partitions_def=DAYS)
    def sales(context):
        return context.partition_time_window.start.day

    assert sales(build_op_context(partition_key="2026-01-02")) == 2


def test_a_partition_and_a_range_in_one_context_are_refused():
    with pytest.raises(ArgumentError, match="Give one of them"):
        build_op_context(partition_key="a", partition_key_range=PartitionKeyRange("a", "b"))


def test_a_context_without_partitions_says_so_and_what_to_ask():
    context = build_op_context()

    assert not context.has_partition_key
    assert not context.has_partitions
    with pytest.raises(ContextError, match=r"Ask context\.has_partition_key first"):
        _ = context.partition_key


def test_a_resource_that_is_not_there_is_named():
    with pytest.raises(TreadleError, match="Did you mean 'scale'"):
        _ = build_op_context({"scale": 2}).resources.scal
    assert not hasattr(build_op_context().resources, "scale")


def test_metadata_of_a_built_context_can_be_read_back():
    context = build_op_context()

    context.add_output_metadata({"rows": 3})
    context.add_output_metadata({"rows": 4, "x": "y"})

    assert context.get_output_metadata() == {"rows": 4, "x": "y"}


def test_several_assets_are_no_one_asset():
    context = build_op_context(selected_asset_keys=["a", "b"])

    with pytest.raises(ContextError, match="'a', 'b'"):
        _ = context.asset_key


def failure_of(bench, node):
    @graph_multi_asset(outs={"a": AssetOut(), "b": AssetOut()})
    def pair():
        a, b = node()
        return {"a": a, "b": b}

    failure = bench.failure(pair, step="pair.work")
    assert failure.where is FailureWhere.COMPUTE
    return failure.message


def test_metadata_for_one_of_several_outputs_names_it(bench):
    @op(out={"a": Out(), "b": Out()})
    def work(context):
        context.add_output_metadata({"rows": 1})

    assert "has the outputs 'a', 'b'" in failure_of(bench, work)


def test_metadata_for_an_unknown_output_is_refused(bench):
    @op(out={"a": Out(), "b": Out()})
    def work(context):
        context.add_output_metadata({"rows": 1}, output_name="c")

    assert "output_name='c'" in failure_of(bench, work)


def test_metadata_after_the_output_was_yielded_is_refused(bench):
    @op(out={"a": Out(), "b": Out()})
    def work(context):
        yield Output(1, "a")
        context.add_output_metadata({"rows": 1}, output_name="a")

    assert "Output 'a' was yielded" in failure_of(bench, work)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("runid", "There is no context.runid. Did you mean 'run_id' or 'run'?"),
        ("nothing_like_it", "There is no context.nothing_like_it."),
        ("_run_id", "There is no context._run_id."),
    ],
)
def test_an_attribute_that_is_not_there_names_the_one_that_was_meant(name, said):
    with pytest.raises(AttributeError) as caught:
        getattr(build_op_context(), name)

    assert str(caught.value) == said


def test_a_step_has_no_partition_and_says_so() -> None:
    context = build_op_context().get_op_execution_context()

    assert not context.has_partition_key
    assert not context.has_partition_key_range
    assert not context.has_partitions


def test_an_op_knows_the_block_that_it_is_part_of() -> None:
    found: list[Any] = []

    @asset
    def made(context: AssetExecutionContext) -> None:
        found.append(context.assets_def)

    @op
    def alone(context: OpExecutionContext) -> None:
        found.append(context.has_assets_def)
        with pytest.raises(ContextError, match="part of no block"):
            _ = context.assets_def

    materialize([made])
    made(build_asset_context())
    alone(build_op_context())

    assert found == [made, made, False]


def test_an_op_knows_what_its_run_says() -> None:
    found: list[Any] = []

    @op(config_schema={"day": str, "pages": Field(int, default_value=3)})
    def fetch(context: OpExecutionContext) -> None:
        found.append(context.run_config)

    @job(config={"ops": {"fetch": {"config": {"day": "monday"}}}})
    def nightly() -> None:
        fetch()

    nightly.execute_in_process()
    nightly.execute_in_process({"ops": {"fetch": {"config": {"pages": 1}}}})
    nightly.execute_in_process({"ops": {"nightly": {"ops": {"fetch": {"config": {"pages": 2}}}}}})

    assert found == [
        {"ops": {"fetch": {"config": {"day": "monday", **more}}}}
        for more in ({}, {"pages": 1}, {"pages": 2})
    ]


def test_an_asset_knows_what_its_run_says_of_others() -> None:
    found: list[Any] = []

    @asset
    def one(context: AssetExecutionContext) -> None:
        found.append(context.run_config)

    @asset(config_schema={"day": str})
    def other(context: AssetExecutionContext) -> str:
        return str(context.op_config["day"])

    told = {"ops": {"other": {"config": {"day": "friday"}}}}
    materialize([one, other], run_config=told)
    materialize([one])

    assert found == [told, {}]
    with pytest.raises(ContextError, match="of no run"):
        _ = build_op_context().run_config
