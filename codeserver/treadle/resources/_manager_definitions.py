"""@io_manager and @input_manager: managers of values that a function makes, or is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from typing import Any, overload

from treadle._arguments import checked, refuse_unsupported
from treadle._errors import ArgumentError
from treadle._source import user_line
from treadle._value_words import in_words
from treadle.io._input_manager_calls import FunctionInputManager
from treadle.io._io_manager import InputManager, IOManager
from treadle.resources._definition import Function, ResourceDefinition, decorated
from treadle.resources._openable import InitResourceContext


class IOManagerDefinition(ResourceDefinition):
    """An IO manager that a function makes in the step's process."""

    @property
    def made_type(self) -> Any:
        """IOManager."""
        return IOManager

    @staticmethod
    def hardcoded_io_manager(
        value: IOManager, description: str | None = None
    ) -> IOManagerDefinition:
        """Return a definition of this IO manager.

        Raises:
            ArgumentError: it is none.
        """
        if not isinstance(value, IOManager):
            raise ArgumentError(
                f"hardcoded_io_manager got {in_words(value)}.",
                fix="Give an instance of a class that derives from IOManager.",
                source=user_line(),
            )
        return IOManagerDefinition(lambda _: value, description=description)


class InputManagerDefinition(ResourceDefinition):
    """An input manager that a function makes in the step's process.

    That of `@input_manager` is the loader itself: it is called for each input.
    """

    is_loader = False

    @property
    def made_type(self) -> Any:
        """InputManager."""
        return InputManager

    @contextmanager
    def _opened(self, context: InitResourceContext) -> Iterator[Any]:
        if self.is_loader:
            yield FunctionInputManager(self.fn)
            return
        with super()._opened(context) as made:
            yield made


def _loader(**given: Any) -> InputManagerDefinition:
    made = InputManagerDefinition(**given)
    made.is_loader = True
    return made


@overload
def io_manager(config_schema: Function) -> IOManagerDefinition: ...


@overload
def io_manager(
    config_schema: Any = None,
    description: str | None = None,
    output_config_schema: object = None,
    input_config_schema: object = None,
    required_resource_keys: AbstractSet[str] | None = None,
    version: object = None,
) -> Callable[[Function], IOManagerDefinition]: ...


@checked
def io_manager(  # noqa: PLR0913, PLR0917 -- Dagster's parameters, in Dagster's order
    config_schema: Any = None,
    description: str | None = None,
    output_config_schema: object = None,
    input_config_schema: object = None,
    required_resource_keys: AbstractSet[str] | None = None,
    version: object = None,
) -> IOManagerDefinition | Callable[[Function], IOManagerDefinition]:
    """Make an IO manager of a function of its context, which returns it, or yields it and puts it away.

    The parameters are Dagster's. Its context has `resource_config` and `resources`.

    Raises:
        ArgumentError: nothing can be read as the schema, or what is not there is asked for.
    """
    unsupported = {
        "output_config_schema": output_config_schema,
        "input_config_schema": input_config_schema,
    }
    refuse_unsupported("io_manager", unsupported)
    return decorated(
        IOManagerDefinition,
        "@io_manager",
        config_schema,
        description,
        required_resource_keys,
        version,
    )


@overload
def input_manager(config_schema: Function) -> InputManagerDefinition: ...


@overload
def input_manager(
    config_schema: Any = None,
    description: str | None = None,
    input_config_schema: object = None,
    required_resource_keys: AbstractSet[str] | None = None,
    version: object = None,
) -> Callable[[Function], InputManagerDefinition]: ...


@checked
def input_manager(
    config_schema: Any = None,
    description: str | None = None,
    input_config_schema: object = None,
    required_resource_keys: AbstractSet[str] | None = None,
    version: object = None,
) -> InputManagerDefinition | Callable[[Function], InputManagerDefinition]:
    """Make an input manager of a function that returns the value of an input.

    The parameters are Dagster's. The function takes the `InputContext`, which has `resource_config`
    and `resources`, or nothing; what it returns may be an input manager, which is asked then.

    Raises:
        ArgumentError: nothing can be read as the schema, or what is not there is asked for.
    """
    refuse_unsupported("input_manager", {"input_config_schema": input_config_schema})
    return decorated(
        _loader,
        "@input_manager",
        config_schema,
        description,
        required_resource_keys,
        version,
    )
