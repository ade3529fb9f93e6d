"""The config of a run: which step is told what, and what of it is wrong or of no use."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Final, TypeAlias

from treadle import _json as json
from treadle.config.values import Schema, as_meant, takes_map, unwrapped, with_defaults
from treadle.locations.snapshot import Job, Resource, ResourcesByBlock, Snapshot, Step
from treadle.selection import InBlock
from treadle_contract.config_data import entries_laid_over, in_node, laid_over, run_laid_over
from treadle_contract.fan_outs import node_names
from treadle_contract.ids import StepKey
from treadle_contract.lazy_dataclasses import dataclass, field, replace
from treadle_contract.message import UserValue
from treadle_contract.suggestions import nearest
from treadle_contract.value import ConfigPlace
from treadle_planner._refusals import PlanRefused, RefusalReason

Path: TypeAlias = tuple[str, ...]
_Needs: TypeAlias = Mapping[str, AbstractSet[str]]

_CONFIG: Final = "config"
_OPS: Final = "ops"
_INPUTS: Final = "inputs"
_RESOURCES: Final = "resources"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong with a config, a clause, and what may have been meant."""

    path: Path
    problem: str
    suggestions: tuple[str, ...] = ()

    def __str__(self) -> str:
        meant = f" Did you mean {self.suggestions[0]!r}?" if self.suggestions else ""
        return f"{'.'.join(self.path)}: {self.problem}.{meant}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunConfig:
    """What each step that takes config is told, and what a person should know of it.

    `inputs` has the values of unconnected inputs, of steps of which some are told.
    `resources` has what those are told that the run tells something, by their keys: under the name of a
    job of ops that brings some, those of its steps, under "" those of all other steps.
    """

    steps: Mapping[StepKey, UserValue] = field(default_factory=dict)
    inputs: Mapping[StepKey, UserValue] = field(default_factory=dict)
    resources: Mapping[str, Mapping[str, UserValue]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class _Node:
    """A block, a graph or an op in the config of a run: what may stand there and below."""

    place: ConfigPlace | None = None
    has_inputs: bool = False
    is_mapped: bool = False
    inner: dict[str, _Node] = field(default_factory=dict)
    #: Of a graph, who reads each argument that nothing is connected to: the place of an op's inputs, and which.
    arguments: dict[str, list[tuple[Path, str]]] = field(default_factory=dict)
    #: Of a graph, the arguments that ops alone read which its job leaves out.
    left_out: set[str] = field(default_factory=set)
    #: The job leaves it out: whatever it is told is of no use.
    is_left_out: bool = False

    @property
    def allowed(self) -> tuple[str, ...]:
        config = (_CONFIG,) if self.place is not None else ()
        inputs = (_INPUTS,) if self.has_inputs or self.arguments else ()
        ops = (_OPS,) if self.inner and not self.is_mapped else ()
        return (*config, *inputs, *ops)


@dataclass(slots=True)
class _Found:
    """What stands at each place of a config.

    `passed` are values of arguments of graphs, with their own places and those of the inputs that they are for;
    `told` is where each input was told that is told so. `unused` stands where a job leaves out what would take it.
    """

    at: dict[Path, UserValue] = field(default_factory=dict)
    passed: list[tuple[Path, Path, UserValue]] = field(default_factory=list)
    told: dict[Path, Path] = field(default_factory=dict)
    unused: set[Path] = field(default_factory=set)

    def pass_on(self) -> None:
        """Give each input what its argument is told, by the innermost graph, unless it is told something itself."""
        for told, (*path, name), value in sorted(self.passed, key=lambda each: -len(each[0])):
            inputs = self.at.get(tuple(path), {})
            if isinstance(inputs, Mapping) and name not in inputs:
                self.at[tuple(path)] = {**inputs, name: value}
                self.told[*path, name] = told


class ConfigPlaces:
    """All places of config in a location. Made once for a snapshot, when it is first needed."""

    def __init__(self, snapshot: Snapshot, resources: ResourcesByBlock) -> None:
        self._resources = resources
        self._root = _Node()
        self._schemas: dict[str, Schema] = {}
        self._places: dict[Path, ConfigPlace] = {}
        self._outermost: dict[Path, Path] = {}
        for step in snapshot.steps:
            node = self._root
            for name in node_names(step.key):
                node = node.inner.setdefault(name, _Node())
            if step.told_inputs is not None:
                node.has_inputs = True
                self._put_inputs(step, step.told_inputs)
            if step.config is not None:
                self._put(step.config)
        for each in (each for job in snapshot.jobs for each in job.left_out):
            key, _, argument = each.partition(":")
            node = self._root
            for name in node_names(StepKey(key)):
                node = node.inner.setdefault(name, _Node(is_left_out=True))
            if argument:
                node.left_out.add(argument)

    def run_config(
        self, steps: Iterable[Step], given: UserValue, job: Job | None = None
    ) -> RunConfig:
        """Return what the steps that run are told, for what a run and its job say.

        Raises:
            PlanRefused: something is wrong with it.
        """
        if job is not None:
            given = run_laid_over(job.config, self._of_job(job, given))
        said = given
        steps = tuple(steps)
        needs = self._resource_needs(steps, () if job is None else job.resource_keys)
        found = _Found()
        problems = list(self._collect(said, found, needs))
        found.pass_on()
        running = {step.key: tuple(step.config.path) for step in steps if step.config is not None}
        told = {step.key: path for step in steps if (path := self._told_inputs(step, found))}
        needed = {*running.values(), *told.values()}
        effective = {
            path: self._effective(self._places[path], found, problems)
            for path in sorted(needed | (found.at.keys() & self._places.keys()))
        }
        resources: dict[str, dict[str, UserValue]] = {}
        for owner, keys in sorted(needs.items()):
            for key, place in self._told_at_launch(owner, keys, found):
                if key in keys:
                    needed.add(tuple(place.path))
                told_value = self._effective(place, found, problems)
                resources.setdefault(owner, {})[key] = told_value
        if problems:
            raise _refused(list(dict.fromkeys(problems)))
        unused = [".".join(path) for path in sorted((found.at.keys() - needed) | found.unused)]
        notes = [f"Nothing that runs takes the config at {path}." for path in unused]
        return RunConfig(
            steps={key: effective[path] for key, path in running.items()},
            inputs={key: effective[path] for key, path in told.items()},
            resources=resources,
            notes=tuple(notes),
        )

    def _of_job(self, job: Job, given: UserValue) -> UserValue:
        """Return what a run says: of a job of ops, nodes may be named without the job. One that maps its
        config is told that as it is.
        """
        if job.selection != str(InBlock(name=job.name)) or not isinstance(given, Mapping):
            return given
        node = self._root.inner.get(job.name, _Node())
        if node.is_mapped and node.place is not None and given:
            names = self._schema(node.place).get("properties", {}).keys()
            if given.keys() <= names or not given.keys() <= {_OPS, _RESOURCES, _CONFIG}:
                return {_OPS: {job.name: {_CONFIG: given}}}
        ops, nodes = given.get(_OPS), node.inner
        is_whole = isinstance(ops, Mapping) and list(ops) == [job.name] and job.name not in nodes
        return given if is_whole else in_node(job.name, given)

    def _told_inputs(self, step: Step, found: _Found) -> Path:
        """Return where inputs of a step are told, or must be; () if neither."""
        place = step.told_inputs
        if place is None:
            return ()
        path, schema = tuple(place.path), self._schema(place)
        return path if path in found.at or place.given or schema.get("required") else ()

    def _effective(self, place: ConfigPlace, found: _Found, problems: list[Problem]) -> UserValue:
        """Return what stands at a place, and add what is wrong with it."""
        path, schema = tuple(place.path), self._schema(place)
        lay = entries_laid_over if path[-1] == _INPUTS else laid_over
        value = lay(as_meant(place.given, schema), as_meant(found.at.get(path), schema))
        if value is None and takes_map(schema, schema):
            value = {}
        problems += [self._as_told(each, found) for each in self._wrong(path, value, schema)]
        return with_defaults(value, schema)

    def _as_told(self, problem: Problem, found: _Found) -> Problem:
        """Return a problem with the place where an input is told, or should be: that of an argument of a graph."""
        for end in range(len(problem.path), 0, -1):
            path = problem.path[:end]
            if path not in self._outermost:
                continue
            inputs = found.at.get(path[:-1])
            is_told = isinstance(inputs, Mapping) and path[-1] in inputs
            told = found.told.get(path, path if is_told else self._outermost[path])
            return replace(problem, path=(*told, *problem.path[end:]))
        return problem

    def _resource_needs(self, steps: Iterable[Step], of_job: Iterable[str]) -> _Needs:
        """Return the keys of resources that steps need, under the job of ops that has its own, else ""."""
        needs: dict[str, set[str]] = {}
        for step in steps:
            keys = needs.setdefault(self._resources.owner(step.block), set(of_job))
            keys.update(step.resource_keys, step.manager_keys)
        return needs or {"": set(of_job)}

    def _told_at_launch(
        self, owner: str, needed: Collection[str], found: _Found
    ) -> Iterator[tuple[str, ConfigPlace]]:
        """Yield the resources that are told something, or must be, with their places."""
        for key, resource in sorted(self._resources[owner].items()):
            place = resource.config
            if place is not None:
                must_be = key in needed and self._schema(place).get("required")
                if must_be or tuple(place.path) in found.at:
                    yield key, place

    def _put_inputs(self, step: Step, place: ConfigPlace) -> None:
        path = tuple(place.path)
        self._places[path] = place
        for each in step.inputs:
            for argument in each.arguments:
                *names, name = argument.split(".")
                node, told = self._root, list[str]()
                for graph in names:
                    node = node.inner[graph]
                    told += (_OPS, graph)
                node.arguments.setdefault(name, []).append((path, each.name))
                self._outermost[*path, each.name] = (*told, _INPUTS, name)

    def _put(self, place: ConfigPlace) -> None:
        path = tuple(place.path)
        self._places[path] = place
        node = self._root
        for name in path[1:-1:2]:
            node = node.inner[name]
        node.place, node.is_mapped = place, bool(node.inner)

    def _schema(self, place: ConfigPlace) -> Schema:
        text = place.json_schema
        if text not in self._schemas:
            self._schemas[text] = json.loads(text)
        return self._schemas[text]

    def _wrong(self, path: Path, value: UserValue, schema: Schema) -> list[Problem]:
        # Who has no config does not wait for the library that checks it.
        from treadle_planner.config.check import problems_of  # noqa: PLC0415

        return problems_of(path, value, schema)

    def _collect(self, said: UserValue, found: _Found, owners: Iterable[str]) -> Iterator[Problem]:
        """Find what stands at each place, and yield what stands at none."""
        if said is None:
            return
        if not isinstance(said, Mapping):
            yield Problem(path=(_CONFIG,), problem="it is no map")
            return
        for name, each in said.items():
            if name == _OPS:
                yield from self._collect_ops((_OPS,), each, self._root, found)
            elif name == _RESOURCES:
                known = [one for owner in owners for one in self._resources[owner].values()]
                yield from self._collect_resources(each, found, known)
            else:
                yield self._unknown_at_top(name)

    def _unknown_at_top(self, name: str) -> Problem:
        if name not in _ELSEWHERE:
            return _unknown((name,), name, (_OPS, _RESOURCES))
        return Problem(path=(name,), problem=f"it is no config here: {_ELSEWHERE[name]}")

    def _collect_resources(
        self, said: UserValue, found: _Found, known: Iterable[Resource]
    ) -> Iterator[Problem]:
        places: dict[str, ConfigPlace | None] = {}
        for one in known:
            places[one.key] = places.get(one.key) or one.config
        if not isinstance(said, Mapping):
            yield Problem(path=(_RESOURCES,), problem="it is no map of names")
            return
        for key, each in said.items():
            if key not in places:
                yield _unknown((_RESOURCES, key), key, places)
            elif not isinstance(each, Mapping):
                yield Problem(path=(_RESOURCES, key), problem='it is no map such as {"config": …}')
            else:
                node = _Node(place=places[key])
                yield from self._collect_node((_RESOURCES, key), each, node, found)

    def _collect_ops(
        self, path: Path, said: UserValue, node: _Node, found: _Found
    ) -> Iterator[Problem]:
        if not isinstance(said, Mapping):
            yield Problem(path=path, problem="it is no map of names")
            return
        for name, each in said.items():
            if name not in node.inner:
                yield _unknown((*path, name), name, node.inner)
            elif not isinstance(each, Mapping):
                yield Problem(path=(*path, name), problem='it is no map such as {"config": …}')
            else:
                yield from self._collect_node((*path, name), each, node.inner[name], found)

    def _collect_node(
        self,
        path: Path,
        said: Mapping[str, UserValue],
        node: _Node,
        found: _Found,
    ) -> Iterator[Problem]:
        if node.is_left_out:
            found.unused.add(path)
            return
        for name, each in said.items():
            here = (*path, name)
            if name == _CONFIG and node.place is not None:
                found.at[here] = each
            elif name == _INPUTS and node.has_inputs:
                schema = self._schema(self._places[here])
                found.at[here] = unwrapped(each, schema)
            elif name == _INPUTS and (node.arguments or node.left_out):
                yield from self._collect_arguments(here, each, node, found)
            elif name == _OPS and node.inner and not node.is_mapped:
                yield from self._collect_ops(here, each, node, found)
            elif name == _OPS and node.is_mapped:
                yield Problem(
                    path=here, problem=f"its ops are told by its own config: give {_CONFIG}"
                )
            elif name == _CONFIG and not each:
                continue
            elif name in (_CONFIG, _OPS):
                yield Problem(path=here, problem=f"it takes no {name}")
            else:
                yield _unknown(here, name, node.allowed)

    def _collect_arguments(
        self, path: Path, said: UserValue, node: _Node, found: _Found
    ) -> Iterator[Problem]:
        if not isinstance(said, Mapping):
            yield Problem(path=path, problem="it is no map of names")
            return
        for name, value in said.items():
            if name in node.left_out:
                found.unused.add((*path, name))
            elif name not in node.arguments:
                yield _unknown((*path, name), name, node.arguments)
            for place, reader in node.arguments.get(name, ()):
                told = unwrapped({reader: value}, self._schema(self._places[place]))
                assert isinstance(told, Mapping), "it was one"
                found.passed.append(((*path, name), (*place, reader), told[reader]))


def _unknown(path: Path, name: str, known: Iterable[str]) -> Problem:
    names = sorted(known)
    shown = ", ".join(names[:_SHOWN]) + (", …" if len(names) > _SHOWN else "")
    problem = f"there is no {name!r} here; there is {shown}" if names else "nothing is told here"
    return Problem(path=path, problem=problem, suggestions=tuple(nearest(name, names)))


#: What Dagster's config of a run has, and where it is said here: a clause.
_ELSEWHERE: Final = {
    "execution": "how steps run is said by isolation, limits and the launcher",
    "loggers": "what steps log is in the events and logs of the run",
}
#: How many names, and problems, one message holds.
_SHOWN: Final = 20


def _refused(problems: list[Problem]) -> PlanRefused:
    lines = [f"\n  {each}" for each in problems[:_SHOWN]]
    more = f"\n  … and {len(problems) - _SHOWN} more." if len(problems) > _SHOWN else ""
    return PlanRefused(
        RefusalReason.BAD_CONFIG,
        f"The config cannot be used:{''.join(lines)}{more}",
        names=tuple(".".join(each.path) for each in problems[:_SHOWN]),
        suggestions=problems[0].suggestions,
    )
