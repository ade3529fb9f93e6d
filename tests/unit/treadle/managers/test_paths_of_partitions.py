"""Managers of files: no two values have one path without a word, and none takes the place of others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from treadle import (
    AssetKey,
    ConflictError,
    Definitions,
    DynamicPartitionsDefinition,
    FilesystemIOManager,
    MultiPartitionsDefinition,
    PickledObjectFilesystemIOManager,
    StaticPartitionsDefinition,
    asset,
    materialize,
)
from treadle.managers._by_partition import PartitionValuesError, path_of
from treadle.partitions._multi import MultiPartitionKey

BELOW = StaticPartitionsDefinition(["a", "a/b"])


@asset(partitions_def=BELOW)
def part(context: Any) -> str:
    return str(context.partition_key)


@pytest.mark.parametrize(("far", "near"), [("z", "w/p"), ("z/w", "p")])
def test_dimensions_whose_path_another_partition_may_have_are_refused(far: str, near: str) -> None:
    with pytest.raises(PartitionValuesError, match="another partition may have the same path"):
        path_of(MultiPartitionKey({"a": far, "b": near}))


def test_a_partition_of_two_dimensions_is_not_read_as_another(tmp_path: Path) -> None:
    both = MultiPartitionsDefinition(
        {
            "a": StaticPartitionsDefinition(["z", "z/w"]),
            "b": StaticPartitionsDefinition(["p", "w/p"]),
        }
    )

    @asset(partitions_def=both)
    def cell(context: Any) -> str:
        return str(context.partition_key)

    manager = {"io_manager": PickledObjectFilesystemIOManager(tmp_path)}
    materialize([cell], partition_key="z|p", resources=manager)
    for key in ("z|w/p", "z/w|p"):
        with pytest.raises(PartitionValuesError, match="Write the key without"):
            materialize([cell], partition_key=key, resources=manager)


def test_a_file_does_not_take_the_place_of_a_folder_of_other_partitions(tmp_path: Path) -> None:
    manager = {"io_manager": PickledObjectFilesystemIOManager(tmp_path)}
    materialize([part], partition_key="a/b", resources=manager)

    with pytest.raises(IsADirectoryError, match="in which other values lie"):
        materialize([part], partition_key="a", resources=manager)

    assert (tmp_path / "part" / "a" / "b").is_file()
    assert [each.name for each in (tmp_path / "part").iterdir()] == ["a"]


def test_an_asset_that_has_no_partitions_any_more_does_not_remove_those_it_had(
    tmp_path: Path,
) -> None:
    manager = {"io_manager": PickledObjectFilesystemIOManager(tmp_path)}
    materialize([part], partition_key="a", resources=manager)

    @asset(key="part")
    def whole() -> int:
        return 1

    with pytest.raises(IsADirectoryError, match="the partitions that the asset had"):
        materialize([whole], resources=manager)

    assert (tmp_path / "part" / "a").is_file()


def test_a_partition_below_a_file_is_refused_with_what_to_do(tmp_path: Path) -> None:
    manager = {"io_manager": PickledObjectFilesystemIOManager(tmp_path)}
    materialize([part], partition_key="a", resources=manager)

    with pytest.raises(NotADirectoryError, match="the value of another key or asset"):
        materialize([part], partition_key="a/b", resources=manager)


@pytest.mark.parametrize(
    "manager", [PickledObjectFilesystemIOManager("x"), FilesystemIOManager(base_dir="x")]
)
@pytest.mark.parametrize("dynamic", [False, True])
def test_an_asset_at_the_path_of_a_partition_of_another_one_is_refused(
    manager: object, dynamic: bool
) -> None:
    parts = DynamicPartitionsDefinition(name="any") if dynamic else BELOW

    @asset(partitions_def=parts)
    def q() -> int:
        return 1

    def beside(*key: str) -> Any:
        @asset(key=AssetKey(key))
        def other() -> int:
            return 2

        return other

    taken = beside("q", "a", "b")
    with pytest.raises(ConflictError, match="partition 'a/b' of asset 'q' would lie in one file"):
        Definitions([q, taken], resources={"io_manager": manager})

    Definitions([q, taken])
    if not dynamic:
        Definitions([q, beside("q", "c")], resources={"io_manager": manager})
