"""The config of jobs, held against the places that it is for: names, and secrets. The rest a plan does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeAlias, TypeVar

from treadle import _json as json
from treadle._errors import ArgumentError, did_you_mean, listed
from treadle.config.values import Schema, told_secrets, unknown_names
from treadle.locations._jobs import AssetJob
from treadle.locations.snapshot import ResourcesByBlock, Snapshot, SourceLine
from treadle_contract.fan_outs import node_names
from treadle_contract.ids import StepKey
from treadle_contract.message import UserValue
from treadle_contract.value import ConfigPlace

Path: TypeAlias = tuple[str, ...]
T = TypeVar("T")


def refuse_misplaced(
    jobs: Iterable[AssetJob], snapshot: Snapshot, lines: tuple[SourceLine, ...]
) -> None:
    """Refuse a job whose config names what is not there, or holds a secret as it is: it would stand in the graph.

    Raises:
        ArgumentError: one does.
    """
    of_steps = [step.config for step in snapshot.steps if step.config is not None]
    jobs, by_block = tuple(jobs), ResourcesByBlock.of(snapshot.resources)
    tree = _tree(
        [*(step.key for step in snapshot.steps), *(k for job in jobs for k in job.left_out)]
    )
    for job in jobs:
        if job.config is None:
            continue
        owner = f"Job {job.name!r}"
        given = by_block[job.name if job.block is not None else ""]
        resources: dict[str, Any] = {key: {} for key in given}
        names: dict[str, Any] = {"ops": tree, "resources": resources, "inputs": {}}
        places = [*of_steps, *(each.config for each in given.values() if each.config is not None)]
        found = [*_unknown(job.config, names), *_in_places(job.config, places, unknown_names)]
        for path, known in found:
            raise ArgumentError(
                f"{owner}: config has {'.'.join(_as_told(path, job))}, which is not there.{did_you_mean(path[-1], known)}",
                fix=f"There is {listed(sorted(known))}.",
                source=job.source,
                others=lines,
            )
        for path in _in_places(job.config, places, told_secrets):
            raise ArgumentError(
                f"{owner}: config holds a secret as it is, at {'.'.join(path)}.",
                fix='Give the name of a variable: EnvVar(NAME), or {"env": NAME}.',
                source=job.source,
                others=lines,
            )


def _as_told(path: Path, job: AssetJob) -> Path:
    """Return a path as the job's own config has it: a job of ops says nothing of itself."""
    return path[2:] if job.block is not None and path[:1] == ("ops",) else path


def _tree(keys: Iterable[str]) -> dict[str, Any]:
    """Return the names of blocks, and those of nodes in them below "ops"."""
    tree: dict[str, Any] = {}
    for key in keys:
        first, *rest = node_names(StepKey(key.partition(":")[0]))
        node = tree.setdefault(first, {})
        for name in rest:
            node = node.setdefault("ops", {}).setdefault(name, {})
    return tree


def _unknown(
    said: UserValue, names: Mapping[str, Any], path: Path = ()
) -> Iterator[tuple[Path, list[str]]]:
    """Yield each name that stands where names stand and is none, with those that there are."""
    for name, each in said.items() if isinstance(said, Mapping) else ():
        here = (*path, name)
        if name not in names:
            yield here, list(names)
        elif name == "inputs":
            continue
        elif len(here) % 2:
            # Below "ops" or "resources": an entry has "config", and a graph "ops".
            yield from _unknown(each, names[name], here)
        elif isinstance(each, Mapping):
            # What inputs are told, a plan holds against the ops.
            inner = {"config": {}, "inputs": {}, **names[name]}
            yield from (((*here, part), list(inner)) for part in each if part not in inner)
            yield from _unknown({k: v for k, v in each.items() if k == "ops"}, inner, here)


def _in_places(
    config: UserValue,
    places: Iterable[ConfigPlace],
    find: Callable[[UserValue, Schema, Schema, Path], Iterator[T]],
) -> Iterator[T]:
    """Yield what a search finds in what is told at each place."""
    for place in places:
        value = config
        for name in place.path:
            value = value.get(name) if isinstance(value, Mapping) else None
        if value is not None:
            schema = json.loads(place.json_schema)
            yield from find(value, schema, schema, tuple(place.path))
