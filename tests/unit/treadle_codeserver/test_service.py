"""The servicer's graph: written once, some parts at a time, the same to each caller."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from treadle.locations.snapshot import Asset, Manifest, Snapshot
from treadle_api.handlers import Context
from treadle_api.parts import PART_ITEMS
from treadle_api.v1 import codeserver_pb2
from treadle_codeserver import service
from treadle_codeserver.location import LocationStatus, Served
from treadle_codeserver.service import CodeServerService
from treadle_codeserver.targets import LoadCommand
from treadle_contract.codeserver import GetGraphRequest
from treadle_contract.graph import LocationState
from treadle_contract.ids import KeyText


class Location:
    """A location that serves what it is told to."""

    def __init__(self, *keys: str) -> None:
        assets = tuple(Asset(key=KeyText(key)) for key in keys)
        snapshot = Snapshot(
            assets=assets, manifest=Manifest(), digest=f"digest of {len(keys)}", core_digest="c"
        )
        served = Served(
            snapshot=snapshot, asset_count=0, loaded_at=datetime(2026, 1, 1, tzinfo=UTC)
        )
        self.status = LocationStatus(name="seed", state=LocationState.SERVING, served=served)

    async def served(self) -> Served:
        assert self.status.served is not None
        return self.status.served


async def graph_of(answering: CodeServerService) -> list[bytes]:
    # Nothing is asked of the context.
    found = answering.GetGraph(GetGraphRequest(), cast(Context, None))
    return [cast(bytes, part) async for part in found]


def keys_in(parts: list[bytes]) -> list[str]:
    read = map(codeserver_pb2.GetGraphResponse.FromString, parts)
    return [asset.key for each in read for asset in each.part.assets]


def answering(location: Location) -> CodeServerService:
    return CodeServerService(cast(Any, location), cast(LoadCommand, None))


@pytest.mark.parametrize("count", [0, 1, PART_ITEMS + 1, 5 * PART_ITEMS])
def test_the_graph_comes_whole_and_in_order_in_parts_with_the_location_in_the_first(
    count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "PARTS_AT_ONCE", 2)
    keys = [f"a{number:05}" for number in range(count)]

    parts = asyncio.run(graph_of(answering(Location(*keys))))

    assert keys_in(parts) == keys
    assert len(parts) == max(1, -(-count // PART_ITEMS))
    named = [codeserver_pb2.GetGraphResponse.FromString(part).part.location.name for part in parts]
    assert named == ["seed", *[""] * (len(parts) - 1)]


def test_callers_at_once_and_later_ones_are_told_the_same_and_a_new_load_is_told_of(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(service, "PARTS_AT_ONCE", 1)
    location = Location(*(f"a{number:05}" for number in range(3 * PART_ITEMS)))
    served = answering(location)

    async def asked() -> list[list[bytes]]:
        found = await asyncio.gather(graph_of(served), graph_of(served))
        found.append(await graph_of(served))
        location.status = Location("new").status
        found.append(await graph_of(served))
        return found

    first, second, third, new = asyncio.run(asked())
    assert first == second == third
    assert len(first) == 3
    assert keys_in(new) == ["new"]


def test_what_a_caller_does_not_wait_for_is_written_whole_for_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(service, "PARTS_AT_ONCE", 1)
    keys = [f"a{number:05}" for number in range(3 * PART_ITEMS)]
    served = answering(Location(*keys))

    async def asked() -> list[bytes]:
        leaving = served.GetGraph(GetGraphRequest(), cast(Context, None))
        await anext(leaving)
        await leaving.aclose()
        return await graph_of(served)

    assert keys_in(asyncio.run(asked())) == keys
