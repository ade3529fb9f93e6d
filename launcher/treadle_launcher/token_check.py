"""The token check: over TCP every call, of every service, must carry the bearer token."""

from __future__ import annotations

import hmac
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TypeVar

import grpc
import grpc.aio

from treadle_launcher.errors import BadTokenError
from treadle_launcher.wire.error import encode_refusal

Q = TypeVar("Q")
A = TypeVar("A")


class TokenCheck(grpc.aio.ServerInterceptor):
    """Refuses calls without "authorization: Bearer <token>"."""

    def __init__(self, token: str) -> None:
        self._expected = f"Bearer {token}".encode()

    async def intercept_service(
        self,
        continuation: Callable[
            [grpc.HandlerCallDetails], Awaitable[grpc.RpcMethodHandler[Q, A] | None]
        ],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> grpc.RpcMethodHandler[Q, A] | None:
        """Hand the call on if it carries the token."""
        if self._is_allowed(handler_call_details):
            return await continuation(handler_call_details)
        # Streams both ways fit every call: nothing is read and nothing is sent but the status.
        refusing: grpc.RpcMethodHandler[Q, A] = grpc.stream_stream_rpc_method_handler(_refuse)
        return refusing

    def _is_allowed(self, details: grpc.HandlerCallDetails) -> bool:
        sent = dict(details.invocation_metadata or ()).get("authorization", "")
        data = sent if isinstance(sent, bytes) else sent.encode()
        return hmac.compare_digest(data, self._expected)


async def _refuse(_requests: AsyncIterator[Q], context: grpc.aio.ServicerContext[Q, A]) -> None:
    await context.abort_with_status(encode_refusal(BadTokenError()))
