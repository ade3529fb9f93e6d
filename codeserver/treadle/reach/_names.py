"""Which names code reads, as they are written: off bytecode for functions, off the syntax tree for classes."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from opcode import opmap
from types import CodeType
from typing import Final

from treadle_contract.lazy_dataclasses import dataclass, field

Chain = tuple[str, ...]
"""A global name, and the attributes that are read of it at once: `helpers.dates.parse`."""

#: What loads a global name and what an attribute, each with how its argument is shifted.
_GLOBALS: Final = {
    opmap[name]: shift
    for name, shift in (
        ("LOAD_GLOBAL", 1),
        ("LOAD_NAME", 0),
        ("LOAD_FROM_DICT_OR_GLOBALS", 0),
    )
    if name in opmap
}
_ATTRIBUTES: Final = {
    opmap[name]: shift
    for name, shift in (("LOAD_ATTR", int(sys.version_info >= (3, 12))), ("LOAD_METHOD", 0))
    if name in opmap
}
_CACHE: Final = opmap.get("CACHE", 0)
_EXTENDED: Final = opmap["EXTENDED_ARG"]
_CONST: Final = opmap["LOAD_CONST"]
_SMALL: Final = opmap.get("LOAD_SMALL_INT", -1)
_IMPORT: Final = opmap["IMPORT_NAME"]


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
    wide = 0
    names, consts = code.co_names, code.co_consts
    # dis.get_instructions says the same, and takes ten times as long.
    for opcode, low in zip(code.co_code[::2], code.co_code[1::2], strict=True):
        if opcode == _CACHE:
            continue
        if opcode == _EXTENDED:
            wide = (wide | low) << 8
            continue
        argument, wide = wide | low, 0
        shift = _ATTRIBUTES.get(opcode)
        if chain and shift is not None:
            chain.append(names[argument >> shift])
            continue
        if chain:
            found.chains.add(tuple(chain))
            chain = []
        if opcode in _GLOBALS:
            chain = [names[argument >> _GLOBALS[opcode]]]
        elif opcode == _CONST:
            constants = [constants[-1], consts[argument]]
        elif opcode == _SMALL:
            constants = [constants[-1], argument]
        elif opcode == _IMPORT:
            level, taken = constants
            found.imports.add(
                Imported(
                    module=names[argument],
                    level=level if isinstance(level, int) else 0,
                    names=tuple(map(str, taken)) if isinstance(taken, tuple) else (),
                )
            )
    for constant in consts:
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
