"""Partition mappings and config that are functions of the user's, called in the process that runs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

import treadle as t
from treadle import AssetIn, PlanRefused, StaticPartitionsDefinition, materialize

LETTERS = StaticPartitionsDefinition(["a", "b", "c"])
WORDS = StaticPartitionsDefinition(["ab", "ca", "of none"])


class Spelled(t.PartitionMapping):
    def get_upstream_mapped_partitions_result_for_partitions(self, *given: Any) -> Iterable[str]:
        words = given[0]
        if "of none" in words:
            raise ValueError("no such word")
        return [letter for word in words for letter in word]

    def get_downstream_partitions_for_partitions(self, *given: Any) -> Iterable[str]:
        letters, _, words, *_ = given
        return [word for word in words.get_partition_keys() if set(word) & set(letters)]


@t.asset(partitions_def=LETTERS)
def letter(context: t.AssetExecutionContext) -> Any:
    return {key: key.upper() for key in context.partition_keys}


@t.asset(partitions_def=WORDS, ins={"letter": AssetIn(partition_mapping=Spelled())})
def word(letter: dict[str, str]) -> str:
    return "".join(letter.values())


class Settings(t.Config):
    key: str


@t.asset(partitions_def=WORDS)
def told(config: Settings) -> str:
    return config.key


@t.partitioned_config(WORDS)
def of_word(key: str) -> Any:
    return {"ops": {"told": {"config": {"key": key * 2} if key != "of none" else [key]}}}


def test_a_run_makes_and_reads_what_the_mapping_says() -> None:
    result = materialize([letter, word], partition_key="ca")

    assert result.asset_value("word") == "AC"


def test_what_a_mapping_raises_refuses_the_run() -> None:
    with pytest.raises(
        PlanRefused, match="Spelled, which gave no answer: ValueError: no such word"
    ):
        materialize([letter, word], partition_key="of none")


def test_a_job_runs_with_the_config_of_its_partition() -> None:
    job = t.define_asset_job("j", "told", config=of_word)
    found = t.Definitions(assets=[told], jobs=[job]).get_job_def("j")

    result = found.execute_in_process(partition_key="ab")

    assert result.asset_value("told") == "abab"


def test_config_that_is_wrong_refuses_the_run() -> None:
    job = t.define_asset_job("j", "told", config=of_word)
    found = t.Definitions(assets=[told], jobs=[job]).get_job_def("j")

    with pytest.raises(PlanRefused, match="told"):
        found.execute_in_process(partition_key="of none")
