"""The token check: over TCP every call, of every service, must carry the bearer token."""

from __future__ import annotations

import hmac
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TypeVar

import grpc
import grpc.aio

Q = TypeVar("Q")
A = TypeVar("A")

_LOG = logging.getLogger(__name__)
_LOG_EVERY_S = 10.0


class TokenCheck(grpc.aio.ServerInterceptor):
    """Refuses calls without "authorization: Bearer <token>", and logs that somebody tried."""

    def __init__(self, token: str, refusal: grpc.Status) -> None:
        self._expected = f"Bearer {token}".encode()
        self._refusal = refusal
        self._log_from = 0.0
        self._unlogged = 0

    async def intercept_service(
        self,
        continuation: Callable[
            [grpc.HandlerCallDetails], Awaitable[grpc.RpcMethodHandler[Q, A] | None]
        ],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> grpc.RpcMethodHandler[Q, A] | None:
        """Hand the call on if it carries the token."""
        sent = dict(handler_call_details.invocation_metadata or ()).get("authorization", "")
        data = sent if isinstance(sent, bytes) else sent.encode()
        if hmac.compare_digest(data, self._expected):
            return await continuation(handler_call_details)
        method, has_token = handler_call_details.method, bool(data)

        async def refuse(
            _requests: AsyncIterator[Q], context: grpc.aio.ServicerContext[Q, A]
        ) -> None:
            self._note(context.peer(), method, has_token=has_token)
            await context.abort_with_status(self._refusal)

        # Streams both ways fit every call: nothing is read and nothing is sent but the status.
        refusing: grpc.RpcMethodHandler[Q, A] = grpc.stream_stream_rpc_method_handler(refuse)
        return refusing

    def _note(self, peer: str, method: str, *, has_token: bool) -> None:
        """Log it; of many in a short time one, and how many it stands for."""
        now = time.monotonic()
        if now < self._log_from:
            self._unlogged += 1
            return
        token = "wrong" if has_token else "none"
        _LOG.warning(
            "call_refused reason=BAD_TOKEN token=%s peer=%s method=%.200r not_logged_before=%d",
            *(token, peer, method, self._unlogged),
        )
        self._log_from, self._unlogged = now + _LOG_EVERY_S, 0
