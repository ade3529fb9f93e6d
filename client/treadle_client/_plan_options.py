"""What a caller may choose about a plan: the fields of PlanOptions, and nothing that repeats them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, Final

from treadle_client import _messages
from treadle_client._arguments import WrongArgument, choice, shown, text, texts_in
from treadle_client._config import config_data, told_config
from treadle_client._messages import PartitionKeyRange, PlanOptions

CHOICES: Final[Mapping[str, type[StrEnum]]] = {
    name: getattr(_messages, of) for _, name, kind, _, of in PlanOptions.TABLE if kind == "enum"
}
"""What each option may be, by its name, that is one of a few words: all but the config."""


def plan_options(
    config: object = None, partition: object = None, partitions: object = None, **chosen: str | None
) -> PlanOptions:
    """Gather what was chosen, by its name; None: nothing was.

    Raises:
        ValueError: an option has no such value, the config is none, or partitions are named twice.
    """
    # Any: each field is of an enum of its own.
    given: dict[str, Any] = {
        name: choice(CHOICES[name], value, name=name)
        for name, value in chosen.items()
        if value is not None
    }
    ranges = partition_ranges(partition, partitions)
    return PlanOptions(**given, config=config_data(config), partitions=ranges)


def partition_ranges(partition: object, partitions: object) -> tuple[PartitionKeyRange, ...]:
    """Return what is asked for: one partition by its key, or several: keys, and ranges "FIRST..LAST".

    Raises:
        ValueError: both are given, or one is no text.
    """
    if partition is not None and partitions is not None:
        raise WrongArgument(
            f"partition is {shown(partition)} and partitions are {shown(partitions)}: give one of them."
        )
    if partition is not None:
        key = text(partition, name="partition")
        return (PartitionKeyRange(first=key, last=key),)
    return tuple(map(_range, texts_in(partitions, name="partitions")))


def ranges_text(ranges: Iterable[PartitionKeyRange]) -> str:
    """Return ranges as `partitions` takes them, with ", " between."""
    return ", ".join(
        each.first if each.first == each.last else f"{each.first}..{each.last}" for each in ranges
    )


def _range(said: str) -> PartitionKeyRange:
    first, dots, last = said.partition("..")
    return PartitionKeyRange(first=first, last=last if dots else first)


def told_options(options: PlanOptions) -> str:
    """Say what was chosen: "siblings run, unselected outputs fail"; "": nothing was."""
    chosen = ((name, getattr(options, name)) for name in CHOICES)
    told = [f"{name.replace('_', ' ')} {value}" for name, value in chosen if value]
    return ", ".join([*told, *told_partitions(options), *told_config(options.config)])


def told_partitions(options: PlanOptions) -> list[str]:
    """Say which partitions were asked for: "partition 2024-01-01", [] for none."""
    return [f"partition {ranges_text(options.partitions)}"] if options.partitions else []
