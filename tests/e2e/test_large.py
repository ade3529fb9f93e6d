"""A location larger than a message: every call works through a channel with default limits."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import treadle_client
from tests.e2e.conftest import Session, Start
from treadle_client import LogRecord

ASSETS = 800
#: gRPC's own limit of one message.
MESSAGE_BYTES = 4 * 1024 * 1024
#: Keys that make the plan of so many longer than a message, and descriptions that make the graph so.
KEY_LENGTH, TEXT_LENGTH = 1_000, 6_000

MODULE = f"""
from treadle import Definitions, asset

def made(key):
    def compute():
        return 1
    return asset(name=key, description="x" * {TEXT_LENGTH})(compute)

keys = [f"asset_{{number:04}}" for number in range({ASSETS})]
defs = Definitions(assets=[made(key.ljust({KEY_LENGTH}, "_")) for key in keys] + [made("short")])
"""

SAYS_MUCH = """
from treadle import AssetOut, Output, asset, graph_multi_asset, multi_asset, op

@op
def knows(context):
    return sorted(key.to_user_string() for key in context.selected_asset_keys)

@graph_multi_asset(outs={f"a{number:03}": AssetOut() for number in range(60)}, can_subset=True)
def many():
    return tuple(knows.alias(f"knows_{number:03}")() for number in range(60))

@asset
def told(context):
    context.add_output_metadata({str(number): "m" * 30_000 for number in range(15)})
    context.log.warning("w" * 900_000)

@asset
def failed():
    raise ValueError("v" * 3_000_000)

NAMES = [f"part_{number}" for number in range(100)]

@multi_asset(outs={name: AssetOut() for name in NAMES})
def parts():
    for name in NAMES:
        yield Output(1, name, metadata={str(number): "m" * 30_000 for number in range(16)})
"""


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """Services of a module that says much, for tests that each run an own block of it."""
    folder = tmp_path_factory.mktemp("large")
    file = folder / "says_much.py"
    file.write_text(SAYS_MUCH)
    with treadle_client.local(file, home=folder / "home") as client:
        yield Session(client, folder / "home")


def test_graph_plan_assets_and_a_subset_of_a_large_location(start: Start, tmp_path: Path) -> None:
    file = tmp_path / "large.py"
    file.write_text(MODULE)
    session = start(file)

    graph = session.client.graph()
    plan = session.client.plan("*")
    entries = list(session.client.assets())
    session.succeed("short")

    assert sum(len(asset.description) for asset in graph.assets) > MESSAGE_BYTES
    assert sum(len(repr(step)) for step in plan.steps) > MESSAGE_BYTES
    assert len(graph.assets) == len(plan.steps) == len(entries) == ASSETS + 1
    assert [step.key[:10] for step in plan.steps][:2] == ["asset_0000", "asset_0001"]
    assert session.value("short") == 1


def test_an_op_of_a_block_of_many_assets_knows_which_are_selected(session: Session) -> None:
    session.succeed("key:a00*")
    few = session.value("a009")
    session.succeed("block:many")

    assert few == [f"a{number:03}" for number in range(10)]
    assert session.value("a009") == [f"a{number:03}" for number in range(60)]


def test_metadata_and_messages_as_large_as_they_may_be(session: Session) -> None:
    result = session.run("told or failed")

    assert len(result.materializations[0].metadata) == 15
    failure = result.steps["failed"].failure
    assert failure is not None
    assert failure.traceback.omitted_bytes > 2_000_000
    assert "ValueError" in failure.traceback.head


def test_outputs_of_which_more_is_said_than_can_be_told_are_made_without_the_rest(
    session: Session,
) -> None:
    result = session.succeed("block:parts")

    told = [len(one.metadata) for one in result.materializations]
    assert len(told) == 100
    assert 0 < sum(told) < 100 * 16
    assert any(
        "left out" in str(event.message)
        for event in session.events(result.run_id)
        if isinstance(event, LogRecord)
    )
