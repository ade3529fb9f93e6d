"""RunConfig: the config of a run as Python has it, and as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeGuard

from treadle._arguments import checked_init, refuse_unsupported
from treadle._plain import NotPlainError, is_moment, plain_value
from treadle.config._env_var import EnvVar
from treadle_contract.config_data import ENV, TOO_DEEP, is_too_deep
from treadle_contract.lazy_dataclasses import dataclass
from treadle_contract.message import UserValue


@checked_init
@dataclass(frozen=True, slots=True, init=False)
class RunConfig:
    """What a run says to ops and resources.

    `ops` has an entry for each block, by its node name: a `Config`, `{"config": …}`, or for a graph
    `{"ops": {…}}`. `resources` has one for each resource, by its key.
    """

    ops: Mapping[str, Any]
    resources: Mapping[str, Any]

    def __init__(
        self,
        ops: Mapping[str, Any] | None = None,
        resources: Mapping[str, Any] | None = None,
        loggers: object = None,
        execution: object = None,
    ) -> None:
        refuse_unsupported("RunConfig", {"loggers": loggers, "execution": execution})
        object.__setattr__(self, "ops", dict(ops or {}))
        object.__setattr__(self, "resources", dict(resources or {}))

    def to_config_dict(self) -> dict[str, UserValue]:
        """Return it as plain data, as --config reads it.

        Raises:
            ValueError: a secret stands in it, or what is no config.
        """
        parts = {"ops": ops_data(self.ops), "resources": ops_data(self.resources)}
        return {name: part for name, part in parts.items() if part}


def ops_data(ops: Mapping[str, Any], *, reveal: bool = False) -> dict[str, UserValue]:
    """Return entries by name as plain data: a `Config` is what stands under "config".

    Secrets are revealed only where nothing is written down: in a step.

    Raises:
        ValueError: as `RunConfig.to_config_dict`.
    """
    return {str(name): _entry(each, reveal) for name, each in ops.items()}


def config_data(value: Any, *, reveal: bool = False) -> UserValue:
    """Return any config as plain data: variables by their names.

    Raises:
        ValueError: as `RunConfig.to_config_dict`.
    """
    if isinstance(value, EnvVar):
        return {ENV: str(value)}
    if isinstance(value, RunConfig):
        return value.to_config_dict()
    if _is_model(value):
        from treadle.config._config import model_data  # noqa: PLC0415 -- pydantic is there by now

        return model_data(value, reveal=reveal)
    if is_too_deep(value):
        raise ValueError(f"The config {TOO_DEEP}.")
    if reveal and hasattr(value, "get_secret_value"):
        value = value.get_secret_value()
    if isinstance(value, Mapping):
        return {str(name): config_data(each, reveal=reveal) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return tuple(config_data(each, reveal=reveal) for each in value)
    if isinstance(value, type):
        raise ValueError(  # noqa: TRY004 -- what callers make a refusal of
            f"The config has the class {value.__name__}. Give an instance: {value.__name__}(…)."
        )
    try:
        return str(value.isoformat()) if is_moment(value) else plain_value(value)
    except NotPlainError as error:
        raise ValueError(f"The config {error.problem}. {error.fix}") from error


def _entry(entry: Any, reveal: bool) -> UserValue:
    if _is_model(entry):
        return {"config": config_data(entry, reveal=reveal)}
    if not isinstance(entry, Mapping):
        return config_data(entry, reveal=reveal)
    return {
        str(name): ops_data(each, reveal=reveal)
        if name == "ops" and isinstance(each, Mapping)
        else config_data(each, reveal=reveal)
        for name, each in entry.items()
    }


def _is_model(value: Any) -> TypeGuard[Any]:
    """Whether it is an instance of a class of pydantic's, which may not be imported."""
    return not isinstance(value, type) and hasattr(type(value), "__pydantic_fields__")
