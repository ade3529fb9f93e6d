"""How many connections a server has at once, and when it ends one that does nothing."""

from __future__ import annotations

import resource
from typing import Final, TypeAlias

from treadle_access.addresses import Address, TcpAddress

Options: TypeAlias = tuple[tuple[str, int], ...]

_MOST: Final = 1000
_DESCRIPTORS_LEFT: Final = 2
"""Of the descriptors that a process may have, callers take one in so many: the rest is ours."""

_HANDSHAKE_MS: Final = 5_000
"""How long a connection may take to say that it speaks HTTP/2."""

_IDLE_MS: Final = 300_000
"""How long a connection without a call is kept. A caller that comes again connects again."""

_STREAMS: Final = 1000
"""Calls at once on one connection."""

_PING_MS: Final = 60_000
_PING_ANSWER_MS: Final = 20_000
"""A peer on the network that is gone holds its calls open no longer than these two together."""


def bounded(address: Address) -> Options:
    """Return the gRPC options of a server at an address that no callers can use up."""
    options: Options = (
        # Without this, Linux lets a second server of ours bind the same port and share its callers.
        ("grpc.so_reuseport", 0),
        ("grpc.max_allowed_incoming_connections", most_connections()),
        ("grpc.server_handshake_timeout_ms", _HANDSHAKE_MS),
        ("grpc.http2.settings_timeout", _HANDSHAKE_MS),
        ("grpc.max_connection_idle_ms", _IDLE_MS),
        ("grpc.max_concurrent_streams", _STREAMS),
    )
    if isinstance(address, TcpAddress):
        # Of a process on this machine the kernel tells that it is gone.
        pings = (
            ("grpc.keepalive_time_ms", _PING_MS),
            ("grpc.keepalive_timeout_ms", _PING_ANSWER_MS),
        )
        return (*options, *pings)
    return options


def most_connections() -> int:
    """Return how many connections a server of this process has at once."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = _MOST if soft == resource.RLIM_INFINITY else soft // _DESCRIPTORS_LEFT
    return min(_MOST, allowed)
