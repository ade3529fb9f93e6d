"""What every message of the contract is: a frozen value that knows its fields.

The generated classes write out `__init__` and `__slots__`, since a hundred dataclasses made by
the decorator cost a process that starts more than all its other imports. They are dataclasses to
everybody who asks: `dataclasses.replace` and `fields` work on them, and so does `match`.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import (
    TYPE_CHECKING,
    Any,
    ClassVar,
    Final,
    NamedTuple,
    Self,
    TypeAlias,
    dataclass_transform,
)

if TYPE_CHECKING:
    from dataclasses import Field as DataclassField
    from datetime import datetime

UserValue: TypeAlias = (
    "bool | int | float | str | datetime | tuple[UserValue, ...] | Mapping[str, UserValue] | None"
)
"""A treadle_api.v1.Value: what a user wrote. A datetime is aware and in UTC."""

_SHOWN_CHARACTERS: Final = 80

NO_ENTRIES: Final[Mapping[str, Any]] = MappingProxyType({})
"""The map of a field that is not set."""


def shown(value: object) -> str:
    """Return what was found as errors show it: short, and on one line."""
    if isinstance(value, list | dict) and value:
        kind, unit = ("a list", "values") if isinstance(value, list) else ("an object", "fields")
        return f"{kind} of {len(value):,} {unit}"
    # A text may have millions of characters.
    text = ascii(value[: _SHOWN_CHARACTERS + 1] if isinstance(value, str) else value)
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}…"


class ContractError(ValueError):
    """A message is not what the contract says.

    `field` is the place, from the message's own name on, `problem` what is wrong with it.
    """

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field} {problem}")
        self.field = field
        self.problem = problem

    def below(self, place: str) -> ContractError:
        """Return the same, of what lies at a place of another: a field's name, or an "[index]"."""
        separator = "." if self.field and not self.field.startswith("[") else ""
        return ContractError(f"{place}{separator}{self.field}", self.problem)


class Kind(StrEnum):
    """What one value of a field is."""

    TEXT = "text"
    WHOLE = "whole"
    """A whole number of 32 bits; JSON writes it as a number."""
    WIDE = "wide"
    """A whole number of 64 bits; JSON writes it as text."""
    REAL = "real"
    FLAG = "flag"
    BYTES = "bytes"
    ENUM = "enum"
    MESSAGE = "message"
    TIME = "time"
    """A google.protobuf.Timestamp: a datetime in UTC, in microseconds."""
    SPAN = "span"
    """A google.protobuf.Duration: a timedelta."""
    VALUE = "value"
    """A treadle_api.v1.Value: a UserValue."""


class Label(StrEnum):
    """How many values a field has."""

    ONE = "one"
    """One; what is not set is the default of its kind."""
    MAYBE = "maybe"
    """One or None."""
    MANY = "many"
    """A tuple."""
    MAP = "map"
    """A mapping from text."""


class Field(NamedTuple):
    """A field of a message.

    `of` names the class of an enum or message. `slot` is the attribute that holds it: its own
    name, or that of its oneof when all members of that are messages, told apart by class.
    `needed`: it is set (`must_be`), or when it is the one of its oneof, not empty. `bounds` is the number of its kind in bounds.proto.
    """

    name: str
    number: int
    json_name: str
    kind: Kind
    label: Label
    of: str
    slot: str
    needed: bool
    bounds: int


MESSAGES: Final[dict[str, type[Message]]] = {}
"""The classes of messages, by name."""

ENUMS: Final[dict[str, EnumSchema]] = {}
"""The enumerations, by name."""


class EnumSchema(NamedTuple):
    """An enumeration: its class, what its names begin with in the contract, values by number."""

    of: type[ContractEnum]
    prefix: str
    values: Mapping[int, str]


class Bounds(NamedTuple):
    """What the fields of one kind hold: see Bounds in bounds.proto. None and 0 bound nothing."""

    min: int | None = None
    max: int | None = None
    max_bytes: int = 0
    max_total_bytes: int = 0
    max_items: int = 0
    form: str = ""
    max_depth: int = 0


class ContractEnum(StrEnum):
    """An enumeration of the contract: its values are the names there, in small letters.

    UNSPECIFIED is None in a field. A value that is not known here is kept as it came: it is no
    member, and equals none.
    """

    @classmethod
    def _missing_(cls, value: object) -> ContractEnum | None:
        if not isinstance(value, str):
            return None
        unknown = str.__new__(cls, value)
        unknown._name_ = value.upper()
        unknown._value_ = value
        return unknown

    @property
    def is_known(self) -> bool:
        """Whether it is a member, and not a value of a newer contract."""
        return type(self).__members__.get(self.name) is self


#: By class, and not in it: what is derived from it has fields of its own.
_FIELDS_MADE: Final[dict[type[Message], dict[str, DataclassField[Any]]]] = {}


class _DataclassFields:
    """`__dataclass_fields__` of a message, made when somebody asks."""

    def __get__(
        self, instance: Message | None, owner: type[Message]
    ) -> dict[str, DataclassField[Any]]:
        if owner in _FIELDS_MADE:
            return _FIELDS_MADE[owner]
        # Imported here: what starts fast asks for no field.
        import dataclasses  # noqa: PLC0415 (see above)

        made = {}
        for name in owner.__match_args__:
            made[name] = dataclasses.field(kw_only=True)
            made[name].name = name
            made[name]._field_type = dataclasses._FIELD  # type: ignore[attr-defined]  # what dataclass() sets
        _FIELDS_MADE[owner] = made
        return made


@dataclass_transform(kw_only_default=True, frozen_default=True)
class Message:
    """A message of the contract. Frozen; equal to one of its class with equal fields.

    `FIELDS` are the parts of each Field; `ONEOFS` the name of each oneof, the slots that hold what
    is set of it, and whether one must be.
    """

    __slots__ = ()
    __match_args__: ClassVar[tuple[str, ...]] = ()
    FIELDS: ClassVar[tuple[tuple[str, int, str, str, str, str, str, bool, int], ...]] = ()
    ONEOFS: ClassVar[tuple[tuple[str, tuple[str, ...], bool], ...]] = ()
    if TYPE_CHECKING:
        __dataclass_fields__: ClassVar[dict[str, DataclassField[Any]]]
    else:
        __dataclass_fields__ = _DataclassFields()

    def __eq__(self, other: object) -> bool:
        if other.__class__ is not self.__class__:
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in self.__match_args__)

    def __hash__(self) -> int:
        return hash(tuple([getattr(self, name) for name in self.__match_args__]))

    def __repr__(self) -> str:
        from treadle_contract.kinds import ENVIRONMENT  # noqa: PLC0415 (it imports this)

        # The variables of a process may be secrets.
        hidden = {row[0] for row in self.FIELDS if row[-1] == ENVIRONMENT}
        fields = ", ".join(
            f"{name}={'…' if name in hidden else repr(getattr(self, name))}"
            for name in self.__match_args__
        )
        return f"{type(self).__name__}({fields})"

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen: {name!r} cannot be set")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen: {name!r} cannot be removed")

    def __replace__(self, /, **changes: Any) -> Self:
        """Return the same with some fields changed, in a quarter of the time of `dataclasses`'."""
        made = object.__new__(type(self))
        put = object.__setattr__
        for name in self.__match_args__:
            put(made, name, changes.pop(name) if name in changes else getattr(self, name))
        if changes:
            raise TypeError(f"{type(self).__name__} has no field {next(iter(changes))!r}")
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        fields = {name: getattr(self, name) for name in self.__match_args__}
        # A map that is not set is nothing that can be pickled.
        given = {name: value for name, value in fields.items() if value is not NO_ENTRIES}
        return _made, (type(self), given)


def _made(cls: type[Message], fields: dict[str, Any]) -> Message:
    return cls(**fields)
