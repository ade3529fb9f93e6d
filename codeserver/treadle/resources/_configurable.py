"""ConfigurableResource: a class of settings, and what is made of them where a step runs.

Imports pydantic: `treadle` imports it when it is asked for one of these names.
"""

from __future__ import annotations

import typing
from abc import abstractmethod
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from typing import Annotated, Any, Generic, Self, TypeAlias, TypeVar

from pydantic import BaseModel, ConfigDict, PrivateAttr, RootModel, TypeAdapter

from treadle import _json as json
from treadle._errors import ArgumentError
from treadle._source import user_line
from treadle._system import os
from treadle.config._config import Config, field_data, json_schema_of, told_as, validated
from treadle.config._env_var import EnvVar
from treadle.config.values import Schema, with_variables
from treadle.io._io_manager import IOManager
from treadle.resources._openable import InitResourceContext, Openable, is_openable, key_of
from treadle.steps._context_answers import ContextError
from treadle_contract.config_data import as_json, laid_over
from treadle_contract.lazy_dataclasses import replace
from treadle_contract.message import UserValue
from treadle_contract.value import ConfigPlace

T = TypeVar("T")

#: `ResourceDependency[T]`: this field is another resource, which is set up first.
ResourceDependency: TypeAlias = Annotated[T, "treadle resource dependency"]


class _Settings(Config, Openable):
    """Settings of a resource: fields that a run may lay its config over, and other resources."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)
    _context: Any = PrivateAttr(default=None)

    @classmethod
    def configure_at_launch(cls, **given: Any) -> PartialResource:
        """Return the resource with the fields that a run must, or may, tell it left open."""
        return PartialResource(cls, given)

    def needs(self, given: Mapping[str, object]) -> AbstractSet[str]:
        """Return the keys of the resources in it, and in those."""
        return set(_needs(dict(iter(self)), given))

    def place_in_config(self, key: str) -> ConfigPlace | None:
        """Return where a run may lay config over the fields."""
        return _place(type(self), dict(iter(self)), key)

    def open_in_step(
        self, context: InitResourceContext, told: UserValue
    ) -> AbstractContextManager[Any]:
        """Set it up, give it, and tear it down."""
        return _opened(type(self), dict(iter(self)), context, told)

    def setup_for_execution(self, context: InitResourceContext) -> None:
        """Override it to make what the resource needs, in the step's process, before the op runs."""

    def teardown_after_execution(self, context: InitResourceContext) -> None:
        """Override it to put that away, when the step has ended, well or not."""

    @contextmanager
    def yield_for_execution(self, context: InitResourceContext) -> Iterator[Any]:
        """Override it to set up before a yield of itself, and put away after it."""
        self.setup_for_execution(context)
        try:
            yield self
        finally:
            self.teardown_after_execution(context)

    def get_resource_context(self) -> InitResourceContext:
        """Return what it was set up with: its log, the run, other resources.

        Raises:
            ContextError: it was not set up.
        """
        if self._context is None:
            raise ContextError(
                f"{type(self).__name__} has no context: it was not set up. In a test, write"
                f" {type(self).__name__}(…).process_config_and_initialize()."
            )
        found: InitResourceContext = self._context
        return found

    def _given(self, context: InitResourceContext) -> Any:
        """Return what ops get."""
        return self

    @property
    def made_type(self) -> Any:
        """The class of what ops get: its own, or that of what a factory says that it makes."""
        return _made_type(type(self))


class ConfigurableResource(_Settings):
    """Derive from this: fields are its settings, and ops get the instance.

    A field may be `EnvVar(NAME)`, which is read where the step runs, or another resource.
    """

    _put_away: Any = PrivateAttr(default=None)

    def process_config_and_initialize(self) -> Self:
        """Return it as an op gets it, its variables read and set up: for tests and scripts.

        It is torn down when nobody has it any more; `process_config_and_initialize_cm` says when.
        """
        opened = self.process_config_and_initialize_cm()
        made = opened.__enter__()
        # What is not held ends at once.
        made._put_away = opened
        return made

    def process_config_and_initialize_cm(self) -> AbstractContextManager[Self]:
        """The same for a `with`, at whose end it is torn down."""
        return _opened(type(self), dict(iter(self)), InitResourceContext(), None)


class ConfigurableResourceFactory(_Settings, Generic[T]):
    """Derive from this where ops get something else: what `create_resource` returns."""

    @abstractmethod
    def create_resource(self, context: InitResourceContext) -> T:
        """Make what ops get."""

    def _given(self, context: InitResourceContext) -> Any:
        return self.create_resource(context)


class ConfigurableIOManager(ConfigurableResource, IOManager):
    """Derive from this: an IO manager with settings."""


class ConfigurableIOManagerFactory(_Settings, Generic[T]):
    """Derive from this where values are stored by what `create_io_manager` returns."""

    @abstractmethod
    def create_io_manager(self, context: InitResourceContext) -> T:
        """Make what stores and loads."""

    def _given(self, context: InitResourceContext) -> Any:
        return self.create_io_manager(context)


class PartialResource(Openable):
    """A resource of which a run tells the rest: `cls.configure_at_launch(…)` made it."""

    def __init__(self, cls: type[_Settings], given: dict[str, Any]) -> None:
        unknown = given.keys() - cls.model_fields
        if unknown:
            raise ArgumentError(
                f"{cls.__name__}.configure_at_launch has {min(unknown)!r}, which is no field.",
                fix=f"Its fields are {', '.join(cls.model_fields)}.",
                source=user_line(),
            )
        self.cls = cls
        self._fields = given

    @property
    def shown_type(self) -> str:
        """The name of the class."""
        return self.cls.__qualname__

    @property
    def made_type(self) -> Any:
        """The class of what ops get."""
        return _made_type(self.cls)

    def needs(self, given: Mapping[str, object]) -> AbstractSet[str]:
        """Return the keys of the resources in it, and in those."""
        return set(_needs(self._fields, given))

    def place_in_config(self, key: str) -> ConfigPlace | None:
        """Return where a run tells it the rest."""
        return _place(self.cls, self._fields, key)

    def open_in_step(
        self, context: InitResourceContext, told: UserValue
    ) -> AbstractContextManager[Any]:
        """Set it up with what the run tells it, give it, and tear it down."""
        return _opened(self.cls, self._fields, context, told)


def _made_type(cls: type[_Settings]) -> Any:
    maker: Any = None
    if issubclass(cls, ConfigurableResourceFactory):
        maker = cls.create_resource
    elif issubclass(cls, ConfigurableIOManagerFactory):
        return IOManager
    if maker is None:
        return cls
    said = typing.get_type_hints(maker).get("return", Any) if maker.__annotations__ else Any
    return said if isinstance(said, type) else Any


def _place(cls: type[_Settings], given: Mapping[str, Any], key: str) -> ConfigPlace | None:
    schema = _open_schema(cls, given)
    if not schema.get("properties"):
        return None
    text = json.writer(sort_keys=True, separators=(",", ":"))(schema)
    said = dict(_shown(cls, given))
    return ConfigPlace(path=("resources", key, "config"), json_schema=text, given=said or None)


def _open_schema(cls: type[_Settings], given: Mapping[str, Any]) -> Schema:
    """Return the schema of the fields that config can say; what is given must not be told again."""
    schema = dict(json_schema_of(TypeAdapter(_settings_alone(cls))))
    names = {told_as(name, cls.model_fields[name]) for name in given}
    schema["properties"] = {
        name: {key: said for key, said in each.items() if key != "default" or name not in names}
        for name, each in schema.get("properties", {}).items()
    }
    schema["required"] = [name for name in schema.get("required", ()) if name not in names]
    return schema


def _settings_alone(cls: type[_Settings]) -> type[BaseModel]:
    """Return a class with the fields that are no resources: of those no schema can be made."""
    from pydantic import create_model  # noqa: PLC0415 -- beside its use

    fields: dict[str, Any] = {
        name: (each.annotation, each)
        for name, each in cls.model_fields.items()
        if not _is_resource(cls, name)
    }
    return create_model(cls.__name__, __config__=ConfigDict(extra="forbid"), **fields)


def _is_resource(cls: type[_Settings], name: str) -> bool:
    declared = cls.model_fields[name]
    if "treadle resource dependency" in declared.metadata:
        return True
    kinds = (declared.annotation, *typing.get_args(declared.annotation))
    return any(isinstance(each, type) and issubclass(each, Openable) for each in kinds)


def _shown(cls: type[_Settings], given: Mapping[str, Any]) -> Iterator[tuple[str, UserValue]]:
    """Yield what may be shown of the fields, by the names by which they are told: no resource, no secret."""
    for name, value in given.items():
        if not _is_resource(cls, name):
            # A secret stands in it.
            with suppress(ValueError):
                yield told_as(name, cls.model_fields[name]), field_data(name, value)


@contextmanager
def _opened(
    cls: type[_Settings],
    given: Mapping[str, Any],
    context: InitResourceContext,
    told: UserValue,
) -> Iterator[Any]:
    """Make an instance with what holds here, set it up, give what ops get, and tear it down."""
    inner = {name: value for name, value in given.items() if _is_resource(cls, name)}
    settled = {name: _read(value) for name, value in given.items() if name not in inner}
    fields = {told_as(name, cls.model_fields[name]): value for name, value in settled.items()}
    if isinstance(told, Mapping):
        said = as_json(with_variables(told, _open_schema(cls, given), os.environ))
        fields |= {name: laid_over(_data(fields.get(name)), each) for name, each in said.items()}
    with ExitStack() as open_ones:
        opened = {
            name: _inner(value, context, open_ones)
            for name, value in inner.items()
            if is_openable(value)
        }
        asked = {told_as(name, cls.model_fields[name]): value for name, value in inner.items()}
        context.resource_config = fields
        made = validated(cls.model_validate, {**fields, **asked})
        made = made.model_copy(update=opened) if opened else made
        made._context = context
        with made.yield_for_execution(context) as ready:
            yield (made if ready is None else ready)._given(context)


def _needs(fields: Mapping[str, Any], given: Mapping[str, object]) -> Iterator[str]:
    for each in filter(is_openable, fields.values()):
        key = key_of(each, given)
        yield from each.needs(given) if key is None else (key,)


def _inner(value: Openable, context: InitResourceContext, open_ones: ExitStack) -> Any:
    """Return a resource in another as it is made: the step's own, if Definitions have it too."""
    key = key_of(value, context.given)
    if key is not None:
        return getattr(context.resources, key)
    # Each has a config of its own.
    return open_ones.enter_context(value.open_in_step(replace(context), None))


def _read(value: Any) -> Any:
    """Return a field's value, those of variables in it read."""
    if isinstance(value, EnvVar):
        return value.value()
    if type(value) in (list, tuple):
        return type(value)(map(_read, value))
    if isinstance(value, dict):
        return {name: _read(each) for name, each in value.items()}
    if isinstance(value, BaseModel):
        data = _data(value)
        read = _read(data)
        return value if read == data else validated(type(value).model_validate, read)
    return value


def _data(value: Any) -> Any:
    """Return the fields of a model as a map, secrets and variables as they are."""
    if isinstance(value, RootModel):
        return _data(value.root)
    if isinstance(value, BaseModel):
        declared = type(value).model_fields.items()
        fields = {told_as(name, each): _data(getattr(value, name)) for name, each in declared}
        return fields | (value.model_extra or {})
    if type(value) in (list, tuple):
        return type(value)(map(_data, value))
    if isinstance(value, dict):
        return {name: _data(each) for name, each in value.items()}
    return value
