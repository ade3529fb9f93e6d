"""Dagster's older way to say what config may be, `config_schema={…}`, as types that pydantic reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal, Optional

from treadle._arguments import UNSET
from treadle._errors import ArgumentError
from treadle._source import user_line
from treadle._value_words import in_words
from treadle_contract.lazy_dataclasses import dataclass

StringSource: Final = str
"""Dagster's name for a text that may be a variable's: every value may be."""
IntSource: Final = int
"""Dagster's name for a whole number that may be a variable's."""
BoolSource: Final = bool
"""Dagster's name for a truth value that may be a variable's."""
Int: Final = int
String: Final = str
Float: Final = float
Bool: Final = bool


@dataclass(frozen=True, slots=True, init=False)
class Field:
    """One entry of a `config_schema`. It is required unless it has a default or says otherwise."""

    config: Any
    default_value: Any
    is_required: bool
    description: str | None

    def __init__(
        self,
        config: Any,
        default_value: Any = UNSET,
        is_required: bool | None = None,
        description: str | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, "config", config)
        put(self, "default_value", default_value)
        put(self, "is_required", default_value is UNSET if is_required is None else is_required)
        put(self, "description", description)


@dataclass(frozen=True, slots=True)
class Noneable:
    """What stands inside, or None."""

    inner: Any


@dataclass(frozen=True, slots=True)
class Array:
    """A list of what stands inside."""

    inner: Any


@dataclass(frozen=True, slots=True)
class Map:
    """A mapping with any keys of one type to values of another."""

    key: Any
    inner: Any


@dataclass(frozen=True, slots=True)
class Shape:
    """A mapping with just these entries."""

    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Permissive:
    """A mapping with these entries and any others."""

    fields: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Selector:
    """A mapping with just one of these entries."""

    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True, init=False)
class Enum:
    """One of some words."""

    name: str
    values: tuple[str, ...]

    def __init__(self, name: str, enum_values: Any) -> None:
        put = object.__setattr__
        put(self, "name", name)
        put(self, "values", tuple(getattr(each, "config_value", each) for each in enum_values))


@dataclass(frozen=True, slots=True)
class EnumValue:
    """One word of an `Enum`."""

    config_value: str
    python_value: Any = None
    description: str | None = None


def type_of_schema(schema: Any, *, owner: str) -> Any:  # noqa: PLR0911 -- one for each form
    """Return the type that a `config_schema` stands for.

    Raises:
        ArgumentError: it stands for none.
    """
    match schema:
        case Mapping() | Shape() | Permissive() | Selector():
            return _model(schema, owner)
        case Field():
            return type_of_schema(schema.config, owner=owner)
        case Noneable():
            return Optional[type_of_schema(schema.inner, owner=owner)]  # noqa: UP045 -- of a value
        case Array():
            return list[type_of_schema(schema.inner, owner=owner)]  # type: ignore[misc]
        case Map():
            key, inner = (type_of_schema(each, owner=owner) for each in (schema.key, schema.inner))
            return dict[key, inner]  # type: ignore[valid-type]
        case Enum():
            return Literal[schema.values]
        case [inner]:
            return list[type_of_schema(inner, owner=owner)]  # type: ignore[misc]
    if schema is Any or isinstance(schema, type) or hasattr(schema, "__origin__"):
        return dict[str, Any] if schema is dict else schema
    raise ArgumentError(
        f"{owner}: config_schema has {in_words(schema)}, which is no type of config.",
        fix="Give a type (str, int, …), [type], {name: type}, Field(type, …); better, derive a"
        " class from Config and annotate the parameter config with it.",
        source=user_line(),
    )


def _model(schema: Any, owner: str) -> Any:
    from pydantic import ConfigDict, create_model, model_validator  # noqa: PLC0415

    from treadle.config._config import Config, PermissiveConfig  # noqa: PLC0415

    fields = schema if isinstance(schema, Mapping) else schema.fields or {}
    declared = {str(name): _field(each, owner, schema) for name, each in fields.items()}
    if isinstance(schema, Permissive):
        return create_model("Config", __base__=PermissiveConfig, **declared)
    if not isinstance(schema, Selector):
        return create_model("Config", __base__=Config, **declared)

    def one_of(data: Any) -> Any:
        if isinstance(data, Mapping) and len(data) != 1:
            raise ValueError(f"give just one of {', '.join(declared)}")
        return data

    # Any: pydantic's own stub takes plain functions here, and no validators.
    validators: Any = {"one_of": model_validator(mode="before")(one_of)}
    made: Any = create_model("Config", __base__=Config, __validators__=validators, **declared)
    made.model_config = ConfigDict(
        **Config.model_config, json_schema_extra={"minProperties": 1, "maxProperties": 1}
    )
    made.model_rebuild(force=True)
    return made


def _field(entry: Any, owner: str, schema: Any) -> Any:
    from pydantic import Field as PydanticField  # noqa: PLC0415

    kind = type_of_schema(entry, owner=owner)
    said = entry if isinstance(entry, Field) else Field(entry)
    if isinstance(entry, Noneable):
        said = Field(entry, is_required=True)
    default: Any = ... if said.is_required and not isinstance(schema, Selector) else None
    if said.default_value is not UNSET:
        default = said.default_value
    elif default is None:
        kind = Optional[kind]  # noqa: UP045 -- of a value
    return kind, PydanticField(default, description=said.description)
