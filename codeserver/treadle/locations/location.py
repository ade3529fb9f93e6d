"""A code location as loaded: the definitions of its targets, joined into one snapshot and code."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeVar, cast

from treadle._errors import LocationError
from treadle._system import uncollected
from treadle.assets._asset_spec import AssetSpec
from treadle.assets._assets import AssetsDefinition
from treadle.assets._source_asset import unfolded
from treadle.locations import digest
from treadle.locations._build import Built, build, distinct
from treadle.locations._contents import Contents, is_same_resource
from treadle.locations._definitions import Definitions, definitions_from
from treadle.locations._job_selection import SelectedJob, snapshot_jobs
from treadle.locations._jobs import AssetJob
from treadle.locations._placed import PlacedStep
from treadle.locations.snapshot import Manifest, Snapshot, SourceLine
from treadle.locations.tables import Packed
from treadle.ops._ins_outs import DEFAULT_IO_MANAGER
from treadle.partitions._placing import definitions_of_jobs, table
from treadle.steps._step_code import StepCode
from treadle_contract.fan_outs import unexpanded
from treadle_contract.ids import StepKey
from treadle_contract.lazy_dataclasses import dataclass, field, replace
from treadle_contract.message import UserValue

if TYPE_CHECKING:
    from treadle.hooks._hook import HookDefinition

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedLocation:
    """A snapshot and, for each of its steps, the user's code; and the user's resources.

    `job_configs` make the config of a run of a partition, by the job that has such a one.
    `job_resources` are those of the steps of each job of ops that brings some, by its name.
    """

    snapshot: Snapshot
    resources: Mapping[str, object]
    code: Mapping[str, PlacedStep]
    nodes: Mapping[StepKey, str]
    job_hooks: Mapping[str, tuple[HookDefinition, ...]] = field(default_factory=dict)
    job_resources: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    job_configs: Mapping[str, Callable[[str], UserValue]] = field(default_factory=dict)

    def node(self, node: str) -> StepCode:
        """Return the code of a step by its `Step.node`.

        Raises:
            KeyError: there is no such node.
        """
        return self.code[node].code

    def step(self, step_key: StepKey) -> StepCode:
        """Return the code of a step by its key.

        Raises:
            KeyError: there is no such step.
        """
        return self.code[self.nodes[unexpanded(step_key)]].code

    def resources_of(self, step_key: StepKey) -> Mapping[str, object]:
        """Return the resources that a step has by key: of a job of ops, those that it brings win."""
        return self.job_resources.get(step_key.partition(".")[0], self.resources)

    def hooks_of_job(self, name: str) -> tuple[HookDefinition, ...]:
        """Return the hooks that a job gives to each step of its runs; () for "" and unknown ones."""
        return self.job_hooks.get(name, ())

    @uncollected()
    def sealed(
        self, packed: Packed, *, files: Mapping[str, str], distributions: Mapping[str, str]
    ) -> LoadedLocation:
        """Return the location with its snapshot, which was packed, complete.

        `files` maps module names to SHA-256 of their source, `distributions` names to versions.
        """
        manifest = _manifest(self.code, files, distributions)
        return self.with_snapshot(digest.seal(replace(self.snapshot, manifest=manifest), packed))

    def with_snapshot(self, snapshot: Snapshot) -> LoadedLocation:
        """Return the location with another snapshot of the same steps: a sealed one."""
        return replace(self, snapshot=snapshot)


def definitions_of(module: ModuleType) -> Definitions:
    """Return a module's only `Definitions`, or one made of what it has at its top level.

    Raises:
        LocationError: it has two, or nothing that could be defined.
        DefinitionError: what it has at its top level cannot work together.
    """
    values = tuple(vars(module).values())
    found = _whole(distinct(_of(Definitions, values)))
    if len(found) > 1:
        first, second, *_ = found
        raise LocationError(
            f"Module {module.__name__!r} has {len(found)} Definitions; it may have one.",
            fix="Join them into one, or put each into a module of its own.",
            source=second.contents.source,
            others=(first.contents.source,),
        )
    if found:
        return found[0]
    contents = top_level(values, SourceLine(file=module.__file__ or module.__name__, line=0))
    if not contents.blocks and not contents.specs:
        raise LocationError(
            f"Module {module.__name__!r} defines no asset.",
            fix="Define one at its top level, for example with @asset, or give it a"
            " Definitions(assets=[…]).",
            source=contents.source,
        )
    return definitions_from(contents)


def _whole(found: Sequence[Definitions]) -> tuple[Definitions, ...]:
    """Return those that no other one was made of."""
    parts = {id(part) for each in found for part in _parts(each)}
    return tuple(each for each in found if id(each) not in parts)


def _parts(definitions: Definitions) -> Iterator[Definitions]:
    for part in definitions.parts:
        yield part
        yield from _parts(part)


@uncollected()
def build_location(loaded: Sequence[tuple[str, Definitions]]) -> LoadedLocation:
    """Join the definitions of targets, each with the target's name, into one location.

    The snapshot is not sealed: what it is made of, Python's version and digests are for `sealed`.

    Raises:
        DefinitionError: definitions of several targets clash or need one another in a circle.
    """
    targets = distinct(definitions for _, definitions in loaded)
    if len(targets) == 1:
        built = targets[0].built
        warnings: tuple[str, ...] = ()
    else:
        resources = _joined_resources(targets)
        built = build([target.contents for target in targets], resources)
        warnings = _borrowed_managers(loaded, resources)
    return _loaded(built, _joined_jobs(targets), warnings)


def top_level(values: Sequence[object], source: SourceLine) -> Contents:
    """Return what a module's values define, those in lists and tuples too, each once."""
    things = tuple(unfolded(_things(values)))
    jobs = distinct(_of(AssetJob, things))
    of_jobs = [job.block for job in jobs if job.block is not None]
    return Contents(
        blocks=distinct((*_of(AssetsDefinition, things), *of_jobs)),
        specs=distinct(_of(AssetSpec, things)),
        jobs=jobs,
        resources={},
        source=source,
    )


def _of(kind: type[T], values: Sequence[object]) -> Iterator[T]:
    """Yield the values of a class. What they say that they are is not asked: a proxy that makes
    its object when it is first used would make it.
    """
    for value in values:
        if issubclass(type(value), kind):
            yield cast(T, value)


def _things(values: Sequence[object]) -> Iterator[object]:
    """Yield the values, and what lists and tuples among them hold."""
    for value in values:
        # No subclasses: a named tuple of the user's is a value, not a list of assets.
        if type(value) is list or type(value) is tuple:
            yield from value
        else:
            yield value


def _joined_resources(targets: Sequence[Definitions]) -> dict[str, object]:
    joined: dict[str, object] = {}
    given_by: dict[str, Definitions] = {}
    for target in targets:
        for key, resource in target.contents.resources.items():
            if key in joined and not is_same_resource(joined[key], resource):
                raise LocationError(
                    f"Two targets give different resources under the key {key!r}.",
                    fix="Make it once, in a module that both import, or rename one of them.",
                    source=target.contents.source,
                    others=(given_by[key].contents.source,),
                )
            joined[key] = resource
            given_by.setdefault(key, target)
    return joined


def _borrowed_managers(
    loaded: Sequence[tuple[str, Definitions]], resources: Mapping[str, object]
) -> tuple[str, ...]:
    if DEFAULT_IO_MANAGER not in resources:
        return ()
    return tuple(
        f"Target {name} gives no {DEFAULT_IO_MANAGER!r} of its own: its assets are stored by the"
        " one that another target gives."
        for name, definitions in loaded
        if definitions.contents.blocks and DEFAULT_IO_MANAGER not in definitions.contents.resources
    )


def _joined_jobs(targets: Sequence[Definitions]) -> tuple[SelectedJob, ...]:
    first: dict[str, SelectedJob] = {}
    for each in (job for target in targets for job in target.selected_jobs):
        other = first.setdefault(each.job.name, each)
        if other.job is not each.job:
            raise LocationError(
                f"Two targets have a job named {each.job.name!r}.",
                fix="Give one of them another name.",
                source=each.job.source,
                others=(other.job.source,),
            )
    return tuple(first.values())


def _loaded(
    built: Built, selected: Sequence[SelectedJob], warnings: tuple[str, ...]
) -> LoadedLocation:
    jobs, about_jobs = snapshot_jobs(selected, built.snapshot)
    snapshot = replace(
        built.snapshot,
        jobs=jobs,
        partitions=table((*built.snapshot.partitions, *definitions_of_jobs(selected))),
        warnings=(*built.snapshot.warnings, *warnings, *about_jobs),
    )
    return LoadedLocation(
        snapshot=snapshot,
        resources=built.resources,
        job_resources=built.job_resources,
        code=built.code,
        nodes={step.key: step.node for step in snapshot.steps},
        job_configs={
            each.job.name: each.job.config_for
            for each in selected
            if each.job.partitioned_config is not None
        },
        job_hooks={each.job.name: each.job.hooks for each in selected if each.job.hooks},
    )


def _manifest(
    code: Mapping[str, PlacedStep], files: Mapping[str, str], distributions: Mapping[str, str]
) -> Manifest:
    by_node = [(node, each, each.defaults) for node, each in sorted(code.items())]
    known: dict[tuple[int, ...], tuple[str, str]] = {}
    digests = {node: _op_digests(each.flat.op.fn, stated, known) for node, each, stated in by_node}
    return Manifest(
        ops={node: whole for node, (whole, _) in digests.items()},
        files=dict(files),
        distributions=dict(distributions),
        code={node: bare for node, (_, bare) in digests.items()},
        values={
            f"op {node}: default of {name!r}": digest.value_digest(value)
            for node, _, stated in by_node
            for name, value in stated.items()
        },
    )


def _op_digests(
    fn: Callable[..., Any],
    defaults: Mapping[str, object],
    known: dict[tuple[int, ...], tuple[str, str]],
) -> tuple[str, str]:
    """Return those of the op with its defaults, and of its bare code; an op may be in many steps."""
    key = (id(fn), *map(id, defaults.values()))
    found = known.get(key)
    if found is None:
        whole, bare = digest.code_digests(fn)
        if defaults:
            # Those that a decorator states are no part of the function's own code.
            whole = digest.code_digest(partial(fn, **defaults))
        found = known[key] = whole, bare
    return found
