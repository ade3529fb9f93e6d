"""In and Out of an op, GraphIn and GraphOut of a graph: what flows in and what comes out.

A type is a class, an annotation, or `Nothing`; `Any` is no check.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from treadle._arguments import UNSET, checked_init, refuse_unsupported
from treadle._errors import ArgumentError
from treadle._nothing import Nothing
from treadle._source import user_line
from treadle._value_words import in_words
from treadle.steps._type_check import checked_type
from treadle_contract.lazy_dataclasses import dataclass, field, replace

DEFAULT_OUTPUT = "result"
DEFAULT_IO_MANAGER = "io_manager"


@checked_init
@dataclass(frozen=True, slots=True, init=False)
class In:
    """An input of an op. Without a type it is taken from the argument's annotation."""

    dagster_type: Any = UNSET
    description: str | None = None
    default_value: Any = UNSET
    metadata: Mapping[str, Any] = field(default_factory=dict)
    input_manager_key: str | None = None

    def __init__(  # noqa: PLR0913, PLR0917 -- Dagster's parameters, in Dagster's order
        self,
        dagster_type: Any = UNSET,
        description: str | None = None,
        default_value: Any = UNSET,
        metadata: Mapping[str, Any] | None = None,
        asset_key: object = None,
        asset_partitions: object = None,
        input_manager_key: str | None = None,
    ) -> None:
        refuse_unsupported("In", {"asset_key": asset_key, "asset_partitions": asset_partitions})
        if dagster_type is Nothing and default_value is not UNSET:
            raise ArgumentError(
                f"In(Nothing) has a default: {in_words(default_value)}.",
                fix="Leave the default out: an input that is Nothing carries no value.",
                source=user_line(),
            )
        put = object.__setattr__
        put(self, "dagster_type", checked_type(dagster_type, where="In: dagster_type is"))
        put(self, "description", description)
        put(self, "default_value", default_value)
        put(self, "metadata", dict(metadata or {}))
        put(self, "input_manager_key", input_manager_key)

    @property
    def is_nothing(self) -> bool:
        """Whether it only orders."""
        return self.dagster_type is Nothing

    @property
    def has_default(self) -> bool:
        """Whether there is a value to use when nothing is connected."""
        return self.default_value is not UNSET

    @property
    def must_be_fed(self) -> bool:
        """Whether something has to be connected: it carries a value, and has no default or manager."""
        return not (self.is_nothing or self.has_default or self.input_manager_key)


@checked_init
@dataclass(frozen=True, slots=True, init=False)
class Out:
    """An output of an op. Without a type it is taken from the return annotation.

    `checkpoint`, Treadle's: its value is stored also where it passes in memory (isolation).
    """

    dagster_type: Any = UNSET
    description: str | None = None
    is_required: bool = True
    io_manager_key: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    code_version: str | None = None
    checkpoint: bool = False

    def __init__(  # noqa: PLR0913, PLR0917 -- Dagster's parameters, in Dagster's order, then ours
        self,
        dagster_type: Any = UNSET,
        description: str | None = None,
        is_required: bool = True,
        io_manager_key: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        code_version: str | None = None,
        *,
        checkpoint: bool = False,
    ) -> None:
        put = object.__setattr__
        put(self, "dagster_type", checked_type(dagster_type, where="Out: dagster_type is"))
        put(self, "description", description)
        put(self, "is_required", is_required)
        put(self, "io_manager_key", io_manager_key)
        put(self, "metadata", dict(metadata or {}))
        put(self, "code_version", code_version)
        put(self, "checkpoint", checkpoint)
        _refuse_no_value(self)

    @property
    def is_nothing(self) -> bool:
        """Whether it carries no value."""
        return self.dagster_type is Nothing

    @property
    def is_dynamic(self) -> bool:
        """Whether any number of elements is yielded for it, as is so of a DynamicOut."""
        return False


def typed(out: Out, dagster_type: Any) -> Out:
    """Return an output with a type, which was checked.

    Raises:
        ArgumentError: it is Nothing, and the output's value is to be stored.
    """
    if out is PLAIN_OUT and dagster_type is Any:
        return _ANY_OUT
    made = replace(out, dagster_type=dagster_type)
    _refuse_no_value(made)
    return made


def _refuse_no_value(out: Out) -> None:
    if out.checkpoint and out.is_nothing:
        raise ArgumentError(
            "Out(Nothing, checkpoint=True) has no value that could be stored.",
            fix="Leave checkpoint out, or declare the type of a value.",
            source=user_line(),
        )


@checked_init
@dataclass(frozen=True, slots=True, init=False)
class GraphIn:
    """An input of a graph."""

    description: str | None = None

    def __init__(self, description: str | None = None) -> None:
        object.__setattr__(self, "description", description)


@checked_init
@dataclass(frozen=True, slots=True, init=False)
class GraphOut:
    """An output of a graph."""

    description: str | None = None

    def __init__(self, description: str | None = None) -> None:
        object.__setattr__(self, "description", description)


#: The output of a check, where no op says more of it.
CHECK_OUT: Final = Out(Nothing)
#: An output of which nothing is said, and what it is in an op without annotations.
PLAIN_OUT: Final = Out()
_ANY_OUT: Final = Out(Any)
