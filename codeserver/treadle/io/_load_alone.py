"""Loads one stored value outside of any step, with the IO manager that its definitions give it."""

from __future__ import annotations

from typing import Any

from treadle._errors import ArgumentError
from treadle._source import user_line
from treadle._value_words import a, in_words
from treadle.io._io_manager import InputContext, InputManager
from treadle.io._own import OwnIOManager
from treadle.locations._definitions import Definitions
from treadle.locations.location import build_location
from treadle.locations.snapshot import Snapshot
from treadle.ops._ins_outs import DEFAULT_IO_MANAGER
from treadle.resources._openable import InitResourceContext
from treadle.resources._scope import ResourceScope
from treadle.steps._failures import StepFailedError, user_code
from treadle.steps._resources import Resources, config_of
from treadle.steps._run_inputs import Opened, missing_manager, upstream_output
from treadle.steps._type_check import could_be, type_name
from treadle_contract.run import FailureWhere
from treadle_contract.worker import TaskSource


def load_alone(definitions: Definitions, source: TaskSource, python_type: Any = Any) -> Any:
    """Return a value that an IO manager of the definitions stored. Its resources are opened for it.

    Without a key in the source it is that of the asset's own manager.

    Raises:
        ArgumentError: these are no definitions, or they do not have the asset.
        StepFailedError: the manager raised, or is Treadle's own, which has no such value.
    """
    if not isinstance(definitions, Definitions):
        raise ArgumentError(
            f"definitions is {in_words(definitions)}.",
            fix="Give the Definitions of the module that makes the value.",
            source=user_line(),
        )
    location = build_location([("definitions", definitions)])
    subject = f"Loading {source.asset_key or f'{source.step_key}.{source.output}'}"
    key = source.io_manager_key or _manager_of(location.snapshot, source, definitions)
    given = location.resources_of(source.step_key)
    scope = ResourceScope(given, {}, InitResourceContext(run_id=source.run_id), subject=subject)
    with scope as resources:
        manager = resources.get(key)
        if isinstance(manager, OwnIOManager) or (manager is None and key == DEFAULT_IO_MANAGER):
            raise StepFailedError(
                FailureWhere.LOAD,
                f"{subject}: no value of it was stored. Treadle's own manager, which records what it"
                " stores, would have; an op that returns Nothing or a MaterializeResult without a value"
                " gives it none.",
            )
        if not isinstance(manager, InputManager):
            raise missing_manager(subject, key, manager)
        asked = Resources(resources)
        context = InputContext(
            name="value",
            dagster_type=python_type,
            resources=asked,
            resource_config=config_of(resources, key),
            upstream_output=upstream_output(Opened(location, resources), source, asked),
        )
        with user_code(FailureWhere.LOAD, f"{subject} with IO manager {key!r}"):
            value = manager.load_input(context)
    refuse_other_type(value, python_type, subject)
    return value


def refuse_other_type(value: object, python_type: Any, subject: str) -> None:
    """Refuse a value that is not what was asked for.

    Raises:
        StepFailedError: it is of another type.
    """
    if not could_be(value, python_type):
        raise StepFailedError(
            FailureWhere.TYPE_CHECK,
            f"{subject}: {type_name(python_type)} was asked for, and it is"
            f" {a(type_name(type(value)))}. Ask for that, or leave python_type out.",
        )


def _manager_of(snapshot: Snapshot, source: TaskSource, definitions: Definitions) -> str:
    for asset in snapshot.assets:
        if asset.key == source.asset_key:
            return asset.manager_key
    if source.asset_key:
        raise ArgumentError(
            f"The definitions have no asset {source.asset_key!r}.",
            fix="Give those of the module that makes it.",
            source=definitions.contents.source,
        )
    return DEFAULT_IO_MANAGER
