"""A graph flattened: its ops as steps by path, each input traced to what feeds it.

Whatever a nested graph does in between is gone here; a plain op is a graph of one step.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from treadle._errors import CompositionError
from treadle._policies import RetryPolicy
from treadle.graphs._graph import GraphDefinition
from treadle.graphs._handles import ArgumentRef, OutputRef, Ref
from treadle.graphs._levels import joined
from treadle.graphs._node import Binding, Invocation
from treadle.locations.snapshot import SourceLine
from treadle.ops._ins_outs import In, Out
from treadle.ops._op import OpDefinition
from treadle.ops._tellable import FEED_IT, is_tellable
from treadle.steps._step_code import Given
from treadle.types._own_types import own_type
from treadle_contract.lazy_dataclasses import dataclass, field, replace

if TYPE_CHECKING:
    from treadle.config._config_mapping import GraphConfig
    from treadle.hooks._hook import HookDefinition
    from treadle.types._dagster_type import DagsterType

#: The node names from the block down to an op; () where the block itself is an op.
Path: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StepRef:
    """An output of a step of the block: where it is mapped or dynamic, one element.

    `collected`: instead, the list of all elements of so many fan-outs, the innermost ones.
    """

    path: Path
    output: str
    collected: int = 0

    @property
    def uncollected(self) -> StepRef:
        """The same, without collecting."""
        return StepRef(self.path, self.output) if self.collected else self


FlatRef: TypeAlias = ArgumentRef | StepRef
#: The path of a graph, and the name of an argument of it.
GraphArgument: TypeAlias = tuple[Path, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class FlatInput:
    """An input of a step; without refs the op's default is used.

    `elements` is all of a list that has values among what it reads, () elsewhere. `arguments` are those of
    graphs around the op that it stands for, from the innermost: the path of the graph, and the name.
    """

    name: str
    definition: In
    refs: tuple[FlatRef, ...] = ()
    fan_in: bool = False
    elements: tuple[StepRef | Given, ...] = ()
    arguments: tuple[GraphArgument, ...] = ()

    @property
    def is_connected(self) -> bool:
        """Whether it reads something, or a list of things."""
        return bool(self.refs or self.fan_in)

    @property
    def is_tellable(self) -> bool:
        """Whether a run may tell its value, if it reads nothing."""
        return not self.definition.is_nothing and is_tellable(self.definition)


@dataclass(frozen=True, slots=True, kw_only=True)
class FlatStep:
    """One op invocation of the block. In a block of assets, `inputs` and `outs` have what is said of
    those merged in; elsewhere they are the op's. `tags` are the graphs', the op's and the invocations'.

    `levels` are the dynamic outputs that it is mapped over, from the outermost.
    `retry_policy` is that of the innermost invocation that has one, else the op's. `configs` are those of the graphs
    around it that have one, by how many graphs are around those. `source` is the line of the invocation, of a plain op its definition's. `hooks` are those of the
    invocations, from the outermost.
    """

    path: Path
    op: OpDefinition
    inputs: tuple[FlatInput, ...]
    outs: Mapping[str, Out]
    tags: Mapping[str, str]
    retry_policy: RetryPolicy | None
    source: SourceLine
    configs: Mapping[int, GraphConfig] = field(default_factory=dict)
    hooks: tuple[HookDefinition, ...] = ()
    levels: tuple[StepRef, ...] = ()

    def own_types(self) -> Iterator[DagsterType]:
        """Yield the types of the user's that its inputs and outputs have."""
        for each in self.inputs:
            if (own := own_type(each.definition.dagster_type)) is not None:
                yield own
        for out in self.outs.values():
            if (own := own_type(out.dagster_type)) is not None:
                yield own

    def reads(self) -> Iterator[tuple[FlatInput, FlatRef]]:
        """Yield each thing that it reads, with the input that reads it."""
        for each in self.inputs:
            for ref in each.refs:
                yield each, ref


@dataclass(frozen=True, slots=True, kw_only=True)
class FlatBlock:
    """The steps by path, in the order of the invocations, and what each output of the block is."""

    steps: Mapping[Path, FlatStep]
    outputs: Mapping[str, StepRef]

    def out(self, ref: StepRef) -> Out:
        """Return an output of a step."""
        return self.steps[ref.path].outs[ref.output]

    def made_by(self, output: str) -> tuple[Out, OpDefinition]:
        """Return what an output of the block is in its op, and the op."""
        ref = self.outputs[output]
        return self.out(ref), self.steps[ref.path].op

    def reads(self) -> Iterator[tuple[FlatStep, FlatInput, FlatRef]]:
        """Yield every read of every step."""
        for step in self.steps.values():
            for each, ref in step.reads():
                yield step, each, ref


@dataclass(frozen=True, slots=True)
class _Fed:
    """What feeds an argument of a graph, traced to steps and arguments of the block."""

    refs: tuple[FlatRef, ...] = ()
    fan_in: bool = False
    arguments: tuple[GraphArgument, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scope:
    """One graph being expanded: where it is, what feeds its arguments, which tags hold."""

    path: Path
    fed: Mapping[str, _Fed]
    graph_tags: Mapping[str, str]
    invocation_tags: Mapping[str, str]
    retry_policy: RetryPolicy | None = None
    hooks: tuple[HookDefinition, ...] = ()
    configs: Mapping[int, GraphConfig] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """What is said of one invocation of an op, from outside of the op."""

    tags: Mapping[str, str]
    retry_policy: RetryPolicy | None
    source: SourceLine
    configs: Mapping[int, GraphConfig] = field(default_factory=dict)
    hooks: tuple[HookDefinition, ...] = ()


def flatten(node: OpDefinition | GraphDefinition) -> FlatBlock:
    """Return the steps of a block, which has this node.

    Raises:
        CompositionError: a list would have to hold a list.
    """
    if isinstance(node, OpDefinition):
        return _flat_op(node)
    fed = {name: _Fed((ArgumentRef(name),)) for name in node.ins}
    steps: dict[Path, FlatStep] = {}
    scope = _Scope(path=(), fed=fed, graph_tags=node.tags, invocation_tags={})
    outputs = _expand(node, scope, steps)
    return FlatBlock(steps=steps, outputs=outputs)


def _flat_op(op: OpDefinition) -> FlatBlock:
    step = FlatStep(
        path=(),
        op=op,
        inputs=tuple(
            [
                FlatInput(name=name, definition=definition, refs=(ArgumentRef(name),))
                for name, definition in op.ins.items()
            ]
        ),
        outs=op.outs,
        tags=op.tags,
        retry_policy=op.retry_policy,
        source=op.source,
    )
    outputs = {name: StepRef((), name) for name in op.outs}
    for name, ref in outputs.items():
        refuse_elements(repr(op.name), name, {(): step}, ref)
    return FlatBlock(steps={(): step}, outputs=outputs)


def refuse_elements(owner: str, name: str, steps: Mapping[Path, FlatStep], ref: StepRef) -> None:
    """Refuse an output of a block that is any number of values.

    Raises:
        CompositionError: it is.
    """
    levels = _levels(steps, ref)
    if levels:
        raise CompositionError(
            f"{owner}: output {name!r} is any number of values, and stands where one value does.",
            fix="Have a graph fan it out: map an op over it, and return .collect() of that.",
            source=steps[ref.path].source,
        )


def _expand(
    graph: GraphDefinition, scope: _Scope, steps: dict[Path, FlatStep]
) -> dict[str, StepRef]:
    made: dict[OutputRef, StepRef] = {}
    configs = scope.configs
    if graph.config is not None:
        configs = {**configs, len(scope.path): graph.config}
    for name, invocation in graph.invocations.items():
        path = (*scope.path, name)
        node = invocation.node
        fed = {
            each: _traced(binding, scope, made, invocation)
            for each, binding in invocation.bindings.items()
        }
        tags = {**scope.invocation_tags, **invocation.tags}
        retry_policy = invocation.retry_policy or scope.retry_policy
        hooks = (*scope.hooks, *invocation.hooks)
        if isinstance(node, OpDefinition):
            every = {**scope.graph_tags, **node.tags, **tags}
            said = _Said(
                tags=every,
                retry_policy=retry_policy,
                source=invocation.source,
                configs=configs,
                hooks=hooks,
            )
            steps[path] = _step(
                path, node, fed, said, _levels_of_all(steps, path, fed, said.source)
            )
            outputs = {output: StepRef(path, output) for output in node.outs}
        else:
            assert isinstance(node, GraphDefinition)
            inner = _Scope(
                path=path,
                fed=fed,
                graph_tags={**scope.graph_tags, **node.tags},
                invocation_tags=tags,
                retry_policy=retry_policy,
                configs=configs,
                hooks=hooks,
            )
            outputs = _expand(node, inner, steps)
        made |= {OutputRef(name, output): ref for output, ref in outputs.items()}
    return {name: made[ref] for name, ref in graph.mapping.items()}


def _levels(steps: Mapping[Path, FlatStep], ref: StepRef) -> tuple[StepRef, ...]:
    step = steps[ref.path]
    found = step.levels
    if step.op.open_levels(ref.output):
        found = (*found, ref.uncollected)
    if ref.collected > len(found):
        raise CompositionError(
            f"{ref.output!r} of {'.'.join(ref.path)!r} is collected, and reads no element of a fan-out:"
            " there is one, not any number.",
            fix="Pass it on as it is, or pass the element to its op.",
            source=step.source,
        )
    return found[: len(found) - ref.collected]


def _levels_of_all(
    steps: Mapping[Path, FlatStep], path: Path, fed: Mapping[str, _Fed], source: SourceLine
) -> tuple[StepRef, ...]:
    refs = (ref for each in fed.values() for ref in each.refs if isinstance(ref, StepRef))
    levels = (_levels(steps, ref) for ref in refs)
    return joined(levels, repr(".".join(path)), source, lambda ref: repr(".".join(ref.path)))


def _step(
    path: Path,
    op: OpDefinition,
    fed: Mapping[str, _Fed],
    said: _Said,
    levels: tuple[StepRef, ...],
) -> FlatStep:
    nothing = _Fed()
    inputs = tuple(
        FlatInput(
            name=name,
            definition=definition,
            refs=fed.get(name, nothing).refs,
            fan_in=fed.get(name, nothing).fan_in,
            arguments=fed.get(name, nothing).arguments,
        )
        for name, definition in op.ins.items()
    )
    return FlatStep(
        path=path,
        op=op,
        inputs=inputs,
        outs=op.outs,
        tags=said.tags,
        retry_policy=said.retry_policy or op.retry_policy,
        source=said.source,
        configs=said.configs,
        hooks=said.hooks,
        levels=levels,
    )


def _traced(
    binding: Binding,
    scope: _Scope,
    made: Mapping[OutputRef, StepRef],
    invocation: Invocation,
) -> _Fed:
    traced = [_followed(ref, scope, made) for ref in binding.refs]
    if not binding.fan_in:
        return traced[0]
    if any(each.fan_in for each in traced):
        raise CompositionError(
            f"{invocation.name!r} is given a list of which one element is a list itself: an"
            " argument that an outer graph passes a list for.",
            fix="Join the lists in an op, or pass the elements one by one.",
            source=invocation.source,
        )
    return _Fed(tuple(ref for each in traced for ref in each.refs), fan_in=True)


def _followed(ref: Ref, scope: _Scope, made: Mapping[OutputRef, StepRef]) -> _Fed:
    if isinstance(ref, OutputRef) and ref.collected:
        return _Fed((replace(made[ref.uncollected], collected=ref.collected),), fan_in=True)
    if isinstance(ref, OutputRef):
        return _Fed((made[ref],))
    fed = scope.fed.get(ref.argument, _Fed())
    return replace(fed, arguments=((scope.path, ref.argument), *fed.arguments))


def refuse_unfed(flat: FlatBlock, owner: str) -> None:
    """Refuse an input of no declared type that nothing is connected to, in a block of assets: somebody forgot it.

    Raises:
        CompositionError: there is one.
    """
    for step in flat.steps.values():
        for each in step.inputs:
            is_fed = each.refs or each.fan_in or not each.definition.must_be_fed
            if not is_fed and each.definition.dagster_type is Any:
                raise CompositionError(
                    f"In {owner}: {'.'.join(step.path)!r} is not given its input {each.name!r}.",
                    fix=FEED_IT,
                    source=step.source,
                )
