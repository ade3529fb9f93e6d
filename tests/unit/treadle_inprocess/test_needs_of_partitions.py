"""A partition that needs nothing of what it reads: a dict of none, or a refusal before anything runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from treadle import (
    AssetIn,
    PlanRefused,
    StaticPartitionMapping,
    StaticPartitionsDefinition,
    asset,
    materialize,
)


@asset(partitions_def=StaticPartitionsDefinition(["a", "b"]))
def source(context: Any) -> str:
    return str(context.partition_key)


def reader(mapping: dict[str, list[str]]) -> Any:
    @asset(
        partitions_def=StaticPartitionsDefinition(["x", "y", "z"]),
        ins={"source": AssetIn(partition_mapping=StaticPartitionMapping(mapping))},
    )
    def read(source: Any) -> Any:
        return source

    return read


def test_no_run_gets_a_value_where_its_partition_needs_none(tmp_path: Path) -> None:
    read = reader({"a": ["x"], "b": ["y"]})
    materialize([source], partition_key="a", instance=tmp_path)

    found = materialize([source, read], selection="read", partition_key="x", instance=tmp_path)
    with pytest.raises(
        PlanRefused, match="read reads source: by its partition mapping z needs no partition"
    ):
        materialize([source, read], selection="read", partition_key="z", instance=tmp_path)

    assert found.output_for_node("read") == "a"


def test_one_that_takes_a_dict_gets_an_empty_one(tmp_path: Path) -> None:
    read = reader({"a": ["x"], "b": ["x", "y"]})

    found = materialize([source, read], selection="read", partition_key="z", instance=tmp_path)

    assert found.output_for_node("read") == {}
