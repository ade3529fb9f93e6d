"""The contract's Python values as protobuf messages and back, by their tables."""

from __future__ import annotations

from importlib import import_module
from typing import TypeVar

from google.protobuf import message as protobuf

from treadle_api.filling import fill
from treadle_api.reading import reader
from treadle_contract.message import ContractError, Message

M = TypeVar("M", bound=Message)
P = TypeVar("P", bound=protobuf.Message)


def to_proto(message: Message, into: type[P]) -> P:
    """Return a message as the protobuf message of its name."""
    made = into()
    fill(type(message), made, message)
    return made


def from_proto(message: protobuf.Message, into: type[M]) -> M:
    """Return the value that a protobuf message of its name holds.

    Raises:
        ContractError: a message or an enumeration that must be set is not.
    """
    try:
        made: M = reader(into)(message)
    except ContractError as error:
        raise error.below(into.__name__) from None
    return made


def proto_class(cls: type[Message]) -> type[protobuf.Message]:
    """Return the protobuf class of the same name, of the file of the same name."""
    file = import_module(f"treadle_api.v1.{cls.__module__.rpartition('.')[2]}_pb2")
    made: type[protobuf.Message] = getattr(file, cls.__name__)
    return made
