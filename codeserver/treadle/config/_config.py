"""Config: the class that a user derives from to say what an op may be told.

The only module that imports pydantic when it is imported: `treadle` imports it when it is asked
for one of these names.
"""

from __future__ import annotations

from typing import Any, Final

from pydantic import BaseModel, ConfigDict, SecretStr, TypeAdapter, WrapValidator
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode
from pydantic_core import core_schema, to_jsonable_python

from treadle.config._env_var import EnvVar
from treadle.config.values import Schema
from treadle.resources._openable import Openable
from treadle_contract.config_data import ENV, from_json
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


class Config(BaseModel):
    """Derive from this, and annotate the parameter `config` of an op with the class.

    Fields are pydantic's. A field may be given `EnvVar(NAME)` whatever its type; a `SecretStr` must
    be. Fields that are not declared are refused.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        """Let each field take a variable's name for its value."""
        super().__pydantic_init_subclass__(**kwargs)
        fields = [each for each in cls.model_fields.values() if _OR_VARIABLE not in each.metadata]
        for each in fields:
            each.metadata.append(_OR_VARIABLE)
        if fields:
            cls.model_rebuild(force=True, raise_errors=False)


class PermissiveConfig(Config):
    """The same, but for fields that are not declared: they are kept."""

    model_config = ConfigDict(extra="allow", frozen=True)


class _SchemaWriter(GenerateJsonSchema):
    """Writes a default that is a variable as its name, and that of a secret not at all."""

    def encode_default(self, dft: Any) -> Any:
        if isinstance(dft, EnvVar):
            return {ENV: str(dft)}
        return super().encode_default(dft)


def json_schema_of(adapter: TypeAdapter[Any]) -> Schema:
    """Return what JSON may be read as the adapter's type."""
    mode: JsonSchemaMode = "validation"
    return adapter.json_schema(schema_generator=_SchemaWriter, mode=mode)


def model_data(model: BaseModel) -> UserValue:
    """Return what a model was given or has by default, as plain data; variables by their names.

    Raises:
        ValueError: a secret stands in it, and no variable.
    """
    return {
        name: field_data(name, getattr(model, name))
        for name in (*type(model).model_fields, *(model.model_extra or {}))
    }


def field_data(name: str, value: Any) -> UserValue:
    """Return the value of a field as plain data; a variable by its name.

    Raises:
        ValueError: it is a secret.
    """
    match value:
        case EnvVar():
            return {ENV: str(value)}
        case SecretStr():
            raise ValueError(
                f"{name} is a secret, which a run would write down: give EnvVar(…), the name of"
                " a variable that holds it where steps run."
            )
        case BaseModel():
            return model_data(value)
        case list() | tuple() | set() | frozenset():
            return tuple(field_data(name, each) for each in value)
        case dict():
            return {str(key): field_data(f"{name}.{key}", each) for key, each in value.items()}
    return from_json(to_jsonable_python(value))
