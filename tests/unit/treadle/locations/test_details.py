from __future__ import annotations

import pytest

from treadle.locations.details import core, details, differing
from treadle.locations.snapshot import Asset, Block, Job, Snapshot, SourceLine, Step
from treadle_contract.ids import KeyText, StepKey
from treadle_contract.value import MetadataEntry

ASSET = Asset(
    key=KeyText("a"),
    block="b",
    upstream_keys=(KeyText("u"),),
    description="all of it",
    metadata=(MetadataEntry(name="at", value="noon"),),
    tags={"built": "today"},
    source=SourceLine(file="f.py", line=1),
)


def test_the_core_of_an_asset_is_how_it_is_made() -> None:
    assert core(ASSET) == Asset(key=KeyText("a"), block="b", upstream_keys=(KeyText("u"),))


def test_each_part_that_may_differ_alone_has_a_name() -> None:
    snapshot = Snapshot(
        blocks=(Block(name="b", asset_keys=(KeyText("a"),)),),
        steps=(Step(key=StepKey("b.f"), node="b.f", block="b", op="f", code_version="3"),),
        assets=(ASSET, Asset(key=KeyText("plain"))),
        jobs=(Job(name="j", selection="*"),),
    )

    assert [name for name, _ in details(snapshot)] == [
        "step b.f: code_version",
        "block b: steps",
        "asset a: description",
        "asset a: metadata 'at'",
        "asset a: tags 'built'",
        "job j: selection",
    ]


@pytest.mark.parametrize(
    ("before", "now", "names"),
    [
        ({"asset a": "1"}, {"asset a": "1"}, ()),
        ({"asset a": "1"}, {"asset a": "2"}, ("asset a",)),
        (
            {"asset a": "1", "asset a: description": "1"},
            {"asset a": "2", "asset a: description": "2"},
            ("asset a: description",),
        ),
        ({"asset a": "1"}, {"asset a": "2", "asset a: group": "2"}, ("asset a: group",)),
        ({}, {"asset a": "1", "asset a: description": "1"}, ("asset a",)),
        ({"step b.f: tags 'x'": "1"}, {"step b.f: tags 'x'": "2"}, ("step b.f: tags 'x'",)),
    ],
)
def test_what_differs_is_named_as_exactly_as_can_be(
    before: dict[str, str], now: dict[str, str], names: tuple[str, ...]
) -> None:
    assert differing(before, now) == names
