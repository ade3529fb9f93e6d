"""Rules of processes that the source can be asked about: who forks, and how Python is started."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
#: Processes with gRPC in them: after a fork it may hang, after an exec it never does.
SERVICES = {
    "treadle_codeserver": REPOSITORY / "codeserver" / "treadle_codeserver",
    "treadle_launcher": REPOSITORY / "launcher" / "treadle_launcher",
    "treadle_client": REPOSITORY / "client" / "treadle_client",
}
PACKAGES = {**SERVICES, "treadle_worker": REPOSITORY / "codeserver" / "treadle_worker"}
#: What runs Python code between fork and exec, or never execs.
FORKS = {"fork", "forkpty", "preexec_fn", "multiprocessing", "ProcessPoolExecutor"}


def files_of(package: Path) -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(package.rglob("*.py")):
        yield path, ast.parse(path.read_text(encoding="utf-8"))


def names_in(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield each name that a module imports, reads, or passes as a keyword, with its line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name.partition(".")[0]) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.lineno, str(node.module).partition(".")[0]
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.Attribute):
            yield node.lineno, node.attr
        elif isinstance(node, ast.Call):
            yield from ((node.lineno, each.arg) for each in node.keywords if each.arg)


def is_interpreter(node: ast.expr) -> bool:
    """Tell `sys.executable`, `x.interpreter` and `interpreter`."""
    if isinstance(node, ast.Attribute):
        return node.attr in {"executable", "interpreter"}
    return isinstance(node, ast.Name) and node.id == "interpreter"


@pytest.mark.parametrize("package", SERVICES)
def test_a_service_never_forks(package: str) -> None:
    found = [
        f"{path.relative_to(REPOSITORY)}:{line}: {name}"
        for path, tree in files_of(SERVICES[package])
        for line, name in names_in(tree)
        if name in FORKS
    ]

    assert found == []


def test_a_fork_would_be_found() -> None:
    # The host forks: what finds nothing in the services finds it there.
    found = {name for _, tree in files_of(PACKAGES["treadle_worker"]) for _, name in names_in(tree)}

    assert "fork" in found


@pytest.mark.parametrize("package", PACKAGES)
def test_python_is_started_without_the_users_folder_on_its_path(package: str) -> None:
    commands = [
        (f"{path.relative_to(REPOSITORY)}:{node.lineno}", node.elts)
        for path, tree in files_of(PACKAGES[package])
        for node in ast.walk(tree)
        if isinstance(node, ast.List) and node.elts and is_interpreter(node.elts[0])
    ]
    flagged = [
        place
        for place, words in commands
        if len(words) > 1 and isinstance(words[1], ast.Constant) and words[1].value == "-P"
    ]

    assert flagged
    assert flagged == [place for place, _ in commands]
