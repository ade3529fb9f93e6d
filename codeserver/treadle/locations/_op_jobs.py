"""@job and GraphDefinition.to_job: a graph that is run whole, by name, and makes no asset."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Any, Final, NoReturn, overload

from treadle._arguments import checked, filled, refuse_unsupported
from treadle._errors import ArgumentError, did_you_mean, inputs_in_words, listed
from treadle._names import checked_name, checked_tags
from treadle._policies import RetryPolicy, checked_retry_policy
from treadle._source import user_line
from treadle._system import os
from treadle._texts import described
from treadle._value_words import in_words
from treadle.assets._assets import AssetsDefinition, make_block
from treadle.assets._block_options import block_options
from treadle.graphs._flat import flatten
from treadle.graphs._graph import GraphDefinition, compose
from treadle.hooks._given import checked_hooks
from treadle.locations._executors import ExecutorDefinition, isolation_of
from treadle.locations._jobs import AssetJob, configured
from treadle.locations.snapshot import SourceLine
from treadle.ops._functions import checked_function, name_of
from treadle.partitions._given import checked_partitions, split_config
from treadle.selection import InBlock
from treadle_contract.config_data import in_node
from treadle_contract.lazy_dataclasses import dataclass, field, field_names, replace
from treadle_contract.message import UserValue
from treadle_contract.plan import Isolation

if TYPE_CHECKING:
    from treadle.hooks._hook import HookDefinition
    from treadle.partitions._definition import PartitionsDefinition
    from treadle_inprocess import ExecuteInProcessResult


_OF_THE_CALL: Final = ("self", "graph_def", "hook_defs", "asset_layer", "owners")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, init=False, repr=False)
class JobDefinition(AssetJob):
    """A job of ops: `graph` is what it runs, `block` that as a block without assets.

    `whole` is what `graph` was selected from, itself where all of it runs.
    """

    graph: GraphDefinition
    whole: GraphDefinition
    resource_defs: Mapping[str, Any] = field(default_factory=dict)
    input_values: Mapping[str, Any] = field(default_factory=dict)

    def __init__(  # noqa: PLR0913 -- Dagster's parameters
        self,
        *,
        graph_def: GraphDefinition,
        resource_defs: Mapping[str, Any] | None = None,
        executor_def: ExecutorDefinition | None = None,
        logger_defs: object = None,
        name: str | None = None,
        config: Any = None,
        description: str | None = None,
        partitions_def: PartitionsDefinition | None = None,
        tags: Mapping[str, Any] | None = None,
        run_tags: Mapping[str, Any] | None = None,
        metadata: object = None,
        hook_defs: AbstractSet[HookDefinition] | None = None,
        op_retry_policy: RetryPolicy | None = None,
        asset_layer: object = None,
        input_values: Mapping[str, Any] | None = None,
        owners: object = None,
    ) -> None:
        given = {name: value for name, value in locals().items() if name not in _OF_THE_CALL}
        refuse_unsupported("JobDefinition", {"asset_layer": asset_layer, "owners": owners})
        if type(graph_def) is not GraphDefinition:
            raise ArgumentError(
                f"JobDefinition: graph_def is {in_words(graph_def)}, and no graph.",
                fix="Give what @graph or GraphDefinition(…) made.",
                source=user_line(),
            )
        made = job_of(graph_def, {**given, "hooks": hook_defs}, label="JobDefinition")
        for known in field_names(type(made)) or ():
            object.__setattr__(self, known, getattr(made, known))

    def config_for(self, partition_key: str) -> UserValue:
        """Return the config of a run of a partition, with nodes named as the job has them."""
        return in_node(self.name, AssetJob.config_for(self, partition_key))

    def __call__(self, *_: object, **__: object) -> NoReturn:
        """Refuse to be called: a body calls graphs.

        Raises:
            ArgumentError: always.
        """
        raise ArgumentError(
            f"The job {self.name!r} was called.",
            fix=f"Call its graph in a body, {self.name}.graph(…); run it by execute_in_process(…).",
            source=user_line(),
        )

    def execute_in_process(  # noqa: PLR0913 -- Dagster's parameters
        self,
        run_config: Any = None,
        *,
        instance: str | os.PathLike[str] | None = None,
        partition_key: str | None = None,
        raise_on_error: bool = True,
        op_selection: Sequence[str] | None = None,
        asset_selection: object = None,
        run_id: object = None,
        input_values: Mapping[str, Any] | None = None,
        tags: Mapping[str, str] | None = None,
        resources: Mapping[str, Any] | None = None,
    ) -> ExecuteInProcessResult:
        """Run the job, or the ops in `op_selection`, in this process, and say what became of it.

        The parameters are Dagster's. Values are handed on as they are; with `instance`, a folder,
        they are stored in it. In `run_config` and in the result, nodes are named without the job.
        `resources` are beside the job's own, and win over them.

        Raises:
            DefinitionError: an argument is wrong.
            PlanRefused: the config is wrong.
            BaseException: what the first step that failed raised, unless `raise_on_error` is False.
        """
        from treadle_inprocess import execute_op_job  # noqa: PLC0415 -- what tests alone need

        given = {"asset_selection": asset_selection, "run_id": run_id}
        refuse_unsupported("execute_in_process", given)
        return execute_op_job(
            part_of(self, op_selection, owner=f"execute_in_process of {self.name!r}")
            if op_selection
            else self,
            run_config=run_config,
            instance=instance,
            resources=resources,
            input_values=input_values,
            tags=tags,
            raise_on_error=raise_on_error,
            partition_key=partition_key,
        )

    def with_hooks(self, hook_defs: AbstractSet[HookDefinition]) -> JobDefinition:
        """Return the job with these hooks, too, for every step."""
        added = checked_hooks(hook_defs, owner=f"job {self.name!r}: with_hooks")
        return replace(self, hooks=(*self.hooks, *added))

    def get_subset(self, *, op_selection: Sequence[str] | None = None) -> JobDefinition:
        """Return the job of the ops that are selected, under the same name.

        Raises:
            DefinitionError: it is no selection, or leaves out what is needed.
        """
        return part_of(self, op_selection, owner=f"get_subset of {self.name!r}")

    @property
    def is_subset(self) -> bool:
        """Whether it is some ops of a graph, and not all."""
        return self.graph is not self.whole

    @property
    def left_out(self) -> tuple[str, ...]:
        """The ops of `whole` that do not run, and arguments of graphs that they alone read."""
        if not self.is_subset:
            return ()
        every, kept = flatten(self.whole).steps, self.block.flat.steps if self.block else {}
        read = {each for step in kept.values() for one in step.inputs for each in one.arguments}
        left = [step for path, step in every.items() if path not in kept]
        unread = {each for step in left for one in step.inputs for each in one.arguments} - read
        keys = [".".join((self.name, *step.path)) for step in left]
        return (*keys, *sorted(f"{'.'.join((self.name, *path))}:{name}" for path, name in unread))

    @property
    def hook_defs(self) -> AbstractSet[HookDefinition]:
        """The hooks of all its steps."""
        return frozenset(self.hooks)

    @property
    def op_retry_policy(self) -> RetryPolicy | None:
        """The policy of steps that have none of their own."""
        return self.retry_policy

    @property
    def nodes(self) -> tuple[Any, ...]:
        """What each node of its graph is, in the order of the calls."""
        return self.graph.nodes

    def has_node_named(self, name: str) -> bool:
        """Whether its graph has a node of this name."""
        return self.graph.has_node_named(name)

    def __repr__(self) -> str:
        return f"<job {self.name}>"


# Under the name of the class.
setattr(JobDefinition, "__init__", checked(JobDefinition.__init__, label="JobDefinition"))  # noqa: B010 -- mypy minds the plain form


def with_given(
    made: JobDefinition, resources: Mapping[str, Any], input_values: Mapping[str, Any]
) -> JobDefinition:
    """Return a job with more resources and more values for inputs of its graph, which win.

    Raises:
        ArgumentError: it has no such input, or one has no value.
    """
    values = _of_part(made.whole, made.graph, {**made.input_values, **input_values})
    given = {**made.resource_defs, **resources}
    block = _block(made.graph, made.name, made.description, given, values, made.source)
    return replace(made, block=block, resource_defs=given, input_values=values)


def part_of(made: JobDefinition, op_selection: object, *, owner: str) -> JobDefinition:
    """Return a job of the ops that are selected, the whole one for None.

    Raises:
        DefinitionError: it is no selection, or what it leaves out is needed.
    """
    graph = _selected(made.graph, op_selection, owner)
    values = _of_part(made.whole, graph, made.input_values)
    block = _block(graph, made.name, made.description, made.resource_defs, values, made.source)
    return replace(made, graph=graph, block=block, input_values=values)


def _selected(graph: GraphDefinition, op_selection: object, owner: str) -> GraphDefinition:
    if not op_selection:
        return graph
    from treadle.graphs._op_selection import selected_part  # noqa: PLC0415 -- few jobs run in part

    return selected_part(graph, op_selection, owner=owner)


def _of_part(
    whole: GraphDefinition, part: GraphDefinition, input_values: Mapping[str, Any]
) -> dict[str, Any]:
    """Return values for inputs, without those of the whole graph that nothing in its part reads."""
    unread = whole.ins.keys() - part.ins.keys()
    return {name: value for name, value in input_values.items() if name not in unread}


@overload
def job(compose_fn: Callable[..., Any]) -> JobDefinition: ...


@overload
def job(
    compose_fn: None = None,
    *,
    name: str | None = None,
    description: str | None = None,
    resource_defs: Mapping[str, Any] | None = None,
    config: Any = None,
    tags: Mapping[str, Any] | None = None,
    run_tags: Mapping[str, Any] | None = None,
    metadata: object = None,
    logger_defs: object = None,
    executor_def: ExecutorDefinition | None = None,
    hooks: AbstractSet[HookDefinition] | None = None,
    op_retry_policy: RetryPolicy | None = None,
    partitions_def: PartitionsDefinition | None = None,
    input_values: Mapping[str, Any] | None = None,
    isolation: Isolation | str | None = None,
) -> Callable[[Callable[..., Any]], JobDefinition]: ...


@checked
def job(  # noqa: PLR0913 -- Dagster's parameters, then ours
    compose_fn: Callable[..., Any] | None = None,
    *,
    name: str | None = None,
    description: str | None = None,
    resource_defs: Mapping[str, Any] | None = None,
    config: Any = None,
    tags: Mapping[str, Any] | None = None,
    run_tags: Mapping[str, Any] | None = None,
    metadata: object = None,
    logger_defs: object = None,
    executor_def: ExecutorDefinition | None = None,
    hooks: AbstractSet[HookDefinition] | None = None,
    op_retry_policy: RetryPolicy | None = None,
    partitions_def: PartitionsDefinition | None = None,
    input_values: Mapping[str, Any] | None = None,
    isolation: Isolation | str | None = None,
) -> JobDefinition | Callable[[Callable[..., Any]], JobDefinition]:
    """Make a job of a function whose body calls ops and graphs. Each of them runs, read or not.

    The parameters are Dagster's, then ours. `config` is what its runs say by default, with nodes
    named without the job. What the body returns has no meaning.

    Raises:
        DefinitionError: an argument, a name or the body cannot work.
    """
    given = dict(locals())

    def decorate(fn: Callable[..., Any]) -> JobDefinition:
        function = checked_function(fn, label="@job", name=name)
        job_name = checked_name(name or name_of(function), what="@job name")
        graph = compose(
            function,
            label="@job",
            name=job_name,
            ins={},
            input_names=(),
            outs={},
            description=described(description, function),
            tags={},
        )
        return job_of(graph, {**given, "name": job_name}, label="@job")

    return decorate(compose_fn) if compose_fn is not None else decorate


def job_of(graph: GraphDefinition, given: Mapping[str, Any], *, label: str) -> JobDefinition:
    """Make a job of a graph, of what `job`, `to_job` or the constructor was given.

    Raises:
        DefinitionError: an argument cannot work.
    """
    name = checked_name(given["name"] or graph.name, what=f"{label} name")
    owner = f"{label} {name!r}"
    names = ("metadata", "logger_defs")
    refuse_unsupported(label, {each: given.get(each) for each in names})
    said = checked_tags({**(given["tags"] or {}), **(given["run_tags"] or {})}, owner=owner)
    partitions_def = checked_partitions(given.get("partitions_def"), owner)
    always, partitioned_config, partitions_def = split_config(
        given["config"], partitions_def, owner
    )
    graph, config = configured(graph, always, owner)
    part = _selected(graph, given.get("op_selection"), owner)
    resource_defs = given["resource_defs"] or {}
    input_values = _of_part(graph, part, given["input_values"] or {})
    description = given["description"] or graph.description
    source = user_line()
    return filled(
        JobDefinition,
        name=name,
        selection=InBlock(name=name),
        description=description,
        tags=said,
        retry_policy=checked_retry_policy(
            given["op_retry_policy"], owner=owner, name="op_retry_policy"
        ),
        isolation=isolation_of(given, owner),
        # Its ops run for what they do.
        reuse=None,
        config=in_node(name, config),
        hooks=checked_hooks(given["hooks"], owner=f"{owner}: hooks"),
        source=source,
        graph=part,
        whole=graph,
        block=_block(part, name, description, resource_defs, input_values, source),
        resource_defs=resource_defs,
        input_values=input_values,
        partitions_def=partitions_def,
        partitioned_config=partitioned_config,
    )


def _block(  # noqa: PLR0913, PLR0917 -- what is said of a job
    graph: GraphDefinition,
    name: str,
    description: str,
    resource_defs: Mapping[str, Any],
    input_values: Mapping[str, Any],
    source: SourceLine,
) -> AssetsDefinition:
    owner = f"job {name!r}"
    for each in input_values:
        if each not in graph.ins:
            raise ArgumentError(
                f"{owner}: input_values names {each!r}, which is no input of it."
                f"{did_you_mean(each, graph.ins)}",
                fix=inputs_in_words(graph.ins),
                source=user_line(),
            )
    lacking = [
        each
        for each in graph.ins
        if each not in input_values and graph.needs(each) and not graph.may_be_told(each)
    ]
    if lacking:
        raise ArgumentError(
            f"{owner}: nothing is given for its input {listed(lacking)}.",
            fix=f"Give input_values={{{lacking[0]!r}: …}}.",
            source=user_line(),
        )
    options = block_options(
        {"resource_defs": resource_defs},
        owner=owner,
        node_name=name,
        outs={},
        description=description,
    )
    return make_block(graph, replace(options, input_values=dict(input_values)), source)
