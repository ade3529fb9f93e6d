"""Partitions as a user's scripts and shells meet them, on real services."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

import treadle_client
from treadle_client import cli

CODE = """
from treadle import asset

@asset
def one():
    return 1
"""


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[treadle_client.Client]:
    folder = tmp_path_factory.mktemp("partitions")
    (folder / "days.py").write_text(CODE)
    with treadle_client.local(folder / "days.py", home=folder / "home") as client:
        yield client


def test_keys_of_a_dynamic_definition_are_added_listed_and_removed(client):
    assert client.add_partitions("colours", ["red", "blue", "red"]) == ("red", "blue")
    assert client.add_partitions("colours", "green") == ("green",)
    assert client.remove_partitions("colours", ["blue", "black"]) == ("blue",)

    assert list(client.dynamic_partitions("colours")) == ["red", "green"]


@pytest.mark.parametrize(
    ("name", "keys", "said"),
    [
        ("", ["a"], "name is empty; give the name of a DynamicPartitionsDefinition."),
        ("colours", [], "partition_keys is empty; give one or more partition keys."),
        ("colours", ["a", ""], "partition_keys has an empty key in it; give one or more"),
        ("colours", [1], "partition_keys has 1 in it; give a list of texts."),
    ],
)
def test_keys_that_are_none_are_refused_before_they_are_sent(client, name, keys, said):
    with pytest.raises(ValueError, match=said):
        client.add_partitions(name, keys)


def test_the_command_does_the_same(client, capsys):
    def treadle(*arguments: str) -> str:
        assert cli.run(["partitions", *arguments, "--launcher", client.address]) == 0
        return capsys.readouterr().out

    assert treadle("list", "sizes") == "sizes has no keys: treadle partitions add sizes KEY\n"
    assert treadle("add", "sizes", "small", "large") == "Added small, large.\n"
    assert treadle("add", "sizes", "large", "huge") == "Added huge. large was there before.\n"
    assert treadle("remove", "sizes", "small", "tiny") == "Removed small. tiny was not there.\n"
    assert treadle("list", "sizes") == "large\nhuge\n"
    assert json.loads(treadle("list", "sizes", "--json")) == ["large", "huge"]
