"""A graph's return annotation is refused where no value can be of it and of what its ops give."""

from __future__ import annotations

import pytest

from tests.authored import refused, snapshot
from treadle import ConflictError

OUTS = "{'a': AssetOut(), 'b': AssetOut()}"

GRAPHS = """
@op
def one() -> int: return 1
@op
def word() -> str: return 'a'
@graph
def words(): return word()
"""


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("@graph_asset  # at\ndef g() -> int: return word()  # and", "to return int, and returns output 'result' of 'word', which is str"),
        ("@graph_asset  # at\ndef g() -> int: return words()  # and", "of 'words', which is str"),
        ("@graph(out={'a': GraphOut(), 'b': GraphOut()})  # at\ndef g() -> tuple[int, int]: return one(), word()  # and", "which is str"),
    ],
)  # fmt: skip
def test_a_graph_annotated_as_what_its_op_does_not_give(source: str, words: str) -> None:
    text = GRAPHS.lstrip("\n") + source

    assert words in str(refused(ConflictError, defs=text))


@pytest.mark.parametrize(
    "source",
    [
        "@graph_asset\ndef g() -> float: return one()",
        "@graph_asset\ndef g() -> 'NotThere': return one()",
        "@graph_asset\ndef g() -> dict: return {'result': word()}",
        "@graph_asset\ndef g() -> Output[int]: return one()",
        "@graph_asset\ndef g() -> AssetsDefinition: return one()",
        "from typing import *\n@graph_asset\ndef g() -> Union[int, str]: return words()",
        f"@graph_multi_asset(outs={OUTS})\ndef g() -> tuple: return one(), word()",
    ],
)
def test_a_graph_annotated_as_what_can_be_meant_is_taken(source: str) -> None:
    snapshot(GRAPHS + source)
