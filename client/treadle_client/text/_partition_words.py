"""Partitions in words: what a definition's keys are, and which of them a reader needs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from treadle_client._messages import (
        Asset,
        PartitionDimension,
        PartitionMapping,
        PartitionsDefinition,
        TimeWindowPartitions,
    )

_SHOWN: Final = 5
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
#: The years 1 to 9999, in seconds: what a newer version sends may lie beyond.
_FIRST_SECOND: Final = -62_135_596_800
_LAST_SECOND: Final = 253_402_300_799


def definition_words(definition: PartitionsDefinition | PartitionDimension) -> str:
    """Say what the keys of a definition, or of a dimension, are."""
    if definition.static is not None:
        return _some(definition.static.keys)
    if definition.time_windows is not None:
        return _windows(definition.time_windows)
    if definition.dynamic is not None:
        return f"added under {definition.dynamic.name!r}"
    multi = getattr(definition, "multi", None)
    if multi is not None:
        return " | ".join(f"{each.name}: {definition_words(each)}" for each in multi.dimensions)
    return "of a kind that this version does not know"


def upstream_words(asset: Asset) -> str:
    """Say which partitions of what it reads an asset needs, where its code says it."""
    return ", ".join(
        f"{each.asset_key}: {mapping_words(each.mapping)}" for each in asset.upstream_mappings
    )


def mapping_words(mapping: PartitionMapping) -> str:  # noqa: PLR0911 -- one for each mapping
    """Say which partitions a mapping gives."""
    if mapping.plain is not None:
        rules = {"identity": "the same", "all": "all", "last": "the last"}
        return rules.get(str(mapping.plain.rule), "by a rule that this version does not know")
    if mapping.time_window is not None:
        start, end = mapping.time_window.start_offset, mapping.time_window.end_offset
        moved = f", moved by {start:+d} and {end:+d}" if start or end else ""
        return f"those that overlap{moved}"
    if mapping.specific is not None:
        return _some(mapping.specific.keys)
    if mapping.static is not None:
        return "as listed"
    if mapping.multi_to_single is not None:
        return f"by dimension {mapping.multi_to_single.dimension}".rstrip()
    if mapping.multi is not None:
        return "dimension by dimension"
    if mapping.user is not None:
        return f"by {mapping.user.class_name}"
    return "by a mapping that this version does not know"


def _windows(said: TimeWindowPartitions) -> str:
    start = _moment(said.start)
    until = "" if said.end is None else f" to {_moment(said.end)}"
    return f"{said.cron_schedule!r} in {said.timezone}, from {start}{until}"


def _moment(seconds: int) -> str:
    inside = min(max(seconds, _FIRST_SECOND), _LAST_SECOND)
    return (_EPOCH + timedelta(seconds=inside)).isoformat(timespec="minutes")


def _some(keys: tuple[str, ...]) -> str:
    more = f", … ({len(keys)})" if len(keys) > _SHOWN else ""
    return ", ".join(keys[:_SHOWN]) + more
