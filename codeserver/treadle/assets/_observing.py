"""@observable_source_asset and @multi_observable_source_asset: assets of elsewhere, with a function that looks at them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Any, TypeAlias, overload

from treadle._absent_attributes import SaysWhatIsAbsent
from treadle._arguments import checked, made, refuse_unsupported
from treadle._errors import ArgumentError, ConflictError
from treadle._keys import AssetKey, KeyLike, as_key, key_parts
from treadle._names import checked_group, checked_name
from treadle._policies import Limits, RetryPolicy
from treadle._source import user_line
from treadle._texts import described
from treadle.assets._asset_decorators import asset_op
from treadle.assets._asset_ins_outs import refuse_key_and_prefix
from treadle.assets._asset_spec import AssetSpec
from treadle.assets._asset_specs import specs_by_output
from treadle.assets._assets import AssetsDefinition, make_block
from treadle.assets._block_options import block_options
from treadle.assets._source_asset import SourceAsset, as_source
from treadle.ops._functions import checked_function, name_of
from treadle.ops._ins_outs import DEFAULT_OUTPUT
from treadle.ops._op import OpDefinition
from treadle.ops._op_outs import OBSERVED
from treadle_contract.lazy_dataclasses import replace

if TYPE_CHECKING:
    from treadle.checks._check_spec import AssetCheckSpec
    from treadle.partitions._definition import PartitionsDefinition

Function: TypeAlias = Callable[..., Any]


@overload
def observable_source_asset(observe_fn: Function) -> SourceAsset: ...


@overload
def observable_source_asset(
    observe_fn: None = None,
    *,
    key: KeyLike | None = None,
    name: str | None = None,
    key_prefix: str | Sequence[str] | None = None,
    metadata: Mapping[str, Any] | None = None,
    io_manager_key: str | None = None,
    io_manager_def: Any = None,
    description: str | None = None,
    group_name: str | None = None,
    required_resource_keys: AbstractSet[str] | None = None,
    resource_defs: Mapping[str, Any] | None = None,
    partitions_def: PartitionsDefinition | None = None,
    automation_condition: object = None,
    op_tags: Mapping[str, Any] | None = None,
    tags: Mapping[str, str] | None = None,
    auto_observe_interval_minutes: object = None,
    freshness_policy: object = None,
    retry_policy: RetryPolicy | None = None,
    timeout: float | None = None,
    limits: Limits | None = None,
) -> Callable[[Function], SourceAsset]: ...


@checked
def observable_source_asset(  # noqa: PLR0913 -- Dagster's parameters, then ours
    observe_fn: Function | None = None,
    *,
    key: KeyLike | None = None,
    name: str | None = None,
    key_prefix: str | Sequence[str] | None = None,
    metadata: Mapping[str, Any] | None = None,
    io_manager_key: str | None = None,
    io_manager_def: Any = None,
    description: str | None = None,
    group_name: str | None = None,
    required_resource_keys: AbstractSet[str] | None = None,
    resource_defs: Mapping[str, Any] | None = None,
    partitions_def: PartitionsDefinition | None = None,
    automation_condition: object = None,
    op_tags: Mapping[str, Any] | None = None,
    tags: Mapping[str, str] | None = None,
    auto_observe_interval_minutes: object = None,
    freshness_policy: object = None,
    retry_policy: RetryPolicy | None = None,
    timeout: float | None = None,
    limits: Limits | None = None,
) -> SourceAsset | Callable[[Function], SourceAsset]:
    """Make an asset of elsewhere whose function returns a DataVersion, or an ObserveResult with more facts.

    It runs in a run that selects the asset by its key, and says what it found: nothing is made. Of an asset
    with partitions it looks at all of them, and returns DataVersionsByPartition. The
    parameters are Dagster's, then `retry_policy`, `timeout` and `limits`, which hold for each attempt.

    Raises:
        DefinitionError: an argument, a name or the signature cannot work.
    """
    given = {**locals(), "partitions_def": None}

    def decorate(fn: Function) -> SourceAsset:
        label = "@observable_source_asset"
        fn = checked_function(fn, label=label, name=name)
        refuse_key_and_prefix(label, key, key_prefix, name)
        own = made(AssetKey, (*key_parts(key_prefix), name or name_of(fn)))
        source = SourceAsset(
            own if key is None else as_key(key),
            metadata,
            io_manager_key,
            io_manager_def,
            described(description, fn),
            partitions_def,
            group_name,
            resource_defs=resource_defs,
            auto_observe_interval_minutes=auto_observe_interval_minutes,
            freshness_policy=freshness_policy,
            automation_condition=automation_condition,
            tags=tags,
        )
        return replace(source, observer=observer_of(source, fn, given, label=label))

    return decorate(observe_fn) if observe_fn is not None else decorate


def observer_of(
    source: AssetSpec, fn: Function, given: Mapping[str, Any], *, label: str
) -> AssetsDefinition:
    """Return the block that looks at an asset of elsewhere.

    Raises:
        DefinitionError: the function, or what is said of it, cannot work.
    """
    key = source.key
    fn = checked_function(fn, label=label, name=key.node_name)
    owner = f"{label} {key.text!r}"
    said = {**given, "description": source.description or ""}
    return _observer(fn, said, owner, key.node_name, {DEFAULT_OUTPUT: key})


class ObservableAssets(SaysWhatIsAbsent):
    """Assets of elsewhere that one function looks at: what `@multi_observable_source_asset` makes."""

    __slots__ = ("observer", "specs")

    specs: tuple[SourceAsset, ...]
    observer: AssetsDefinition

    def __init__(self, specs: Sequence[AssetSpec], observer: AssetsDefinition) -> None:
        self.observer = observer
        self.specs = tuple(_with_observer(spec, observer) for spec in specs)

    @property
    def keys(self) -> AbstractSet[AssetKey]:
        """The keys of the assets."""
        return frozenset(spec.key for spec in self.specs)

    @property
    def can_subset(self) -> bool:
        """Whether a run may look at some of them alone."""
        return self.observer.can_subset

    @property
    def check_specs(self) -> tuple[AssetCheckSpec, ...]:
        """The checks that it evaluates."""
        return self.observer.check_specs

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function."""
        return self.observer(*args, **kwargs)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {', '.join(sorted(key.text for key in self.keys))}>"


@checked
def multi_observable_source_asset(  # noqa: PLR0913 -- Dagster's parameters, then ours
    *,
    specs: Sequence[AssetSpec],
    name: str | None = None,
    description: str | None = None,
    partitions_def: object = None,
    can_subset: bool = False,
    required_resource_keys: AbstractSet[str] | None = None,
    resource_defs: Mapping[str, Any] | None = None,
    group_name: str | None = None,
    check_specs: Sequence[AssetCheckSpec] | None = None,
    op_tags: Mapping[str, Any] | None = None,
    retry_policy: RetryPolicy | None = None,
    timeout: float | None = None,
    limits: Limits | None = None,
) -> Callable[[Function], ObservableAssets]:
    """Make several assets of elsewhere with one function, which yields an ObserveResult for each.

    The parameters are Dagster's, then `op_tags`, and `retry_policy`, `timeout` and `limits`, which hold for each
    attempt. With `can_subset` a run may select some, which context.selected_asset_keys tells; one that
    is `skippable` may be left out.

    Raises:
        DefinitionError: an argument, a name or the signature cannot work.
    """
    given = dict(locals())
    refuse_unsupported("multi_observable_source_asset", {"partitions_def": partitions_def})

    def decorate(fn: Function) -> ObservableAssets:
        label = "@multi_observable_source_asset"
        fn = checked_function(fn, label=label, name=name)
        node_name = checked_name(name or name_of(fn), what=f"{label} name")
        owner = f"{label} {node_name!r}"
        named = specs_by_output(specs, label=label)
        if not named:
            raise ArgumentError(
                f"{owner} has no asset.",
                fix="Give specs=[AssetSpec(key)] with at least one.",
                source=user_line(),
            )
        observes = {output: spec.key for output, spec in named.items()}
        optional = frozenset(output for output, spec in named.items() if spec.skippable)
        said = {**given, "description": described(description, fn)}
        observer = _observer(fn, said, owner, node_name, observes, optional)
        return ObservableAssets([_grouped(spec, group_name) for spec in named.values()], observer)

    return decorate


def _observer(  # noqa: PLR0913, PLR0917 -- what a block is made of
    fn: Function,
    given: Mapping[str, Any],
    owner: str,
    node_name: str,
    observes: Mapping[str, AssetKey],
    optional: AbstractSet[str] = frozenset(),
) -> AssetsDefinition:
    """Return the block that looks at the assets: an op whose outputs carry nothing."""
    said = {**given, "resource_defs": None, "check_specs": None}
    options = block_options(
        said, owner=owner, node_name=node_name, outs={}, description=given["description"]
    )
    checks = _checks(given, frozenset(observes.values()), observes, owner)
    options = replace(options, observes=observes, optional=frozenset(optional), checks=checks)
    defaults = {"ins": None, "config_schema": None, "required_resource_keys": None}
    node = asset_op(
        fn,
        {**dict.fromkeys(("op_tags", "retry_policy")), **defaults, **said},
        owner.split(" ", 1)[0],
        options,
        OBSERVED,
    )
    return make_block(node, options, node.source)


def _checks(
    given: Mapping[str, Any],
    keys: AbstractSet[AssetKey],
    outputs: Mapping[str, AssetKey],
    owner: str,
) -> Mapping[str, AssetCheckSpec]:
    if not given.get("check_specs"):
        return {}
    from treadle.checks._block_checks import (  # noqa: PLC0415 -- few modules have checks
        checked_specs,
        refuse_foreign,
    )

    checks = checked_specs(given["check_specs"], owner=owner)
    refuse_foreign(checks, keys, outputs, owner=owner)
    return checks


def _with_observer(spec: AssetSpec, observer: AssetsDefinition) -> SourceAsset:
    source = spec if isinstance(spec, SourceAsset) else as_source(spec)
    return replace(source, observer=observer)


def _grouped(spec: AssetSpec, group_name: str | None) -> AssetSpec:
    if group_name is None or spec.group_name is not None:
        return spec
    return replace(spec, group_name=checked_group(group_name))


def renamed(observer: AssetsDefinition, before: AssetKey, key: AssetKey) -> AssetsDefinition:
    """Return what looks at an asset, for the asset under another key.

    Raises:
        ConflictError: it looks at others, too.
    """
    if before == key:
        return observer
    options = observer.options
    if len(options.observes) != 1:
        raise ConflictError(
            f"{options.owner}: {before.text!r} gets the key {key.text!r}, and the function looks at"
            " other assets, too.",
            fix="Give the keys in its specs=[AssetSpec(…)].",
            source=user_line(),
            others=(observer.source,),
        )
    node = observer.node
    assert isinstance(node, OpDefinition), "a function makes one"
    options = replace(
        options,
        owner=options.owner.replace(repr(before.text), repr(key.text)),
        node_name=key.node_name,
        observes=dict.fromkeys(options.observes, key),
    )
    return make_block(replace(node, name=key.node_name), options, observer.source)
