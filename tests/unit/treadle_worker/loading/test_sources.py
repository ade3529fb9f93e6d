"""The user's source files: which count, and what differs from them."""

from __future__ import annotations

import hashlib
import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from treadle_worker.loading.sources import (
    differences,
    distributions,
    file_stamp,
    imported_names,
    user_files,
    written_names,
)

NAME = "sources_test_module"
HELPER = "sources_test_helper"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    (tmp_path / f"{NAME}.py").write_text(f"def later():\n    import {HELPER}\n")
    (tmp_path / f"{HELPER}.py").write_text("VALUE = 1\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield tmp_path
    for name in (NAME, HELPER):
        sys.modules.pop(name, None)


def test_a_file_named_in_a_function_counts_without_being_imported(folder: Path) -> None:
    module = importlib.import_module(NAME)

    found = user_files({NAME: module})

    content = (folder / f"{HELPER}.py").read_bytes()
    assert sorted(found) == [HELPER, NAME]
    assert found[HELPER].sha256 == hashlib.sha256(content).hexdigest()
    assert found[HELPER].path == str(folder / f"{HELPER}.py")
    assert found[HELPER].stamp == file_stamp(found[HELPER].path)
    assert HELPER not in sys.modules


def test_what_is_installed_or_built_in_does_not_count() -> None:
    assert user_files({"json": importlib.import_module("json"), "pytest": pytest}) == {}


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("import a.b", {"a", "a.b"}),
        ("from . import c", {"pack", "pack.c"}),
        ("from .d import e", {"pack", "pack.d", "pack.d.e"}),
        ("importlib.import_module('f')", {"f"}),
        ("syntax error here", set()),
    ],
)
def test_the_names_that_a_file_may_import(source: str, names: set[str]) -> None:
    assert imported_names(source.encode(), module="pack.module", is_package=False) == names


@pytest.mark.parametrize(
    "source",
    [
        "import a.b as c, d",
        "if x: import a; import b",
        "from . import c",
        "from .. d import e",
        "def f():\n\tfrom \\\n g.h \\\n import i, \\\n j",
        "from a import (  # (as (here\n    b,\n    # )\n    c as d,\n)\nimport e",
        "def f():\n    yield from x\n    import y\n",
        "def f(y):\n    raise x from y; import z",
        "# import (see below\nimport a # )",
        '""" import ("""\nfrom b import c',
        "# -*- coding: latin-1 -*-\nimport \xe4",
    ],
)
def test_no_import_is_missed_where_only_what_looks_like_one_is_parsed(source: str) -> None:
    content = source.encode("latin-1")

    imported = imported_names(content, module="pack.inner.module", is_package=False)
    written = written_names(content, module="pack.inner.module", is_package=False)

    assert imported
    assert written is not None
    assert imported <= written


def test_a_file_that_a_text_names_does_not_count(folder: Path) -> None:
    (folder / f"{NAME}.py").write_text(f'"""\nimport {HELPER}\n"""\n')
    module = importlib.import_module(NAME)

    assert list(user_files({NAME: module})) == [NAME]


def test_a_file_that_a_call_names_counts(folder: Path) -> None:
    text = f"from importlib import import_module\ndef f(): import_module('{HELPER}')\n"
    (folder / f"{NAME}.py").write_text(text)
    module = importlib.import_module(NAME)

    assert sorted(user_files({NAME: module})) == [HELPER, NAME]


def test_distributions_are_read_off_their_folders(tmp_path: Path) -> None:
    for name in ("Some_Thing-1.0.dist-info", "old-2.0-py3.11.egg-info", "some_thing"):
        (tmp_path / name).mkdir()

    assert distributions([str(tmp_path)]) == {"old": "2.0", "some-thing": "1.0"}


def test_files_that_are_gone_or_others_are_said(folder: Path) -> None:
    module = importlib.import_module(NAME)
    expected = {name: file.sha256 for name, file in user_files({NAME: module}).items()}
    assert differences(expected, {}, "") == ()

    (folder / f"{HELPER}.py").unlink()
    (folder / f"{NAME}.py").write_text("import nothing\n")
    importlib.invalidate_caches()

    changed = f"file {folder / NAME}.py changed"
    assert differences(expected, {}, "it raised") == (changed,)
    assert differences(expected, {}, f"No module named {HELPER!r}") == (
        f"file {HELPER} is gone",
        changed,
    )
