"""Requests that are too large to be sent: refused here by the field that makes them so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, cast

from google.protobuf.message import Message

from treadle_api.bounds import BoundsError, check
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
    size = f"{request.DESCRIPTOR.name} has {request.ByteSize():,} bytes"
    message = f"{size}, and no more than {MOST_BYTES:,} are sent at once."
    try:
        check(request)
    except BoundsError as error:
        message = f"{error}."
    raise RequestError(Refusal(reason="BAD_ARGUMENT", message=message))
