"""The channel to a code server: it finds out by itself that one is gone, or does not answer."""

from __future__ import annotations

from collections.abc import Callable

import grpc.aio

from treadle_access.addresses import Address, UnixAddress
from treadle_launcher import defaults
from treadle_launcher.locations.relay import Relay

_OPTIONS = (
    ("grpc.max_reconnect_backoff_ms", defaults.RECONNECT_BACKOFF_MS),
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.min_reconnect_backoff_ms", 100),
    # A code server that is gone and back answers under the same address.
    ("grpc.use_local_subchannel_pool", 1),
    # One that is stopped keeps its connections: only a ping tells. While it is followed a
    # call is always open, so that pings without calls are not needed.
    ("grpc.keepalive_time_ms", defaults.CODE_SERVER_PING_MS),
    ("grpc.keepalive_timeout_ms", defaults.CODE_SERVER_PING_ANSWER_MS),
    ("grpc.http2.max_pings_without_data", 0),
    # gRPC pings by itself too, and sends no second ping while one is not answered.
    ("grpc.http2.ping_timeout_ms", defaults.CODE_SERVER_PING_ANSWER_MS),
    # Both ends are on this machine: nothing on it is to hear between them.
    ("grpc.enable_http_proxy", 0),
)


class CodeServerChannel:
    """A channel that calls fail on as UNAVAILABLE soon after their answers stop to come.

    Over a Unix socket every connection is with a process of this user's, whatever lies at the
    address when; `on_refusal` is told why one is not made, and "" once one is.
    """

    def __init__(self, address: Address, on_refusal: Callable[[str], None]) -> None:
        self._relay = Relay(address, on_refusal) if isinstance(address, UnixAddress) else None
        target = str(address) if self._relay is None else self._relay.target
        self.grpc = grpc.aio.insecure_channel(target, options=_OPTIONS)

    async def open(self) -> None:
        """Connect, so that calls find their way."""
        if self._relay is not None:
            await self._relay.open()

    async def close(self) -> None:
        """End every call."""
        await self.grpc.close()
        if self._relay is not None:
            await self._relay.close()
