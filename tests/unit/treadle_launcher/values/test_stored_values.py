from __future__ import annotations

import asyncio
import zlib
from pathlib import Path

import pytest

from treadle_contract.ids import KeyText, RunId, StepKey
from treadle_contract.value import ValueRef
from treadle_launcher.clock import TimeUs
from treadle_launcher.store.records import Materialization
from treadle_launcher.values.stored_values import StoredValues

CONTENT = b"a value"
REF = ValueRef(
    store="files",
    key="assets/a/1",
    codec="pickle5",
    size_bytes=len(CONTENT),
    checksum=f"crc32:{zlib.crc32(CONTENT):08x}",
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / REF.key
    path.parent.mkdir(parents=True)
    path.write_bytes(CONTENT)
    return path


def test_a_file_that_is_there_and_as_long_as_it_was_is_good(tmp_path: Path, file: Path) -> None:
    assert StoredValues(tmp_path).problem(REF) == ""
    assert StoredValues(tmp_path).problem(REF, doubted=True) == ""


def test_a_file_that_is_missing_or_of_another_size_is_named(tmp_path: Path, file: Path) -> None:
    values = StoredValues(tmp_path)
    file.write_bytes(b"short")
    damaged = values.problem(REF)
    file.unlink()

    assert damaged == f"its value is damaged ({file} has 5 bytes instead of 7)"
    assert values.problem(REF) == f"its value is gone from the disk ({file})"


def test_what_is_doubted_is_read(tmp_path: Path, file: Path) -> None:
    file.write_bytes(b"A value")

    assert StoredValues(tmp_path).problem(REF) == ""
    assert (
        StoredValues(tmp_path)
        .problem(REF, doubted=True)
        .startswith(f"its value is damaged ({file} has checksum crc32:")
    )


def test_what_was_removed_says_so_and_what_has_no_value_says_nothing(tmp_path: Path) -> None:
    def made(ref: ValueRef | None, *, removed: bool = False) -> Materialization:
        return Materialization(
            asset_key=KeyText("a"),
            run_id=RunId("r"),
            step_key=StepKey("s"),
            attempt=1,
            store_sequence=1,
            time=TimeUs(1),
            location="here",
            digest="d",
            value_ref=ref,
            removed=removed,
        )

    marked = asyncio.run(StoredValues(tmp_path).marked([made(REF, removed=True), made(None)]))

    assert [each.gone for each in marked] == ["its value was removed to make room", ""]
