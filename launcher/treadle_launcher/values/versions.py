"""What tells a value from others without reading it. Values of one version are equal. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from treadle_contract.event import OutputStored
from treadle_contract.ids import RunId, StepKey
from treadle_contract.plan import Load
from treadle_contract.value import MetadataEntry, ValueRef
from treadle_launcher.store.records import Materialization
from treadle_partitions.versions import together

_DECLARED: Final = "dagster/data_version"
"""The name of the metadata in which an op declares the version of what it yields."""


def version_of(
    ref: ValueRef | None, metadata: Iterable[MetadataEntry], run_id: RunId, step_key: StepKey
) -> str:
    """Return what was declared of a value, else its checksum, else which step of which run made it."""
    for entry in metadata:
        if entry.name == _DECLARED and isinstance(entry.value, str):
            return f"data version {entry.value}"
    if ref is not None and ref.checksum:
        return f"{ref.codec} {ref.size_bytes} {ref.checksum}"
    return f"{step_key} of run {run_id}"


def version_of_materialization(made: Materialization) -> str:
    """Return the version of what was made."""
    return version_of(made.value_ref, made.metadata, made.run_id, made.step_key)


def version_of_load(load: Load) -> str:
    """Return the version of what a run loaded; "": what that was is not known."""
    if load.version or not load.run_id:
        return load.version
    return version_of(load.value_ref, (), load.run_id, load.step_key)


def versions_of_partitions(load: Load) -> Mapping[str, str]:
    """Return the version of each partition that a run loaded, by its key."""
    return {
        each.partition_key: each.version
        or version_of(each.value_ref, (), each.run_id, each.step_key)
        for each in load.loaded_partitions
    }


def version_of_output(stored: Iterable[OutputStored], run_id: RunId, step_key: StepKey) -> str:
    """Return the version of what an output yielded, which may be stored several times."""
    by_partition: dict[str, list[str]] = {}
    for each in stored:
        version = version_of(each.value_ref, each.metadata, run_id, step_key)
        by_partition.setdefault(each.partition_key, []).append(version)
    if by_partition.keys() - {""}:
        return together({key: min(versions) for key, versions in by_partition.items()})
    return min(by_partition.get("", ()), default="")
