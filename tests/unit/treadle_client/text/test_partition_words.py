"""Partitions in words: definitions and mappings, of a newer version too."""

from __future__ import annotations

import pytest

from treadle_api.v1 import partition_pb2
from treadle_client._messages import PartitionMapping, PartitionsDefinition
from treadle_client.calls._decode import decode
from treadle_client.text._partition_words import definition_words, mapping_words


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"static": {"keys": ["a", "b"]}}, "a, b"),
        ({"static": {"keys": list("abcdefg")}}, "a, b, c, d, e, … (7)"),
        ({"dynamic": {"name": "n"}}, "added under 'n'"),
        (
            {"time_windows": {"cron_schedule": "0 0 * * *", "timezone": "UTC", "start": 0}},
            "'0 0 * * *' in UTC, from 1970-01-01T00:00+00:00",
        ),
        (
            {"multi": {"dimensions": [{"name": "d", "static": {"keys": ["x"]}}]}},
            "d: x",
        ),
        ({}, "of a kind that this version does not know"),
    ],
)
def test_a_definition_says_its_keys(said: dict[str, object], words: str) -> None:
    definition = decode(partition_pb2.PartitionsDefinition(**said), PartitionsDefinition)  # type: ignore[arg-type]

    assert definition_words(definition) == words


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"plain": {"rule": 2}}, "all"),
        ({"time_window": {}}, "those that overlap"),
        ({"time_window": {"start_offset": -1}}, "those that overlap, moved by -1 and +0"),
        ({"specific": {"keys": ["a"]}}, "a"),
        ({"static": {}}, "as listed"),
        ({"multi_to_single": {"dimension": "day"}}, "by dimension day"),
        ({"multi": {}}, "dimension by dimension"),
        ({"user": {"class_name": "Mine"}}, "by Mine"),
        ({}, "by a mapping that this version does not know"),
    ],
)
def test_a_mapping_says_which_partitions_it_gives(said: dict[str, object], words: str) -> None:
    mapping = decode(partition_pb2.PartitionMapping(**said), PartitionMapping)  # type: ignore[arg-type]

    assert mapping_words(mapping) == words
