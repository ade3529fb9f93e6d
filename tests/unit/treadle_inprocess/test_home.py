"""Folders that keep what runs in this process made."""

from __future__ import annotations

from pathlib import Path

import pytest

from treadle import ArgumentError, asset, materialize

RECORD = "materializations.jsonl"


@asset
def first() -> int:
    return 1


@asset
def second(first: int) -> int:
    return first + 1


def test_the_last_value_is_the_one_that_is_loaded(tmp_path: Path) -> None:
    @asset(name="first")
    def other() -> int:
        return 10

    materialize([first], instance=tmp_path)
    materialize([other], instance=tmp_path)

    result = materialize([first, second], selection="second", instance=tmp_path)

    assert result.asset_value("second") == 11


def test_a_line_that_was_not_finished_is_none(tmp_path: Path) -> None:
    materialize([first], instance=tmp_path)
    with (tmp_path / RECORD).open("ab") as record:
        record.write(b'{"runId": "01')

    materialize([first, second], selection="second", instance=tmp_path)

    assert materialize([first, second], selection="second", instance=tmp_path).success
    assert len((tmp_path / RECORD).read_bytes().splitlines()) == 3


def test_a_damaged_record_is_refused_with_its_line(tmp_path: Path) -> None:
    materialize([first], instance=tmp_path)
    with (tmp_path / RECORD).open("ab") as record:
        record.write(b"{broken\n")

    with pytest.raises(ArgumentError, match=r"Line 2 of .* is damaged"):
        materialize([first], instance=tmp_path)


def test_what_is_not_a_folder_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()

    with pytest.raises(ArgumentError, match="is not a folder"):
        materialize([first], instance=file)
    with pytest.raises(ArgumentError, match="is not the path of a folder"):
        materialize([first], instance=3)  # type: ignore[arg-type]  # what is tested


def test_what_failed_leaves_nothing_on_record(tmp_path: Path) -> None:
    @asset(name="first")
    def broken() -> int:
        raise LookupError("no")

    materialize([broken], instance=tmp_path, raise_on_error=False)

    assert not (tmp_path / RECORD).exists()
