"""@resource: a resource that a function makes, Dagster's older way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import AbstractContextManager, ContextDecorator, contextmanager
from copy import copy
from typing import TYPE_CHECKING, Any, Self, TypeAlias, TypeVar, overload

from treadle._arguments import checked, checked_init
from treadle._errors import ArgumentError, listed
from treadle._source import user_line
from treadle._system import os
from treadle._value_words import in_words
from treadle.ops._functions import name_of
from treadle.ops._signatures import is_generator_function, parameters_of
from treadle.resources._openable import InitResourceContext, Openable
from treadle.steps._resources import Resources
from treadle_contract.config_data import as_json, laid_over
from treadle_contract.lazy_dataclasses import replace
from treadle_contract.message import UserValue
from treadle_contract.value import ConfigPlace

if TYPE_CHECKING:
    from treadle.config._op_config import ConfigType

Function: TypeAlias = Callable[..., Any]


@checked_init
class ResourceDefinition(Openable):
    """A resource that a function makes in the step's process. A generator puts it away after its yield.

    `configured_with` is what the definitions say of its config.
    """

    def __init__(
        self,
        resource_fn: Function,
        config_schema: Any = None,
        description: str | None = None,
        required_resource_keys: AbstractSet[str] | None = None,
        version: object = None,
    ) -> None:
        owner = type(self).__name__
        if not callable(resource_fn):
            raise ArgumentError(
                f"{owner} got {in_words(resource_fn)} as its function.",
                fix="Give a function of the context; for a value that is there,"
                " ResourceDefinition.hardcoded_resource(…), or the value itself.",
                source=user_line(),
            )
        refuse_version(version, owner)
        self.fn = resource_fn
        self.description = description or ""
        self.config = schema_of(config_schema, f"{owner} {name_of(resource_fn)!r}")
        self.required_resource_keys = frozenset(required_resource_keys or ())
        self.configured_with: UserValue = None

    @staticmethod
    def hardcoded_resource(value: Any, description: str | None = None) -> ResourceDefinition:
        """Return a resource that is this value."""
        return ResourceDefinition(lambda _: value, description=description)

    @staticmethod
    def none_resource(description: str | None = None) -> ResourceDefinition:
        """Return a resource that is None."""
        return ResourceDefinition.hardcoded_resource(None, description)

    @staticmethod
    def string_resource(description: str | None = None) -> ResourceDefinition:
        """Return a resource that is the text that a run tells it."""
        return ResourceDefinition(lambda context: context.resource_config, str, description)

    @staticmethod
    def mock_resource(description: str | None = None) -> ResourceDefinition:
        """Return a resource that takes any call, for tests: a MagicMock."""
        return ResourceDefinition(lambda _: _mock(), description=description)

    @checked
    def configured(
        self, config_or_config_fn: Any, config_schema: Any = None, description: str | None = None
    ) -> Self:
        """Return the resource with this config, over which a run may lay its own, or with what a function
        makes of a config that a run tells.

        Raises:
            ArgumentError: it takes none, or not this one.
        """
        from treadle.config._configured import configured_type, constant  # noqa: PLC0415 -- few modules do

        owner = f"The resource {name_of(self.fn)!r}"
        if self.config is None:
            raise ArgumentError(
                f"{owner} takes no config.",
                fix="Give @resource(config_schema=…), or leave it out.",
                source=user_line(),
            )
        made = copy(self)
        if description is not None:
            made.description = description
        if callable(config_or_config_fn):
            inner = replace(self.config, default=self.configured_with)
            made.config = configured_type(inner, config_or_config_fn, config_schema, owner)
            made.configured_with = made.config.default
        else:
            made.configured_with = constant(self.config, config_or_config_fn, owner)
        return made

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function itself, in a test: with what `build_init_resource_context` made.

        Raises:
            ArgumentError: the function takes other arguments.
        """
        from inspect import signature  # noqa: PLC0415 -- what tests alone need

        try:
            signature(self.fn).bind(*args, **kwargs)
        except TypeError as error:
            raise ArgumentError(
                f"The resource {name_of(self.fn)!r} was called: {error}.",
                fix="Give it as it is to Definitions, or configured({…}); in a test, call it with"
                " build_init_resource_context(…).",
                source=user_line(),
            ) from None
        return self.fn(*args, **kwargs)

    @property
    def shown_type(self) -> str:
        """The name of the function."""
        return name_of(self.fn)

    def needs(self, given: Mapping[str, object]) -> AbstractSet[str]:
        """Return the keys that it requires."""
        return self.required_resource_keys & given.keys()

    def place_in_config(self, key: str) -> ConfigPlace | None:
        """Return where a run may tell it something."""
        if self.config is None:
            return None
        return ConfigPlace(
            path=("resources", key, "config"),
            json_schema=self.config.text,
            given=self.configured_with,
        )

    def open_in_step(
        self, context: InitResourceContext, told: UserValue
    ) -> AbstractContextManager[Any]:
        """Call the function, give what it returns or yields, and go on with it in the end."""
        context.resource_config = self._config(told)
        return self._opened(context)

    def _config(self, told: UserValue) -> Any:
        from treadle.config.values import with_defaults, with_variables  # noqa: PLC0415

        if self.config is None:
            return None
        schema = self.config.schema
        value = with_defaults(laid_over(self.configured_with, told) or {}, schema)
        read = self.config.validate(as_json(with_variables(value, schema, os.environ)))
        dump = getattr(read, "model_dump", None)
        return read if dump is None else dump()

    @contextmanager
    def _opened(self, context: InitResourceContext) -> Iterator[Any]:
        made = self.fn(context) if parameters_of(self.fn) else self.fn()
        if is_generator_function(self.fn):
            with contextmanager(lambda: made)() as yielded:
                yield yielded
        elif isinstance(made, ContextDecorator) and isinstance(made, AbstractContextManager):
            # What a function of @contextmanager gives; a client that is a context manager is a value.
            with made as yielded:
                yield yielded
        else:
            yield made


def make_values_resource(**kwargs: Any) -> ResourceDefinition:
    """Return a resource that is what a run tells it: a mapping of these names, of values of these types.

    Without any, it is told what it likes.
    """
    return ResourceDefinition(lambda context: context.resource_config, kwargs or dict)


def _mock() -> Any:
    from unittest.mock import MagicMock  # noqa: PLC0415 -- what tests alone need

    return MagicMock()


def build_init_resource_context(
    config: Any = None, resources: Mapping[str, Any] | None = None
) -> InitResourceContext:
    """Make a context to make a resource with in a test."""
    return InitResourceContext(resource_config=config, resources=Resources(resources or {}))


@overload
def resource(config_schema: Function) -> ResourceDefinition: ...


@overload
def resource(
    config_schema: Any = None,
    description: str | None = None,
    required_resource_keys: AbstractSet[str] | None = None,
    version: object = None,
) -> Callable[[Function], ResourceDefinition]: ...


@checked
def resource(
    config_schema: Any = None,
    description: str | None = None,
    required_resource_keys: AbstractSet[str] | None = None,
    version: object = None,
) -> ResourceDefinition | Callable[[Function], ResourceDefinition]:
    """Make a resource of a function of its context, which returns it, or yields it and then puts it away.

    The parameters are Dagster's. Its context has `resource_config` and `resources`.

    Raises:
        ArgumentError: nothing can be read as the schema.
    """

    return decorated(
        ResourceDefinition, "@resource", config_schema, description, required_resource_keys, version
    )


_Kind = TypeVar("_Kind", bound=ResourceDefinition)


def decorated(  # noqa: PLR0913, PLR0917 -- what the decorators take, in their order
    kind: Callable[..., _Kind],
    decorator: str,
    config_schema: Any,
    description: str | None,
    required_resource_keys: AbstractSet[str] | None,
    version: object,
) -> _Kind | Callable[[Function], _Kind]:
    """Return the definition that a bare decorator makes, or the decorator that was called.

    Raises:
        ArgumentError: the function takes more than the context, or nothing can be read as the schema.
    """

    def decorate(fn: Function, schema: Any = None) -> _Kind:
        owner = f"{decorator} {name_of(fn)!r}"
        taken = [each.name for each in parameters_of(fn) if each.is_needed]
        if len(taken) > 1:
            raise ArgumentError(
                f"{owner} takes {listed(taken)}.",
                fix="Let it take the context alone: it has resource_config, and resources by their keys.",
                source=user_line(),
            )
        return kind(
            resource_fn=fn,
            config_schema=schema_of(schema, owner),
            description=description or (fn.__doc__ or "").strip(),
            required_resource_keys=required_resource_keys,
        )

    refuse_version(version, decorator)
    if callable(config_schema) and not isinstance(config_schema, type):
        return decorate(config_schema)
    return lambda fn: decorate(fn, config_schema)


def refuse_version(version: object, owner: str) -> None:
    """Refuse a version of a resource, which nothing would read.

    Raises:
        ArgumentError: there is one.
    """
    if version is not None:
        raise ArgumentError(
            f"{owner}(version=…): nothing reads the version of a resource.",
            fix="Leave it out: what the code is, its digest says; an op has code_version=….",
            source=user_line(),
        )


def schema_of(schema: Any, owner: str) -> ConfigType | None:
    """Return how config is read by a schema, None where there is none.

    Raises:
        ArgumentError: nothing can be read as the schema.
    """
    if schema is None:
        return None
    from treadle.config._op_config import ConfigType, schema_config_type  # noqa: PLC0415

    return schema if isinstance(schema, ConfigType) else schema_config_type(schema, owner=owner)
