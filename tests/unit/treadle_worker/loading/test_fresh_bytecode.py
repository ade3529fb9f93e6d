"""Bytecode of files that were just saved."""

from __future__ import annotations

import os
import sys
from importlib.util import cache_from_source
from pathlib import Path
from types import ModuleType

import pytest

from treadle_worker.loading.fresh_bytecode import forget_fresh_bytecode


@pytest.fixture(autouse=True)
def _writes_bytecode(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)


def saved(folder: Path, name: str, *, at: float | None = None) -> Path:
    """Save a file, and beside it what it was compiled to."""
    path = folder / name
    path.write_text("x = 1\n")
    if at is not None:
        os.utime(path, (at, at))
    compiled = Path(cache_from_source(str(path)))
    compiled.parent.mkdir(exist_ok=True)
    compiled.write_bytes(b"compiled")
    return compiled


def test_of_what_was_just_saved_beside_a_target_none_is_kept(tmp_path: Path) -> None:
    target, helper = saved(tmp_path, "defs.py"), saved(tmp_path, "helper.py")
    settled = saved(tmp_path, "old.py", at=1_000_000)

    forget_fresh_bytecode({}, [str(tmp_path / "defs.py")])

    assert not target.exists()
    assert not helper.exists()
    assert settled.exists()


def test_of_imported_modules_of_the_users_none_is_kept(tmp_path: Path) -> None:
    compiled = saved(tmp_path, "mine.py")
    module = ModuleType("mine")
    module.__file__ = str(tmp_path / "mine.py")

    forget_fresh_bytecode({"mine": module}, [])

    assert not compiled.exists()


def test_a_folder_that_is_gone_is_passed_over(tmp_path: Path) -> None:
    forget_fresh_bytecode({}, [str(tmp_path / "gone" / "defs.py")])
