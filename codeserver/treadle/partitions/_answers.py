"""Answers of functions of the user's about partitions, in a process that imported the targets."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from treadle._value_words import in_words
from treadle.partitions._questions import ConfigQuestion, MappingQuestion
from treadle.partitions._reading_back import definition_of
from treadle.partitions._subset import PartitionsSubset, UpstreamPartitionsResult
from treadle_contract.message import UserValue

if TYPE_CHECKING:
    from treadle.locations.location import LoadedLocation
    from treadle.partitions._definition import PartitionsDefinition


class WrongAnswer(TypeError):
    """A function of the user's gave what is no answer."""


def config_answer(location: LoadedLocation, question: ConfigQuestion) -> UserValue:
    """Ask the function that makes a job's config of a partition.

    Raises:
        ArgumentError: it made no config.
        BaseException: whatever it raised.
    """
    return location.job_configs[question.job](question.partition_key)


def answer(location: LoadedLocation, question: MappingQuestion) -> tuple[str, ...]:
    """Ask the user's mapping.

    Raises:
        WrongAnswer: it gave no keys.
        BaseException: whatever it raised.
    """
    placed = next(
        each.placed for each in location.code.values() if each.placed.block.name == question.block
    )
    mapping: Any = placed.mappings[question.asset_key].said
    assets = {asset.key: asset.partitions for asset in location.snapshot.assets}
    mine = _definition(location, next((assets[key] for key in placed.block.asset_keys), ""))
    its = _definition(location, assets[question.asset_key])
    now = datetime.fromtimestamp(question.now, UTC)
    store = dict(question.dynamic)
    if question.upwards:
        found = mapping.get_upstream_mapped_partitions_result_for_partitions(
            None if mine is None else PartitionsSubset(mine, question.keys), mine, its, now, store
        )
    else:
        found = mapping.get_downstream_partitions_for_partitions(
            PartitionsSubset(its, question.keys), its, mine, now, store
        )
    return _keys(found, type(mapping).__name__)


def _definition(location: LoadedLocation, id_: str) -> PartitionsDefinition | None:
    found = (each for each in location.snapshot.partitions if each.id == id_)
    return next(map(definition_of, found), None)


def _keys(found: object, name: str) -> tuple[str, ...]:
    missing: Iterable[str] = ()
    if isinstance(found, UpstreamPartitionsResult):
        missing = found.required_but_nonexistent_subset or ()
        found = found.partitions_subset
    keys = (
        (*found, *missing) if isinstance(found, Iterable) and not isinstance(found, str) else None
    )
    if keys is None or not all(isinstance(key, str) for key in keys):
        raise WrongAnswer(
            f"{name} gave {in_words(found)}: give UpstreamPartitionsResult(subset), a PartitionsSubset or"
            " a list of keys."
        )
    return tuple(map(str, keys))
