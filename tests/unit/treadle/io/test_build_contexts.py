"""Contexts of IO managers that a test makes by hand."""

from __future__ import annotations

from typing import Any

import pytest

from treadle import (
    ArgumentError,
    AssetKey,
    InputContext,
    IOManager,
    OutputContext,
    PartitionKeyRange,
    StaticPartitionsDefinition,
    build_input_context,
    build_output_context,
)


class Shelf(IOManager):
    def __init__(self) -> None:
        self.kept: dict[str, Any] = {}

    def handle_output(self, context: OutputContext, obj: Any) -> None:
        self.kept["/".join(context.get_identifier())] = obj
        context.add_output_metadata({"kind": context.resources.kind})

    def load_input(self, context: InputContext) -> Any:
        return self.kept["/".join(context.get_identifier())]


def test_a_manager_is_called_as_a_step_calls_it() -> None:
    shelf = Shelf()
    stored = build_output_context(asset_key=["a", "b"], resources={"kind": "oak"})

    shelf.handle_output(stored, 3)

    assert shelf.load_input(build_input_context(upstream_output=stored)) == 3
    assert shelf.load_input(build_input_context(asset_key=AssetKey("a/b"))) == 3
    assert [entry.value for entry in stored.added_entries] == ["oak"]


def test_an_intermediate_is_known_by_run_step_and_output() -> None:
    context = build_output_context("graph.op", "left", run_id="r1", metadata={"rows": 2})

    assert context.get_identifier() == ["r1", "graph.op", "left"]
    assert context.definition_metadata == context.metadata == {"rows": 2}
    assert not context.has_asset_key


def test_the_partition_of_a_value_is_behind_its_asset_key() -> None:
    stored = build_output_context(asset_key=["a", "b"], partition_key="2026")
    loaded = build_input_context(asset_key=["a", "b"], partition_key="2026")

    for context in (stored, loaded):
        assert context.has_asset_partitions
        assert context.has_partition_key
        assert context.asset_partition_key == context.partition_key == "2026"
        assert context.get_asset_identifier() == ["a", "b", "2026"]


def test_what_is_not_there_yet_is_refused_by_name() -> None:
    with pytest.raises(ArgumentError, match="config"):
        build_input_context(config={"a": 1})


def test_a_range_of_partitions_is_that_of_its_definition() -> None:
    sides = StaticPartitionsDefinition(["a", "b", "c"])

    context = build_input_context(
        asset_partition_key_range=PartitionKeyRange("a", "b"), asset_partitions_def=sides
    )

    assert list(context.asset_partition_keys) == ["a", "b"]
    assert context.asset_partition_key_range == PartitionKeyRange("a", "b")
    with pytest.raises(ArgumentError, match="without asset_partitions_def"):
        build_input_context(asset_partition_key_range=PartitionKeyRange("a", "b"))
