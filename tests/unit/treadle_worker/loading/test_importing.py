"""What is said of a file that cannot be imported as the file that it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from treadle.locations.snapshot import SourceLine
from treadle_worker.loading.importing import ImportOutcome, _load
from treadle_worker.loading.problems import Problem
from treadle_worker.loading.targets import FileTarget


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

    assert state is ImportOutcome.RAISED
    assert isinstance(problem, Problem)
    assert f"-m {module or 'src.of_a_package'}" in problem.text.splitlines()[-1]


def test_a_file_that_serves_itself_at_import_is_refused_at_its_line(tmp_path: Path) -> None:
    path = tmp_path / "serves_itself.py"
    path.write_text(
        "import treadle_client\nwith treadle_client.local(__file__) as client:\n    pass\n"
    )

    state, problem = _load(FileTarget(path=str(path)))

    assert state is ImportOutcome.RAISED
    assert isinstance(problem, Problem)
    assert problem.source == SourceLine(file=str(path), line=2)
    assert problem.text == (
        "local() was called while its own file is imported to find the assets in it."
        " Put the call under: if __name__ == '__main__':"
    )
