"""Loaders: how config gives the value of an input that nothing else gives."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Any

from treadle._arguments import checked
from treadle._names import NO_NAMES
from treadle.ops._functions import checked_function, name_of
from treadle.steps._config import as_plain_data
from treadle_contract.lazy_dataclasses import dataclass

if TYPE_CHECKING:
    from treadle.config._op_config import ConfigType


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DagsterTypeLoader:
    """Makes a value of a type from config. `dagster_type_loader` makes it."""

    fn: Callable[[Any, Any], Any]
    config: ConfigType
    required_resource_keys: AbstractSet[str]

    def load(self, context: object, config: object) -> Any:
        """Return the value for config, which was read as `config` says. `context` is the op's."""
        return self.fn(context, as_plain_data(config))

    def construct_from_config_value(self, context: object, config_value: object) -> Any:
        """Return the value for config, by Dagster's name."""
        return self.load(context, config_value)

    def __call__(self, context: object, config: object) -> Any:
        """Call the function, in a test."""
        return self.fn(context, config)


@checked
def dagster_type_loader(
    config_schema: Any, required_resource_keys: AbstractSet[str] | None = None
) -> Callable[[Callable[[Any, Any], Any]], DagsterTypeLoader]:
    """Make a loader of a function of a context and of config, of this schema.

    Raises:
        DefinitionError: nothing can be read as the schema, or it does not stand over a function.
    """

    def decorate(fn: Callable[[Any, Any], Any]) -> DagsterTypeLoader:
        from treadle.config._op_config import schema_config_type  # noqa: PLC0415 -- pydantic, which who has no loader does not pay for

        fn = checked_function(fn, label="@dagster_type_loader")
        owner = f"@dagster_type_loader {name_of(fn)!r}"
        return DagsterTypeLoader(
            fn=fn,
            config=schema_config_type(config_schema, owner=owner),
            required_resource_keys=frozenset(required_resource_keys or NO_NAMES),
        )

    return decorate
