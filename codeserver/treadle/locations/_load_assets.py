"""load_assets_from_modules and its siblings: what modules have at their top level, as a list; and their
checks."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

from treadle._arguments import checked, refuse_unsupported
from treadle._errors import ArgumentError
from treadle._keys import AssetKey, key_parts
from treadle._names import checked_group
from treadle._source import user_frame, user_line
from treadle._value_words import in_words
from treadle.assets._asset_spec import AssetSpec
from treadle.assets._assets import AssetsDefinition, make_block
from treadle.locations._build import distinct
from treadle.locations._contents import Contents
from treadle.locations.location import top_level
from treadle.partitions._given import checked_backfill_policy
from treadle_contract.lazy_dataclasses import replace

if TYPE_CHECKING:
    from treadle.partitions._backfill import BackfillPolicy


@checked
def load_assets_from_modules(  # noqa: PLR0913 -- Dagster's parameters
    modules: Iterable[ModuleType],
    group_name: str | None = None,
    key_prefix: str | Sequence[str] | None = None,
    *,
    freshness_policy: object = None,
    automation_condition: object = None,
    backfill_policy: BackfillPolicy | None = None,
    source_key_prefix: str | Sequence[str] | None = None,
    include_specs: bool = False,
) -> list[AssetsDefinition | AssetSpec]:
    """Return the assets at the top level of modules, in lists there too, each once.

    `group_name` is for those that have no group; with `include_specs` the specs are among them, as each
    `SourceAsset` is. `key_prefix` comes before the keys of what is made, `source_key_prefix` before those
    of specs; what reads or names one of them among those loaded follows. `backfill_policy` is for those
    with partitions that have none. Checks in
    steps of their own are not: see `load_asset_checks_from_modules`.

    Raises:
        ArgumentError: one of them is no module.
    """
    refuse_unsupported(
        "load_assets_from_modules",
        {
            "freshness_policy": freshness_policy,
            "automation_condition": automation_condition,
        },
    )
    found: list[AssetsDefinition | AssetSpec] = []
    for contents in contents_of(modules, "load_assets_from_modules"):
        found += (block for block in contents.blocks if block.keys)
        found += (each for each in contents.specs if include_specs or _is_source(each))
    group = None if group_name is None else checked_group(group_name)
    policy = checked_backfill_policy(backfill_policy, "load_assets_from_modules")
    grouped = [_with_policy(_grouped(each, group), policy) for each in distinct(found)]
    prefixes = key_parts(key_prefix), key_parts(source_key_prefix)
    return _prefixed(grouped, *prefixes) if any(prefixes) else grouped


@checked
def load_assets_from_current_module(
    group_name: str | None = None,
    key_prefix: str | Sequence[str] | None = None,
    *,
    backfill_policy: BackfillPolicy | None = None,
    source_key_prefix: str | Sequence[str] | None = None,
    include_specs: bool = False,
) -> list[AssetsDefinition | AssetSpec]:
    """Return the assets of the module that calls it, of what stands above the call.

    Raises:
        ArgumentError: it is not called from a module.
    """
    module = current_module("load_assets_from_current_module")
    return load_assets_from_modules(
        [module],
        group_name,
        key_prefix,
        backfill_policy=backfill_policy,
        source_key_prefix=source_key_prefix,
        include_specs=include_specs,
    )


@checked
def load_assets_from_package_module(  # noqa: PLR0913 -- Dagster's parameters
    package_module: ModuleType,
    group_name: str | None = None,
    key_prefix: str | Sequence[str] | None = None,
    *,
    backfill_policy: BackfillPolicy | None = None,
    source_key_prefix: str | Sequence[str] | None = None,
    include_specs: bool = False,
) -> list[AssetsDefinition | AssetSpec]:
    """Return the assets of a package and of all modules in it, which it imports."""
    modules = package_modules(package_module)
    return load_assets_from_modules(
        modules,
        group_name,
        key_prefix,
        backfill_policy=backfill_policy,
        source_key_prefix=source_key_prefix,
        include_specs=include_specs,
    )


@checked
def load_assets_from_package_name(  # noqa: PLR0913 -- Dagster's parameters
    package_name: str,
    group_name: str | None = None,
    key_prefix: str | Sequence[str] | None = None,
    *,
    backfill_policy: BackfillPolicy | None = None,
    source_key_prefix: str | Sequence[str] | None = None,
    include_specs: bool = False,
) -> list[AssetsDefinition | AssetSpec]:
    """Return the same of a package by its name."""
    package = import_module(package_name)
    return load_assets_from_package_module(
        package,
        group_name,
        key_prefix,
        backfill_policy=backfill_policy,
        source_key_prefix=source_key_prefix,
        include_specs=include_specs,
    )


@checked
def load_asset_checks_from_modules(
    modules: Iterable[ModuleType], asset_key_prefix: object = None
) -> list[AssetsDefinition]:
    """Return the checks at the top level of modules that are steps of their own, each once.

    Raises:
        ArgumentError: one of them is no module.
    """
    refuse_unsupported("load_asset_checks_from_modules", {"asset_key_prefix": asset_key_prefix})
    found: list[AssetsDefinition] = []
    for contents in contents_of(modules, "load_asset_checks_from_modules"):
        found += (block for block in contents.blocks if block.check_specs and not block.keys)
    return list(distinct(found))


@checked
def load_asset_checks_from_current_module(
    asset_key_prefix: object = None,
) -> list[AssetsDefinition]:
    """Return the checks of the module that calls it, of what stands above the call.

    Raises:
        ArgumentError: it is not called from a module.
    """
    module = current_module("load_asset_checks_from_current_module")
    return load_asset_checks_from_modules([module], asset_key_prefix)


@checked
def load_asset_checks_from_package_module(
    package_module: ModuleType, asset_key_prefix: object = None
) -> list[AssetsDefinition]:
    """Return the checks of a package and of all modules in it, which it imports."""
    return load_asset_checks_from_modules(package_modules(package_module), asset_key_prefix)


@checked
def load_asset_checks_from_package_name(
    package_name: str, asset_key_prefix: object = None
) -> list[AssetsDefinition]:
    """Return the same of a package by its name."""
    return load_asset_checks_from_package_module(import_module(package_name), asset_key_prefix)


def contents_of(modules: Iterable[object], owner: str) -> Iterator[Contents]:
    """Yield what each module has at its top level.

    Raises:
        ArgumentError: one of them is no module.
    """
    given: object = modules
    for module in given if isinstance(given, Iterable) else (given,):
        if not isinstance(module, ModuleType):
            raise ArgumentError(
                f"{owner}: {in_words(module)} is no module.",
                fix=f"Import it, and give it: {owner}([my_assets]).",
                source=user_line(),
            )
        yield top_level(tuple(vars(module).values()), user_line())


def current_module(owner: str) -> ModuleType:
    """Return the module whose code calls `owner`, with what stands above the call.

    Raises:
        ArgumentError: there is none.
    """
    frame = user_frame()
    if frame is None:
        raise ArgumentError(
            f"{owner} is called from no module.",
            fix=f"Call {owner.replace('current_module', 'modules')}([…]).",
            source=user_line(),
        )
    module = ModuleType(str(frame.f_globals.get("__name__", "")))
    vars(module).update(frame.f_globals)
    return module


def package_modules(package: ModuleType) -> list[ModuleType]:
    """Return a package and all modules in it, imported.

    Raises:
        ArgumentError: it is none.
    """
    if not hasattr(package, "__path__"):
        raise ArgumentError(
            f"{in_words(package)} is no package: no modules are in it.",
            fix="Give its modules: load_assets_from_modules([my_assets]).",
            source=user_line(),
        )
    inside = pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    return [package, *(import_module(each.name) for each in inside)]


def _with_policy(
    each: AssetsDefinition | AssetSpec, policy: BackfillPolicy | None
) -> AssetsDefinition | AssetSpec:
    if policy is None or not isinstance(each, AssetsDefinition):
        return each
    if each.partitions_def is None or each.backfill_policy is not None:
        return each
    return each.with_attributes(backfill_policy=policy)


def _grouped(
    thing: AssetsDefinition | AssetSpec, group: str | None
) -> AssetsDefinition | AssetSpec:
    """Return an asset in a group, unless it has one."""
    if group is None:
        return thing
    if isinstance(thing, AssetSpec):
        return thing if thing.group_name else replace(thing, group_name=group)
    outs = thing.options.outs
    if all(out.group_name for out in outs.values()):
        return thing
    grouped = {
        name: out if out.group_name else replace(out, group_name=group)
        for name, out in outs.items()
    }
    return make_block(thing.node, replace(thing.options, outs=grouped), thing.source)


def _is_source(spec: AssetSpec) -> bool:
    from treadle.assets._source_asset import SourceAsset  # noqa: PLC0415 -- few modules have one

    return isinstance(spec, SourceAsset)


def _prefixed(
    things: Sequence[AssetsDefinition | AssetSpec],
    prefix: tuple[str, ...],
    source_prefix: tuple[str, ...],
) -> list[AssetsDefinition | AssetSpec]:
    keys: dict[AssetKey, AssetKey] = {}
    for each in things:
        if isinstance(each, AssetSpec):
            keys[each.key] = AssetKey((*source_prefix, *each.key.parts))
        else:
            keys |= {key: AssetKey((*prefix, *key.parts)) for key in each.keys}
    return [_rekeyed(each, keys) for each in things]


def _rekeyed(
    thing: AssetsDefinition | AssetSpec, keys: Mapping[AssetKey, AssetKey]
) -> AssetsDefinition | AssetSpec:
    if isinstance(thing, AssetsDefinition):
        return thing.with_attributes(asset_key_replacements=keys)
    deps = [keys.get(key, key) for key in thing.dep_keys]
    return thing.replace_attributes(key=keys[thing.key], deps=deps)
