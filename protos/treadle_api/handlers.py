"""The calls of a service: requests are read and checked before it sees them, what it answers is written.

Left to gRPC, a request that is no message ends a call as UNKNOWN, with a traceback of ours.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from functools import partial
from typing import Any, TypeAlias

import grpc
import grpc.aio
from google.protobuf import message as protobuf
from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor
from google.protobuf.message_factory import GetMessageClass

from treadle_api.codec import from_proto, to_proto
from treadle_api.streams import Parts
from treadle_contract.bounds import check
from treadle_contract.message import MESSAGES, ContractError, Message

Context: TypeAlias = grpc.aio.ServicerContext[Any, Any]
Answer: TypeAlias = Message | protobuf.Message | bytes
"""What a call answers; what was written before is handed on as it is."""

_Status: TypeAlias = Callable[[Exception], grpc.Status]
_Parsed: TypeAlias = protobuf.Message | protobuf.DecodeError
_Read: TypeAlias = Callable[[_Parsed], Message]


class BadRequestError(ValueError):
    """A request is no message of its call, or has a field that is beyond its bounds: a sentence."""


def handlers(
    service: ServiceDescriptor, servicer: object, status_of: _Status
) -> grpc.GenericRpcHandler:
    """Return what answers the calls of a service by the methods of its servicer.

    They take the contract's values, and give them. `status_of` is what a call ends with that
    raised: BadRequestError, or what the servicer raises.
    """
    methods = {each.name: _handler(each, servicer, status_of) for each in service.methods}
    return grpc.method_handlers_generic_handler(service.full_name, methods)


def _handler(
    method: MethodDescriptor, servicer: object, status_of: _Status
) -> grpc.RpcMethodHandler[Any, Any]:
    # Any: each call has types of its own.
    answer: Any = getattr(servicer, method.name)
    read = partial(_read, MESSAGES[method.input_type.name])
    wire: dict[str, Any] = {
        "request_deserializer": partial(_parsed, GetMessageClass(method.input_type)),
        "response_serializer": partial(_written, GetMessageClass(method.output_type)),
    }
    if method.client_streaming:
        return grpc.stream_stream_rpc_method_handler(_conversing(answer, read, status_of), **wire)
    if method.server_streaming:
        return grpc.unary_stream_rpc_method_handler(_streaming(answer, read, status_of), **wire)
    return grpc.unary_unary_rpc_method_handler(_answering(answer, read, status_of), **wire)


def _parsed(of: type[protobuf.Message], data: bytes) -> _Parsed:
    try:
        return of.FromString(data)
    except protobuf.DecodeError as error:
        return error


def _written(of: type[protobuf.Message], answer: Answer) -> bytes:
    if isinstance(answer, bytes):
        return answer
    return (to_proto(answer, of) if isinstance(answer, Message) else answer).SerializeToString()


def _read(cls: type[Message], parsed: _Parsed) -> Message:
    if isinstance(parsed, protobuf.DecodeError):
        message = "The request is no message of this call: the bytes cannot be decoded."
        raise BadRequestError(message)
    try:
        request = from_proto(parsed, cls)
        check(request)
    except ContractError as error:
        raise BadRequestError(f"{error}.") from None
    return request


def _count(parts: Parts, part: protobuf.Message) -> None:
    try:
        parts.count(part)
    except ContractError as error:
        raise BadRequestError(f"{error}.") from None


def _answering(
    answer: Callable[[Message, Context], Awaitable[Answer]], read: _Read, status_of: _Status
) -> Callable[[_Parsed, Context], Awaitable[Answer]]:
    async def answered(parsed: _Parsed, context: Context) -> Answer:
        try:
            return await answer(read(parsed), context)
        except Exception as error:
            await context.abort_with_status(status_of(error))
            raise

    return answered


def _streaming(
    answer: Callable[[Any, Context], AsyncGenerator[Answer, None]], read: _Read, status_of: _Status
) -> Callable[[_Parsed, Context], AsyncGenerator[Answer, None]]:
    async def answered(parsed: _Parsed, context: Context) -> AsyncGenerator[Answer, None]:
        try:
            # Closed with this one: a caller that leaves holds nothing open.
            async with aclosing(answer(read(parsed), context)) as answers:
                async for each in answers:
                    yield each
        except Exception as error:  # noqa: BLE001 -- whatever it is, the caller is told
            await context.abort_with_status(status_of(error))

    return answered


def _conversing(
    answer: Callable[[Any, Context], AsyncGenerator[Answer, None]], read: _Read, status_of: _Status
) -> Callable[[AsyncIterator[_Parsed], Context], AsyncGenerator[Answer, None]]:
    async def each_read(requests: AsyncIterator[_Parsed]) -> AsyncGenerator[Message, None]:
        parts = Parts()
        async for parsed in requests:
            if isinstance(parsed, protobuf.Message):
                _count(parts, parsed)
            yield read(parsed)

    async def answered(
        requests: AsyncIterator[_Parsed], context: Context
    ) -> AsyncGenerator[Answer, None]:
        try:
            async with aclosing(answer(each_read(requests), context)) as answers:
                async for each in answers:
                    yield each
        except Exception as error:  # noqa: BLE001 -- whatever it is, the caller is told
            await context.abort_with_status(status_of(error))

    return answered
