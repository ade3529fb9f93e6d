"""GraphDefinition(node_defs=…, dependencies=…): a graph wired by names, without the body of a function."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Any, TypeAlias

from treadle._arguments import checked, refuse_unsupported
from treadle._errors import ArgumentError, CompositionError, did_you_mean, listed
from treadle._names import checked_name, checked_tags
from treadle._source import user_line
from treadle._value_words import in_words
from treadle.graphs._composition import PendingInvocation
from treadle.graphs._handles import ArgumentRef, Handle, Handles, OutputRef
from treadle.graphs._node import Invocation, Node
from treadle.hooks._given import checked_hooks
from treadle.ops._ins_outs import DEFAULT_OUTPUT, GraphIn, GraphOut
from treadle.ops._reading_node import ReadNode
from treadle_contract.lazy_dataclasses import dataclass, field, field_names

if TYPE_CHECKING:
    from treadle._policies import RetryPolicy
    from treadle.hooks._hook import HookDefinition


@dataclass(frozen=True, slots=True)
class DependencyDefinition:
    """An output of a node, by names, that an input reads."""

    node: str
    output: str = DEFAULT_OUTPUT
    description: str | None = None


@dataclass(frozen=True, slots=True)
class MultiDependencyDefinition:
    """Outputs that an input reads as a list."""

    dependencies: Sequence[DependencyDefinition]


@dataclass(frozen=True, slots=True)
class NodeInvocation:
    """A call of an op or a graph, by name, for what `dependencies` say of it."""

    name: str
    alias: str | None = None
    tags: Mapping[str, Any] | None = field(default=None, compare=False)
    hook_defs: AbstractSet[HookDefinition] | None = field(default=None, compare=False)
    retry_policy: RetryPolicy | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class InputMapping:
    """An input of the graph, and the input of a node that reads it, at a place of a list or whole."""

    graph_input_name: str
    mapped_node_name: str
    mapped_node_input_name: str
    fan_in_index: int | None = None
    graph_input_description: str | None = None


@dataclass(frozen=True, slots=True)
class OutputMapping:
    """An output of the graph, and the node's output that it is."""

    graph_output_name: str
    mapped_node_name: str
    mapped_node_output_name: str = DEFAULT_OUTPUT
    graph_output_description: str | None = None


_Dependency: TypeAlias = DependencyDefinition | MultiDependencyDefinition
_Dependencies: TypeAlias = Mapping[str | NodeInvocation, Mapping[str, _Dependency]]


class ConstructedGraph:
    """The constructor of a graph, for those who wire it by names."""

    __slots__ = ()

    def __init__(  # noqa: PLR0913 -- Dagster's parameters
        self,
        name: str,
        *,
        description: str | None = None,
        node_defs: Sequence[Any] | None = None,
        dependencies: _Dependencies | None = None,
        input_mappings: Sequence[InputMapping] | None = None,
        output_mappings: Sequence[OutputMapping] | None = None,
        config: Any = None,
        tags: Mapping[str, Any] | None = None,
        node_input_source_assets: object = None,
        input_assets: object = None,
        composition_fn: object = None,
    ) -> None:
        from treadle.graphs._graph import compose  # noqa: PLC0415 -- its class derives from this

        unsupported = {
            "node_input_source_assets": node_input_source_assets,
            "input_assets": input_assets,
            "composition_fn": composition_fn,
        }
        refuse_unsupported("GraphDefinition", unsupported)
        wiring = _Wiring(
            f"GraphDefinition {checked_name(name, what='GraphDefinition: name')!r}",
            node_defs or (),
            dependencies or {},
            input_mappings or (),
        )
        outputs = tuple(output_mappings or ())
        ins: dict[str, GraphIn] = {}
        for each in wiring.mapped:
            said = ins.get(each.graph_input_name)
            if said is None or said.description is None:
                ins[each.graph_input_name] = GraphIn(each.graph_input_description)

        def body(**inputs: Handle) -> dict[str, Handle] | None:
            return wiring.wired(inputs, outputs)

        made = compose(
            body if ins else lambda: wiring.wired({}, outputs),
            label="GraphDefinition",
            name=name,
            ins=ins,
            input_names=tuple(ins),
            outs={
                each.graph_output_name: GraphOut(each.graph_output_description) for each in outputs
            },
            description=description or "",
            tags=checked_tags(tags or {}, owner=wiring.owner),
            config=config,
        )
        for known in field_names(type(made)) or ():
            object.__setattr__(self, known, getattr(made, known))

    if TYPE_CHECKING:

        @property
        def invocations(self) -> Mapping[str, Invocation]: ...
        @property
        def mapping(self) -> Mapping[str, OutputRef]: ...

    @property
    def dependencies(self) -> Mapping[NodeInvocation, Mapping[str, _Dependency]]:
        """What each node of it reads of the other nodes, as the constructor takes it."""
        return {
            NodeInvocation(
                each.node.name,
                alias=name,
                tags=dict(each.tags),
                hook_defs=frozenset(each.hooks),
                retry_policy=each.retry_policy,
            ): dict(_reads_of_nodes(each))
            for name, each in self.invocations.items()
        }

    @property
    def input_mappings(self) -> Sequence[InputMapping]:
        """What reads the inputs of the graph, as the constructor takes it."""
        return [
            InputMapping(ref.argument, name, reader, index if binding.fan_in else None)
            for name, each in self.invocations.items()
            for reader, binding in each.bindings.items()
            for index, ref in enumerate(binding.refs)
            if isinstance(ref, ArgumentRef)
        ]

    @property
    def output_mappings(self) -> Sequence[OutputMapping]:
        """What the outputs of the graph are, as the constructor takes it."""
        return [OutputMapping(name, ref.node, ref.output) for name, ref in self.mapping.items()]


def _reads_of_nodes(invocation: Invocation) -> Iterator[tuple[str, _Dependency]]:
    for name, binding in invocation.bindings.items():
        read = [
            DependencyDefinition(ref.node, ref.output)
            for ref in binding.refs
            if isinstance(ref, OutputRef)
        ]
        if read:
            yield name, MultiDependencyDefinition(read) if binding.fan_in else read[0]


# Under the name of the class that has it.
setattr(ConstructedGraph, "__init__", checked(ConstructedGraph.__init__, label="GraphDefinition"))  # noqa: B010 -- mypy minds the plain form


class _Wiring:
    """What was given, by the names of the nodes."""

    def __init__(
        self,
        owner: str,
        node_defs: Sequence[Any],
        dependencies: _Dependencies,
        mapped: Sequence[InputMapping],
    ) -> None:
        self.owner = owner
        self.mapped = mapped
        self._defs: dict[str, Node] = {each.name: each for each in map(self._node, node_defs)}
        self._calls: dict[str, PendingInvocation] = {}
        self._reads: dict[str, Mapping[str, _Dependency]] = {}
        for said, reads in dependencies.items():
            call = said if isinstance(said, NodeInvocation) else NodeInvocation(said)
            node = self._known(call.name, self._defs, "an op or graph of node_defs")
            self._reads[call.alias or call.name] = reads
            self._calls[call.alias or call.name] = PendingInvocation(
                node=node,
                name=call.alias,
                tags=checked_tags(call.tags or {}, owner=owner),
                retry_policy=call.retry_policy,
                hooks=checked_hooks(call.hook_defs, owner=f"{owner}: hook_defs"),
            )
        called = {id(call.node) for call in self._calls.values()}
        for name, node in self._defs.items():
            if id(node) not in called:
                self._calls[name] = PendingInvocation(node=node)
        for mapping in mapped:
            self._known(mapping.mapped_node_name, self._calls, "a node")

    def wired(
        self, inputs: Mapping[str, Handle], outputs: Sequence[OutputMapping]
    ) -> dict[str, Handle] | None:
        """Write every call down, and return the graph's outputs."""
        made: dict[str, Handle | Handles] = {}
        for name in self._in_order():
            given = {
                each: self._read(dependency, made)
                for each, dependency in self._reads.get(name, {}).items()
            }
            made[name] = self._calls[name](**self._with_inputs(name, given, inputs))
        return {
            each.graph_output_name: self._output(
                each.mapped_node_name, each.mapped_node_output_name, made
            )
            for each in outputs
        } or None

    def _node(self, given: Any) -> Any:
        if isinstance(given, ReadNode):
            return given
        raise ArgumentError(
            f"{self.owner}: node_defs has {in_words(given)}, which neither @op nor @graph made.",
            fix="Give what @op or @graph made.",
            source=user_line(),
        )

    def _known(self, name: str, known: Mapping[str, Any], what: str) -> Any:
        if name in known:
            return known[name]
        raise CompositionError(
            f"{self.owner}: {name!r} is not {what}.{did_you_mean(name, known)}",
            fix=f"There is {listed(known)}." if known else "Give it in node_defs.",
            source=user_line(),
        )

    def _in_order(self) -> Iterator[str]:
        """Yield each node after those that it reads."""
        done: set[str] = set()
        for name in self._calls:
            yield from self._after_others(name, (), done)

    def _after_others(self, name: str, below: tuple[str, ...], done: set[str]) -> Iterator[str]:
        self._known(name, self._calls, "a node")
        if name in below:
            raise CompositionError(
                f"{self.owner}: {' reads '.join(map(repr, (*below[below.index(name) :], name)))}.",
                fix="Leave one of these dependencies out: a graph has no circle.",
                source=user_line(),
            )
        if name in done:
            return
        for dependency in self._reads.get(name, {}).values():
            for each in _each(dependency, self.owner):
                yield from self._after_others(each.node, (*below, name), done)
        done.add(name)
        yield name

    def _read(self, dependency: _Dependency, made: Mapping[str, Handle | Handles]) -> Any:
        found = [
            self._output(each.node, each.output, made) for each in _each(dependency, self.owner)
        ]
        return found if isinstance(dependency, MultiDependencyDefinition) else found[0]

    def _output(self, node: str, output: str, made: Mapping[str, Handle | Handles]) -> Handle:
        self._known(node, self._calls, "a node")
        outs = self._calls[node].node.outs
        self._known(output, outs, f"an output of {node!r}")
        handle = made[node]
        return handle[output] if isinstance(handle, Handles) else handle

    def _with_inputs(
        self, name: str, given: Mapping[str, Any], inputs: Mapping[str, Handle]
    ) -> dict[str, Any]:
        found = dict(given)
        for each in self.mapped:
            if each.mapped_node_name != name:
                continue
            handle, reader = inputs[each.graph_input_name], each.mapped_node_input_name
            if each.fan_in_index is None:
                found[reader] = handle
            else:
                found[reader] = [*found.get(reader, ())]
                found[reader].insert(each.fan_in_index, handle)
        return found


def _each(dependency: object, owner: str) -> Sequence[DependencyDefinition]:
    if isinstance(dependency, MultiDependencyDefinition):
        return dependency.dependencies
    if isinstance(dependency, DependencyDefinition):
        return (dependency,)
    raise ArgumentError(
        f"{owner}: dependencies has {in_words(dependency)}, which is no dependency.",
        fix="Give DependencyDefinition(node, output), or MultiDependencyDefinition([…]).",
        source=user_line(),
    )
