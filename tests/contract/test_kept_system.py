"""What runs after the user's code takes the system from `treadle._system`, as the source shows."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from treadle import _system

REPOSITORY = Path(__file__).resolve().parents[2]
PACKAGES = [
    REPOSITORY / "codeserver" / "treadle",
    REPOSITORY / "codeserver" / "treadle_worker",
    REPOSITORY / "protos" / "treadle_contract",
]
KEPT = {*_system.__all__, "selectors", "json", "subprocess", "threading", "tempfile", "io"}
#: And why they may have the module itself.
EXEMPT = {
    ("treadle", "_system.py"): KEPT,
    # It is done with it once it is imported.
    ("treadle", "__init__.py"): {"gc"},
    # It names a type, for mypy alone.
    ("treadle", "_json.py"): {"json"},
    # It is a process of the user's, in a terminal.
    ("treadle_worker", "debug.py"): {"tempfile"},
    # It is done with it before it runs anything of the user's.
    ("treadle_worker", "bootstrap.py"): {"gc"},
    # They ask about what the user's code did to the module, or undo it.
    ("treadle_worker", "process_exit.py"): {"io", "threading"},
    ("treadle_worker", "fork_safety.py"): {"threading"},
    ("treadle_worker", "lingering.py"): {"threading"},
}


def imported(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module != "treadle._system":
            yield node.lineno, str(node.module)


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.name)
def test_nothing_of_ours_uses_a_module_that_the_users_code_may_have_patched(package: Path) -> None:
    found = [
        f"{path.relative_to(REPOSITORY)}:{line}: {name}"
        for path in sorted(package.rglob("*.py"))
        for line, name in imported(ast.parse(path.read_text(encoding="utf-8")))
        if name in KEPT - EXEMPT.get((package.name, path.name), set())
    ]

    assert found == []


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.name)
def test_nothing_of_ours_opens_a_file_by_the_builtin(package: Path) -> None:
    found = [
        f"{path.relative_to(REPOSITORY)}:{node.lineno}"
        for path in sorted(package.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Name) and node.id == "open"
    ]

    assert found == []
