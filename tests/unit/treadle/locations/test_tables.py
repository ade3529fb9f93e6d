import json
from typing import Any

import pytest
from hypothesis import given

from tests.random_snapshots import snapshots
from treadle.locations.canonical import CanonicalError, Json
from treadle.locations.snapshot import (
    AssetSource,
    Block,
    OutputSource,
    Snapshot,
    SourceLine,
    Step,
    StepInput,
)
from treadle.locations.tables import pack, unpack, without_definitions, written
from treadle_contract.ids import KeyText, StepKey
from treadle_contract.lazy_dataclasses import replace

READ = (
    AssetSource(asset_key=KeyText("a")),
    OutputSource(step_key=StepKey("s"), output="o"),
    AssetSource(asset_key=KeyText("b")),
)
SNAPSHOT = Snapshot(
    blocks=(
        Block(name="b", asset_keys=(KeyText("a"),), source=SourceLine(file="/a", line=1)),
        Block(name="c", asset_keys=()),
    ),
    steps=(
        Step(
            key=StepKey("t"),
            node="t",
            block="b",
            op="t",
            inputs=(StepInput(name="x", sources=READ), StepInput(name="")),
        ),
    ),
)


def sent(snapshot: Snapshot) -> Any:
    """Return a snapshot's definitions as they come to who reads them."""
    return json.loads(written(pack(snapshot)))


@given(snapshots)
def test_what_is_packed_is_what_is_unpacked(snapshot: Snapshot) -> None:
    assert replace(without_definitions(snapshot), **unpack(sent(snapshot))) == snapshot


def test_a_column_at_its_default_is_left_out_and_files_are_named_once() -> None:
    assert sent(SNAPSHOT)["blocks"] == {
        "name": ["b", "c"],
        "asset_keys": [["a"], []],
        "source": {"files": ["/a"], "at": [0, -1], "lines": [1, 0]},
    }


def test_what_is_left_out_is_not_written() -> None:
    text = written(pack(SNAPSHOT), {"blocks": ("source",)})

    assert json.loads(text)["blocks"].keys() == {"name", "asset_keys"}


def test_steps_read_sources_of_both_kinds_in_their_order() -> None:
    found = unpack(sent(SNAPSHOT))

    assert found["steps"][0].inputs[0].sources == READ


def broken(*path: str, value: Json) -> Any:
    data = sent(SNAPSHOT)
    inner = data
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = value
    return data


@pytest.mark.parametrize(
    "data",
    [
        [],
        {"other": {}},
        broken("blocks", value=[]),
        broken("blocks", "other", value=[]),
        broken("blocks", "name", value=["b"]),
        broken("blocks", "name", value=["b", 1]),
        broken("blocks", "name", value={}),
        broken("blocks", "asset_keys", value=[["a"], "b"]),
        broken("blocks", "asset_keys", value=[["a"], [1]]),
        broken("blocks", "isolation", value=["op", "nonsense"]),
        broken("blocks", "source", "at", value=[1, 0]),
        broken("blocks", "source", "at", value=[0, -2]),
        broken("blocks", "source", "lines", value=[1]),
        broken("blocks", "source", value=[]),
        broken("steps", "inputs", "counts", value=[3]),
        broken("steps", "inputs", "counts", value=[-1]),
        broken("steps", "inputs", "tables", value=[]),
        {"blocks": {"asset_keys": [["a"]]}},
        {"steps": {"key": ["a"], "node": ["a"], "block": ["a"]}},
    ],
)
def test_what_was_never_packed_is_refused(data: Json) -> None:
    with pytest.raises(CanonicalError):
        unpack(data)


def test_sources_of_no_known_kind_are_refused() -> None:
    data = sent(SNAPSHOT)
    data["steps"]["inputs"]["tables"][0]["sources"]["which"] = [0, 2, 0]

    with pytest.raises(CanonicalError):
        unpack(data)
