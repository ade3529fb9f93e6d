"""What the config of an op, or of a graph that maps its own, may be: its type and JSON Schema."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from treadle import _json as json
from treadle._errors import ArgumentError
from treadle._source import user_line
from treadle.config._config_schema import type_of_schema
from treadle.config.values import Schema
from treadle.ops._signatures import NO_DEFAULT, Parameter
from treadle.resources._openable import Openable
from treadle_contract.config_data import as_json
from treadle_contract.lazy_dataclasses import dataclass, replace
from treadle_contract.message import UserValue


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ConfigType:
    """A type that config is read as. `text` is its JSON Schema as canonical text.

    `default` is what holds of it where nothing else is said: that of the parameter. `functions` are those
    that make of it what an op is told.
    """

    schema: Schema
    text: str
    validate: Callable[[Any], Any]
    default: UserValue = None
    functions: tuple[Callable[..., Any], ...] = ()

    def read(self, value: UserValue) -> Any:
        """Return what an op gets for a config, whose variables are resolved.

        Raises:
            ValueError: it is not of the type: pydantic's ValidationError.
        """
        return self.validate(as_json(value))


def config_type(annotation: Any, *, owner: str) -> ConfigType:
    """Return the type of config that an annotation asks for.

    Raises:
        ArgumentError: nothing can be read as it, or pydantic is not there.
    """
    try:
        from pydantic import TypeAdapter  # noqa: PLC0415 -- who has no config does not pay for it

        from treadle.config._config import json_schema_of, validated  # noqa: PLC0415
    except ImportError as error:
        raise ArgumentError(
            f"{owner} takes config, and pydantic, which reads it, cannot be imported: {error}.",
            fix="Install pydantic 2 where the code runs.",
            source=user_line(),
        ) from error
    if isinstance(annotation, type) and issubclass(annotation, Openable):
        raise ArgumentError(
            f"{owner}: config is annotated {annotation.__name__}, which is a class of resources.",
            fix="Take a resource by another parameter; what config is told is a class that derives from Config.",
            source=user_line(),
        )
    try:
        adapter: TypeAdapter[Any] = TypeAdapter(annotation)
        schema = json_schema_of(adapter)
    # Anything may stand in an annotation, and pydantic's errors share no base.
    except Exception as error:
        raise ArgumentError(
            f"{owner}: config is annotated {_called(annotation)}, which no config can be read as:"
            f" {str(error).splitlines()[0]}",
            fix="Annotate it with a class that derives from Config, or with dict, str, int, …",
            source=user_line(),
        ) from error
    return ConfigType(
        schema=schema, text=_text(schema), validate=partial(validated, adapter.validate_python)
    )


def parameter_type(
    parameter: Parameter, annotations: Mapping[str, Any], *, owner: str
) -> ConfigType:
    """Return the type of config that a parameter asks for, with its default.

    Raises:
        ArgumentError: it asks for none, or its default is none, or a secret stands in that.
    """
    from treadle.config._run_config import config_data  # noqa: PLC0415 -- few modules have config

    kind = config_type(annotations.get(parameter.name, dict[str, Any]), owner=owner)
    if parameter.default is NO_DEFAULT:
        return kind
    try:
        return replace(kind, default=config_data(parameter.default))
    except ValueError as error:
        raise ArgumentError(
            f"{owner}: the default of config cannot be told: {error}",
            fix="Give another one, or leave it out.",
            source=user_line(),
        ) from error


def schema_config_type(config_schema: object, *, owner: str) -> ConfigType:
    """Return the type that Dagster's older `config_schema=` stands for.

    Raises:
        ArgumentError: it is no schema.
    """
    return config_type(type_of_schema(config_schema, owner=owner), owner=owner)


def _text(schema: Schema) -> str:
    return json.writer(sort_keys=True, separators=(",", ":"))(schema)


def _called(annotation: Any) -> str:
    return annotation.__name__ if isinstance(annotation, type) else repr(annotation)
