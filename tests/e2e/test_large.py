"""A location larger than a message: every call works through a channel with default limits."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.conftest import Start
from treadle_client import LogRecord

ASSETS = 2_500
#: gRPC's own limit of one message.
MESSAGE_BYTES = 4 * 1024 * 1024

# Descriptions of 2 KiB make the graph and the plan several times as large as a message.
MODULE = f"""
from treadle import AssetOut, Out, multi_asset, asset

TEXT = "x" * 2048
made = []
for number in range({ASSETS}):
    def compute():
        return 1
    made.append(asset(name=f"asset_{{number:04}}", description=TEXT)(compute))

for each in made:
    globals()[each.key.text] = each
"""


def test_graph_plan_assets_and_a_subset_of_a_large_location(start: Start, tmp_path: Path) -> None:
    file = tmp_path / "large.py"
    file.write_text(MODULE)
    session = start(file)

    graph = session.client.graph()
    plan = session.client.plan("*")
    entries = list(session.client.assets())
    session.succeed("asset_0000 or asset_2499")

    assert sum(len(asset.description) for asset in graph.assets) > MESSAGE_BYTES
    assert len(graph.assets) == len(plan.steps) == len(entries) == ASSETS
    assert [step.key for step in plan.steps][:2] == ["asset_0000", "asset_0001"]
    assert session.value("asset_2499") == 1


def test_metadata_and_messages_as_large_as_they_may_be(start: Start, tmp_path: Path) -> None:
    file = tmp_path / "long_texts.py"
    file.write_text(
        """
from treadle import asset

@asset
def told(context):
    context.add_output_metadata({str(number): "m" * 30_000 for number in range(15)})
    context.log.warning("w" * 900_000)

@asset
def failed():
    raise ValueError("v" * 3_000_000)
"""
    )
    session = start(file)

    result = session.run("*")

    assert len(result.materializations[0].metadata) == 15
    failure = result.steps["failed"].failure
    assert failure is not None
    assert failure.traceback.omitted_bytes > 2_000_000
    assert "ValueError" in failure.traceback.head


def test_outputs_of_which_more_is_said_than_can_be_told_are_made_without_the_rest(
    start: Start, tmp_path: Path
) -> None:
    file = tmp_path / "many_outputs.py"
    file.write_text(
        """
from treadle import AssetOut, Output, multi_asset

NAMES = [f"part_{number}" for number in range(100)]

@multi_asset(outs={name: AssetOut() for name in NAMES})
def parts():
    for name in NAMES:
        yield Output(1, name, metadata={str(number): "m" * 30_000 for number in range(16)})
"""
    )
    session = start(file)

    result = session.succeed("*")

    told = [len(one.metadata) for one in result.materializations]
    assert len(told) == 100
    assert 0 < sum(told) < 100 * 16
    assert any(
        "left out" in str(event.message)
        for event in session.events(result.run_id)
        if isinstance(event, LogRecord)
    )
