"""Functions of the user's about partitions: a process beside the code server runs them, and ends."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from treadle.partitions._questions import ConfigQuestion, MappingQuestion
from treadle_codeserver.loading import load
from treadle_codeserver.targets import LoadCommand
from treadle_codeserver.user_functions import UserFunctionError, UserFunctions
from treadle_contract.codeserver import LaunchTarget

MODULE = """
import os
import treadle as t

LETTERS = t.StaticPartitionsDefinition(["a", "b", "c"])
with open("imports.txt", "a") as told:
    told.write("x")


class Spelled(t.PartitionMapping):
    def get_upstream_mapped_partitions_result_for_partitions(self, words, mine, its, now, store):
        if "raise" in words:
            raise ValueError("no such word")
        if "exit" in words:
            os._exit(3)
        return [letter for word in words for letter in word]

    def get_downstream_partitions_for_partitions(self, letters, its, mine, now, store):
        return [word for word in mine.get_partition_keys() if set(word) & set(letters)]


@t.asset(partitions_def=LETTERS)
def letter():
    return 1


WORDS = t.StaticPartitionsDefinition(["ab", "ca", "raise", "exit"])


@t.asset(partitions_def=WORDS, ins={"letter": t.AssetIn(partition_mapping=Spelled())})
def word(letter):
    return letter


@t.partitioned_config(WORDS)
def config(key):
    return {"ops": {"word": {"config": {"n": len(key)}}}}


defs = t.Definitions(assets=[letter, word], jobs=[t.define_asset_job("j", "word", config=config)])
"""


class Asked:
    """A module that is served, and what asks its functions."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "words.py"
        self.path.write_text(MODULE)
        self.imports = folder / "imports.txt"
        command = LoadCommand(
            interpreter=Path(sys.executable),
            working_directory=folder,
            targets=(LaunchTarget(file=str(self.path)),),
            import_timeout=60.0,
        )
        self.functions = UserFunctions(command)
        found = asyncio.run(load(command)).snapshot
        assert found is not None
        self.digest = found.digest

    def keys(self, *keys: str, upwards: bool = True) -> tuple[str, ...]:
        asked = MappingQuestion(block="word", asset_key="letter", upwards=upwards, keys=keys, now=0)
        return asyncio.run(self.functions.keys(self.digest, asked))


@pytest.fixture
def asked(tmp_path: Path) -> Asked:
    return Asked(tmp_path)


def test_answers_come_from_a_process_that_imported_the_code_and_are_kept(asked: Asked) -> None:
    assert asked.keys("ca") == ("c", "a")
    assert asked.keys("b", upwards=False) == ("ab",)
    assert asked.keys("ca") == ("c", "a")
    config = asyncio.run(
        asked.functions.config(asked.digest, ConfigQuestion(job="j", partition_key="raise"))
    )

    assert config == {"ops": {"word": {"config": {"n": 5}}}}
    # The load, and one for each question that is new.
    assert asked.imports.read_text() == "xxxx"


def test_what_a_function_raises_is_told_with_its_line(asked: Asked) -> None:
    with pytest.raises(UserFunctionError) as raised:
        asked.keys("raise")

    assert "ValueError: no such word" in str(raised.value)
    assert f'{asked.path}", line 12' in str(raised.value)


def test_a_function_that_ends_its_process_ends_no_other(asked: Asked) -> None:
    with pytest.raises(UserFunctionError, match="exited with status 3"):
        asked.keys("exit")

    assert asked.keys("ab") == ("a", "b")


def test_code_that_is_another_by_now_answers_nothing(asked: Asked) -> None:
    asked.path.write_text(MODULE + "\nMORE = 1\n")

    with pytest.raises(UserFunctionError, match="reload the location"):
        asked.keys("ab")
