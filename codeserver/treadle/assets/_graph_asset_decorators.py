"""@graph_asset and @graph_multi_asset: a block that is a graph of ops."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Any, TypeAlias, overload

from treadle._arguments import checked
from treadle._keys import KeyLike
from treadle._names import checked_name
from treadle._policies import Limits, RetryPolicy
from treadle._texts import described
from treadle.assets._asset_ins_outs import AssetIn, AssetOut
from treadle.assets._asset_spec import DepLike
from treadle.assets._assets import AssetsDefinition, make_block
from treadle.assets._block_options import (
    BlockOptions,
    block_options,
    checked_outs,
    only_out,
    refuse_unsupported_options,
    with_defaults,
    with_own_manager,
)
from treadle.graphs._graph import compose
from treadle.ops._functions import checked_function, name_of
from treadle.ops._ins_outs import DEFAULT_OUTPUT, GraphOut
from treadle_contract.plan import Isolation, ReuseMode, Siblings, UnselectedOutputs

if TYPE_CHECKING:
    from treadle.checks._check_spec import AssetCheckSpec
    from treadle.hooks._hook import HookDefinition
    from treadle.partitions._backfill import BackfillPolicy
    from treadle.partitions._definition import PartitionsDefinition

Function: TypeAlias = Callable[..., Any]


@overload
def graph_asset(compose_fn: Function) -> AssetsDefinition: ...


@overload
def graph_asset(
    compose_fn: None = None,
    *,
    name: str | None = None,
    description: str | None = None,
    ins: Mapping[str, AssetIn] | None = None,
    config: Any = None,
    key_prefix: str | Sequence[str] | None = None,
    group_name: str | None = None,
    partitions_def: PartitionsDefinition | None = None,
    hooks: AbstractSet[HookDefinition] | None = None,
    metadata: Mapping[str, Any] | None = None,
    tags: Mapping[str, str] | None = None,
    owners: Sequence[str] | None = None,
    automation_condition: object = None,
    backfill_policy: BackfillPolicy | None = None,
    resource_defs: Mapping[str, Any] | None = None,
    check_specs: Sequence[AssetCheckSpec] | None = None,
    code_version: str | None = None,
    key: KeyLike | None = None,
    kinds: AbstractSet[str] | None = None,
    deps: Iterable[DepLike] | None = None,
    required_resource_keys: AbstractSet[str] | None = None,
    io_manager_key: str | None = None,
    io_manager_def: Any = None,
    dagster_type: Any = None,
    op_tags: Mapping[str, Any] | None = None,
    output_required: bool = True,
    internal_asset_deps: Mapping[str, AbstractSet[Any]] | None = None,
    freshness_policy: object = None,
    retry_policy: RetryPolicy | None = None,
    pool: object = None,
    is_virtual: object = False,
    unselected_outputs: UnselectedOutputs | str | None = None,
    siblings: Siblings | str | None = None,
    isolation: Isolation | str | None = None,
    reuse: ReuseMode | str | None = None,
    timeout: float | None = None,
    limits: Limits | None = None,
    keep_versions: int | None = None,
) -> Callable[[Function], AssetsDefinition]: ...


@checked
def graph_asset(  # noqa: PLR0913 -- Dagster's parameters, then those that it has for @asset only
    compose_fn: Function | None = None,
    *,
    name: str | None = None,
    description: str | None = None,
    ins: Mapping[str, AssetIn] | None = None,
    config: Any = None,
    key_prefix: str | Sequence[str] | None = None,
    group_name: str | None = None,
    partitions_def: PartitionsDefinition | None = None,
    hooks: AbstractSet[HookDefinition] | None = None,
    metadata: Mapping[str, Any] | None = None,
    tags: Mapping[str, str] | None = None,
    owners: Sequence[str] | None = None,
    automation_condition: object = None,
    backfill_policy: BackfillPolicy | None = None,
    resource_defs: Mapping[str, Any] | None = None,
    check_specs: Sequence[AssetCheckSpec] | None = None,
    code_version: str | None = None,
    key: KeyLike | None = None,
    kinds: AbstractSet[str] | None = None,
    deps: Iterable[DepLike] | None = None,
    required_resource_keys: AbstractSet[str] | None = None,
    io_manager_key: str | None = None,
    io_manager_def: Any = None,
    dagster_type: Any = None,
    op_tags: Mapping[str, Any] | None = None,
    output_required: bool = True,
    internal_asset_deps: Mapping[str, AbstractSet[Any]] | None = None,
    freshness_policy: object = None,
    retry_policy: RetryPolicy | None = None,
    pool: object = None,
    is_virtual: object = False,
    unselected_outputs: UnselectedOutputs | str | None = None,
    siblings: Siblings | str | None = None,
    isolation: Isolation | str | None = None,
    reuse: ReuseMode | str | None = None,
    timeout: float | None = None,
    limits: Limits | None = None,
    keep_versions: int | None = None,
) -> AssetsDefinition | Callable[[Function], AssetsDefinition]:
    """Make an asset of a graph of ops: the body calls them and returns one output.

    The parameters are Dagster's and those that @asset has; they mean the same here. `deps`
    come before the ops that read nothing inside the graph. `op_tags`, `retry_policy`, `timeout`,
    `limits` and `required_resource_keys` are for every op of it; its own wins.

    Raises:
        DefinitionError: an argument, a name or the body cannot work.
    """
    given = dict(locals())
    refuse_unsupported_options("graph_asset", given)

    def decorate(fn: Function) -> AssetsDefinition:
        named = name or (None if key is None else "key")
        fn = checked_function(fn, label="@graph_asset", name=named)
        all_given = with_own_manager(given, name or name_of(fn), "@graph_asset")
        said = only_out(all_given, fn, label="@graph_asset")
        assert said.key is not None
        options = block_options(
            all_given,
            owner=f"@graph_asset {said.key.text!r}",
            node_name=said.key.node_name,
            outs={DEFAULT_OUTPUT: said},
            description=said.description or "",
        )
        return _graph_block(fn, "@graph_asset", options, config)

    return decorate(compose_fn) if compose_fn is not None else decorate


@checked
def graph_multi_asset(  # noqa: PLR0913 -- Dagster's parameters, then those of the others
    *,
    outs: Mapping[str, AssetOut],
    name: str | None = None,
    ins: Mapping[str, AssetIn] | None = None,
    partitions_def: PartitionsDefinition | None = None,
    hooks: AbstractSet[HookDefinition] | None = None,
    backfill_policy: BackfillPolicy | None = None,
    group_name: str | None = None,
    can_subset: bool = False,
    resource_defs: Mapping[str, Any] | None = None,
    check_specs: Sequence[AssetCheckSpec] | None = None,
    config: Any = None,
    description: str | None = None,
    deps: Iterable[DepLike] | None = None,
    key_prefix: str | Sequence[str] | None = None,
    metadata: Mapping[str, Any] | None = None,
    tags: Mapping[str, str] | None = None,
    owners: Sequence[str] | None = None,
    kinds: AbstractSet[str] | None = None,
    code_version: str | None = None,
    required_resource_keys: AbstractSet[str] | None = None,
    io_manager_key: str | None = None,
    io_manager_def: Any = None,
    op_tags: Mapping[str, Any] | None = None,
    internal_asset_deps: Mapping[str, AbstractSet[Any]] | None = None,
    retry_policy: RetryPolicy | None = None,
    pool: object = None,
    unselected_outputs: UnselectedOutputs | str | None = None,
    siblings: Siblings | str | None = None,
    isolation: Isolation | str | None = None,
    reuse: ReuseMode | str | None = None,
    timeout: float | None = None,
    limits: Limits | None = None,
    keep_versions: int | None = None,
) -> Callable[[Function], AssetsDefinition]:
    """Make several assets of a graph of ops: the body returns a dict, or a tuple, of outputs.

    The parameters are Dagster's and those of the other decorators, where they speak for all
    outputs; an AssetOut's own word wins. With `can_subset`, only the ops that the selected
    assets need are run. `internal_asset_deps` states lineage, which is otherwise derived from
    the wiring; what is loaded it does not change.

    Raises:
        DefinitionError: an argument, a name or the body cannot work.
    """
    given = dict(locals())
    refuse_unsupported_options("graph_multi_asset", given)
    named = checked_outs(outs, owner="@graph_multi_asset")

    def decorate(fn: Function) -> AssetsDefinition:
        fn = checked_function(fn, label="@graph_multi_asset", name=name)
        node_name = checked_name(name or name_of(fn), what="@graph_multi_asset name")
        owner = f"@graph_multi_asset {node_name!r}"
        all_given = with_own_manager(given, node_name, "@graph_multi_asset")
        options = block_options(
            all_given,
            owner=owner,
            node_name=node_name,
            outs={key: with_defaults(out, all_given, owner=owner) for key, out in named.items()},
            description=described(description, fn),
        )
        return _graph_block(fn, "@graph_multi_asset", options, config)

    return decorate


def _graph_block(
    fn: Function, label: str, options: BlockOptions, config: object
) -> AssetsDefinition:
    node = compose(
        fn,
        label=label,
        name=options.node_name,
        ins={},
        input_names=tuple(options.ins),
        outs={
            **{output: GraphOut(said.description) for output, said in options.outs.items()},
            **{output: GraphOut(spec.description) for output, spec in options.checks.items()},
        },
        description=options.description,
        tags={},
        config=config,
    )
    return make_block(node, options, node.source)
