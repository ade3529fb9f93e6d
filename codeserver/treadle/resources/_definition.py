"""@resource: a resource that a function makes, Dagster's older way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any, TypeAlias, overload

from treadle._arguments import checked
from treadle._errors import ArgumentError, did_you_mean, listed
from treadle._source import user_line
from treadle._system import os
from treadle.ops._functions import name_of
from treadle.ops._signatures import is_generator_function, parameters_of
from treadle.resources._openable import InitResourceContext, Openable
from treadle.steps._resources import Resources
from treadle_contract.config_data import as_json, laid_over
from treadle_contract.lazy_dataclasses import dataclass, replace
from treadle_contract.message import UserValue
from treadle_contract.value import ConfigPlace

if TYPE_CHECKING:
    from treadle.config._op_config import ConfigType

Function: TypeAlias = Callable[..., Any]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ResourceDefinition(Openable):
    """A resource that a function makes in the step's process. A generator puts it away after its yield.

    `configured_with` is what the definitions say of its config.
    """

    fn: Function
    description: str = ""
    config: ConfigType | None = None
    configured_with: UserValue = None
    required_resource_keys: frozenset[str] = frozenset()

    @staticmethod
    def hardcoded_resource(value: Any, description: str | None = None) -> ResourceDefinition:
        """Return a resource that is this value."""
        return ResourceDefinition(fn=lambda _: value, description=description or "")

    @staticmethod
    def none_resource(description: str | None = None) -> ResourceDefinition:
        """Return a resource that is None."""
        return ResourceDefinition.hardcoded_resource(None, description)

    @checked
    def configured(self, config: Any) -> ResourceDefinition:
        """Return the resource with this config, over which a run may lay its own.

        Raises:
            ArgumentError: it takes none.
        """
        from treadle.config._run_config import config_data  # noqa: PLC0415 -- few modules have config
        from treadle.config.values import unknown_names  # noqa: PLC0415

        if self.config is None:
            raise ArgumentError(
                f"The resource {name_of(self.fn)!r} takes no config.",
                fix="Give @resource(config_schema=…), or leave it out.",
                source=user_line(),
            )
        owner = f"The resource {name_of(self.fn)!r}"
        try:
            told = config_data(config)
        except ValueError as error:
            raise ArgumentError(
                f"{owner}: {error}", fix="Correct it.", source=user_line()
            ) from error
        for path, known in unknown_names(told, self.config.schema):
            raise ArgumentError(
                f"{owner}: config has {'.'.join(path)}, which is not there."
                f"{did_you_mean(path[-1], known)}",
                fix=f"There is {listed(known)}.",
                source=user_line(),
            )
        return replace(self, configured_with=told)

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
        return self._opened(replace(context, resource_config=self._config(told)))

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
        else:
            yield made


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

    def decorate(fn: Function, schema: Any = None) -> ResourceDefinition:
        kind = None
        taken = [each.name for each in parameters_of(fn) if each.is_needed]
        if len(taken) > 1:
            raise ArgumentError(
                f"@resource {name_of(fn)!r} takes {listed(taken)}.",
                fix="Let it take the context alone: it has resource_config, and resources by their keys.",
                source=user_line(),
            )
        if schema is not None:
            from treadle.config._op_config import schema_config_type  # noqa: PLC0415

            kind = schema_config_type(schema, owner=f"@resource {name_of(fn)!r}")
        return ResourceDefinition(
            fn=fn,
            description=description or (fn.__doc__ or "").strip(),
            config=kind,
            required_resource_keys=frozenset(required_resource_keys or ()),
        )

    if callable(config_schema) and not isinstance(config_schema, type):
        return decorate(config_schema)
    return lambda fn: decorate(fn, config_schema)


#: `@io_manager` makes an IO manager of a function as `@resource` makes a resource of one.
io_manager = resource
