"""What tells the partitions that a step made or read from those of another run. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from treadle_contract import json_codec
from treadle_contract.plan import PlannedPartitions, PlannedSource


def of_partitions(source: PlannedSource) -> bool:
    """Tell whether what is read is partitions of an asset."""
    return source.partitions is not None or source.by_partition or source.every_partition


def loaded_of(source: PlannedSource) -> PlannedPartitions | None:
    """Return the partitions that are loaded of what is read; with `every_partition`, all on record."""
    return source.partitions if source.step_output is None else source.loaded_partitions


def together(versions: Mapping[str, str]) -> str:
    """Return the version of partitions, by their keys, taken together; "": one of them is not known."""
    if not all(versions.values()):
        return ""
    digest = hashlib.sha256()
    for text in (text for key in sorted(versions) for text in (key, versions[key])):
        digest.update(f"{len(text)}:{text}".encode())
    return f"partitions {digest.hexdigest()}"


def version_read(source: PlannedSource, made: str | None, loaded: Mapping[str, str]) -> str:
    """Return the version of what an input gets: which partitions, and the version of each.

    `made` is the version of what a step of the run makes of them, if one does.
    """
    # What is all made, or all loaded, has the same version either way.
    parts = ([] if made is None else [made]) + (
        [together(loaded)] if loaded or made is None else []
    )
    if not all(parts):
        return ""
    needed = b"" if source.partitions is None else json_codec.dumps(source.partitions)
    told = needed, source.by_partition, source.every_partition, parts
    return f"read {hashlib.sha256(repr(told).encode()).hexdigest()}"
