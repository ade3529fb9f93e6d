"""The channel to a code server: it finds out by itself that one is gone, or does not answer."""

from __future__ import annotations

import grpc.aio

from treadle_launcher import defaults
from treadle_launcher.addresses import Address


def code_server_channel(address: Address) -> grpc.aio.Channel:
    """Return a channel that calls fail on as UNAVAILABLE soon after their answers stop to come."""
    return grpc.aio.insecure_channel(
        str(address),
        options=[
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
        ],
    )
