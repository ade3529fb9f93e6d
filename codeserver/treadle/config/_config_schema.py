"""Dagster's older way to say what config may be, `config_schema={…}`, as types that pydantic reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, Optional

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

    inner_type: Any


@dataclass(frozen=True, slots=True)
class Array:
    """A list of what stands inside."""

    inner_type: Any


@dataclass(frozen=True, slots=True)
class Map:
    """A mapping with any keys of one type to values of another."""

    key_type: Any
    inner_type: Any


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
    """One of some words, each of which may stand for a value of Python's."""

    name: str
    values: Mapping[str, Any]

    def __init__(self, name: str, enum_values: Any) -> None:
        put = object.__setattr__
        put(self, "name", name)
        given = (
            each if isinstance(each, EnumValue) else EnumValue(config_value=each)
            for each in enum_values
        )
        words = {
            each.config_value: each.config_value if each.python_value is None else each.python_value
            for each in given
        }
        put(self, "values", words)


@dataclass(frozen=True, slots=True)
class EnumValue:
    """One word of an `Enum`. The op gets `python_value` for it, or the word itself."""

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
            return Optional[type_of_schema(schema.inner_type, owner=owner)]  # noqa: UP045 -- of a value
        case Array():
            return list[type_of_schema(schema.inner_type, owner=owner)]  # type: ignore[misc]
        case Map():
            key, inner = (
                type_of_schema(each, owner=owner) for each in (schema.key_type, schema.inner_type)
            )
            return dict[key, inner]  # type: ignore[valid-type]
        case Enum():
            return _words(schema)
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


def _words(schema: Enum) -> Any:
    from pydantic import AfterValidator, PlainSerializer  # noqa: PLC0415

    words: Any = Literal[tuple(schema.values)]
    if all(word == value for word, value in schema.values.items()):
        return words
    return Annotated[
        words, AfterValidator(schema.values.__getitem__), PlainSerializer(lambda it: it)
    ]


def _model(schema: Any, owner: str) -> Any:
    from pydantic import ConfigDict, create_model, model_serializer, model_validator  # noqa: PLC0415

    from treadle.config._config import Config, PermissiveConfig  # noqa: PLC0415

    fields = schema if isinstance(schema, Mapping) else schema.fields or {}
    # Anything may be a name here, and pydantic has names of its own.
    names = {f"f{place}": str(name) for place, name in enumerate(fields)}
    said = dict(zip(names, fields.values(), strict=True))
    declared: Any = {
        field: _field(each, names[field], owner, schema) for field, each in said.items()
    }
    may_lack = {field for field, each in said.items() if _may_lack(each, schema)}

    def as_told(self: Any, dump: Any) -> dict[str, Any]:
        lacking = may_lack - self.model_fields_set
        return {names.get(key, key): each for key, each in dump(self).items() if key not in lacking}

    def schema_extra(written: dict[str, Any]) -> None:
        for field in may_lack:
            del written["properties"][names[field]]["default"]
        if isinstance(schema, Selector):
            written |= {"minProperties": 1, "maxProperties": 1}

    def one_of(data: Any) -> Any:
        if isinstance(data, Mapping) and len(data) != 1:
            raise ValueError(f"give just one of {', '.join(names.values())}")
        return data

    # Any: pydantic's own stubs take plain functions here, and neither validators nor serializers.
    more: Any = {"as_told": model_serializer(mode="wrap")(as_told)}
    if isinstance(schema, Selector):
        more["one_of"] = model_validator(mode="before")(one_of)
    base = PermissiveConfig if isinstance(schema, Permissive) else Config
    made: Any = create_model("Config", __base__=base, __validators__=more, **declared)
    made.model_config = ConfigDict(**base.model_config, json_schema_extra=schema_extra)
    made.model_rebuild(force=True)
    return made


def _may_lack(entry: Any, schema: Any) -> bool:
    """Whether an entry may be left out, and is not there then."""
    said = entry if isinstance(entry, Field) else Field(entry)
    is_optional = isinstance(schema, Selector) or not said.is_required
    return is_optional and said.default_value is UNSET


def _field(entry: Any, name: str, owner: str, schema: Any) -> Any:
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
    return kind, PydanticField(default, alias=name, description=said.description)
