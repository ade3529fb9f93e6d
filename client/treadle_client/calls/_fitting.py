"""Requests that are too large to be sent: refused here by the field that makes them so."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, cast

from google.protobuf.message import Message

from treadle_api.v1 import launcher_pb2_grpc
from treadle_client._errors import Refusal, RequestError

#: What gRPC servers read by default, in bytes.
MOST_BYTES: Final = 4 * 1024 * 1024


class _Fitting:
    """A stub whose calls look at the size of what they are to send, and no further if it fits."""

    def __init__(self, stub: launcher_pb2_grpc.LauncherServiceStub) -> None:
        self._stub = stub

    def __getattr__(self, name: str) -> Callable[..., Any]:
        call = getattr(self._stub, name)

        def checked(request: Message, **options: Any) -> Any:
            if request.ByteSize() > MOST_BYTES:
                _refuse(request)
            return call(request, **options)

        return checked


def fitting(
    stub: launcher_pb2_grpc.LauncherServiceStub,
) -> launcher_pb2_grpc.LauncherServiceStub:
    """Return a stub that raises RequestError for what no launcher would read."""
    return cast("launcher_pb2_grpc.LauncherServiceStub", _Fitting(stub))


def _refuse(request: Message) -> None:
    message = (
        f"{request.DESCRIPTOR.name}.{_largest(request)} is too large: the request has"
        f" {request.ByteSize():,} bytes, and no more than {MOST_BYTES:,} are sent at once."
    )
    raise RequestError(Refusal(reason="BAD_ARGUMENT", message=message))


def _largest(message: Message) -> str:
    """Return the path of the field that has the most bytes."""
    field, value = max(message.ListFields(), key=lambda each: _size(each[1]))
    return f"{field.name}.{_largest(value)}" if isinstance(value, Message) else field.name


def _size(value: Any) -> int:
    """Return about how many bytes a field's value has."""
    if isinstance(value, Message):
        return value.ByteSize()
    if isinstance(value, str | bytes):
        return len(value)
    if isinstance(value, Mapping):
        return sum(_size(key) + _size(each) for key, each in value.items())
    return sum(map(_size, value)) if isinstance(value, Iterable) else 1
