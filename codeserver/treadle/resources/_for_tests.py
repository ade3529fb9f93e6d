"""build_resources: resources made in the caller's process, for tests and scripts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from weakref import finalize

from treadle._arguments import checked, refuse_unsupported
from treadle._errors import ArgumentError, did_you_mean, listed
from treadle._source import user_line
from treadle.config._run_config import config_data
from treadle.resources._openable import InitResourceContext, is_openable
from treadle.resources._scope import ResourceScope
from treadle.steps._resources import Resources
from treadle_contract.message import UserValue


@checked
def build_resources(
    resources: Mapping[str, Any],
    instance: object = None,
    resource_config: Mapping[str, Any] | None = None,
    dagster_run: object = None,
    log_manager: object = None,
) -> Any:
    """Make resources as a step has them, for the length of a with block; each is an attribute by its key.

    `resource_config` has what each is told, by its key: `{key: {"config": …}}`.

    Raises:
        ArgumentError: something is told to a resource that is not given.
    """
    refuse_unsupported(
        "build_resources",
        {"instance": instance, "dagster_run": dagster_run, "log_manager": log_manager},
    )
    return _built(resources, _told(resources, resource_config or {}, "build_resources"))


def made_when_asked_for(
    resources: Mapping[str, Any], resource_config: Mapping[str, Any], owner: str
) -> ResourceScope:
    """Return resources that are made as a step has them, each where it is first asked for.

    What was made is put away when the scope is left; with the process at the latest.

    Raises:
        ArgumentError: something is told to a resource that is not given.
    """
    told = _told(resources, resource_config, owner)
    scope = ResourceScope(resources, told, InitResourceContext(), owner)
    finalize(scope, scope.open.close)
    return scope


def _told(
    resources: Mapping[str, Any], resource_config: Mapping[str, Any], owner: str
) -> dict[str, UserValue]:
    told = {}
    for key, entry in resource_config.items():
        if key not in resources:
            raise ArgumentError(
                f"{owner}: the config of resources names {key!r}, which is not given."
                f"{did_you_mean(key, resources)}",
                fix=f"Given are {listed(sorted(resources))}.",
                source=user_line(),
            )
        told[key] = config_data(entry.get("config", entry) if isinstance(entry, Mapping) else entry)
    return told


@contextmanager
def _built(resources: Mapping[str, Any], told: Mapping[str, Any]) -> Iterator[Resources]:
    with ResourceScope(resources, told, InitResourceContext(), "build_resources") as scope:
        for key in resources:
            scope[key]
        yield Resources(scope)


def scope_of(
    resources: Mapping[str, object], configs: Mapping[str, Any], caller: str
) -> ResourceScope | None:
    """Return what makes resources where they are first asked for; None: they are made already."""
    if not configs and not any(map(is_openable, resources.values())):
        return None
    return made_when_asked_for(resources, configs, caller)
