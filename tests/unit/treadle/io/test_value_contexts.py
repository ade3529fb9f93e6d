"""What contexts of IO managers know: each attribute that the field has is there, or refused by name."""

from __future__ import annotations

import logging
from typing import Any

import pytest

import treadle
from treadle import (
    AssetObservation,
    InputContext,
    IOManager,
    OutputContext,
    asset,
    build_input_context,
    build_output_context,
    graph_asset,
    op,
)
from treadle.steps._context import NotInContextError
from treadle.steps._context_answers import ContextError
from treadle_contract.event import AssetObserved, OutputStored

# As Dagster 1.13.27 has them.
_BOTH = """
    asset_key asset_partition_key asset_partition_key_range asset_partition_keys asset_partitions_def
    asset_partitions_time_window config consume_events consume_logged_metadata dagster_type
    definition_metadata get_asset_identifier get_identifier has_asset_key has_asset_partitions
    has_partition_key job_name log metadata name op_def partition_key resource_config resources
    step_context
"""
_OF_OUTPUT = """
    add_output_metadata asset_spec get_asset_output_identifier get_logged_events get_logged_metadata
    get_output_identifier get_run_scoped_output_identifier log_event mapping_key output_metadata run_id
    step_key version
"""
_OF_INPUT = "add_input_metadata get_observations has_input_name instance upstream_output"
_REFUSED = {
    "asset_partitions_def",
    "asset_spec",
    "config",
    "consume_events",
    "get_logged_events",
    "get_observations",
    "instance",
    "version",
}


@pytest.mark.parametrize(
    ("context", "names"),
    [
        (build_output_context(asset_key="a", partition_key="p"), _BOTH + _OF_OUTPUT),
        (build_input_context(asset_key="a", partition_key="p"), _BOTH + _OF_INPUT),
    ],
)
def test_what_the_field_has_is_there_or_refused_by_name(context: Any, names: str) -> None:
    for name in names.split():
        if name == "asset_partitions_time_window":
            with pytest.raises(ContextError, match="Nothing says of which time"):
                getattr(context, name)
        elif name in _REFUSED:
            assert not hasattr(context, name)
            with pytest.raises(NotInContextError, match=rf"There is no context\.{name}\. \w+"):
                getattr(context, name)
        else:
            getattr(context, name)


def test_a_name_that_nobody_has_is_an_attribute_error_with_the_nearest() -> None:
    with pytest.raises(AttributeError, match=r"Did you mean 'asset_key'"):
        _ = build_output_context().asset_kye


class Telling(IOManager):
    def __init__(self) -> None:
        self.values: dict[tuple[str, ...], Any] = {}
        self.seen: list[InputContext | OutputContext] = []

    def handle_output(self, context: OutputContext, obj: Any) -> None:
        self.seen.append(context)
        self.values[tuple(context.get_output_identifier())] = obj
        context.log_event(AssetObservation("elsewhere", metadata={"n": 1}))
        context.add_output_metadata({"k": 2})
        assert context.get_logged_metadata()["k"].value == 2

    def load_input(self, context: InputContext) -> Any:
        self.seen.append(context)
        context.add_input_metadata({"read": 3}, description="As it was read.")
        return self.values[tuple(context.get_identifier())]


def test_both_sides_know_the_run_the_op_and_its_context(caplog: pytest.LogCaptureFixture) -> None:
    @op
    def one():
        return 1

    @op
    def more(x):
        return x + 1

    @graph_asset
    def made():
        return more(one())

    @asset
    def reader(made):
        return made

    manager = Telling()
    with caplog.at_level(logging.INFO, "treadle.step"):
        result = treadle.materialize(
            [made, reader], resources={"io_manager": manager}, tags={"who": "ada"}
        )

    assert [each.op_def.name for each in manager.seen if each.op_def is not None] == [
        "one",
        "more",
        "more",
        "reader",
        "reader",
    ]
    for context in manager.seen:
        assert context.step_context is not None
        assert context.step_context.op_def is context.op_def
        assert (context.run_id, context.run_tags["who"]) == (result.run_id, "ada")
        if isinstance(context, InputContext):
            upstream = context.upstream_output
            assert upstream is not None
            assert upstream.op_def is not None
            assert (upstream.run_id, upstream.run_tags["who"]) == (result.run_id, "ada")
    told = [event.payload for event in result.filter_events(lambda event: True)]
    observed = [each for each in told if isinstance(each, AssetObserved)]
    assert [each.asset_key for each in observed] == ["elsewhere"] * 2 + ["made", "elsewhere"]
    assert [entry.value for entry in observed[2].metadata if entry.name == "read"] == [3]
    stored = [each for each in told if isinstance(each, OutputStored)]
    assert [[entry.name for entry in each.metadata] for each in stored] == [["k"]] * 3
    # What is an intermediate's stands in the log.
    assert "input_loaded input=x read=3" in caplog.text


def test_metadata_is_read_back_by_tests() -> None:
    output = build_output_context(op_def=None, resource_config={"a": 1})
    output.add_output_metadata({"k": treadle.MetadataValue.md("*x*")})
    context = build_input_context(upstream_output=output, resource_config={"b": 2})
    context.add_input_metadata({"read": 3})

    assert (output.resource_config, context.resource_config) == ({"a": 1}, {"b": 2})
    assert output.consume_logged_metadata()["k"].rendering == "markdown"
    assert output.get_logged_metadata() == {}
    assert {name: each.value for name, each in context.consume_logged_metadata().items()} == {
        "read": 3
    }
    assert context.consume_logged_metadata() == {}
