"""What is said of a file that cannot be imported as the file that it is, and what its code meets."""

from __future__ import annotations

import gc
import sys
from pathlib import Path

import pytest

from treadle.locations.snapshot import SourceLine
from treadle_worker.loading.importing import (
    ImportOutcome,
    LoadFailedError,
    ModuleEnded,
    ModuleEvent,
    load_targets,
)
from treadle_worker.loading.problems import Problem
from treadle_worker.loading.targets import FileTarget


@pytest.fixture(autouse=True)
def search_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the folders that a load appends away again."""
    monkeypatch.setattr(sys, "path", [*sys.path])


def ended(path: Path) -> tuple[ImportOutcome, Problem | None]:
    """Return how the import of a file ended that cannot be loaded."""
    told: list[ModuleEvent] = []
    with pytest.raises(LoadFailedError):
        load_targets([FileTarget(path=str(path))], str(path.parent), told.append)
    (end,) = (event for event in told if isinstance(event, ModuleEnded))
    return end.state, end.problem


@pytest.mark.parametrize(
    ("packages", "module"),
    [(("shop",), "shop.of_a_package"), (("big", "shop"), "big.shop.of_a_package"), ((), "")],
)
def test_a_file_of_a_package_is_named_as_a_module(
    tmp_path: Path, packages: tuple[str, ...], module: str
) -> None:
    folder = tmp_path / "src"
    folder.mkdir()
    for name in packages:
        folder /= name
        folder.mkdir()
        (folder / "__init__.py").touch()
    path = folder / "of_a_package.py"
    path.write_text("from .helper import N\n")

    state, problem = ended(path)

    assert state is ImportOutcome.RAISED
    assert isinstance(problem, Problem)
    assert f"-m {module or 'src.of_a_package'}" in problem.text.splitlines()[-1]


def test_a_file_that_serves_itself_at_import_is_refused_at_its_line(tmp_path: Path) -> None:
    path = tmp_path / "serves_itself.py"
    path.write_text(
        "import treadle_client\nwith treadle_client.local(__file__) as client:\n    pass\n"
    )

    state, problem = ended(path)

    assert state is ImportOutcome.RAISED
    assert isinstance(problem, Problem)
    assert problem.source == SourceLine(file=str(path), line=2)
    assert problem.text == (
        "local() was called while its own file is imported to find the assets in it."
        " Put the call under: if __name__ == '__main__':"
    )


@pytest.mark.parametrize("disables", [False, True])
def test_the_collector_is_as_the_users_code_has_it(tmp_path: Path, disables: bool) -> None:
    path = tmp_path / f"looks_at_the_collector_{disables}.py"
    disable = "gc.disable()" if disables else ""
    path.write_text(
        f"""
import gc
was_enabled = gc.isenabled()
{disable}
from treadle import asset
@asset
def a(): pass
"""
    )

    try:
        load_targets([FileTarget(path=str(path))], str(tmp_path))
        is_enabled = gc.isenabled()
    finally:
        gc.enable()

    assert sys.modules.pop(path.stem).was_enabled
    assert is_enabled is not disables
