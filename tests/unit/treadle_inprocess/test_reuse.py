"""Runs in this process that take from a folder what is unchanged there."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from treadle import (
    DataVersion,
    DynamicOut,
    DynamicOutput,
    Output,
    asset,
    graph_asset,
    materialize,
    op,
)

CALLS: list[str] = []


def assets(limit: int = 1, start: int = 1) -> list[Any]:
    """Return assets whose ops hold these numbers."""

    def shift(x: int) -> int:
        return x + limit

    @asset
    def source() -> int:
        CALLS.append("source")
        return start

    @asset
    def shifted(source: int) -> int:
        CALLS.append("shifted")
        return shift(source)

    @op
    def first() -> int:
        CALLS.append("first")
        return 3

    @op
    def second(x: int) -> int:
        CALLS.append("second")
        return shift(x)

    @graph_asset
    def graphed() -> int:
        return second(first())  # type: ignore[no-any-return]

    return [source, shifted, graphed]


def called(folder: Path, *, reuse: str | None = "unchanged", **numbers: int) -> set[str]:
    """Return which ops ran."""
    CALLS.clear()
    result = materialize(assets(**numbers), instance=folder, reuse=reuse)
    assert result.success
    return set(CALLS)


ALL = {"source", "shifted", "first", "second"}


def test_what_is_unchanged_is_not_done_again(tmp_path: Path) -> None:
    assert called(tmp_path, reuse=None) == ALL

    assert called(tmp_path) == set()
    assert called(tmp_path, limit=2) == {"shifted", "second"}
    assert called(tmp_path, limit=2, start=5) == {"source", "shifted"}
    assert called(tmp_path, limit=2, start=5, reuse="never") == ALL


def test_what_is_reused_is_in_the_result(tmp_path: Path) -> None:
    called(tmp_path)
    # Ops can see what is in it.
    CALLS.clear()

    result = materialize(assets(), instance=tmp_path, reuse="unchanged")

    assert result.asset_value("shifted") == 2
    assert result.output_for_node("graphed.first") == 3
    assert not result.asset_materializations


def test_a_value_that_is_gone_is_made_again(tmp_path: Path) -> None:
    called(tmp_path)
    shutil.rmtree(tmp_path / "values")

    assert called(tmp_path) == ALL


def test_a_line_that_is_damaged_is_no_success(tmp_path: Path) -> None:
    called(tmp_path)
    record = tmp_path / "successes.jsonl"
    record.write_bytes(b"damaged\n" + b"".join(record.read_bytes().splitlines(keepends=True)[1:]))

    assert len(called(tmp_path)) in {1, 2}


def test_a_declared_version_stands_for_the_value(tmp_path: Path) -> None:
    def made(value: int, version: str) -> int:
        CALLS.clear()

        @asset
        def dated() -> Output[int]:
            return Output(value, data_version=DataVersion(version))

        @asset
        def reads(dated: int) -> int:
            CALLS.append("reads")
            return dated

        materialize([dated, reads], instance=tmp_path, selection="dated", reuse="unchanged")
        materialize([dated, reads], instance=tmp_path, selection="reads", reuse="unchanged")
        return len(CALLS)

    assert made(1, "monday") == 1
    assert made(2, "monday") == 0
    assert made(2, "tuesday") == 1


def fanned_out(factor: int = 1, more: int = 0) -> list[Any]:
    """Return an asset with a fan-out whose mapped op and collector hold these numbers."""

    @op(out=DynamicOut())
    def fan() -> Any:
        CALLS.append("fan")
        for number in (1, 2):
            yield DynamicOutput(number, mapping_key=f"k{number}")

    @op
    def work(number: int) -> int:
        CALLS.append("work")
        return number * factor

    @op
    def total(numbers: list[int]) -> int:
        CALLS.append("total")
        return sum(numbers) + more

    @graph_asset
    def added() -> int:
        return total(fan().map(work).collect())  # type: ignore[no-any-return]

    return [added]


def test_a_fan_out_is_reused_with_its_elements(tmp_path: Path) -> None:
    def ran(**numbers: int) -> tuple[list[str], Any]:
        CALLS.clear()
        result = materialize(fanned_out(**numbers), instance=tmp_path, reuse="unchanged")
        assert result.success
        return CALLS[:], result

    assert ran()[0] == ["fan", "work", "work", "total"]
    assert ran()[0] == []
    calls, collected = ran(more=1)
    assert calls == ["total"]
    assert collected.output_for_node("added.fan") == {"k1": 1, "k2": 2}
    assert collected.output_for_node("added.work") == {"k1": 1, "k2": 2}
    assert ran(factor=5, more=1)[0] == ["work", "work", "total"]

    # An element that is gone is made again, and so is what is mapped over the fan-out.
    (kept,) = tmp_path.rglob("result.k1")
    kept.unlink()
    assert ran(factor=7)[0] == ["fan", "work", "work", "total"]
