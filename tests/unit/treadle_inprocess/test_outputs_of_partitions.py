"""Outputs of a run of several partitions that are yielded one by one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from treadle import (
    AssetOut,
    AssetsDefinition,
    Definitions,
    Output,
    StaticPartitionsDefinition,
    asset,
    multi_asset,
)
from treadle.partitions._in_contexts import keys_in
from treadle.steps import _run_outputs
from treadle_contract.partition import PartitionKeyRange
from treadle_contract.plan import PlanOptions, Selection, UnselectedOutputs
from treadle_inprocess._home import FolderHome
from treadle_inprocess._request import Request
from treadle_inprocess._request import run as run_request

KEYS = [f"k{number:02}" for number in range(20)]
PARTS = StaticPartitionsDefinition(KEYS)
OUTS = {name: AssetOut(is_required=False) for name in ("kept", "left")}


def made(assets: AssetsDefinition, selection: str, folder: Path) -> list[tuple[str, str]]:
    """Make all partitions of what is selected in one run, and return what is recorded."""
    request = Request(
        definitions=Definitions(assets=[assets]),
        selection=Selection(expressions=(selection,)),
        options=PlanOptions(
            partitions=(PartitionKeyRange(first=KEYS[0], last=KEYS[-1]),),
            unselected_outputs=UnselectedOutputs.DISCARD,
        ),
        tags={},
    )
    result = run_request(request, FolderHome(folder), raise_on_error=True)
    found = (each.event_specific_data for each in result.all_events if each.is_step_materialization)
    return [(each.materialization.asset_key.text, each.materialization.partition) for each in found]


@multi_asset(outs=OUTS, can_subset=True, partitions_def=PARTS)
def both(context: Any) -> Iterator[Output[str]]:
    for key in context.partition_keys:
        yield Output(key, "kept", partition_key=key)
        yield Output(key, "left", partition_key=key)


def test_an_output_that_nobody_selected_may_be_yielded_for_each_partition(tmp_path: Path) -> None:
    assert made(both, "kept", tmp_path) == [("kept", key) for key in KEYS]


def test_one_that_nobody_selected_is_yielded_once_for_each_all_the_same(tmp_path: Path) -> None:
    @multi_asset(outs=OUTS, can_subset=True, partitions_def=PARTS)
    def twice(context: Any) -> Iterator[Output[str]]:
        yield Output("", "left", partition_key=KEYS[0])
        yield Output("", "left", partition_key=KEYS[0])

    with pytest.raises(Exception, match="yielded partition 'k00' of output 'left' twice"):
        made(twice, "kept", tmp_path)


def test_what_a_run_makes_is_found_once_however_many_outputs_come(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def counted(*args: Any) -> tuple[str, ...]:
        asked.append(args)
        return keys_in(*args)

    @asset(partitions_def=PARTS)
    def one(context: Any) -> Iterator[Output[str]]:
        for key in context.partition_keys:
            yield Output(key, partition_key=key)

    monkeypatch.setattr(_run_outputs, "keys_in", counted)

    assert made(one, "one", tmp_path) == [("one", key) for key in KEYS]
    assert len(asked) == 1
