"""Config: the class that a user derives from to say what an op may be told.

The only module that imports pydantic when it is imported: `treadle` imports it when it is asked
for one of these names.
"""

from __future__ import annotations

import typing
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal

from pydantic import (
    AliasChoices,
    BaseModel,
    ConfigDict,
    RootModel,
    Secret,
    SecretBytes,
    SecretStr,
    TypeAdapter,
    ValidationError,
    WrapValidator,
)
from pydantic.fields import FieldInfo
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, JsonSchemaWarningKind
from pydantic_core import (
    InitErrorDetails,
    PydanticCustomError,
    PydanticSerializationError,
    core_schema,
    to_jsonable_python,
)

from treadle._errors import ArgumentError, listed
from treadle._source import user_line
from treadle._value_words import in_words
from treadle.config._env_var import EnvVar
from treadle.config.values import NAMES, Schema
from treadle.resources._openable import Openable
from treadle_contract.config_data import ENV, as_json, from_json
from treadle_contract.message import UserValue


def _variable_or(value: Any, validate: core_schema.ValidatorFunctionWrapHandler) -> Any:
    # What is read, or made, where the step runs.
    return value if _is_later(value) else validate(value)


def _is_later(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return any(map(_is_later, value))
    if isinstance(value, dict):
        return any(map(_is_later, value.values()))
    return isinstance(value, EnvVar | Openable)


_OR_VARIABLE: Final = WrapValidator(_variable_or)


def _takes_variable(field: FieldInfo) -> bool:
    """Whether a field can be told more than one thing; a union is chosen by one that cannot."""
    is_one_word = (
        typing.get_origin(field.annotation) is Literal
        and len(typing.get_args(field.annotation)) == 1
    )
    return not is_one_word and _OR_VARIABLE not in field.metadata


if TYPE_CHECKING:
    _Model = BaseModel
else:

    class _Noting(type(BaseModel)):
        """Says of values that a class does not take where they were given."""

        def __call__(cls, *args: Any, **kwargs: Any) -> Any:
            if args and cls.__init__ is BaseModel.__init__:
                raise ArgumentError(
                    f"{cls.__name__} was given {in_words(args[0])} by position.",
                    fix=f"Name the field: {cls.__name__}(NAME=…). It has {listed(cls.model_fields)}.",
                    source=user_line(),
                )
            try:
                return super().__call__(*args, **kwargs)
            except ValidationError as error:
                error.add_note(
                    f"  at {user_line()}\n  Correct the values that {cls.__name__} is given here."
                )
                raise

    class _Model(BaseModel, metaclass=_Noting):
        """What a model of config is."""


class Config(_Model):
    """Derive from this, and annotate the parameter `config` of an op with the class.

    Fields are pydantic's. A field may be given `EnvVar(NAME)` whatever its type; a `SecretStr` must
    be. Fields that are not declared are refused.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        """Let each field take a variable's name for its value."""
        super().__pydantic_init_subclass__(**kwargs)
        fields = [each for each in cls.model_fields.values() if _takes_variable(each)]
        for each in fields:
            each.metadata.append(_OR_VARIABLE)
        if fields:
            cls.model_rebuild(force=True, raise_errors=False)


class PermissiveConfig(Config):
    """The same, but for fields that are not declared: they are kept."""

    model_config = ConfigDict(extra="allow", frozen=True)


class _SchemaWriter(GenerateJsonSchema):
    """Writes a default that names variables with their names, and one that has a secret not at all."""

    ignored_warning_kinds: ClassVar[set[JsonSchemaWarningKind]] = {  # type: ignore[misc]
        "skipped-choice",
        "non-serializable-default",
    }

    def encode_default(self, dft: Any) -> Any:
        try:
            return as_json(field_data("default", dft))
        except ValueError as error:
            raise PydanticSerializationError(str(error)) from error

    def enum_schema(self, schema: core_schema.EnumSchema) -> Any:
        """Let a member be told by its name, as Dagster does, where that is no other's value."""
        written = super().enum_schema(schema)
        members = {each.name: each.value for each in schema["members"]}
        names = {name: value for name, value in members.items() if name not in members.values()}
        if not names or "enum" not in written:
            return written
        return {**written, "enum": [*written["enum"], *names], NAMES: names}

    def model_schema(self, schema: core_schema.ModelSchema) -> Any:
        """Refuse fields that are not declared, unless the class says what becomes of them."""
        written = super().model_schema(schema)
        extra = schema["cls"].model_config.get("extra")
        return _closed(written) if extra is None and not schema.get("root_model") else written

    def dataclass_schema(self, schema: core_schema.DataclassSchema) -> Any:
        """Do so with a dataclass."""
        written = super().dataclass_schema(schema)
        said = getattr(schema["cls"], "__pydantic_config__", {})
        return written if "extra" in said else _closed(written)

    def typed_dict_schema(self, schema: core_schema.TypedDictSchema) -> Any:
        """Do so with a TypedDict."""
        written = super().typed_dict_schema(schema)
        said = getattr(schema.get("cls"), "__pydantic_config__", {})
        return written if "extra" in said else _closed(written)

    def json_or_python_schema(self, schema: core_schema.JsonOrPythonSchema) -> Any:
        """Mark a `Secret[…]` as pydantic marks a `SecretStr`."""
        written = super().json_or_python_schema(schema)
        serializer = schema.get("serialization", {}).get("function")
        is_secret = getattr(serializer, "__name__", "") == "_serialize_secret"
        return {**written, "writeOnly": True} if is_secret else written


def _closed(written: Any) -> Any:
    return {"additionalProperties": False, **written} if "properties" in written else written


def validated(validate: Callable[[Any], Any], value: Any) -> Any:
    """Return what a type makes of a config whose variables are read.

    Raises:
        ValidationError: it is not of the type; it does not show the value, which variables may have brought.
    """
    try:
        return validate(value)
    except ValidationError as error:
        wrong = [
            InitErrorDetails(
                type=PydanticCustomError(each["type"], each["msg"]), loc=each["loc"], input=None
            )
            for each in error.errors(include_input=False, include_url=False, include_context=False)
        ]
        raise ValidationError.from_exception_data(error.title, wrong, hide_input=True) from None


def json_schema_of(adapter: TypeAdapter[Any]) -> Schema:
    """Return what JSON may be read as the adapter's type."""
    mode: JsonSchemaMode = "validation"
    return adapter.json_schema(schema_generator=_SchemaWriter, mode=mode)


def model_data(model: BaseModel, *, reveal: bool = False) -> UserValue:
    """Return what a model was given or has by default, as plain data; variables by their names.

    Raises:
        ValueError: a secret stands in it, and no variable, and it is not to be revealed.
    """
    if isinstance(model, RootModel):
        return field_data("it", model.root, reveal=reveal)
    declared = {told_as(name, each): name for name, each in type(model).model_fields.items()}
    fields = {told: getattr(model, name) for told, name in declared.items()}
    return {
        name: field_data(name, each, reveal=reveal)
        for name, each in (fields | (model.model_extra or {})).items()
    }


def told_as(name: str, field: FieldInfo) -> str:
    """Return the name by which a field is told: its alias, if it has one."""
    alias = field.validation_alias
    choices = alias.choices if isinstance(alias, AliasChoices) else (alias,)
    return next((each for each in choices if isinstance(each, str)), name)


def field_data(name: str, value: Any, *, reveal: bool = False) -> UserValue:
    """Return the value of a field as plain data; a variable by its name.

    Raises:
        ValueError: it is a secret, which is not to be revealed.
    """
    match value:
        case EnvVar():
            return {ENV: str(value)}
        case SecretStr() | SecretBytes() | Secret():
            if reveal:
                return from_json(value.get_secret_value())
            raise ValueError(
                f"{name} is a secret, which a run would write down: give EnvVar(…), the name of"
                " a variable that holds it where steps run."
            )
        case BaseModel():
            return model_data(value, reveal=reveal)
        case list() | tuple() | set() | frozenset():
            entries = tuple(field_data(name, each, reveal=reveal) for each in value)
            return (
                tuple(sorted(entries, key=repr)) if isinstance(value, set | frozenset) else entries
            )
        case dict():
            return {
                str(key): field_data(f"{name}.{key}", each, reveal=reveal)
                for key, each in value.items()
            }
    return from_json(to_jsonable_python(value))
