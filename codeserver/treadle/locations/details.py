"""Details: the parts of definitions that may differ between two imports, each with its name.

Most of them no step rests on: what is told of an asset for people, say. Two imports that differ
in such parts alone run the same steps in the same order (`core`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, TypeAlias, TypeVar, cast

from treadle.locations.snapshot import Asset, AssetCheck, Block, Job, Snapshot, Step
from treadle_contract.lazy_dataclasses import replace
from treadle_contract.value import MetadataEntry

T = TypeVar("T", Block, Step, Asset, Job, AssetCheck)
Detail: TypeAlias = tuple[str, object]

# What no step rests on, each as it is when nothing is said.
FREE: Final[Mapping[type, Mapping[str, Any]]] = {
    # Which steps share a process is in the plan by then.
    Block: {"description": "", "isolation": None, "reuse": None},
    Step: {"description": "", "tags": {}, "code_version": ""},
    Asset: {
        "description": "",
        "group": "default",
        "metadata": (),
        "tags": {},
        "kinds": (),
        "owners": (),
        "code_version": "",
        # How many versions stay is in the plan by then.
        "keep_versions": 0,
        "backfill_policy": None,
    },
    AssetCheck: {"description": "", "metadata": (), "upstream_keys": ()},
    # What a job selects is in the plan by then.
    Job: {
        "description": "",
        "tags": {},
        "selection": "",
        "retry_policy": None,
        "isolation": None,
        "reuse": None,
        "config": None,
        "resource_keys": (),
        "partitions": "",
        "has_partitioned_config": False,
    },
}


def core(definition: T) -> T:
    """Return a definition without what no step rests on, and without its place in the source."""
    # mypy does not see that T's members all have a source.
    return cast(T, replace(cast(Any, definition), **FREE[type(definition)], source=None))


def details(snapshot: Snapshot, core: Callable[[Step], object] = core) -> Iterator[Detail]:
    """Yield name and content of each part of the definitions that may differ alone."""
    steps: dict[str, list[object]] = defaultdict(list)
    for step in snapshot.steps:
        steps[step.block].append(core(step))
        yield from _free_parts(f"step {step.key}", step)
    for block in snapshot.blocks:
        yield from _free_parts(f"block {block.name}", block)
        yield f"block {block.name}: steps", steps[block.name]
    for asset in snapshot.assets:
        yield from _free_parts(f"asset {asset.key}", asset)
    for check in snapshot.checks:
        yield from _free_parts(f"check {check.text}", check)
    for job in snapshot.jobs:
        yield from _free_parts(f"job {job.name}", job)


def differing(expected: Mapping[str, str], found: Mapping[str, str]) -> tuple[str, ...]:
    """Return the names under which two imports are not the same, sorted, the most exact alone.

    Both hold digests by the names of definitions, and of their details.
    """
    names = {
        name for name in expected.keys() | found.keys() if expected.get(name) != found.get(name)
    }
    one_sided = expected.keys() ^ found.keys()
    parts = {name: name.partition(": ")[0] for name in names if ": " in name}
    needless = {name for name, owner in parts.items() if owner in one_sided}
    owners = {owner for name, owner in parts.items() if name not in needless}
    return tuple(sorted(names - needless - owners))


def _free_parts(
    owner: str, definition: Block | Step | Asset | Job | AssetCheck
) -> Iterator[Detail]:
    for name, blank in FREE[type(definition)].items():
        value = getattr(definition, name)
        if value == blank:
            continue
        if name in ("metadata", "tags"):
            yield from _entries(owner, name, value)
        else:
            yield f"{owner}: {name}", value


def _entries(
    owner: str, name: str, value: Mapping[str, str] | Iterable[MetadataEntry]
) -> Iterator[Detail]:
    if isinstance(value, Mapping):
        yield from ((f"{owner}: {name} {key!r}", item) for key, item in value.items())
    else:
        yield from ((f"{owner}: {name} {item.name!r}", item) for item in value)
