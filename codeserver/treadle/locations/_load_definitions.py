"""load_definitions_from_modules and its siblings: the definitions of what modules have at their top level."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib import import_module
from types import ModuleType
from typing import Any

from treadle._arguments import checked, refuse_unsupported
from treadle.locations._build import distinct
from treadle.locations._definitions import Definitions
from treadle.locations._executors import ExecutorDefinition
from treadle.locations._load_assets import contents_of, current_module, package_modules


@checked
def load_definitions_from_modules(
    modules: Iterable[ModuleType],
    resources: Mapping[str, Any] | None = None,
    loggers: object = None,
    executor: ExecutorDefinition | None = None,
) -> Definitions:
    """Return the definitions of all assets, specs, checks and jobs at the top level of modules.

    Each counts once; resources are those that are given here.

    Raises:
        ArgumentError: one of them is no module.
        DefinitionError: as for `Definitions`.
    """
    owner = "load_definitions_from_modules"
    return _definitions(modules, owner, resources, executor, loggers=loggers)


@checked
def load_definitions_from_module(
    module: ModuleType,
    resources: Mapping[str, Any] | None = None,
    loggers: object = None,
    executor: ExecutorDefinition | None = None,
) -> Definitions:
    """Return the same of one module."""
    owner = "load_definitions_from_module"
    return _definitions([module], owner, resources, executor, loggers=loggers)


@checked
def load_definitions_from_current_module(
    resources: Mapping[str, Any] | None = None,
    loggers: object = None,
    executor: ExecutorDefinition | None = None,
) -> Definitions:
    """Return the same of the module that calls it, of what stands above the call."""
    owner = "load_definitions_from_current_module"
    modules = [current_module(owner)]
    return _definitions(modules, owner, resources, executor, loggers=loggers)


@checked
def load_definitions_from_package_module(
    package_module: ModuleType,
    resources: Mapping[str, Any] | None = None,
    loggers: object = None,
    executor: ExecutorDefinition | None = None,
) -> Definitions:
    """Return the same of a package and of all modules in it, which it imports."""
    owner = "load_definitions_from_package_module"
    modules = package_modules(package_module)
    return _definitions(modules, owner, resources, executor, loggers=loggers)


@checked
def load_definitions_from_package_name(
    package_name: str,
    resources: Mapping[str, Any] | None = None,
    loggers: object = None,
    executor: ExecutorDefinition | None = None,
) -> Definitions:
    """Return the same of a package by its name."""
    owner = "load_definitions_from_package_name"
    modules = package_modules(import_module(package_name))
    return _definitions(modules, owner, resources, executor, loggers=loggers)


def _definitions(
    modules: Iterable[ModuleType],
    owner: str,
    resources: Mapping[str, Any] | None,
    executor: ExecutorDefinition | None,
    **unsupported: object,
) -> Definitions:
    refuse_unsupported(owner, unsupported)
    contents = tuple(contents_of(modules, owner))
    return Definitions(
        assets=distinct(thing for each in contents for thing in each.given),
        jobs=distinct(job for each in contents for job in each.jobs),
        resources=resources,
        executor=executor,
    )
