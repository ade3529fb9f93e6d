"""@asset_check and @multi_asset_check: a block that makes no asset and says whether assets are right."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, TypeAlias

from treadle._arguments import checked, refuse_unsupported
from treadle._errors import ArgumentError, ConflictError, listed
from treadle._keys import AssetKey
from treadle._names import checked_name, checked_tags
from treadle._policies import Limits, RetryPolicy
from treadle._source import user_line
from treadle._texts import described
from treadle.assets._asset_decorators import asset_op
from treadle.assets._asset_ins_outs import AssetIn
from treadle.assets._asset_spec import DepLike
from treadle.assets._assets import AssetsDefinition, make_block
from treadle.assets._block_options import BlockOptions, block_options
from treadle.checks._block_checks import checked_specs
from treadle.checks._check_spec import AssetCheckKey, AssetCheckSpec, CheckedAsset
from treadle.ops._functions import checked_function, name_of
from treadle.ops._op import OpDefinition
from treadle.ops._op_outs import NO_OUT
from treadle_contract.lazy_dataclasses import replace

Function: TypeAlias = Callable[..., Any]


class AssetChecksDefinition(AssetsDefinition):
    """A block of checks alone."""

    __slots__ = ()

    @property
    def check_key(self) -> AssetCheckKey:
        """The key of the only check that it evaluates.

        Raises:
            ArgumentError: it evaluates several.
        """
        if len(self.check_specs) != 1:
            raise ArgumentError(
                f"{self.options.owner} evaluates {listed(sorted(self.options.checks))}.",
                fix="Use .check_keys.",
                source=user_line(),
            )
        return self.check_specs[0].key

    @property
    def spec(self) -> AssetCheckSpec:
        """What is said of its only check.

        Raises:
            ArgumentError: it evaluates several.
        """
        only = self.check_key
        return next(each for each in self.check_specs if each.key == only)

    @property
    def name(self) -> str:
        """The name of its only check.

        Raises:
            ArgumentError: it evaluates several.
        """
        return self.check_key.name

    @property
    def asset_key(self) -> AssetKey:
        """The asset of its only check.

        Raises:
            ArgumentError: it evaluates several.
        """
        return self.check_key.asset_key


@checked
def asset_check(  # noqa: PLR0913 -- Dagster's parameters, then ours
    *,
    asset: CheckedAsset,
    name: str | None = None,
    description: str | None = None,
    blocking: bool = False,
    additional_ins: Mapping[str, AssetIn] | None = None,
    additional_deps: Iterable[DepLike] | None = None,
    required_resource_keys: AbstractSet[str] | None = None,
    resource_defs: Mapping[str, Any] | None = None,
    config_schema: Any = None,
    compute_kind: str | None = None,
    op_tags: Mapping[str, Any] | None = None,
    retry_policy: RetryPolicy | None = None,
    metadata: Mapping[str, Any] | None = None,
    automation_condition: object = None,
    partitions_def: object = None,
    pool: object = None,
    timeout: float | None = None,
    limits: Limits | None = None,
) -> Callable[[Function], AssetChecksDefinition]:
    """Make a check of an asset: a step of its own that returns an AssetCheckResult.

    The parameters are Dagster's, then `timeout` and `limits`, which hold for each attempt. The
    function's first argument, if it has one, is the asset's value; what else it reads stands in
    `additional_ins`. A check that is `blocking` runs before what reads the asset, which
    does not run where it does not hold.

    Raises:
        DefinitionError: an argument, a name or the signature cannot work.
    """
    given = dict(locals())
    unsupported = {name: given[name] for name in ("automation_condition", "partitions_def", "pool")}
    refuse_unsupported("asset_check", unsupported)

    def decorate(fn: Function) -> AssetChecksDefinition:
        fn = checked_function(fn, label="@asset_check", name=name)
        spec = AssetCheckSpec(
            name or name_of(fn),
            asset=asset,
            description=described(description, fn),
            additional_deps=additional_deps,
            blocking=blocking,
            metadata=metadata,
        )
        return _single(fn, given, spec)

    return decorate


def _single(fn: Function, given: Mapping[str, Any], spec: AssetCheckSpec) -> AssetChecksDefinition:
    owner = f"@asset_check {spec.name!r}"
    ins: dict[str, AssetIn] = dict(given["additional_ins"] or {})
    _refuse_again(spec, ins, owner)
    read = _made(
        fn,
        {**given, "ins": ins, "deps": None},
        "@asset_check",
        owner,
        spec.output_name,
        {spec.output_name: spec},
    )
    free = [
        argument
        for argument in read.node.ins
        if argument not in ins and read.asset_ins[argument].is_inferred
    ]
    node = read.node
    assert isinstance(node, OpDefinition), "a function makes one"
    others = [argument for argument in free[1:] if not node.may_be_resource(argument)]
    if others:
        raise ArgumentError(
            f"{owner}: arguments {listed([free[0], *others])} are not told apart: one reads the"
            f" asset {spec.asset_key.text!r}.",
            fix=f"Say what the others read: additional_ins={{{others[0]!r}: AssetIn(…)}}.",
            source=user_line(),
        )
    deps = [*spec.additional_deps]
    if free:
        ins[free[0]] = AssetIn(key=spec.asset_key)
    else:
        deps.insert(0, spec.asset_key)
    options = replace(read.options, ins=ins, deps=tuple(deps))
    return _block(node, options)


def _refuse_again(spec: AssetCheckSpec, ins: Mapping[str, AssetIn], owner: str) -> None:
    for argument, said in ins.items():
        key = said.key_for(argument)
        if key == spec.asset_key or key in spec.additional_deps:
            where = "its asset" if key == spec.asset_key else "in additional_deps"
            raise ConflictError(
                f"{owner}: additional_ins reads {key.text!r} as {argument!r}, which is {where}.",
                fix="The asset's value is the function's first argument: leave it out of additional_ins."
                if key == spec.asset_key
                else "Name it in one of them.",
                source=user_line(),
            )


@checked
def multi_asset_check(  # noqa: PLR0913 -- Dagster's parameters, then ours
    *,
    specs: Sequence[AssetCheckSpec],
    name: str | None = None,
    description: str | None = None,
    can_subset: bool = False,
    compute_kind: str | None = None,
    op_tags: Mapping[str, Any] | None = None,
    resource_defs: Mapping[str, Any] | None = None,
    required_resource_keys: AbstractSet[str] | None = None,
    retry_policy: RetryPolicy | None = None,
    config_schema: Any = None,
    ins: Mapping[str, AssetIn] | None = None,
    pool: object = None,
    timeout: float | None = None,
    limits: Limits | None = None,
) -> Callable[[Function], AssetChecksDefinition]:
    """Make several checks of one function, which yields an AssetCheckResult for each.

    The parameters are Dagster's, then `timeout` and `limits`, which hold for each attempt. Arguments
    read the assets of their names, or what `ins` says. With `can_subset` the body asks
    context.selected_asset_check_keys which are selected.

    Raises:
        DefinitionError: an argument, a name or the signature cannot work.
    """
    given = dict(locals())
    refuse_unsupported("multi_asset_check", {"pool": pool})

    def decorate(fn: Function) -> AssetChecksDefinition:
        fn = checked_function(fn, label="@multi_asset_check", name=name)
        node_name = checked_name(name or name_of(fn), what="@multi_asset_check name")
        owner = f"@multi_asset_check {node_name!r}"
        checks = checked_specs(specs, owner=owner)
        if not checks:
            raise ArgumentError(
                f"{owner} has no check.",
                fix="Give specs=[AssetCheckSpec(name, asset=…)] with at least one.",
                source=user_line(),
            )
        read = _made(fn, {**given, "deps": None}, "@multi_asset_check", owner, node_name, checks)
        keys = {said.key_for(argument) for argument, said in read.asset_ins.items()}
        wanted = dict.fromkeys(
            key for spec in checks.values() for key in (spec.asset_key, *spec.additional_deps)
        )
        deps = tuple(key for key in wanted if key not in keys)
        return _block(read.node, replace(read.options, deps=deps))

    return decorate


def _made(  # noqa: PLR0913, PLR0917 -- what a block of checks is made of
    fn: Function,
    given: Mapping[str, Any],
    label: str,
    owner: str,
    node_name: str,
    checks: Mapping[str, AssetCheckSpec],
) -> AssetsDefinition:
    """Return the block as its function says it, what it comes after left out."""
    options = block_options(
        {**given, "op_tags": _tags(given, owner), "check_specs": None},
        owner=owner,
        node_name=node_name,
        outs={},
        description=described(given["description"], fn),
    )
    options = replace(options, checks=checks)
    node = asset_op(fn, {**given, "op_tags": options.op_tags}, label, options, NO_OUT)
    return make_block(node, options, node.source)


def _tags(given: Mapping[str, Any], owner: str) -> dict[str, str]:
    kind = given["compute_kind"]
    tags = {} if kind is None else {"compute_kind": kind}
    return checked_tags({**tags, **(given["op_tags"] or {})}, owner=owner)


def _block(node: Any, options: BlockOptions) -> AssetChecksDefinition:
    made = make_block(node, options, node.source, AssetChecksDefinition)
    assert isinstance(made, AssetChecksDefinition), "it was asked for"
    return made
