"""A partition mapping of the user's own: where it is found, what it is asked, what it may give."""

from __future__ import annotations

from typing import Any

import pytest

import treadle as t
from treadle import (
    AssetIn,
    AssetSpec,
    ConflictError,
    DynamicPartitionsDefinition,
    PartitionMapping,
    PartitionsSubset,
    StaticPartitionsDefinition,
    UpstreamPartitionsResult,
)
from treadle.locations import canonical
from treadle.locations.location import LoadedLocation, build_location
from treadle.partitions._answers import WrongAnswer, answer
from treadle.partitions._questions import MappingQuestion
from treadle_contract.partition import UserMapping

LETTERS = StaticPartitionsDefinition(["a", "b", "c"])
PAIRS = StaticPartitionsDefinition(["ab", "ca"])


class Spelled(PartitionMapping):
    """A word needs its letters."""

    def get_upstream_mapped_partitions_result_for_partitions(
        self,
        downstream_partitions_subset: Any,
        downstream_partitions_def: Any,
        upstream_partitions_def: Any,
        current_time: Any = None,
        dynamic_partitions_store: Any = None,
    ) -> Any:
        words = downstream_partitions_subset.get_partition_keys()
        letters = [letter for word in words for letter in word]
        return UpstreamPartitionsResult(
            upstream_partitions_def.subset_with_partition_keys(letters),
            upstream_partitions_def.empty_subset(),
        )

    def get_downstream_partitions_for_partitions(
        self,
        upstream_partitions_subset: Any,
        upstream_partitions_def: Any,
        downstream_partitions_def: Any,
        current_time: Any = None,
        dynamic_partitions_store: Any = None,
    ) -> Any:
        words = downstream_partitions_def.get_partition_keys(
            current_time, dynamic_partitions_store=dynamic_partitions_store
        )
        return [word for word in words if set(word) & set(upstream_partitions_subset)]


def location(mapping: PartitionMapping, words: t.PartitionsDefinition = PAIRS) -> LoadedLocation:
    @t.graph_asset(partitions_def=words, ins={"letter": AssetIn(partition_mapping=mapping)})
    def word(letter: Any) -> Any:
        return joined(letter)

    made = t.Definitions(assets=[word, AssetSpec("letter", partitions_def=LETTERS)])
    return build_location([("m", made)])


@t.op
def joined(letters: Any) -> str:
    return "".join(letters)


def question(*keys: str, upwards: bool = True, **dynamic: tuple[str, ...]) -> MappingQuestion:
    return MappingQuestion(
        block="word", asset_key="letter", upwards=upwards, keys=keys, now=0, dynamic=dynamic
    )


def test_it_stands_in_the_graph_as_where_it_is_found() -> None:
    found = location(Spelled()).snapshot

    (asset,) = (each for each in found.assets if each.key == "word")
    (said,) = asset.upstream_mappings
    assert said.mapping is not None
    assert said.mapping.of == UserMapping(class_name="Spelled", block="word", asset_key="letter")


def test_it_is_asked_both_ways() -> None:
    made = location(Spelled())

    assert answer(made, question("ca")) == ("c", "a")
    assert answer(made, question("b", upwards=False)) == ("ab",)


def test_it_is_given_the_keys_that_were_added() -> None:
    made = location(Spelled(), DynamicPartitionsDefinition(name="words"))

    found = answer(made, question("c", upwards=False, words=("abc", "ab", "cc")))

    assert found == ("abc", "cc")


def test_a_question_survives_the_way_to_the_process_that_answers_it() -> None:
    asked = question("ca", words=("x",))

    assert canonical.from_json(MappingQuestion, canonical.to_json(asked)) == asked


@pytest.mark.parametrize("given", [5, "ab", None, [1]])
def test_what_is_no_answer_is_told(given: Any) -> None:
    class Wrong(Spelled):
        def get_upstream_mapped_partitions_result_for_partitions(self, *_: Any) -> Any:
            return given

    with pytest.raises(WrongAnswer, match="Wrong gave"):
        answer(location(Wrong()), question("ca"))


def test_what_it_refuses_is_refused_with_the_definitions() -> None:
    class Strict(Spelled):
        def validate_partition_mapping(self, upstream: Any, downstream: Any) -> None:
            assert upstream == LETTERS
            raise ValueError(f"{downstream} is too short")

    with pytest.raises(ConflictError, match=r"Strict refuses: static \(2 keys\) is too short"):
        location(Strict())


def test_one_without_its_methods_is_refused() -> None:
    class Empty(PartitionMapping):
        pass

    with pytest.raises(t.ArgumentError, match="Empty has no get_upstream_mapped"):
        AssetIn(partition_mapping=Empty())


def test_subsets_are_sets_in_order() -> None:
    some = LETTERS.subset_with_partition_keys(["b", "a", "b"])

    assert some == PartitionsSubset(LETTERS, ("b", "a"))
    assert some | LETTERS.empty_subset().with_partition_keys(["c"]) == PartitionsSubset(
        LETTERS, ("b", "a", "c")
    )
    assert (some & LETTERS.subset_with_all_partitions()).keys == ("b", "a")
    assert (LETTERS.subset_with_all_partitions() - some).keys == ("c",)
    assert (len(some), "a" in some, some.is_empty) == (2, True, False)
