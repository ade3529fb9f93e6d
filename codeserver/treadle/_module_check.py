"""What a module uses of Dagster's that is not here, all of it at once, without importing the module."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

import treadle
from treadle._dagster_names import argument_not_there, not_there
from treadle._errors import did_you_mean
from treadle._meaningless import TAKEN, meaningless
from treadle_contract.lazy_dataclasses import compile_all, dataclass

_PACKAGES = ("treadle", "dagster")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One name or argument, where it stands first, and what is written instead or is to come."""

    line: int
    name: str
    said: str


def check_module(source: str) -> tuple[Finding, ...]:
    """Return what a module's source takes from Dagster, or from here, that is not there, by line.

    Each name is told once.

    Raises:
        SyntaxError: the source is no Python.
    """
    found: dict[str, Finding] = {}
    reader = _Reader()
    tree = ast.parse(source)
    reader.visit(tree)
    for line, name, said in (*reader.findings, *_not_in_star(tree)):
        if name not in found or line < found[name].line:
            found[name] = Finding(line=line, name=name, said=said)
    return tuple(sorted(found.values(), key=lambda each: (each.line, each.name)))


class _Reader(ast.NodeVisitor):
    """Collects uses of names of the packages, and arguments of calls of these."""

    def __init__(self) -> None:
        self.findings: list[tuple[int, str, str]] = []
        self._modules: set[str] = set()
        self._names: dict[str, str] = {}

    def visit_Import(self, node: ast.Import) -> None:
        for each in node.names:
            if each.name in _PACKAGES:
                self._modules.add(each.asname or each.name)
            elif each.name.partition(".")[0] in _PACKAGES:
                self._tell(node.lineno, each.name, _of_module(each.name))

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        package, _, rest = (node.module or "").partition(".")
        if node.level or package not in _PACKAGES:
            return
        if rest:
            self._tell(node.lineno, node.module or "", _of_module(node.module or ""))
            return
        for each in node.names:
            self._names[each.asname or each.name] = each.name
            self._tell(each.lineno, each.name, _said(each.name))

    def visit_Attribute(self, node: ast.Attribute) -> None:
        if isinstance(node.value, ast.Name) and node.value.id in self._modules:
            self._tell(node.lineno, node.attr, _said(node.attr))
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        called = self._called(node.func)
        for each in node.keywords if called is not None else ():
            if each.arg is not None and not _is_left_out(each.value):
                said = _not_taken(called or "", each.arg)
                self._tell(each.value.lineno, f"{called}({each.arg}=…)", said)
        self.generic_visit(node)

    def _called(self, function: ast.expr) -> str | None:
        """Return the name of the packages' that is called, None if it is another's."""
        if isinstance(function, ast.Name):
            return self._names.get(function.id)
        if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
            owner = function.value.id
            if owner in self._modules:
                return function.attr
            if owner in self._names:
                return f"{self._names[owner]}.{function.attr}"
        return None

    def _tell(self, line: int, name: str, said: str | None) -> None:
        if said is not None:
            self.findings.append((line, name, said))


def _not_taken(called: str, argument: str) -> str | None:
    """Say what is written in the place of an argument, None if what is called takes it."""
    from inspect import signature  # noqa: PLC0415 -- not what a start waits for

    value: Any = treadle
    for part in called.split("."):
        value = getattr(value, part, None)
    label = called.rpartition(".")[2]
    said = meaningless(label, argument) or argument_not_there(argument)
    if said is None or not callable(value):
        return said
    compile_all()
    own = signature(value).parameters
    is_taken = argument in own and own[argument].annotation != "object"
    return None if is_taken or (label, argument) in TAKEN else said


def _not_in_star(tree: ast.Module) -> Iterator[tuple[int, str, str]]:
    """Yield what a module uses as if a star gave it, and is not there."""
    imports = [each for each in ast.walk(tree) if isinstance(each, ast.ImportFrom)]
    stars = [each.module for each in imports if each.names[0].name == "*"]
    # Another's star may give any name.
    if not stars or not set(stars) <= set(_PACKAGES):
        return
    names = [each for each in ast.walk(tree) if isinstance(each, ast.Name)]
    bound = {each.id for each in names if not isinstance(each.ctx, ast.Load)}
    for each in ast.walk(tree):
        if isinstance(each, ast.Import | ast.ImportFrom):
            bound |= {(one.asname or one.name).partition(".")[0] for one in each.names}
        elif isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            bound.add(each.name)
        elif isinstance(each, ast.arg):
            bound.add(each.arg)
    for name in names:
        said = None if name.id in bound else not_there(name.id)
        if said is not None:
            yield name.lineno, name.id, said


def _said(name: str) -> str | None:
    """Say what there is instead of a name, None where it is here."""
    import treadle  # noqa: PLC0415 -- itself, whole by now

    if name == "*" or name in treadle.__all__ or name in treadle.LATER or _is_here(name):
        return None
    return not_there(name) or f"Treadle has no {name}.{did_you_mean(name, treadle.__all__)}"


def _is_here(name: str) -> bool:
    """Whether it is a public name of the package that is not told of in `__all__`."""
    import treadle  # noqa: PLC0415 -- as above

    found = vars(treadle).get(name)
    return getattr(found, "__module__", "").partition(".")[0].startswith("treadle")


def _of_module(name: str) -> str | None:
    if name.startswith("dagster"):
        return f"Treadle has no {name}: import from treadle itself."
    return None


def _is_left_out(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and (value.value is None or value.value is False)
