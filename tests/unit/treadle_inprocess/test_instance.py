from __future__ import annotations

import os
from pathlib import Path

import pytest

from treadle import (
    ArgumentError,
    AssetKey,
    DagsterInstance,
    Output,
    asset,
    instance_for_test,
    materialize,
)


@asset
def numbers() -> Output[list[int]]:
    return Output([1, 2], metadata={"rows": 2})


@asset(key_prefix="sum")
def total(numbers: list[int]) -> int:
    return sum(numbers)


def test_what_one_run_made_the_next_loads_and_a_test_may_ask() -> None:
    with instance_for_test() as instance:
        first = materialize([numbers, total], selection="numbers", instance=instance)
        again = materialize([numbers, total], selection="numbers", instance=instance)
        materialize([numbers, total], selection='key:"sum/total"', instance=instance)

        assert instance.get_asset_keys() == [AssetKey("numbers"), AssetKey(["sum", "total"])]
        assert instance.has_asset_key(["sum", "total"])
        latest = instance.get_latest_materialization_event("numbers")
        assert latest is not None
        assert latest.run_id == again.run_id
        assert latest.asset_materialization is not None
        assert latest.asset_materialization.metadata["rows"].value == 2
        made = instance.get_materialization_events("numbers")
        assert [each.run_id for each in made] == [again.run_id, first.run_id]
        assert instance.get_latest_materialization_event("other") is None
        folder = Path(instance)
        assert folder.is_dir()

    assert not folder.exists()


def test_an_ephemeral_one_goes_with_its_folder_and_another_stays(tmp_path: Path) -> None:
    gone = DagsterInstance.ephemeral(tempdir=str(tmp_path))
    assert Path(gone.root_directory).parent == tmp_path
    gone.dispose()
    assert os.listdir(tmp_path) == []

    with instance_for_test(str(tmp_path)) as kept:
        assert kept.get_asset_keys() == []
        materialize([numbers], instance=kept)

    assert DagsterInstance(tmp_path).get_asset_keys() == [AssetKey("numbers")]


def test_a_launchers_home_is_none(tmp_path: Path) -> None:
    (tmp_path / "FORMAT").touch()

    with pytest.raises(ArgumentError, match="is the home of a launcher"):
        DagsterInstance(tmp_path).get_asset_keys()
