"""Server reflection, under both names that it has: grpcio serves the older alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import grpc
import grpc.aio
from grpc_reflection.v1alpha import reflection, reflection_pb2

_V1: Final = "grpc.reflection.v1.ServerReflection"


def reflect(server: grpc.aio.Server, services: Sequence[str]) -> None:
    """Add reflection to a server: grpc.reflection.v1, and v1alpha.

    The messages of the two are the same, byte for byte; their packages differ.
    """
    named = (*services, _V1, reflection.SERVICE_NAME)
    reflection.enable_server_reflection(named, server)
    handler = grpc.stream_stream_rpc_method_handler(
        reflection.aio.ReflectionServicer(named).ServerReflectionInfo,
        request_deserializer=reflection_pb2.ServerReflectionRequest.FromString,
        response_serializer=reflection_pb2.ServerReflectionResponse.SerializeToString,
    )
    generic = grpc.method_handlers_generic_handler(_V1, {"ServerReflectionInfo": handler})
    server.add_generic_rpc_handlers((generic,))
