"""What each step of a location reaches: its op, its resources, and the classes of what it may be given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Final

from treadle.config._env_var import EnvVar
from treadle.locations import canonical
from treadle.locations.reach import Reach, Reached
from treadle.locations.snapshot import Snapshot, Step
from treadle.reach._parts import Part, reached_from, sha256, whole_digests
from treadle.reach._walk import Walk
from treadle_contract.ids import KeyText, StepKey

if TYPE_CHECKING:
    from treadle.locations._placed import PlacedStep
    from treadle.locations.location import LoadedLocation

_OURS: Final = '["foreign","treadle'
_VARIABLE: Final = EnvVar.__name__


def reach_of(location: LoadedLocation) -> Reach:
    """Return what the steps of a location reach.

    The location is sealed: what is the user's is what its manifest says. Nothing of the user's is called,
    but for what pickles objects of the standard library's.
    """
    snapshot = location.snapshot
    walk = Walk(snapshot.manifest.files, snapshot.manifest.distributions)
    nodes = {
        node: walk.root(node, partial(_describe, walk, placed))
        for node, placed in location.code.items()
        if placed.defaults or _config_functions(placed) or not walk.is_plain(placed.flat.op.fn)
    }
    managers = {asset.key: asset.manager_key for asset in snapshot.assets}
    used = {
        step.key: list(_used(walk, location, step, managers))
        for step in (snapshot.steps if location.resources or location.job_resources else ())
    }
    of_ops = {block.name for block in snapshot.blocks if not block.is_graph}
    # What is declared of a graph's asset says nothing of each of its ops.
    versions = {
        asset.key: asset.code_version
        for asset in snapshot.assets
        if asset.code_version and asset.block in of_ops
    }
    table = _Table(whole_digests(walk.parts))
    classes = _given(snapshot, nodes)
    for step in snapshot.steps:
        version = _version(versions, step)
        op = nodes.get(step.node)
        if version:
            table.add(step.key, version, used.get(step.key, ()), ())
        elif op is not None or used.get(step.key) or classes.get(step.key):
            own = op or walk.root(step.node, partial(_describe, walk, location.code[step.node]))
            table.add(step.key, "", used.get(step.key, ()), (own, *classes.get(step.key, ())))
    seeing = {
        node
        for node, placed in location.code.items()
        if placed.flat.op.context_param is not None or (node in nodes and _names_ours(nodes[node]))
    }
    return table.reach(frozenset(step.key for step in snapshot.steps if step.node in seeing))


def _names_ours(root: Part) -> bool:
    """Tell whether what is reached names anything of ours, by which it may get the context of its step."""
    return any(_OURS in part.text for part in reached_from(root).values())


def _variables(root: Part) -> frozenset[str]:
    """Return the environment variables that a part leads to: "" for one whose name only running code tells."""
    parts = reached_from(root).values()
    named = frozenset(name for part in parts for name in part.variables)
    return named | {""} if any(_VARIABLE in part.text for part in parts) else named


class _Table:
    """What is found of steps, each definition once."""

    def __init__(self, digests: Mapping[int, str]) -> None:
        self._digests = dict(digests)
        self._places: dict[tuple[str, str], int] = {}
        self._of_parts: dict[int, frozenset[int]] = {}
        self._of_part: dict[int, int] = {}
        self._steps: dict[StepKey, Reached] = {}
        self._variables: dict[StepKey, tuple[str, ...]] = {}

    def add(self, key: StepKey, version: str, used: Sequence[Part], code: Sequence[Part]) -> None:
        """Add a step: what is declared of it, the resources that it uses, and its code with what that is given."""
        places: frozenset[int] = frozenset()
        for part in (*used, *code):
            places |= self._reached(part)
        if version:
            places |= {self._place("code_version", sha256(version)[:16])}
        variables = {name for part in (*used, *code) for name in _variables(part)}
        if variables:
            # A name says more than that there is one.
            self._variables[key] = tuple(sorted(variables - {""})) or ("",)
        written = [version, *(self._digest(part) for part in used)]
        written += sorted(self._digest(part) for part in code)
        self._steps[key] = Reached(digest=sha256("\n".join(written)), parts=tuple(sorted(places)))

    def _digest(self, part: Part) -> str:
        if part.number not in self._digests:
            # What was described since: an op that alone has nothing to add.
            self._digests.update(whole_digests(reached_from(part).values()))
        return self._digests[part.number]

    def _reached(self, part: Part) -> frozenset[int]:
        found = self._of_parts.get(part.number)
        if found is None:
            found = frozenset(map(self._place_of, reached_from(part).values()))
            self._of_parts[part.number] = found
        return found

    def _place_of(self, part: Part) -> int:
        found = self._of_part.get(part.number)
        if found is None:
            found = self._of_part[part.number] = self._place(part.name, part.own_digest)
        return found

    def _place(self, name: str, digest: str) -> int:
        return self._places.setdefault((name, digest), len(self._places))

    def reach(self, seeing: frozenset[StepKey]) -> Reach:
        """Return all of it."""
        return Reach(
            seeing=seeing,
            variables=self._variables,
            steps=self._steps,
            names=tuple([name for name, _ in self._places]),
            digests=tuple([digest for _, digest in self._places]),
        )


def _describe(walk: Walk, placed: PlacedStep, part: Part) -> None:
    fn = placed.flat.op.fn
    module = getattr(fn, "__module__", None) or ""
    lines = [walk.value(part, fn, module)]
    if placed.defaults:
        lines.append(walk.value(part, dict(placed.defaults), module))
    lines += [walk.value(part, made, module) for made in _config_functions(placed)]
    part.text = "\n".join(lines)


def _config_functions(placed: PlacedStep) -> list[object]:
    """Return the functions that make the config of a step of what a run tells."""
    config = placed.flat.op.config
    found: list[object] = [] if config is None else [*config.functions]
    for each in placed.flat.configs.values():
        found += getattr(each, "functions", ())
    return found


def _describe_resource(walk: Walk, value: object, part: Part) -> None:
    part.text = walk.value(part, value, type(value).__module__)


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
    if not versions:
        return ""
    made = [key for output in step.outputs for key in output.asset_keys]
    if not made or any(not output.asset_keys for output in step.outputs if not output.nothing):
        return ""
    said = [versions.get(key, "") for key in sorted(made)]
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
