"""Assets of several locations with what was made of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

import pytest

from tests.unit.treadle_launcher.store.samples import made, on_store, started_run
from treadle_api.v1 import graph_pb2
from treadle_launcher.errors import (
    BadArgumentError,
    BadPageTokenError,
    LocationUnreachableError,
    UnknownAssetError,
    UnknownLocationError,
    UnknownRunError,
)
from treadle_launcher.serving.asset_history import AssetHistory
from treadle_launcher.store.store import Store
from treadle_launcher.values.stored_values import StoredValues
from treadle_launcher.wire.graph import Graph


class FakeLocation:
    """A code location that answers from memory. Without a graph it cannot be reached."""

    def __init__(self, name: str, graph: Graph | None) -> None:
        self.name = name
        self._graph = graph

    async def graph(self) -> Graph:
        if self._graph is None:
            raise LocationUnreachableError([self.name])
        return self._graph


class FakeLocations:
    """Locations that answer from memory."""

    def __init__(self, graphs: Mapping[str, Graph | None]) -> None:
        self._graphs = graphs

    def get(self, name: str) -> FakeLocation:
        if name not in self._graphs:
            raise UnknownLocationError([name])
        return FakeLocation(name, self._graphs[name])

    async def graphs(self, asked: str = "") -> Mapping[str, Graph]:
        return {name: graph for name, graph in self._graphs.items() if graph is not None}


def graph(*, makes: str = "", declares: str = "") -> Graph:
    """Return a graph that makes and declares these assets, each one letter."""
    assets = [
        *(graph_pb2.Asset(key=key, block="block") for key in makes),
        *(graph_pb2.Asset(key=key) for key in declares),
    ]
    return Graph([graph_pb2.GraphPart(assets=assets)])


LOCATIONS = FakeLocations(
    {
        "gone": None,
        "north": graph(makes="acx", declares="bz"),
        "south": graph(makes="bx", declares="ay"),
    }
)


def on_history(tmp_path: Path, body: Callable[[AssetHistory, Store], Awaitable[None]]) -> None:
    async def opened(store: Store) -> None:
        values = StoredValues(tmp_path / "values")
        await body(AssetHistory(LOCATIONS, store, values), store)  # type: ignore[arg-type] - a fake

    on_store(tmp_path / "db", opened)


def test_assets_are_listed_once_by_key_with_the_location_that_owns_them(tmp_path: Path) -> None:
    async def body(history: AssetHistory, store: Store) -> None:
        page = await history.list_assets()

        assert [(asset.key, asset.location) for asset in page.items] == [
            ("a", "north"),
            ("b", "south"),
            ("c", "north"),
            ("x", "north"),
            ("y", "south"),
            ("z", "north"),
        ]
        assert not any(asset.conflict for asset in page.items)
        # The owner's own words, not those of the location that declares it.
        assert all(
            asset.graph.encode_asset(asset.key).block for asset in page.items if asset.key in "abcx"
        )

    on_history(tmp_path, body)


def test_assets_of_one_location_say_who_owns_them(tmp_path: Path) -> None:
    async def body(history: AssetHistory, store: Store) -> None:
        page = await history.list_assets(location="south")

        assert [(asset.key, asset.location, asset.conflict) for asset in page.items] == [
            ("a", "north", False),
            ("b", "south", False),
            ("x", "north", True),
            ("y", "south", False),
        ]

    on_history(tmp_path, body)


def test_each_asset_has_its_latest_materialization(tmp_path: Path) -> None:
    async def body(history: AssetHistory, store: Store) -> None:
        run_id = await started_run(store)
        await store.append(run_id, [made("a"), made("b"), made("a")])

        page = await history.list_assets()

        latest = {asset.key: asset.latest for asset in page.items if asset.latest is not None}
        assert {key: one.store_sequence for key, one in latest.items()} == {"a": 6, "b": 5}

    on_history(tmp_path, body)


def test_pages_hold_every_asset_once(tmp_path: Path) -> None:
    async def body(history: AssetHistory, store: Store) -> None:
        keys: list[str] = []
        token = ""
        while token or not keys:
            page = await history.list_assets(page_size=2, page_token=token)
            keys.extend(asset.key for asset in page.items)
            token = page.next_page_token

        assert keys == list("abcxyz")

        first = await history.list_assets(page_size=2)
        with pytest.raises(BadPageTokenError):
            await history.list_assets(location="south", page_token=first.next_page_token)

    on_history(tmp_path, body)


def test_a_location_without_a_graph_says_why_when_it_is_asked_for(tmp_path: Path) -> None:
    async def body(history: AssetHistory, store: Store) -> None:
        with pytest.raises(LocationUnreachableError):
            await history.list_assets(location="gone")
        with pytest.raises(UnknownLocationError):
            await history.list_assets(location="west")

    on_history(tmp_path, body)


def test_an_asset_is_unknown_only_if_nobody_has_it_and_nobody_made_it(tmp_path: Path) -> None:
    async def body(history: AssetHistory, store: Store) -> None:
        run_id = await started_run(store)
        await store.append(run_id, [made("removed")])
        other = await started_run(store)

        assert (await history.list_materializations(asset_key="a")).items == ()
        assert len((await history.list_materializations(asset_key="removed")).items) == 1
        of_other = await history.list_materializations(asset_key="removed", run_id=other)
        assert of_other.items == ()
        with pytest.raises(UnknownAssetError):
            await history.list_materializations(asset_key="never")

    on_history(tmp_path, body)


def test_a_list_of_everything_is_refused_and_so_is_an_unknown_run(tmp_path: Path) -> None:
    async def body(history: AssetHistory, store: Store) -> None:
        with pytest.raises(BadArgumentError):
            await history.list_materializations()
        with pytest.raises(UnknownRunError):
            await history.list_materializations(run_id="nobody")

    on_history(tmp_path, body)
