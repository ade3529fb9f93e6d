"""A graph: ops and graphs wired together by the body of a function, which runs once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Any, Self, overload

from treadle._arguments import checked, filled, refuse_unsupported
from treadle._errors import ArgumentError, UnusedError, did_you_mean, listed
from treadle._names import checked_name, checked_tags
from treadle._policies import RetryPolicy
from treadle._source import user_line
from treadle._texts import described
from treadle._value_words import in_words
from treadle.graphs._by_hand import ConstructedGraph
from treadle.graphs._composition import (
    Body,
    PendingInvocation,
    composing,
    current_body,
    outside_of_graph,
)
from treadle.graphs._graph_params import graph_params
from treadle.graphs._graph_return import refuse_other_types, returned_outputs
from treadle.graphs._handles import ArgumentRef, OutputRef
from treadle.graphs._invocable import Invocable
from treadle.graphs._node import Invocation
from treadle.locations.snapshot import SourceLine
from treadle.ops._annotations import annotations_of
from treadle.ops._functions import checked_function, name_of
from treadle.ops._ins_outs import DEFAULT_OUTPUT, GraphIn, GraphOut
from treadle.ops._reading_node import ReadGraph
from treadle_contract.lazy_dataclasses import dataclass, field

if TYPE_CHECKING:
    from treadle._keys import AssetKey
    from treadle.config._config_mapping import GraphConfig
    from treadle.hooks._hook import HookDefinition
    from treadle.locations._executors import ExecutorDefinition
    from treadle.locations._op_jobs import JobDefinition
    from treadle.partitions._definition import PartitionsDefinition
    from treadle_inprocess import ExecuteInProcessResult


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, init=False)
class GraphDefinition(ConstructedGraph, Invocable, ReadGraph):
    """Ops and graphs wired together. `ins` are in argument order, `outs` in declared order.

    `owner` is the decorator and name, for messages. `invocations` are the calls in the body, by node name, in the order they were made;
    `mapping` says which node's output is which output of the graph. `config` is what it tells its
    ops: by default, or, where it is a mapping, of the config that it takes itself. `input_assets`
    are those of `ins` that the body named itself, after all others. `fan_outs` are the outputs that are any
    number of elements, each with how many fan-outs they are of.
    """

    name: str
    owner: str
    fn: Callable[..., Any]
    ins: Mapping[str, GraphIn]
    outs: Mapping[str, GraphOut]
    invocations: Mapping[str, Invocation]
    mapping: Mapping[str, OutputRef]
    description: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    config: GraphConfig | None = None
    input_assets: Mapping[str, AssetKey] = field(default_factory=dict)
    fan_outs: Mapping[str, int] = field(default_factory=dict)
    source: SourceLine

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Write an invocation down in the body that runs.

        Raises:
            CompositionError: no body runs, or the arguments do not fit.
        """
        if current_body() is None:
            raise outside_of_graph(self.name, runs_by=f"{self.name}.execute_in_process()")
        return PendingInvocation(node=self)(*args, **kwargs)

    def configured(
        self,
        config_or_config_fn: Any,
        name: str | None = None,
        config_schema: Any = None,
        description: str | None = None,
    ) -> Self:
        """Return a graph that is told this config, as `OpDefinition.configured` does of an op.

        Only a graph that maps a config of its own is told by a function.

        Raises:
            ArgumentError: it cannot be told this.
        """
        from treadle.config._configured import configured_node  # noqa: PLC0415 -- few modules do

        made: Self = configured_node(self, config_or_config_fn, name, config_schema, description)
        return made

    @checked
    def to_job(  # noqa: PLR0913, PLR0917 -- Dagster's parameters, in Dagster's order, then ours
        self,
        name: str | None = None,
        description: str | None = None,
        resource_defs: Mapping[str, Any] | None = None,
        config: Any = None,
        tags: Mapping[str, Any] | None = None,
        metadata: object = None,
        logger_defs: object = None,
        executor_def: ExecutorDefinition | None = None,
        hooks: AbstractSet[HookDefinition] | None = None,
        op_retry_policy: RetryPolicy | None = None,
        op_selection: Sequence[str] | None = None,
        partitions_def: PartitionsDefinition | None = None,
        asset_layer: object = None,
        input_values: Mapping[str, Any] | None = None,
        run_tags: Mapping[str, Any] | None = None,
        *,
        isolation: Any = None,
    ) -> JobDefinition:
        """Make a job of the graph, to be run by its name; it makes no asset.

        The parameters are Dagster's, then ours; `input_values` are the graph's inputs.

        Raises:
            DefinitionError: an argument cannot work.
        """
        from treadle.locations._op_jobs import job_of  # noqa: PLC0415 -- few graphs are jobs

        given = dict(locals())
        refuse_unsupported("to_job", {"asset_layer": asset_layer})
        return job_of(self, given, label="to_job")

    def execute_in_process(  # noqa: PLR0913 -- Dagster's parameters
        self,
        run_config: Any = None,
        *,
        instance: object = None,
        resources: Mapping[str, Any] | None = None,
        raise_on_error: bool = True,
        op_selection: Sequence[str] | None = None,
        partition_key: object = None,
        input_values: Mapping[str, Any] | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> ExecuteInProcessResult:
        """Run the graph, or the ops in `op_selection`, in this process, with these inputs, and say what became of it.

        The parameters are Dagster's. Values are handed on as they are. In `run_config` and in the
        result, nodes are named without the graph.

        Raises:
            DefinitionError: an argument is wrong.
            BaseException: what the first step that failed raised, unless `raise_on_error` is False.
        """
        from treadle_inprocess import execute_graph  # noqa: PLC0415 -- what tests alone need

        given = {
            "instance": instance,
            "partition_key": partition_key,
        }
        refuse_unsupported("execute_in_process", given)
        return execute_graph(
            self,
            run_config=run_config,
            resources=resources,
            input_values=input_values,
            tags=tags,
            raise_on_error=raise_on_error,
            op_selection=op_selection,
        )

    def needs(self, name: str) -> bool:
        """Whether this input has to be connected: some reader has no default for it."""
        return any(
            fan_in or invocation.node.needs(reader)
            for invocation, reader, fan_in in self._readers(name)
        )

    def reads_value(self, name: str) -> bool:
        """Whether some op reads this input by value."""
        return any(
            invocation.node.reads_value(reader) for invocation, reader, _ in self._readers(name)
        )

    def may_be_resource(self, name: str) -> bool:
        """Whether this input may turn out to be a resource: never, a graph has none."""
        return False

    def may_be_told(self, name: str) -> bool:
        """Whether a run may tell the values of all inputs that read this one and need a value."""
        return all(
            not fan_in and invocation.node.may_be_told(reader)
            for invocation, reader, fan_in in self._readers(name)
            if fan_in or invocation.node.needs(reader)
        )

    def gives_value(self, name: str) -> bool:
        """Whether this output carries a value."""
        ref = self.mapping[name]
        return self.invocations[ref.node].node.gives_value(ref.output)

    def open_levels(self, name: str) -> int:
        """Return how many fan-outs, each in the one before, this output's elements are of: 0, it is one value."""
        return self.fan_outs.get(name, 0)

    def output_type(self, name: str) -> Any:
        """Return the type of this output: that of the op's output that it is."""
        ref = self.mapping[name]
        return self.invocations[ref.node].node.output_type(ref.output)

    def _readers(self, name: str) -> list[tuple[Invocation, str, bool]]:
        wanted = ArgumentRef(name)
        return [
            (invocation, reader, binding.fan_in)
            for invocation in self.invocations.values()
            for reader, binding in invocation.bindings.items()
            if wanted in binding.refs
        ]


@overload
def graph(compose_fn: Callable[..., Any]) -> GraphDefinition: ...


@overload
def graph(
    compose_fn: None = None,
    *,
    name: str | None = None,
    description: str | None = None,
    input_defs: object = None,
    output_defs: object = None,
    ins: Mapping[str, GraphIn] | None = None,
    out: GraphOut | Mapping[str, GraphOut] | None = None,
    tags: Mapping[str, Any] | None = None,
    config: Any = None,
) -> Callable[[Callable[..., Any]], GraphDefinition]: ...


@checked
def graph(  # noqa: PLR0913 -- Dagster's parameters
    compose_fn: Callable[..., Any] | None = None,
    *,
    name: str | None = None,
    description: str | None = None,
    input_defs: object = None,
    output_defs: object = None,
    ins: Mapping[str, GraphIn] | None = None,
    out: GraphOut | Mapping[str, GraphOut] | None = None,
    tags: Mapping[str, Any] | None = None,
    config: Any = None,
) -> GraphDefinition | Callable[[Callable[..., Any]], GraphDefinition]:
    """Make a graph of a function whose body calls ops and graphs and returns their outputs.

    The parameters are Dagster's. More than one output needs `out`, and the body then returns
    a dict, or a tuple in declared order. `config` is what its ops are told by default, or what
    @config_mapping made. `input_defs` and `output_defs` are not supported.

    Raises:
        DefinitionError: an argument, a name or the body cannot work.
    """
    refuse_unsupported("graph", {"input_defs": input_defs, "output_defs": output_defs})

    def decorate(fn: Callable[..., Any]) -> GraphDefinition:
        fn = checked_function(fn, label="@graph", name=name)
        graph_name = checked_name(name or name_of(fn), what="@graph name")
        return compose(
            fn,
            label="@graph",
            name=graph_name,
            ins=ins or {},
            input_names=tuple(ins or ()),
            outs=_named_outs(out),
            description=described(description, fn),
            tags=checked_tags(tags or {}, owner=f"@graph {graph_name!r}"),
            config=config,
        )

    return decorate(compose_fn) if compose_fn is not None else decorate


def compose(  # noqa: PLR0913 -- what a decorator says of one function
    fn: Callable[..., Any],
    *,
    label: str,
    name: str,
    ins: Mapping[str, GraphIn],
    input_names: Collection[str],
    outs: Mapping[str, GraphOut] | None,
    description: str,
    tags: Mapping[str, str],
    config: Any = None,
) -> GraphDefinition:
    """Run the body once and write down what it does.

    `input_names` name inputs for a function that takes any. `outs` None: one output "result", or
    none if the body returns nothing; without any, what it returns has no meaning.

    Raises:
        DefinitionError: the function's parameters or its body cannot work.
    """
    owner = f"{label} {name!r}"
    annotations = annotations_of(fn)
    names = graph_params(fn, annotations, input_names, owner=owner)
    _refuse_unknown_ins(ins, names, owner)
    with composing(owner) as body:
        returned = fn(**{argument: body.argument(argument) for argument in names})
        if outs is None:
            outs = {} if returned is None and body.invocations else {DEFAULT_OUTPUT: GraphOut()}
        may_fan_out = label == "@graph"
        mapping = (
            returned_outputs(body, returned, tuple(outs), may_fan_out=may_fan_out) if outs else {}
        )
    fan_outs = {name: len(levels) for name, ref in mapping.items() if (levels := body.levels(ref))}
    if outs and not (isinstance(returned, Mapping) or fan_outs):
        refuse_other_types(body, annotations.get("return", Any), mapping)
    body.refuse_uncalled()
    _refuse_unused_arguments(body, names)
    return filled(
        GraphDefinition,
        name=name,
        fn=fn,
        ins={argument: ins.get(argument, GraphIn()) for argument in (*names, *body.assets)},
        outs=dict(outs),
        owner=owner,
        invocations=dict(body.invocations),
        mapping=mapping,
        description=description,
        tags=tags,
        input_assets=dict(body.assets),
        fan_outs=fan_outs,
        config=None if config is None else _checked_config(config, body, owner),
        source=user_line(),
    )


def _checked_config(config: object, body: Body, owner: str) -> GraphConfig:
    from treadle.graphs._graph_config import checked_config  # noqa: PLC0415 -- few modules have config

    return checked_config(config, body.invocations, owner=owner)


def _named_outs(out: object) -> dict[str, GraphOut] | None:
    if out is None:
        return None
    if isinstance(out, GraphOut):
        return {DEFAULT_OUTPUT: out}
    if not isinstance(out, Mapping) or not all(isinstance(each, GraphOut) for each in out.values()):
        raise ArgumentError(
            f"@graph: out is {in_words(out)}, and neither a GraphOut nor a mapping of names to GraphOuts.",
            fix="Give GraphOut(), or {name: GraphOut()}.",
            source=user_line(),
        )
    return {checked_name(name, what="@graph: output"): each for name, each in out.items()}


def _refuse_unknown_ins(ins: Mapping[str, GraphIn], names: tuple[str, ...], owner: str) -> None:
    for name in ins:
        if name not in names:
            raise ArgumentError(
                f"{owner}: ins names {name!r}, which is no argument of the function."
                + did_you_mean(name, names),
                fix=f"Its arguments are {listed(names)}.",
                source=user_line(),
            )


def _refuse_unused_arguments(body: Body, names: tuple[str, ...]) -> None:
    used = {
        ref.argument
        for invocation in body.invocations.values()
        for binding in invocation.bindings.values()
        for ref in binding.refs
        if isinstance(ref, ArgumentRef)
    }
    unused = [name for name in names if name not in used]
    if unused:
        raise UnusedError(
            f"{body.owner} never passes its argument {listed(unused)} to an op or graph.",
            fix="Remove the argument, or pass it on. An argument cannot be returned as it is.",
            source=user_line(),
        )
