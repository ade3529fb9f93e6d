"""Late imports: what is as planned is imported, what changed is not."""

from __future__ import annotations

import hashlib
import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from treadle_worker.step.late_imports import LateImports, StaleCodeError

NAME = "late_imports_test_module"


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    path = tmp_path / f"{NAME}.py"
    path.write_text("VALUE = 1\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    before = list(sys.meta_path)
    yield path
    sys.meta_path[:] = before
    sys.modules.pop(NAME, None)


def test_a_file_as_planned_is_imported(file: Path) -> None:
    late = LateImports({NAME: hashlib.sha256(file.read_bytes()).hexdigest()})
    late.install()

    assert importlib.import_module(NAME).VALUE == 1
    assert late.changed == []


def test_a_file_that_changed_is_not_run(file: Path) -> None:
    late = LateImports({NAME: "0" * 64})
    late.install()

    with pytest.raises(StaleCodeError, match="changed after the run was planned"):
        importlib.import_module(NAME)

    assert NAME not in sys.modules
    assert late.changed == [NAME]


def test_a_module_that_was_not_planned_is_left_to_the_others(file: Path) -> None:
    late = LateImports({})
    late.install()

    assert importlib.import_module(NAME).VALUE == 1
