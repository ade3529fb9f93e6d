"""Enums: a StrEnum's members to the numbers of a proto enum and back, by name."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Generic, Protocol, TypeVar

E = TypeVar("E", bound=StrEnum)


class _ProtoEnum(Protocol):
    def items(self) -> list[tuple[str, Any]]: ...


class EnumCodec(Generic[E]):
    """Translates between `members` and the values of a proto enum named PREFIX_MEMBER.

    Numbers are typed Any: each proto enum has a number type of its own.
    """

    def __init__(self, members: type[E], proto_enum: _ProtoEnum, prefix: str) -> None:
        numbers = dict(proto_enum.items())
        self._numbers: dict[E, Any] = {
            member: numbers[f"{prefix}_{member.name}"] for member in members
        }
        self._members: dict[Any, E] = {number: member for member, number in self._numbers.items()}

    def encode(self, member: E | None) -> Any:
        """Return the number of a member; None is UNSPECIFIED."""
        return 0 if member is None else self._numbers[member]

    def decode(self, number: Any) -> E | None:
        """Return the member of a number; None for UNSPECIFIED and for one not known here."""
        return self._members.get(number)
