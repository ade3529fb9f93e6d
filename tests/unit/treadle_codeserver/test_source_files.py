from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from treadle_codeserver.source_files import SourceFile, SourceFiles


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "defs.py"
    file.write_text("x = 1\n")
    return file


def read(path: Path) -> SourceFiles:
    status = path.stat()
    file = SourceFile(
        path=str(path),
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        stamp=(status.st_mtime_ns, status.st_ctime_ns, status.st_size),
    )
    return SourceFiles({"defs": file})


def test_a_file_with_another_content_has_changed_until_it_is_as_it_was(path: Path) -> None:
    files = read(path)
    assert files.changed() == ()

    path.write_text("x = 2\n")
    assert files.changed() == (str(path),)

    path.write_text("x = 1\n")
    assert files.changed() == ()


def test_a_file_that_was_touched_has_not_changed(path: Path) -> None:
    files = read(path)
    os.utime(path, (1, 1))

    assert files.changed() == ()


def test_a_file_that_is_gone_has_changed(path: Path) -> None:
    files = read(path)
    path.unlink()

    assert files.changed() == (str(path),)


def test_without_files_nothing_has_changed() -> None:
    assert SourceFiles().changed() == ()
