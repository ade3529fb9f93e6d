"""load_assets_from_modules and its siblings: what modules have at their top level, as a list."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterable
from importlib import import_module
from types import ModuleType

from treadle._arguments import checked, refuse_unsupported
from treadle._errors import ArgumentError
from treadle._names import checked_group
from treadle._source import user_frame, user_line
from treadle._value_words import in_words
from treadle.assets._asset_spec import AssetSpec
from treadle.assets._assets import AssetsDefinition, make_block
from treadle.locations._build import distinct
from treadle.locations.location import top_level
from treadle_contract.lazy_dataclasses import replace


@checked
def load_assets_from_modules(  # noqa: PLR0913 -- Dagster's parameters
    modules: Iterable[ModuleType],
    group_name: str | None = None,
    key_prefix: object = None,
    *,
    freshness_policy: object = None,
    automation_condition: object = None,
    backfill_policy: object = None,
    source_key_prefix: object = None,
    include_specs: bool = False,
) -> list[AssetsDefinition | AssetSpec]:
    """Return the assets at the top level of modules, in lists there too, each once.

    `group_name` is for those that have no group; with `include_specs` the specs are among them.

    Raises:
        ArgumentError: one of them is no module.
    """
    refuse_unsupported(
        "load_assets_from_modules",
        {
            "key_prefix": key_prefix,
            "freshness_policy": freshness_policy,
            "automation_condition": automation_condition,
            "backfill_policy": backfill_policy,
            "source_key_prefix": source_key_prefix,
        },
    )
    found: list[AssetsDefinition | AssetSpec] = []
    for module in modules:
        if not isinstance(module, ModuleType):
            raise ArgumentError(
                f"load_assets_from_modules: {in_words(module)} is no module.",
                fix="Import it, and give it: load_assets_from_modules([my_assets]).",
                source=user_line(),
            )
        contents = top_level(tuple(vars(module).values()), user_line())
        found += contents.blocks
        found += contents.specs if include_specs else ()
    group = None if group_name is None else checked_group(group_name)
    return [_grouped(each, group) for each in distinct(found)]


def load_assets_from_current_module(
    group_name: str | None = None, *, include_specs: bool = False
) -> list[AssetsDefinition | AssetSpec]:
    """Return the assets of the module that calls it, of what stands above the call.

    Raises:
        ArgumentError: it is not called from a module.
    """
    frame = user_frame()
    if frame is None:
        raise ArgumentError(
            "load_assets_from_current_module is called from no module.",
            fix="Call load_assets_from_modules([…]).",
            source=user_line(),
        )
    module = ModuleType(str(frame.f_globals.get("__name__", "")))
    vars(module).update(frame.f_globals)
    return load_assets_from_modules([module], group_name, include_specs=include_specs)


def load_assets_from_package_module(
    package_module: ModuleType, group_name: str | None = None, *, include_specs: bool = False
) -> list[AssetsDefinition | AssetSpec]:
    """Return the assets of a package and of all modules in it, which it imports."""
    inside = pkgutil.walk_packages(package_module.__path__, f"{package_module.__name__}.")
    modules = [package_module, *(import_module(each.name) for each in inside)]
    return load_assets_from_modules(modules, group_name, include_specs=include_specs)


def load_assets_from_package_name(
    package_name: str, group_name: str | None = None, *, include_specs: bool = False
) -> list[AssetsDefinition | AssetSpec]:
    """Return the same of a package by its name."""
    package = import_module(package_name)
    return load_assets_from_package_module(package, group_name, include_specs=include_specs)


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
