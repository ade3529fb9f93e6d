"""@asset and @multi_asset: a block that is one op."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Any, TypeAlias, overload

from treadle._arguments import UNSET, checked, made
from treadle._keys import KeyLike
from treadle._names import NO_NAMES, checked_name
from treadle._policies import Limits, RetryPolicy
from treadle._texts import described
from treadle.assets._asset_ins_outs import AssetIn, AssetOut
from treadle.assets._asset_spec import AssetSpec, DepLike
from treadle.assets._asset_specs import of_specs
from treadle.assets._assets import AssetsDefinition, make_block
from treadle.assets._block_options import (
    BlockOptions,
    block_options,
    check_outs,
    checked_outs,
    only_out,
    refuse_unsupported_options,
    with_defaults,
    with_own_manager,
)
from treadle.ops._functions import checked_function, name_of
from treadle.ops._ins_outs import DEFAULT_OUTPUT, PLAIN_OUT, In, Out
from treadle.ops._op import OpDefinition, op_of
from treadle_contract.lazy_dataclasses import replace
from treadle_contract.plan import Isolation, ReuseMode, Siblings, UnselectedOutputs

if TYPE_CHECKING:
    from treadle.checks._check_spec import AssetCheckSpec
    from treadle.hooks._hook import HookDefinition
    from treadle.partitions._backfill import BackfillPolicy
    from treadle.partitions._definition import PartitionsDefinition

Function: TypeAlias = Callable[..., Any]


@overload
def asset(compute_fn: Function) -> AssetsDefinition: ...


@overload
def asset(
    compute_fn: None = None,
    *,
    name: str | None = None,
    key_prefix: str | Sequence[str] | None = None,
    ins: Mapping[str, AssetIn] | None = None,
    deps: Iterable[DepLike] | None = None,
    metadata: Mapping[str, Any] | None = None,
    tags: Mapping[str, str] | None = None,
    description: str | None = None,
    config_schema: Any = None,
    required_resource_keys: AbstractSet[str] | None = None,
    resource_defs: Mapping[str, Any] | None = None,
    hooks: AbstractSet[HookDefinition] | None = None,
    io_manager_def: Any = None,
    io_manager_key: str | None = None,
    dagster_type: Any = None,
    partitions_def: PartitionsDefinition | None = None,
    op_tags: Mapping[str, Any] | None = None,
    group_name: str | None = None,
    output_required: bool = True,
    automation_condition: object = None,
    freshness_policy: object = None,
    backfill_policy: BackfillPolicy | None = None,
    retry_policy: RetryPolicy | None = None,
    code_version: str | None = None,
    key: KeyLike | None = None,
    check_specs: Sequence[AssetCheckSpec] | None = None,
    owners: Sequence[str] | None = None,
    kinds: AbstractSet[str] | None = None,
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
def asset(  # noqa: PLR0913 -- Dagster's parameters, then ours
    compute_fn: Function | None = None,
    *,
    name: str | None = None,
    key_prefix: str | Sequence[str] | None = None,
    ins: Mapping[str, AssetIn] | None = None,
    deps: Iterable[DepLike] | None = None,
    metadata: Mapping[str, Any] | None = None,
    tags: Mapping[str, str] | None = None,
    description: str | None = None,
    config_schema: Any = None,
    required_resource_keys: AbstractSet[str] | None = None,
    resource_defs: Mapping[str, Any] | None = None,
    hooks: AbstractSet[HookDefinition] | None = None,
    io_manager_def: Any = None,
    io_manager_key: str | None = None,
    dagster_type: Any = None,
    partitions_def: PartitionsDefinition | None = None,
    op_tags: Mapping[str, Any] | None = None,
    group_name: str | None = None,
    output_required: bool = True,
    automation_condition: object = None,
    freshness_policy: object = None,
    backfill_policy: BackfillPolicy | None = None,
    retry_policy: RetryPolicy | None = None,
    code_version: str | None = None,
    key: KeyLike | None = None,
    check_specs: Sequence[AssetCheckSpec] | None = None,
    owners: Sequence[str] | None = None,
    kinds: AbstractSet[str] | None = None,
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
    """Make an asset of a function: what it returns is stored under the asset's key.

    The parameters are Dagster's; `unselected_outputs`, `siblings`, `isolation` and `reuse` are Treadle's
    and set what a run may override; `timeout`, in seconds, and `limits` hold for each attempt.

    Raises:
        DefinitionError: an argument, a name or the signature cannot work.
    """
    given = dict(locals())
    refuse_unsupported_options("asset", given)

    def decorate(fn: Function) -> AssetsDefinition:
        fn = checked_function(fn, label="@asset", name=name or (None if key is None else "key"))
        all_given = with_own_manager(given, name or name_of(fn), "@asset")
        said = only_out(all_given, fn, label="@asset")
        assert said.key is not None
        options = block_options(
            all_given,
            owner=f"@asset {said.key.text!r}",
            node_name=said.key.node_name,
            outs={DEFAULT_OUTPUT: said},
            description=said.description or "",
        )
        node = asset_op(fn, given, "@asset", options, _out(said))
        return make_block(node, options, node.source)

    return decorate(compute_fn) if compute_fn is not None else decorate


@checked
def multi_asset(  # noqa: PLR0913 -- Dagster's parameters, then ours
    *,
    outs: Mapping[str, AssetOut] | None = None,
    name: str | None = None,
    ins: Mapping[str, AssetIn] | None = None,
    deps: Iterable[DepLike] | None = None,
    description: str | None = None,
    config_schema: Any = None,
    required_resource_keys: AbstractSet[str] | None = None,
    internal_asset_deps: Mapping[str, AbstractSet[Any]] | None = None,
    partitions_def: PartitionsDefinition | None = None,
    hooks: AbstractSet[HookDefinition] | None = None,
    backfill_policy: BackfillPolicy | None = None,
    op_tags: Mapping[str, Any] | None = None,
    can_subset: bool = False,
    resource_defs: Mapping[str, Any] | None = None,
    group_name: str | None = None,
    retry_policy: RetryPolicy | None = None,
    code_version: str | None = None,
    specs: Sequence[AssetSpec] | None = None,
    check_specs: Sequence[AssetCheckSpec] | None = None,
    pool: object = None,
    key_prefix: str | Sequence[str] | None = None,
    metadata: Mapping[str, Any] | None = None,
    tags: Mapping[str, str] | None = None,
    owners: Sequence[str] | None = None,
    kinds: AbstractSet[str] | None = None,
    io_manager_key: str | None = None,
    io_manager_def: Any = None,
    unselected_outputs: UnselectedOutputs | str | None = None,
    siblings: Siblings | str | None = None,
    isolation: Isolation | str | None = None,
    reuse: ReuseMode | str | None = None,
    timeout: float | None = None,
    limits: Limits | None = None,
    keep_versions: int | None = None,
) -> Callable[[Function], AssetsDefinition]:
    """Make several assets of one function, one an output.

    The parameters are Dagster's; `unselected_outputs`, `siblings`, `isolation` and `reuse` are Treadle's
    and set what a run may override; `timeout`, in seconds, and `limits` hold for each attempt. With `can_subset` the body asks the context what is selected.
    `specs` are assets of which nothing is stored: the function makes them itself, and tells of them
    with MaterializeResult. `internal_asset_deps` says which inputs and siblings each output needs: an input that no
    selected output needs is not loaded.

    Raises:
        DefinitionError: an argument, a name or the signature cannot work.
    """
    given = dict(locals())
    refuse_unsupported_options("multi_asset", given)
    if specs is not None:
        given |= of_specs(given, label="@multi_asset")
    named = checked_outs(given["outs"], owner="@multi_asset")

    def decorate(fn: Function) -> AssetsDefinition:
        fn = checked_function(fn, label="@multi_asset", name=name)
        node_name = checked_name(name or name_of(fn), what="@multi_asset name")
        owner = f"@multi_asset {node_name!r}"
        all_given = with_own_manager(given, node_name, "@multi_asset")
        options = block_options(
            all_given,
            owner=owner,
            node_name=node_name,
            outs={key: with_defaults(out, all_given, owner=owner) for key, out in named.items()},
            description=described(description, fn),
        )
        op_outs = {output: _out(said) for output, said in options.outs.items()}
        node = asset_op(fn, given, "@multi_asset", options, op_outs)
        return make_block(node, options, node.source)

    return decorate


def asset_op(
    fn: Function,
    given: Mapping[str, Any],
    label: str,
    options: BlockOptions,
    out: object,
) -> OpDefinition:
    """Make the op that is a block, of what its decorator was given."""
    ins: Mapping[str, AssetIn] = given["ins"] or {}
    return op_of(
        fn,
        label=label,
        name=options.node_name,
        ins={argument: _in(said) for argument, said in ins.items()},
        out=out,
        required_resource_keys=frozenset(given["required_resource_keys"] or NO_NAMES),
        description=given["description"],
        tags=given["op_tags"],
        config_schema=given["config_schema"],
        code_version=given.get("code_version"),
        retry_policy=given["retry_policy"],
        timeout=given.get("timeout"),
        limits=given.get("limits"),
        checks=check_outs(options),
    )


def _in(said: AssetIn) -> In:
    return made(
        In,
        dagster_type=said.dagster_type,
        metadata=said.metadata,
        input_manager_key=said.input_manager_key,
    )


def _out(said: AssetOut) -> Out:
    told = said.description, said.io_manager_key, said.metadata, said.code_version
    if said.dagster_type is UNSET and said.is_required and not any(told):
        return PLAIN_OUT
    # It was checked there.
    return replace(
        PLAIN_OUT,
        dagster_type=said.dagster_type,
        description=said.description,
        is_required=said.is_required,
        io_manager_key=said.io_manager_key,
        metadata=said.metadata,
        code_version=said.code_version,
    )
