"""What code reads is what the standard library's disassembler says that it does."""

from __future__ import annotations

import argparse
import ast
import dis
import json.decoder
import textwrap
from types import CodeType, ModuleType

import pytest

from treadle.reach._names import Imported, names_of_code, names_of_tree

MODULES = [argparse, textwrap, json.decoder, ast]


def compiled(module: ModuleType) -> CodeType:
    assert module.__file__ is not None
    with open(module.__file__, encoding="utf-8") as file:
        return compile(file.read(), "module", "exec")


def globals_by_dis(code: CodeType) -> set[str]:
    found = {
        each.argval
        for each in dis.get_instructions(code)
        if each.opname in ("LOAD_GLOBAL", "LOAD_NAME", "LOAD_FROM_DICT_OR_GLOBALS")
    }
    return found.union(
        *(globals_by_dis(each) for each in code.co_consts if isinstance(each, CodeType))
    )


@pytest.mark.parametrize("module", MODULES)
def test_each_global_is_found(module: ModuleType) -> None:
    code = compiled(module)

    assert {chain[0] for chain in names_of_code(code).chains} == globals_by_dis(code)


def test_attributes_are_read_with_their_global_and_imports_as_they_stand() -> None:
    source = textwrap.dedent("""
        def f(x):
            from ..deep import a, b
            import one.two
            return helpers.dates.parse(x.y).z + [other for _ in x]
        """)

    for found in (names_of_code(compile(source, "", "exec")), names_of_tree(ast.parse(source))):
        assert {("helpers", "dates", "parse"), ("other",)} <= found.chains
        assert found.imports == {
            Imported(module="deep", level=2, names=("a", "b")),
            Imported(module="one.two", level=0, names=()),
        }
