from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from treadle.io._files import FileStore
from treadle.io._pickle5 import ValueLostError
from treadle_contract.value import ValueRef

LARGE = np.arange(300_000, dtype="i8")
WRONG = "crc32:00000000"


def damage(path: Path) -> None:
    """Change one byte of a value in place, its length and its dates as they were."""
    dates = path.stat()
    with path.open("r+b") as file:
        file.seek(1_000_000)
        file.write(b"\xff")
    os.utime(path, ns=(dates.st_atime_ns, dates.st_mtime_ns))


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "values")


@pytest.fixture
def large(store: FileStore) -> ValueRef:
    return store.write_value("assets/large", LARGE)


def test_a_large_value_that_nothing_touched_is_not_read_for_its_checksum(store, large):
    assert (store.read_value(replace(large, checksum=WRONG)) == LARGE).all()


def test_a_large_value_without_a_mark_is(store, large):
    assert (store.read_value(replace(large, untouched="")) == LARGE).all()

    with pytest.raises(ValueLostError, match="its checksum is crc32:"):
        store.read_value(replace(large, untouched="", checksum=WRONG))


def test_a_large_value_that_was_written_to_is_damaged(store, large):
    damage(store.path_of(large.key))

    with pytest.raises(ValueLostError, match="it is damaged"):
        store.read_value(large)


def test_a_copy_of_a_large_value_is_read_for_its_checksum(store, large, tmp_path):
    shutil.copytree(store.root, tmp_path / "copy")
    copy = FileStore(tmp_path / "copy")

    assert (copy.read_value(large) == LARGE).all()
    with pytest.raises(ValueLostError, match="its checksum is crc32:"):
        copy.read_value(replace(large, checksum=WRONG))


def test_after_another_start_of_the_system_it_is_read_for_its_checksum(store, large):
    boot, _, rest = large.untouched.partition(":")
    assert boot
    assert rest

    with pytest.raises(ValueLostError, match="its checksum is crc32:"):
        store.read_value(replace(large, untouched=f"another:{rest}", checksum=WRONG))


def test_a_small_value_is_always_read_whole(store):
    small = store.write_value("assets/small", "a")

    assert small.untouched == ""
    with pytest.raises(ValueLostError, match="its checksum is crc32:"):
        store.read_value(replace(small, checksum=WRONG))
