"""Assets from outside that name the IO manager which loads them, and resources that assets bring."""

from __future__ import annotations

from typing import Any

import pytest

from treadle import (
    ArgumentError,
    AssetSpec,
    ConflictError,
    Definitions,
    InputContext,
    IOManager,
    MissingError,
    OutputContext,
    SourceAsset,
    asset,
    graph_asset,
    map_asset_specs,
    materialize,
    op,
    with_resources,
)


class Fixed(IOManager):
    def __init__(self, value: object) -> None:
        self.value = value

    def handle_output(self, context: OutputContext, obj: object) -> None:
        raise AssertionError("nothing is stored here")

    def load_input(self, context: InputContext) -> Any:
        return self.value, context.asset_key.path[-1]


@asset
def reads(raw):
    return raw


@op
def same(x):
    return x


@pytest.mark.parametrize(
    "raw",
    [SourceAsset("raw", io_manager_key="m"), AssetSpec("raw").with_io_manager_key("m")],
    ids=["source", "spec"],
)
def test_an_asset_from_outside_is_loaded_by_the_manager_that_it_names(raw: AssetSpec) -> None:
    result = materialize([raw, reads], resources={"m": Fixed(5)})

    assert result.asset_value("reads") == (5, "raw")


def test_a_graph_reads_it_the_same_way() -> None:
    @graph_asset
    def wired(raw):
        return same(raw)

    raw = SourceAsset("raw", io_manager_def=Fixed(6))

    assert materialize([raw, wired]).asset_value("wired") == (6, "raw")


def test_what_is_said_of_it_is_in_the_snapshot() -> None:
    raw = SourceAsset("raw", metadata={"n": 1}, description="d", group_name="g", tags={"k": "v"})

    (made,) = Definitions(assets=[raw]).built.snapshot.assets

    assert (made.description, made.group, made.tags) == ("d", "g", {"k": "v"})
    assert [(each.name, each.value) for each in made.metadata] == [("n", 1)]


def test_a_manager_that_is_not_there_is_refused() -> None:
    raw = SourceAsset("raw", io_manager_key="mm")

    with pytest.raises(MissingError, match="SourceAsset 'raw' names the IO manager 'mm'") as caught:
        Definitions(assets=[raw, reads], resources={"m": Fixed(1)})
    assert "Did you mean 'm'?" in str(caught.value)
    with pytest.raises(ArgumentError, match="as its IO manager"):
        Definitions(assets=[raw], resources={"mm": 3})


def test_two_managers_for_one_asset_are_refused() -> None:
    with pytest.raises(ConflictError, match="io_manager_def and io_manager_key"):
        SourceAsset("raw", io_manager_key="m", io_manager_def=Fixed(1))
    with pytest.raises(ArgumentError, match="auto_observe_interval_minutes"):
        SourceAsset("raw", auto_observe_interval_minutes=5)


def test_resources_are_bound_to_assets() -> None:
    @asset(required_resource_keys={"r"})
    def needy(context):
        return context.resources.r

    raw = SourceAsset("raw", io_manager_key="m")

    bound = with_resources([needy, raw, reads], {"r": 3, "m": Fixed(7)})

    result = materialize(bound)
    assert result.asset_value("needy") == 3
    assert result.asset_value("reads") == (7, "raw")


def test_specs_of_several_things_are_mapped() -> None:
    mapped = map_asset_specs(
        lambda spec: spec.replace_attributes(group_name="g"), [reads, SourceAsset("raw")]
    )

    assert {spec.group_name for spec in Definitions(assets=mapped).resolve_all_asset_specs()} == {
        "g"
    }
    assert isinstance(mapped[1], SourceAsset)
