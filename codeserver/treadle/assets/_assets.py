"""AssetsDefinition: a block, which is one op or one graph and the assets that it makes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from operator import is_
from typing import TYPE_CHECKING, Any

from treadle._absent_attributes import SaysWhatIsAbsent
from treadle._arguments import checked, filled
from treadle._errors import ArgumentError, ConflictError, did_you_mean, listed
from treadle._keys import AssetKey, KeyLike
from treadle._names import refuse_long_step_key
from treadle._policies import Limits, RetryPolicy
from treadle._source import user_line
from treadle._value_words import in_words
from treadle.assets._asset_ins_outs import PLAIN_IN, AssetIn, AssetOut
from treadle.assets._asset_spec import DepLike
from treadle.assets._block_options import BlockOptions
from treadle.assets._constructed import Constructed
from treadle.assets._internal_deps import refuse_unknown_internal_deps
from treadle.assets._merge import merged_in, merged_out
from treadle.assets._node_options import checked_node, node_options
from treadle.assets._of_one_asset import OfOneAsset
from treadle.assets._produced import ProducedAsset, produced_asset, refuse_equal_keys
from treadle.assets._reading_back import ReadBack
from treadle.graphs._composition import current_body, outside_of_graph
from treadle.graphs._flat import (
    FlatBlock,
    Path,
    flatten,
    refuse_elements,
    refuse_unfed,
)
from treadle.graphs._graph import GraphDefinition
from treadle.graphs._handles import ArgumentRef
from treadle.graphs._unused_nodes import refuse_unreachable_effects, refuse_unused_nodes
from treadle.locations.snapshot import SourceLine
from treadle.ops._op import OpDefinition
from treadle_contract.lazy_dataclasses import dataclass, replace
from treadle_contract.plan import Isolation, ReuseMode, Siblings, UnselectedOutputs

if TYPE_CHECKING:
    from treadle.checks._check_spec import AssetCheckSpec
    from treadle.hooks._hook import HookDefinition
    from treadle.partitions._backfill import BackfillPolicy
    from treadle.partitions._definition import PartitionsDefinition
    from treadle.partitions._mappings import PartitionMapping


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, init=False, repr=False)
class AssetsDefinition(Constructed, ReadBack, OfOneAsset, SaysWhatIsAbsent):
    """A block. `produced` is by the block's output name, in declared order; `asset_ins` has an
    entry for every argument. `flattened` is `flat`, which for an op is made when it is asked for: there
    is nothing in it that could clash.
    """

    node: OpDefinition | GraphDefinition
    options: BlockOptions
    flattened: FlatBlock | None
    produced: Mapping[str, ProducedAsset]
    asset_ins: Mapping[str, AssetIn]
    keys: AbstractSet[AssetKey]
    """The keys of the assets that it makes."""
    source: SourceLine

    @staticmethod
    @checked
    def from_graph(  # noqa: PLR0913 -- Dagster's parameters, then ours
        graph_def: GraphDefinition,
        *,
        keys_by_input_name: Mapping[str, KeyLike] | None = None,
        keys_by_output_name: Mapping[str, KeyLike] | None = None,
        key_prefix: str | Sequence[str] | None = None,
        internal_asset_deps: Mapping[str, AbstractSet[KeyLike]] | None = None,
        partitions_def: PartitionsDefinition | None = None,
        partition_mappings: Mapping[str, PartitionMapping] | None = None,
        resource_defs: Mapping[str, Any] | None = None,
        group_name: str | None = None,
        group_names_by_output_name: Mapping[str, str | None] | None = None,
        descriptions_by_output_name: Mapping[str, str] | None = None,
        metadata_by_output_name: Mapping[str, Mapping[str, Any] | None] | None = None,
        tags_by_output_name: Mapping[str, Mapping[str, str] | None] | None = None,
        automation_conditions_by_output_name: object = None,
        backfill_policy: BackfillPolicy | None = None,
        can_subset: bool = False,
        check_specs: Sequence[AssetCheckSpec] | None = None,
        owners_by_output_name: Mapping[str, Sequence[str]] | None = None,
        code_versions_by_output_name: Mapping[str, str | None] | None = None,
        auto_materialize_policies_by_output_name: object = None,
        hook_defs: AbstractSet[HookDefinition] | None = None,
        metadata: Mapping[str, Any] | None = None,
        tags: Mapping[str, str] | None = None,
        owners: Sequence[str] | None = None,
        kinds: AbstractSet[str] | None = None,
        code_version: str | None = None,
        deps: Iterable[DepLike] | None = None,
        required_resource_keys: AbstractSet[str] | None = None,
        io_manager_key: str | None = None,
        io_manager_def: Any = None,
        op_tags: Mapping[str, Any] | None = None,
        retry_policy: RetryPolicy | None = None,
        timeout: float | None = None,
        limits: Limits | None = None,
        unselected_outputs: UnselectedOutputs | str | None = None,
        siblings: Siblings | str | None = None,
        isolation: Isolation | str | None = None,
        reuse: ReuseMode | str | None = None,
        keep_versions: int | None = None,
    ) -> AssetsDefinition:
        """Make assets of the outputs of a graph, which may be used for several such blocks.

        The parameters are Dagster's, then those of the decorators, which speak for all outputs and
        all ops: what is said of one of them wins. A graph with one unnamed output makes the asset of its own name, others one named after each output.

        Raises:
            DefinitionError: an argument cannot work.
        """
        given = dict(locals())
        node = checked_node(given.pop("graph_def"), GraphDefinition, label="from_graph")
        return make_block(node, node_options(node, given, label="from_graph"), user_line())

    @staticmethod
    @checked
    def from_op(  # noqa: PLR0913 -- Dagster's parameters, then ours
        op_def: OpDefinition,
        *,
        keys_by_input_name: Mapping[str, KeyLike] | None = None,
        keys_by_output_name: Mapping[str, KeyLike] | None = None,
        key_prefix: str | Sequence[str] | None = None,
        internal_asset_deps: Mapping[str, AbstractSet[KeyLike]] | None = None,
        partitions_def: PartitionsDefinition | None = None,
        partition_mappings: Mapping[str, PartitionMapping] | None = None,
        resource_defs: Mapping[str, Any] | None = None,
        group_name: str | None = None,
        group_names_by_output_name: Mapping[str, str | None] | None = None,
        descriptions_by_output_name: Mapping[str, str] | None = None,
        metadata_by_output_name: Mapping[str, Mapping[str, Any] | None] | None = None,
        tags_by_output_name: Mapping[str, Mapping[str, str] | None] | None = None,
        automation_conditions_by_output_name: object = None,
        backfill_policy: BackfillPolicy | None = None,
        can_subset: bool = False,
        check_specs: Sequence[AssetCheckSpec] | None = None,
        owners_by_output_name: Mapping[str, Sequence[str]] | None = None,
        code_versions_by_output_name: Mapping[str, str | None] | None = None,
        auto_materialize_policies_by_output_name: object = None,
        hook_defs: AbstractSet[HookDefinition] | None = None,
        metadata: Mapping[str, Any] | None = None,
        tags: Mapping[str, str] | None = None,
        owners: Sequence[str] | None = None,
        kinds: AbstractSet[str] | None = None,
        code_version: str | None = None,
        deps: Iterable[DepLike] | None = None,
        required_resource_keys: AbstractSet[str] | None = None,
        io_manager_key: str | None = None,
        io_manager_def: Any = None,
        op_tags: Mapping[str, Any] | None = None,
        retry_policy: RetryPolicy | None = None,
        timeout: float | None = None,
        limits: Limits | None = None,
        unselected_outputs: UnselectedOutputs | str | None = None,
        siblings: Siblings | str | None = None,
        isolation: Isolation | str | None = None,
        reuse: ReuseMode | str | None = None,
        keep_versions: int | None = None,
    ) -> AssetsDefinition:
        """Make assets of the outputs of an op, as `from_graph` does of a graph's.

        Raises:
            DefinitionError: an argument cannot work.
        """
        given = dict(locals())
        node = checked_node(given.pop("op_def"), OpDefinition, label="from_op")
        return make_block(node, node_options(node, given, label="from_op"), user_line())

    @property
    def flat(self) -> FlatBlock:
        """The steps, with what is said of the assets that they read and make."""
        if self.flattened is None:
            flat = _merged(flatten(self.node), self.asset_ins, self.options)
            object.__setattr__(self, "flattened", flat)
            return flat
        return self.flattened

    @property
    def key(self) -> AssetKey:
        """The key of the only asset that it makes.

        Raises:
            ArgumentError: it makes several, or none.
        """
        if len(self.keys) != 1:
            raise ArgumentError(
                f"{self.options.owner} makes {listed(sorted(key.text for key in self.keys))}.",
                fix="Use .keys.",
                source=user_line(),
            )
        return next(iter(self.keys))

    @property
    def is_graph(self) -> bool:
        """Whether it is a graph of ops."""
        return isinstance(self.node, GraphDefinition)

    @property
    def op(self) -> OpDefinition:
        """The op that makes the assets.

        Raises:
            ArgumentError: a graph makes them.
        """
        if isinstance(self.node, OpDefinition):
            return self.node
        raise ArgumentError(
            f"{in_words(self)} is made by a graph of ops.".capitalize(),
            fix="Use .node.",
            source=user_line(),
        )

    @property
    def prefix(self) -> tuple[str, ...]:
        """The components that all its keys begin with before the last one; () if they differ."""
        prefixes = {key.prefix for key in self.keys}
        return prefixes.pop() if len(prefixes) == 1 else ()

    def __repr__(self) -> str:
        made = sorted([*(key.text for key in self.keys), *(key.text for key in self.check_keys)])
        return f"<{type(self).__name__} {', '.join(made)}>"

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the op's function; in a graph's body, write an invocation of the node down.

        Raises:
            CompositionError: it is a graph and no body runs, or the arguments do not fit.
        """
        if current_body() is not None:
            return self.node(*args, **kwargs)
        if not isinstance(self.node, OpDefinition):
            raise outside_of_graph(self.node.name, runs_by=f"materialize([{self.node.name}])")
        if self.node.context_param is not None:
            from treadle.steps._direct_calls import bound  # noqa: PLC0415 -- what tests alone need

            args, kwargs = bound(self.node, args, kwargs, self)
        return self.node(*args, **kwargs)


def make_block(
    node: OpDefinition | GraphDefinition,
    options: BlockOptions,
    source: SourceLine,
    kind: type[AssetsDefinition] = AssetsDefinition,
) -> AssetsDefinition:
    """Put a node and what is said of it together, at a line of the user's.

    Raises:
        DefinitionError: it cannot work.
    """
    owner = options.owner
    asset_ins = _asset_ins(node, options)
    refuse_equal_keys(options.outs, owner=owner)
    flat, produced = None, {}
    if isinstance(node, OpDefinition):
        for output, said in options.outs.items():
            out = merged_out(node.outs[output], (said,), owner, output, node)
            produced[output] = produced_asset(output, said, out, node, owner=owner)
    else:
        flat = _flat_graph(node, asset_ins, options)
        for output, said in options.outs.items():
            out, op = flat.made_by(output)
            produced[output] = produced_asset(output, said, out, op, owner=owner)
    made = filled(
        kind,
        node=node,
        options=options,
        flattened=flat,
        produced=produced,
        asset_ins=asset_ins,
        keys=frozenset([each.key for each in produced.values()]),
        source=source,
    )
    _refuse_own_deps(made)
    refuse_unknown_internal_deps(made)
    return made


def _asset_ins(node: OpDefinition | GraphDefinition, options: BlockOptions) -> dict[str, AssetIn]:
    for name in options.ins:
        if name not in node.ins:
            raise ArgumentError(
                f"{options.owner}: ins names {name!r}, which is no argument of the function."
                + did_you_mean(name, node.ins),
                fix=f"Its arguments are {listed(node.ins)}.",
                source=user_line(),
            )
    # The inputs of a job of ops are no assets.
    names = () if options.is_op_job else node.ins
    named = {name: AssetIn(key) for name, key in node.input_assets.items()}
    return {name: options.ins.get(name) or named.get(name, PLAIN_IN) for name in names}


def _flat_graph(
    graph: GraphDefinition, asset_ins: Mapping[str, AssetIn], options: BlockOptions
) -> FlatBlock:
    flat = flatten(graph)
    if options.is_op_job:
        from treadle.graphs._given_inputs import with_inputs  # noqa: PLC0415 -- jobs of ops alone

        flat = with_inputs(flat, options.input_values)
    else:
        for name, ref in flat.outputs.items():
            refuse_elements(options.owner, name, flat.steps, ref)
        refuse_unused_nodes(graph)
        refuse_unreachable_effects(flat)
        refuse_unfed(flat, options.owner)
    flat = _merged(flat, asset_ins, options)
    for path, step in flat.steps.items():
        key = ".".join((options.node_name, *path))
        refuse_long_step_key(key, owner=options.owner, others=(step.source,))
    _refuse_nothing_by_value(flat, options.owner)
    return flat


def _merged(flat: FlatBlock, asset_ins: Mapping[str, AssetIn], options: BlockOptions) -> FlatBlock:
    """Return the steps with what is said of the assets that they read and make, and of checks."""
    if options.checks:
        flat = _with_checks(flat, options)
    assets: dict[Path, dict[str, list[AssetOut]]] = {}
    for output, said in options.outs.items():
        ref = flat.outputs[output]
        assets.setdefault(ref.path, {}).setdefault(ref.output, []).append(said)
    is_silent = all(said is PLAIN_IN for said in asset_ins.values())
    changed = {}
    for path, step in flat.steps.items():
        inputs, outs = step.inputs, step.outs
        if not is_silent:
            inputs = tuple(
                [merged_in(step, each, asset_ins, owner=options.owner) for each in inputs]
            )
        for name, made in assets.get(path, {}).items():
            merged = merged_out(outs[name], made, options.owner, name, step.op)
            outs = outs if merged is outs[name] else {**outs, name: merged}
        # Not compared by value: a default is of any type.
        if outs is not step.outs or not all(map(is_, inputs, step.inputs)):
            changed[path] = replace(step, inputs=inputs, outs=outs)
    return replace(flat, steps={**flat.steps, **changed}) if changed else flat


def _with_checks(flat: FlatBlock, options: BlockOptions) -> FlatBlock:
    from treadle.checks._block_checks import with_checks  # noqa: PLC0415 -- few modules have checks

    return with_checks(flat, options.checks, [*options.outs], owner=options.owner)


def _refuse_nothing_by_value(flat: FlatBlock, owner: str) -> None:
    """Refuse what only the assets make impossible; the rest is refused in the graph's body."""
    for step, each, ref in flat.reads():
        if isinstance(ref, ArgumentRef) or not flat.out(ref).is_nothing:
            continue
        if not each.definition.is_nothing:
            raise ConflictError(
                f"{owner}: output {ref.output!r} of {'.'.join(ref.path)!r} makes an asset of"
                f" type Nothing, and {'.'.join(step.path)!r} reads it by value.",
                fix="Leave the asset's type out, or declare the input In(Nothing).",
                source=user_line(),
                others=(step.source,),
            )


def _refuse_own_deps(made: AssetsDefinition) -> None:
    own = [key for key in made.options.deps if key in made.keys]
    if own:
        raise ConflictError(
            f"{made.options.owner}: deps names {own[0].text!r}, which it makes itself.",
            fix="Remove it from deps.",
            source=user_line(),
        )
