"""What each step of a location reaches: its op, its resources, and the classes of what it may be given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING

from treadle.locations import canonical
from treadle.locations.snapshot import Reached, Snapshot, Step
from treadle.reach._parts import Part, reached_from, sha256, whole_digests
from treadle.reach._walk import Walk
from treadle_contract.ids import KeyText, StepKey

if TYPE_CHECKING:
    from treadle.locations._placed import PlacedStep
    from treadle.locations.location import LoadedLocation


def reached(location: LoadedLocation) -> Mapping[StepKey, Reached]:
    """Return by step key what a step reaches, of those that reach more than the code of their op.

    The location is sealed: what is the user's is what its manifest says. Nothing of the user's is called,
    but for what pickles objects of the standard library's.
    """
    snapshot = location.snapshot
    walk = Walk(snapshot.manifest.files, snapshot.manifest.distributions)
    nodes = {
        node: walk.root(node, partial(_describe, walk, placed))
        for node, placed in location.code.items()
    }
    managers = {asset.key: asset.manager_key for asset in snapshot.assets}
    used = {step.key: list(_used(walk, location, step, managers)) for step in snapshot.steps}
    digests = whole_digests(walk.parts)
    classes = _given(snapshot, nodes)
    of_ops = {block.name for block in snapshot.blocks if not block.is_graph}
    # What is declared of a graph's asset says nothing of each of its ops.
    versions = {
        asset.key: asset.code_version if asset.block in of_ops else "" for asset in snapshot.assets
    }
    found = {}
    for step in snapshot.steps:
        version, count = _version(versions, step), len(used[step.key])
        parts = [
            *used[step.key],
            *([] if version else [nodes[step.node], *classes.get(step.key, ())]),
        ]
        if not version and len(parts) == 1 and _is_plain(nodes[step.node]):
            continue
        written = [version, *(digests[part.number] for part in parts[:count])]
        written += sorted(digests[part.number] for part in parts[count:])
        said = dict(_said(parts))
        if version:
            said["code_version"] = sha256(version)[:16]
        found[step.key] = Reached(digest=sha256("\n".join(written)), parts=said)
    return found


def _describe(walk: Walk, placed: PlacedStep, part: Part) -> None:
    fn = placed.flat.op.fn
    module = getattr(fn, "__module__", None) or ""
    lines = [walk.value(part, fn, module)]
    if placed.defaults:
        lines.append(walk.value(part, dict(placed.defaults), module))
    part.text = "\n".join(lines)


def _describe_resource(walk: Walk, value: object, part: Part) -> None:
    part.text = walk.value(part, value, type(value).__module__)


def _is_plain(root: Part) -> bool:
    return len(root.refers) == 1 and root.refers[0].is_plain and "\n" not in root.text


def _said(parts: list[Part]) -> Iterator[tuple[str, str]]:
    """Yield name and digest of each part that is reached, those of one name together."""
    by_name: dict[str, list[str]] = {}
    for each in {
        number: each for part in parts for number, each in reached_from(part).items()
    }.values():
        by_name.setdefault(each.name, []).append(each.own_digest)
    for name, digests in sorted(by_name.items()):
        yield name, digests[0] if len(digests) == 1 else sha256("\n".join(sorted(digests)))[:16]


def _used(
    walk: Walk, location: LoadedLocation, step: Step, managers: Mapping[KeyText, str]
) -> Iterator[Part]:
    """Yield the resources that a step may ask for, and the managers of what it reads and makes."""
    resources = location.resources_of(step.key)
    if not resources:
        return
    read = (source.asset_key for each in step.inputs for source in each.sources)
    made = (key for output in step.outputs for key in output.asset_keys)
    stored_by = {managers.get(key, "") for key in (*read, *made) if key is not None}
    for key in sorted({*step.resource_keys, *step.manager_keys, *stored_by}):
        if key in resources:
            value = resources[key]
            yield walk.root(f"resource {key}", partial(_describe_resource, walk, value), value)


def _version(versions: Mapping[KeyText, str], step: Step) -> str:
    """Return what is declared of a step's code: its own version, or those of all that it makes."""
    if step.code_version:
        return canonical.write(step.code_version)
    made = [key for output in step.outputs for key in output.asset_keys]
    if not made or any(not output.asset_keys for output in step.outputs if not output.nothing):
        return ""
    said = [versions[key] for key in sorted(made)]
    return canonical.write(said) if all(said) else ""


def _given(snapshot: Snapshot, nodes: Mapping[str, Part]) -> Mapping[StepKey, list[Part]]:
    """Return the classes that the steps above a step know: what it reads may be of one of them."""
    makers = {asset.key: asset.step_key for asset in snapshot.assets}
    own: dict[str, list[Part]] = {}
    for node, part in nodes.items():
        known = [each for each in reached_from(part).values() if each.is_class]
        if known:
            own[node] = known
    if not own:
        return {}
    above: dict[StepKey, frozenset[int]] = {}
    by_number: dict[int, Part] = {}
    for step in snapshot.steps:
        found: set[int] = set()
        for source in (
            source for each in step.inputs if not each.nothing for source in each.sources
        ):
            key = (
                makers.get(source.asset_key)
                if source.step_output is None
                else source.step_output.step_key
            )
            found |= above.get(key, frozenset()) if key is not None else frozenset()
        above[step.key] = frozenset(found).union(each.number for each in own.get(step.node, ()))
        by_number.update((each.number, each) for each in own.get(step.node, ()))
    return {
        key: [by_number[number] for number in sorted(found)]
        for key, found in above.items()
        if found
    }
