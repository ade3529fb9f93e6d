"""Serving: a gRPC service at an address, with its token, health and reflection."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

import grpc
import grpc.aio
from grpc_health.v1 import health, health_pb2, health_pb2_grpc

from treadle_access.addresses import Address, TcpAddress
from treadle_access.binding import started
from treadle_access.connections import Options, bounded
from treadle_access.reflecting import reflect
from treadle_access.token_check import TokenCheck


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A service by its full name, the handler of its calls, how a wrong token is refused, and gRPC options."""

    name: str
    handler: grpc.GenericRpcHandler
    bad_token: grpc.Status
    options: Options = ()


@contextlib.asynccontextmanager
async def served(
    service: Service,
    bind: Address,
    token: str | None,
    *,
    stop_grace: float,
    before_stop: Callable[[], Awaitable[None]] | None = None,
) -> AsyncIterator[Address]:
    """Answer calls for the length of the block; give the address it got.

    A call that is open when the block ends has `stop_grace` seconds more; `before_stop` is awaited
    first. Over a Unix socket no token is asked for.

    Raises:
        BadAddressError: the address cannot be bound.
    """
    is_tcp = isinstance(bind, TcpAddress)
    checks = [TokenCheck(token, service.bad_token)] if is_tcp and token is not None else []
    server = grpc.aio.server(interceptors=checks, options=(*bounded(bind), *service.options))
    server.add_generic_rpc_handlers((service.handler,))
    healthy = health.aio.HealthServicer()
    await healthy.set(service.name, health_pb2.HealthCheckResponse.SERVING)
    health_pb2_grpc.add_HealthServicer_to_server(healthy, server)
    reflect(server, (service.name, health.SERVICE_NAME))
    async with started(server, bind) as address:
        try:
            yield address
        finally:
            await healthy.enter_graceful_shutdown()
            if before_stop is not None:
                await before_stop()
            await server.stop(stop_grace)
