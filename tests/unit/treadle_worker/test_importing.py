"""What is said of a file that cannot be imported as the file that it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from treadle_worker.importing import ModuleState, _load
from treadle_worker.problems import Problem
from treadle_worker.targets import FileTarget


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

    state, problem = _load(FileTarget(path=str(path)))

    assert state is ModuleState.RAISED
    assert isinstance(problem, Problem)
    assert f"-m {module or 'src.of_a_package'}" in problem.text.splitlines()[-1]
