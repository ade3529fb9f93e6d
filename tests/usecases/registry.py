"""All use cases, by their module: those of each file of `cases`."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from tests.usecases.running import Case

AREAS = [
    import_module(f"tests.usecases.cases.{file.stem}")
    for file in sorted((Path(__file__).parent / "cases").glob("[a-z]*.py"))
]
CASES: dict[str, Case] = {each.module: each for area in AREAS for each in area.CASES}
