from __future__ import annotations

from typing import Any

import pytest

from treadle import (
    ArgumentError,
    AssetExecutionContext,
    DataVersion,
    MaterializeResult,
    Output,
    asset,
    materialize,
)


def test_a_version_is_recorded_with_what_was_made() -> None:
    @asset
    def of_output() -> Output[int]:
        return Output(1, metadata={"rows": 2}, data_version=DataVersion("v1"))

    @asset
    def of_result() -> MaterializeResult[Any]:
        return MaterializeResult(data_version=DataVersion("v2"))

    @asset
    def of_context(context: AssetExecutionContext) -> int:
        context.set_data_version("of_context", DataVersion("v3"))
        return 1

    made = materialize([of_output, of_result, of_context]).asset_materializations

    assert {each.asset_key.text: each.metadata for each in made} == {
        "of_output": {"rows": 2, "dagster/data_version": "v1"},
        "of_result": {"dagster/data_version": "v2"},
        "of_context": {"dagster/data_version": "v3"},
    }


def test_what_is_no_version_is_refused() -> None:
    given: Any = "v1"
    number: Any = 1

    with pytest.raises(ArgumentError, match=r"Output: data_version is 'v1'"):
        Output(1, data_version=given)
    with pytest.raises(ArgumentError, match="DataVersion: value is 1"):
        DataVersion(number)
