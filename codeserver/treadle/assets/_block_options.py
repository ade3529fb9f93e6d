"""The one specification behind every way to make a block: what can be said of it as a whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final, TypeVar

from treadle._arguments import UNSET, made, refuse_no_list, refuse_unsupported
from treadle._errors import ArgumentError, ConflictError, did_you_mean, listed
from treadle._keys import AssetKey, as_key, key_parts
from treadle._names import (
    NO_NAMES,
    checked_asset_tags,
    checked_group,
    checked_kinds,
    checked_name,
    checked_owners,
    checked_tags,
)
from treadle._policies import (
    Limits,
    RetryPolicy,
    checked_keep_versions,
    checked_limits,
    checked_retry_policy,
    checked_timeout,
)
from treadle._source import user_line
from treadle._texts import described
from treadle.assets._asset_ins_outs import PLAIN_OUT, AssetIn, AssetOut, refuse_key_and_prefix
from treadle.assets._asset_spec import dep_keys
from treadle.assets._produced import key_of
from treadle.hooks._given import checked_hooks
from treadle.ops._functions import name_of
from treadle.ops._ins_outs import CHECK_OUT, DEFAULT_IO_MANAGER, Out
from treadle.ops._op_outs import NO_CHECKS
from treadle.partitions._given import UNPARTITIONED, Partitioning, partitioning
from treadle.steps._type_check import checked_type
from treadle_contract.lazy_dataclasses import dataclass, field, replace
from treadle_contract.plan import Isolation, ReuseMode, Siblings, UnrecordedLoads, UnselectedOutputs

if TYPE_CHECKING:
    from treadle.checks._check_spec import AssetCheckSpec
    from treadle.hooks._hook import HookDefinition

Mode = TypeVar("Mode", UnselectedOutputs, Siblings, Isolation, UnrecordedLoads, ReuseMode)

#: Dagster's parameters that have no meaning here yet: refused unless left at their default.
UNSUPPORTED: Final = (
    "auto_materialize_policies_by_output_name",
    "automation_condition",
    "automation_conditions_by_output_name",
    "freshness_policy",
    "is_virtual",
    "pool",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockOptions:
    """What is said of a block. `owner` is the decorator and name, for messages.

    `checks` are by the outputs that give their results, which are none of `outs`; `observes` has so
    the assets of elsewhere that it looks at, of which those in `optional` may be left out. Without any it is a job of ops, of which `input_values` are what inputs are given.
    """

    owner: str
    node_name: str
    outs: Mapping[str, AssetOut]
    ins: Mapping[str, AssetIn] = field(default_factory=dict)
    deps: tuple[AssetKey, ...] = ()
    op_tags: Mapping[str, str] = field(default_factory=dict)
    required_resource_keys: frozenset[str] = frozenset()
    resource_defs: Mapping[str, object] = field(default_factory=dict)
    can_subset: bool = False
    internal_asset_deps: Mapping[str, frozenset[AssetKey]] = field(default_factory=dict)
    unselected_outputs: UnselectedOutputs | None = None
    siblings: Siblings | None = None
    isolation: Isolation | None = None
    reuse: ReuseMode | None = None
    retry_policy: RetryPolicy | None = None
    timeout: float | None = None
    limits: Limits | None = None
    hooks: tuple[HookDefinition, ...] = ()
    description: str = ""
    input_values: Mapping[str, object] = field(default_factory=dict)
    checks: Mapping[str, AssetCheckSpec] = field(default_factory=dict)
    observes: Mapping[str, AssetKey] = field(default_factory=dict)
    optional: frozenset[str] = frozenset()
    partitioning: Partitioning = UNPARTITIONED

    @property
    def is_op_job(self) -> bool:
        """Whether it makes no asset, evaluates no check and observes nothing: a job of ops."""
        return not (self.outs or self.checks or self.observes)

    @property
    def is_of_checks(self) -> bool:
        """Whether it evaluates checks of assets that it has nothing else to do with."""
        return bool(self.checks) and not (self.outs or self.observes)


def block_options(
    given: Mapping[str, Any],
    *,
    owner: str,
    node_name: str,
    outs: Mapping[str, AssetOut],
    description: str,
) -> BlockOptions:
    """Read what a decorator was given, by parameter name, into one specification.

    Raises:
        DefinitionError: an argument cannot work.
    """
    return BlockOptions(
        owner=owner,
        node_name=node_name,
        outs=outs,
        description=description,
        checks=_checks(given.get("check_specs"), outs, owner),
        ins=dict(given.get("ins") or {}),
        deps=dep_keys(given.get("deps"), owner=owner),
        op_tags=checked_tags(given.get("op_tags") or {}, owner=owner),
        required_resource_keys=frozenset(given.get("required_resource_keys") or NO_NAMES),
        resource_defs={
            checked_name(key, what=f"{owner}: resource_defs"): each
            for key, each in (given.get("resource_defs") or {}).items()
        },
        can_subset=bool(given.get("can_subset")),
        internal_asset_deps=_internal_deps(given.get("internal_asset_deps"), outs, owner),
        unselected_outputs=mode(UnselectedOutputs, "unselected_outputs", given, owner),
        siblings=mode(Siblings, "siblings", given, owner),
        isolation=_isolation(given, owner),
        reuse=mode(ReuseMode, "reuse", given, owner),
        retry_policy=checked_retry_policy(
            given.get("retry_policy"), owner=owner, name="retry_policy"
        ),
        timeout=checked_timeout(given.get("timeout"), owner=owner),
        limits=checked_limits(given.get("limits"), owner=owner),
        hooks=checked_hooks(given.get("hooks") or given.get("hook_defs"), owner=f"{owner}: hooks"),
        partitioning=partitioning(given, outs.values(), owner=owner),
    )


def _checks(
    specs: object, outs: Mapping[str, AssetOut], owner: str
) -> Mapping[str, AssetCheckSpec]:
    if specs is None or (isinstance(specs, list | tuple) and not specs):
        return {}
    from treadle.checks._block_checks import (  # noqa: PLC0415 -- few modules have checks
        checked_specs,
        refuse_foreign,
    )

    checks = checked_specs(specs, owner=owner)
    keys = {key_of(out, output) for output, out in outs.items()}
    refuse_foreign(checks, keys, outs, owner=owner)
    return checks


def check_outs(options: BlockOptions) -> Mapping[str, Out]:
    """Return the outputs of an op that say what its block observes, and give the results of its checks."""
    if not (options.checks or options.observes):
        return NO_CHECKS
    observed = {
        output: replace(CHECK_OUT, is_required=output not in options.optional)
        for output in options.observes
    }
    return {**observed, **dict.fromkeys(options.checks, CHECK_OUT)}


def with_own_manager(given: dict[str, Any], name: str, label: str) -> dict[str, Any]:
    """Return what was given, an `io_manager_def` as a resource of the block's under a key of its own.

    Raises:
        ConflictError: there is an `io_manager_key` too.
    """
    manager = given.get("io_manager_def")
    if manager is None:
        return given
    if given["io_manager_key"] is not None:
        raise ConflictError(
            f"{label} has io_manager_def and io_manager_key.",
            fix="Give one of them.",
            source=user_line(),
        )
    key = f"{name}__{DEFAULT_IO_MANAGER}"
    resources = {**(given["resource_defs"] or {}), key: manager}
    return {**given, "io_manager_key": key, "resource_defs": resources}


def refuse_unsupported_options(label: str, given: Mapping[str, Any]) -> None:
    """Refuse those of Dagster's parameters that are not supported yet.

    Raises:
        ArgumentError: one is given with another value than its default.
    """
    said = {
        name: value
        for name in UNSUPPORTED
        if (value := given.get(name)) is not None and value is not False
    }
    if said:
        refuse_unsupported(label, said)


def with_defaults(out: AssetOut, given: Mapping[str, Any], *, owner: str) -> AssetOut:
    """Complete what is said of one output by what is said of all outputs of its block.

    Metadata, tags and kinds are joined, the output's over the block's; for owners, the code
    version, the IO manager and how many versions are kept the output's own word wins.

    Raises:
        ConflictError: both state a group, and not the same, or both state part of a key.
    """
    group = given.get("group_name")
    if group is not None and out.group_name not in (None, group):
        raise ConflictError(
            f"{owner} is in group {group!r}, and an AssetOut of it in group {out.group_name!r}.",
            fix="State the group in one place.",
            source=user_line(),
        )
    prefix = given.get("key_prefix")
    if prefix and (out.key is not None or out.key_prefix):
        raise ConflictError(
            f"{owner} has a key_prefix, and so has an AssetOut of it, or a key.",
            fix="State the prefix in one place.",
            source=user_line(),
        )
    return AssetOut(
        key_prefix=out.key_prefix or key_parts(prefix),
        key=out.key,
        dagster_type=out.dagster_type,
        description=out.description,
        is_required=out.is_required,
        io_manager_key=out.io_manager_key or given.get("io_manager_key"),
        metadata={**(given.get("metadata") or {}), **out.metadata},
        group_name=out.group_name or (None if group is None else checked_group(group)),
        code_version=out.code_version or given.get("code_version"),
        owners=out.owners or checked_owners(given.get("owners") or (), owner=owner),
        tags={**checked_asset_tags(given.get("tags") or {}, owner=owner), **out.tags},
        kinds=out.kinds | checked_kinds(given.get("kinds") or (), owner=owner),
        keep_versions=out.keep_versions
        or checked_keep_versions(given.get("keep_versions"), owner=owner),
        backfill_policy=out.backfill_policy,
        partitions_def=out.partitions_def,
    )


def only_out(given: Mapping[str, Any], fn: Callable[..., Any], *, label: str) -> AssetOut:
    """Return what is said of the asset of a block that makes only one. It has a key.

    Raises:
        DefinitionError: an argument or a name cannot work.
    """
    refuse_key_and_prefix(label, given["key"], given["key_prefix"], given["name"])
    if given["key"] is None:
        key = made(AssetKey, (*key_parts(given["key_prefix"]), given["name"] or name_of(fn)))
    else:
        key = as_key(given["key"])
    dagster_type = given["dagster_type"]
    owner = f"{label} {key.text!r}"
    if dagster_type is None:
        dagster_type = UNSET
    group = given["group_name"]
    # All is checked here, at the decorator's name.
    return replace(
        PLAIN_OUT,
        key=key,
        dagster_type=checked_type(dagster_type, where="AssetOut: dagster_type is"),
        description=described(given["description"], fn),
        is_required=given["output_required"],
        io_manager_key=given["io_manager_key"],
        metadata=dict(given["metadata"] or {}),
        group_name=None if group is None else checked_group(group),
        code_version=given["code_version"],
        owners=checked_owners(given["owners"] or (), owner=owner),
        tags=checked_asset_tags(given["tags"] or {}, owner=owner),
        kinds=checked_kinds(given["kinds"] or (), owner=owner),
        keep_versions=checked_keep_versions(given["keep_versions"], owner=owner),
    )


def checked_outs(outs: Mapping[str, AssetOut] | None, *, owner: str) -> dict[str, AssetOut]:
    """Return the outputs that a block of several assets declares.

    Raises:
        ArgumentError: there is none.
        InvalidNameError: an output's name is not valid.
    """
    if not outs:
        raise ArgumentError(
            f"{owner} names no output.",
            fix="Give outs={name: AssetOut(…)} with at least one name.",
            source=user_line(),
        )
    for name in outs:
        checked_name(name, what=f"{owner}: output")
    return dict(outs)


def _internal_deps(
    deps: Mapping[str, Iterable[Any]] | None, outs: Mapping[str, AssetOut], owner: str
) -> dict[str, frozenset[AssetKey]]:
    if not deps:
        return {}
    for output in deps:
        if output not in outs:
            raise ArgumentError(
                f"{owner}: internal_asset_deps names output {output!r}, which it does not have."
                + did_you_mean(str(output), outs),
                fix=f"Its outputs are {listed(outs)}.",
                source=user_line(),
            )
        refuse_no_list(f"{owner}: internal_asset_deps[{output!r}]", deps[output])
    return {
        output: frozenset(as_key(key) for key in deps[output]) for output in outs if output in deps
    }


def _isolation(given: Mapping[str, Any], owner: str) -> Isolation | None:
    chosen = mode(Isolation, "isolation", given, owner)
    if chosen is Isolation.RUN:
        raise ArgumentError(
            f"{owner}: isolation='run' puts all steps of a run into one process, which no block can"
            " say for the others.",
            fix="Give isolation='asset' for the steps of this block, or 'run' to define_asset_job"
            " or to the run.",
            source=user_line(),
        )
    return chosen


def mode(kind: type[Mode], parameter: str, given: Mapping[str, Any], owner: str) -> Mode | None:
    """Read a choice, None where none is given.

    Raises:
        ArgumentError: it is no such choice.
    """
    value = given.get(parameter)
    if value is None:
        return None
    if isinstance(value, str) and kind(value).is_known:
        return kind(value)
    raise ArgumentError(
        f"{owner}: {parameter}={value!r} means nothing.{did_you_mean(str(value), [each.value for each in kind])}",
        fix=f"It is one of {listed(each.value for each in kind)}.",
        source=user_line(),
    )
