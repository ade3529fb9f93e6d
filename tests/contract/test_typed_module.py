"""A user's module that type checkers look at: it is one that works, and they do look at it."""

from __future__ import annotations

import tomllib
from pathlib import Path

from tests.assets import typed_module

REPOSITORY = Path(__file__).resolve().parents[2]
MODULE = "tests/assets/typed_module.py"


def test_the_module_that_type_checkers_look_at_runs() -> None:
    typed_module.check_the_report()

    assert typed_module.fetch.name == "fetch"


def test_mypy_looks_at_it_strictly() -> None:
    mypy = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
        "mypy"
    ]

    assert MODULE in mypy["files"]
    assert mypy["strict"] is True
