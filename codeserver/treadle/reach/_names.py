"""Which names code reads, as they are written: off bytecode for functions, off the syntax tree for classes."""

from __future__ import annotations

import ast
import dis
from collections.abc import Iterator
from types import CodeType
from typing import Final

from treadle_contract.lazy_dataclasses import dataclass, field

Chain = tuple[str, ...]
"""A global name, and the attributes that are read of it at once: `helpers.dates.parse`."""

_GLOBAL: Final = ("LOAD_GLOBAL", "LOAD_NAME", "LOAD_CLASSDEREF", "LOAD_FROM_DICT_OR_GLOBALS")
_ATTRIBUTE: Final = ("LOAD_ATTR", "LOAD_METHOD")
_IMPORT: Final = dis.opmap["IMPORT_NAME"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """An import statement: `module` as it is written, and what is taken of it; () for the module."""

    module: str
    level: int
    names: tuple[str, ...]


@dataclass(slots=True, kw_only=True)
class Names:
    """What code reads: chains that begin with a global name, and imports."""

    chains: set[Chain] = field(default_factory=set)
    imports: set[Imported] = field(default_factory=set)


def plain_names(code: CodeType) -> Iterator[str]:
    """Yield the names in a code object and those in it, of globals and of attributes alike."""
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from plain_names(constant)


def has_import(code: CodeType) -> bool:
    """Tell whether a code object, or one in it, has an import statement."""
    return _IMPORT in code.co_code[::2] or any(
        has_import(each) for each in code.co_consts if isinstance(each, CodeType)
    )


def names_of_code(code: CodeType) -> Names:
    """Return what a code object and those in it read."""
    found = Names()
    _add_code(code, found)
    return found


def _add_code(code: CodeType, found: Names) -> None:
    chain: list[str] = []
    constants: list[object] = [0, None]
    for instruction in dis.get_instructions(code):
        name, value = instruction.opname, instruction.argval
        if chain and name in _ATTRIBUTE:
            chain.append(value)
            continue
        if chain:
            found.chains.add(tuple(chain))
            chain = []
        if name in _GLOBAL:
            chain = [value]
        elif name == "IMPORT_NAME":
            level, taken = constants[-2:]
            found.imports.add(
                Imported(
                    module=value,
                    level=level if isinstance(level, int) else 0,
                    names=tuple(map(str, taken)) if isinstance(taken, tuple) else (),
                )
            )
        if name == "LOAD_CONST":
            constants = [constants[-1], value]
    if chain:
        found.chains.add(tuple(chain))
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            _add_code(constant, found)


def names_of_tree(tree: ast.AST) -> Names:
    """Return what a syntax tree reads. A name that is local somewhere in it counts too."""
    found = Names()
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        chain = _chain(node)
        if chain:
            found.chains.add(chain)
            continue
        match node:
            case ast.Import(names=aliases):
                found.imports.update(
                    Imported(module=each.name, level=0, names=()) for each in aliases
                )
            case ast.ImportFrom(module=module, names=aliases, level=level):
                names = tuple(each.name for each in aliases)
                found.imports.add(Imported(module=module or "", level=level, names=names))
            case _:
                waiting.extend(ast.iter_child_nodes(node))
    return found


def _chain(node: ast.AST) -> Chain:
    attributes: list[str] = []
    while isinstance(node, ast.Attribute):
        attributes.append(node.attr)
        node = node.value
    return (node.id, *reversed(attributes)) if isinstance(node, ast.Name) else ()
