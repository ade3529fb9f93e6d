"""Blocks made of blocks: with other specs, keys, groups or resources."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, Final, TypeVar, cast

from treadle._arguments import checked, refuse_unsupported
from treadle._errors import ArgumentError, ConflictError, did_you_mean, listed
from treadle._keys import AssetKey, as_key
from treadle._source import user_line
from treadle._value_words import in_words
from treadle.assets._asset_ins_outs import AssetOut, out_of
from treadle.assets._asset_spec import AssetSpec
from treadle.assets._assets import AssetsDefinition, make_block
from treadle.assets._produced import DEFAULT_GROUP
from treadle.assets._source_asset import SourceAsset
from treadle.partitions._given import checked_backfill_policy, rekeyed, repartitioned
from treadle_contract.lazy_dataclasses import replace

Thing = TypeVar("Thing")
_OfKeys = TypeVar("_OfKeys", bound=Iterable[AssetKey])


_GIVEN: Final = {
    "asset_key_replacements": "another key",
    "group_names_by_key": "text",
    "tags_by_key": "{name: text}",
    "metadata_by_key": "{name: value}",
}


def changed(block: object, **options: Any) -> AssetsDefinition:
    """Return the block with something else said of it, checked anew.

    Raises:
        DefinitionError: it cannot work.
    """
    if not isinstance(block, AssetsDefinition):
        raise TypeError(f"{type(block).__name__} is not a block")
    said = replace(block.options, **options)
    return make_block(block.node, said, block.source, type(block))


def mapped(block: AssetsDefinition, fn: Callable[[AssetSpec], AssetSpec]) -> AssetsDefinition:
    """Return the block with what `fn` makes of each asset's spec.

    Raises:
        ArgumentError: `fn` gives no spec, or one of another asset.
        ConflictError: it takes a dependency away that an argument reads.
    """
    before = block.specs_by_key
    after = {key: _checked(fn(spec), spec) for key, spec in before.items()}
    outs = {
        output: _out(after[said.key], before[said.key], block.options.outs[output])
        for output, said in block.produced.items()
    }
    same = all(after[key].dep_keys == spec.dep_keys for key, spec in before.items())
    deps = {} if same else _deps(block, after)
    said = repartitioned(
        block.options.partitioning,
        [spec.partitions_def for spec in after.values()],
        block.options.owner,
    )
    return changed(block, outs=outs, partitioning=said, **deps)


def _checked(spec: object, of: AssetSpec) -> AssetSpec:
    if not isinstance(spec, AssetSpec):
        raise ArgumentError(
            f"map_asset_specs: the function gave {in_words(spec)} for {of.key.text!r}, which is"
            " not an AssetSpec.",
            fix="Return spec.replace_attributes(…), spec.merge_attributes(…), or the spec itself.",
            source=user_line(),
        )
    if spec.key != of.key:
        raise ArgumentError(
            f"map_asset_specs: the function gave {of.key.text!r} the key {spec.key.text!r}.",
            fix="Leave the key; other keys are given by"
            " .with_attributes(asset_key_replacements={old: new}).",
            source=user_line(),
        )
    return spec


def _out(after: AssetSpec, before: AssetSpec, out: AssetOut) -> AssetOut:
    if after is before:
        return out
    manager = after.io_manager_key or out.io_manager_key
    made = out_of(after, out.dagster_type, is_required=True, io_manager_key=manager)
    return replace(
        made,
        is_whole=True,
        is_required=out.is_required and not after.skippable,
        keep_versions=out.keep_versions,
    )


def _deps(block: AssetsDefinition, after: Mapping[AssetKey, AssetSpec]) -> dict[str, Any]:
    read = frozenset(block.keys_by_input_name.values())
    named = frozenset(key for spec in after.values() for key in spec.dep_keys)
    if lost := sorted(read - named):
        raise ConflictError(
            f"{block.options.owner}: map_asset_specs takes away the dependency on"
            f" {listed(key.text for key in lost)}, which an argument reads.",
            fix="Leave it among the deps, or remove the argument.",
            source=user_line(),
        )
    found: dict[str, Any] = {"deps": tuple(sorted(named - read - block.keys))}
    if len(after) > 1:
        found["internal_asset_deps"] = {
            output: frozenset(after[said.key].dep_keys) for output, said in block.produced.items()
        }
    return found


@checked
def map_asset_specs(
    func: Callable[[AssetSpec], AssetSpec], iterable: Iterable[Thing]
) -> list[Thing]:
    """Return the things, blocks and specs with what `func` makes of each asset's spec.

    Raises:
        DefinitionError: `func` gives what cannot work.
    """
    found: list[Any] = []
    for each in iterable:
        if isinstance(each, AssetsDefinition):
            found.append(mapped(each, func) if each.keys else each)
        elif isinstance(each, AssetSpec):
            found.append(_checked(func(each), each))
        else:
            found.append(each)
    return found


@checked
def with_resources(
    definitions: Iterable[Thing],
    resource_defs: Mapping[str, Any],
    resource_config_by_key: Mapping[str, Any] | None = None,
) -> list[Thing]:
    """Return the things, blocks and source assets with resources of their own; those they have stay.

    Raises:
        DefinitionError: a block cannot work with them.
    """
    refuse_unsupported("with_resources", {"resource_config_by_key": resource_config_by_key})
    found: list[Any] = []
    for each in definitions:
        if isinstance(each, AssetsDefinition):
            found.append(each.with_resources(resource_defs))
        elif isinstance(each, SourceAsset):
            found.append(replace(each, resource_defs={**resource_defs, **each.resource_defs}))
        else:
            found.append(each)
    return found


def with_attributes(  # noqa: PLR0913 -- what is said by key
    block: AssetsDefinition,
    *,
    replacements: Mapping[AssetKey, AssetKey],
    group_names: Mapping[AssetKey, str],
    said_tags: Mapping[AssetKey, Mapping[str, str]],
    said_metadata: Mapping[AssetKey, Mapping[str, Any]],
    hooks: Sequence[Any],
    backfill_policy: object,
) -> AssetsDefinition:
    """Return the block with other keys, made and read, and with what is said by key of its assets.

    Raises:
        ArgumentError: something is said of an asset that it does not make.
        ConflictError: an asset has a group already.
    """
    found = _by_key("asset_key_replacements", replacements, object)
    keys = {key: as_key(new) for key, new in found.items()}
    groups = _by_key("group_names_by_key", group_names, str)
    tags = _by_key("tags_by_key", said_tags, Mapping)
    metadata = _by_key("metadata_by_key", said_metadata, Mapping)
    by_key = (("group_names_by_key", groups), ("tags_by_key", tags), ("metadata_by_key", metadata))
    for name, said in by_key:
        _refuse_foreign(block, name, said)
    outs = {
        output: replace(
            _regrouped(block, out, block.produced[output].key, groups),
            key=_replaced(block.produced[output].key, keys),
            key_prefix=(),
            tags={**out.tags, **tags.get(block.produced[output].key, {})},
            metadata={**out.metadata, **metadata.get(block.produced[output].key, {})},
        )
        for output, out in block.options.outs.items()
    }
    options = block.options
    return changed(
        block,
        outs=outs,
        ins=_rekeyed_ins(block, keys),
        deps=_each_replaced(options.deps, keys, tuple),
        internal_asset_deps={
            output: _each_replaced(each, keys, frozenset)
            for output, each in options.internal_asset_deps.items()
        },
        checks={
            output: replace(spec, asset_key=_replaced(spec.asset_key, keys))
            for output, spec in options.checks.items()
        },
        hooks=(*options.hooks, *hooks),
        partitioning=rekeyed(
            options.partitioning,
            {key: _replaced(key, keys) for key in options.partitioning.dep_mappings},
            checked_backfill_policy(backfill_policy, "with_attributes"),
        ),
    )


def _by_key(name: str, said: object, kind: type) -> dict[AssetKey, Any]:
    """Return what is said by keys, or their text, whose values have to be of a kind."""
    wrong = [said] if not isinstance(said, Mapping) else said.values()
    for value in wrong:
        if value is said or not isinstance(value, kind):
            raise ArgumentError(
                f"with_attributes: {name} has {in_words(value)}.",
                fix=f"Give {{key: {_GIVEN[name]}}}.",
                source=user_line(),
            )
    return {as_key(key): value for key, value in cast("Mapping[Any, Any]", said).items()}


def _replaced(key: AssetKey, keys: Mapping[AssetKey, AssetKey]) -> AssetKey:
    return keys.get(key, key)


def _each_replaced(
    given: Iterable[AssetKey],
    keys: Mapping[AssetKey, AssetKey],
    kind: Callable[[Iterable[AssetKey]], _OfKeys],
) -> _OfKeys:
    return kind(_replaced(key, keys) for key in given)


def _rekeyed_ins(block: AssetsDefinition, keys: Mapping[AssetKey, AssetKey]) -> dict[str, Any]:
    ins = dict(block.options.ins)
    for name, key in block.keys_by_input_name.items():
        if key in keys:
            ins[name] = replace(block.asset_ins[name], key=keys[key], key_prefix=())
    return ins


def _regrouped(
    block: AssetsDefinition, out: AssetOut, key: AssetKey, groups: Mapping[AssetKey, str]
) -> AssetOut:
    group = groups.get(key)
    if group is None:
        return out
    if out.group_name not in (None, DEFAULT_GROUP, group):
        raise ConflictError(
            f"{block.options.owner}: {key.text!r} is in the group {out.group_name!r}, and"
            f" group_names_by_key says {group!r}.",
            fix="Leave one of them out, or use"
            " .map_asset_specs(lambda spec: spec.replace_attributes(group_name=…)).",
            source=user_line(),
        )
    return replace(out, group_name=group)


def _refuse_foreign(
    block: AssetsDefinition, name: str, said: Mapping[AssetKey, Any] | AbstractSet[AssetKey]
) -> None:
    for key in said:
        if key not in block.keys:
            texts = sorted(each.text for each in block.keys)
            raise ArgumentError(
                f"{block.options.owner}: {name} names {cast('Any', key)!s}, which it does not make."
                + did_you_mean(str(key), texts),
                fix=f"Its assets are {listed(texts)}.",
                source=user_line(),
            )
