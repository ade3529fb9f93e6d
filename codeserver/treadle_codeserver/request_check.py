"""The request check: what is no message of the contract, or is beyond its bounds, is refused."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, TypeVar

import grpc
import grpc.aio
from google.protobuf.message import DecodeError, Message

from treadle_api.bounds import BoundsError, check
from treadle_api.streams import Parts
from treadle_codeserver.errors import BadArgumentError
from treadle_codeserver.wire.error import encode_refusal

Q = TypeVar("Q")
A = TypeVar("A")

_OURS = "/treadle_api.v1."


@dataclass(frozen=True, slots=True)
class Refused:
    """Stands for a request that nobody is to see."""

    why: str


class RequestCheck(grpc.aio.ServerInterceptor):
    """Refuses bad requests as BAD_ARGUMENT. Left to gRPC, it ends as UNKNOWN, with a traceback of ours."""

    async def intercept_service(
        self,
        continuation: Callable[
            [grpc.HandlerCallDetails], Awaitable[grpc.RpcMethodHandler[Q, A] | None]
        ],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> grpc.RpcMethodHandler[Q, A] | None:
        """Hand the call on, to be refused once its bytes prove to be none of its messages."""
        handler: Any = await continuation(handler_call_details)
        if handler is None or not handler_call_details.method.startswith(_OURS):
            return handler  # type: ignore[no-any-return]  # as it came
        if handler.request_streaming:
            return grpc.stream_stream_rpc_method_handler(
                _conversing(handler.stream_stream),
                request_deserializer=_decoding(handler.request_deserializer),
                response_serializer=handler.response_serializer,
            )
        make = (
            grpc.unary_stream_rpc_method_handler
            if handler.response_streaming
            else grpc.unary_unary_rpc_method_handler
        )
        behaviour = (
            _streaming(handler.unary_stream)
            if handler.response_streaming
            else _answering(handler.unary_unary)
        )
        return make(
            behaviour,
            request_deserializer=_decoding(handler.request_deserializer),
            response_serializer=handler.response_serializer,
        )


def _decoding(decode: Callable[[bytes], Any]) -> Callable[[bytes], Any]:
    def decoded(data: bytes) -> object:
        try:
            request = decode(data)
            check(request)
        except DecodeError:
            return Refused("The request is no message of this call: the bytes cannot be decoded.")
        except BoundsError as error:
            return Refused(f"{error}.")
        return request

    return decoded


def _answering(answer: Callable[[Q, Any], Awaitable[A]]) -> Callable[[Q, Any], Awaitable[A]]:
    async def checked(request: Q, context: Any) -> A:
        await _check(request, context)
        return await answer(request, context)

    return checked


def _streaming(
    answer: Callable[[Q, Any], AsyncGenerator[A, None]],
) -> Callable[[Q, Any], AsyncGenerator[A, None]]:
    async def checked(request: Q, context: Any) -> AsyncGenerator[A, None]:
        await _check(request, context)
        # Closed with this one: a caller that leaves holds nothing open.
        async with aclosing(answer(request, context)) as responses:
            async for response in responses:
                yield response

    return checked


def _conversing(
    answer: Callable[[AsyncIterator[Q], Any], AsyncGenerator[A, None]],
) -> Callable[[AsyncIterator[Q], Any], AsyncGenerator[A, None]]:
    async def checked(requests: AsyncIterator[Q], context: Any) -> AsyncGenerator[A, None]:
        async def decoded() -> AsyncGenerator[Q, None]:
            async for request in requests:
                # The call is being answered already, and ended once: by whom it is answered.
                if isinstance(request, Refused):
                    raise BadArgumentError(request.why)
                yield request

        async with aclosing(answer(decoded(), context)) as responses:
            async for response in responses:
                yield response

    return checked


def _counted(parts: Parts, request: object) -> object:
    assert isinstance(request, Message), "what is none was refused"
    try:
        parts.count(request)
    except BoundsError as error:
        return Refused(f"{error}.")
    return request


async def _check(request: object, context: Any) -> None:
    if isinstance(request, Refused):
        await context.abort_with_status(encode_refusal(BadArgumentError(request.why)))
