"""The contract's Python values as protobuf messages and back, by their tables."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final, TypeVar

from google.protobuf import message as protobuf
from google.protobuf.message_factory import GetMessageClass

from treadle_api.filling import fill
from treadle_api.reading import reader
from treadle_api.v1 import (
    codeserver_pb2,
    error_pb2,
    event_pb2,
    graph_pb2,
    launcher_pb2,
    partition_pb2,
    plan_pb2,
    policy_pb2,
    run_pb2,
    value_pb2,
    worker_pb2,
)
from treadle_contract.message import ContractError, Message

M = TypeVar("M", bound=Message)
P = TypeVar("P", bound=protobuf.Message)

_FILES: Final = (
    codeserver_pb2,
    error_pb2,
    event_pb2,
    graph_pb2,
    launcher_pb2,
    partition_pb2,
    plan_pb2,
    policy_pb2,
    run_pb2,
    value_pb2,
    worker_pb2,
)


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
    """Return the protobuf class of the same name."""
    return _proto_classes()[cls.__name__]


@cache
def _proto_classes() -> Mapping[str, type[protobuf.Message]]:
    return {
        name: GetMessageClass(descriptor)
        for file in _FILES
        for name, descriptor in file.DESCRIPTOR.message_types_by_name.items()
    }
