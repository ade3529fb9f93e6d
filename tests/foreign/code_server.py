"""A code server that answers wrongly: it asks a real one, and changes what that says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent import futures
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

import grpc
from google.protobuf import message_factory
from google.protobuf.message import Message

from treadle_api.v1 import codeserver_pb2

SERVICE = codeserver_pb2.DESCRIPTOR.services_by_name["CodeServerService"]

Change: TypeAlias = Callable[[str, Iterator[Any]], Iterable[Any]]
"""Takes the name of a call and what a real code server answers, and returns what is answered."""


def as_it_is(call: str, answers: Iterator[Any]) -> Iterable[Any]:
    """Change nothing."""
    return answers


class ForeignCodeServer(grpc.GenericRpcHandler):
    """Serves what `change` makes of the answers of a real code server.

    It `names_generations` with plans if that is wanted: else how hosts are started is asked each time.
    """

    def __init__(self, real: str, address: str) -> None:
        self.address = address
        self.change: Change = as_it_is
        self.names_generations = False
        self._channel = grpc.insecure_channel(real)

    def close(self) -> None:
        """Ask no more."""
        self._channel.close()

    def service(self, handler_call_details: Any) -> grpc.RpcMethodHandler[bytes, bytes] | None:
        """Answer a call (gRPC calls it)."""
        service, _, name = handler_call_details.method[1:].partition("/")
        if service != SERVICE.full_name:
            return None
        method = SERVICE.methods_by_name[name]
        kind = message_factory.GetMessageClass(method.output_type)
        options: Any = {
            "request_serializer": None,
            "response_deserializer": kind.FromString,
        }
        path = handler_call_details.method

        def answers(requests: Any, context: grpc.ServicerContext) -> Iterator[Any]:
            if method.client_streaming:
                call = self._channel.stream_stream(path, **options)(requests, timeout=60)
            elif method.server_streaming:
                call = self._channel.unary_stream(path, **options)(requests)
                context.add_callback(call.cancel)
            else:
                call = iter([self._channel.unary_unary(path, **options)(requests, timeout=60)])
            try:
                for answer in self.change(name, call):
                    if name == "PlanOnRecord" and not self.names_generations:
                        answer.ClearField("generation")
                    yield answer
            except grpc.RpcError as error:
                # A refusal's details are in the trailers.
                context.set_trailing_metadata(error.trailing_metadata())  # type: ignore[attr-defined]
                context.abort(error.code(), error.details() or "")  # type: ignore[attr-defined]

        encode: Callable[[Message], bytes] = lambda message: message.SerializeToString()
        if method.client_streaming:
            return grpc.stream_stream_rpc_method_handler(answers, response_serializer=encode)
        if method.server_streaming:
            return grpc.unary_stream_rpc_method_handler(answers, response_serializer=encode)
        return grpc.unary_unary_rpc_method_handler(
            lambda request, context: next(iter(answers(request, context))),
            response_serializer=encode,
        )


@contextmanager
def foreign_code_server(real: str, socket: Path) -> Iterator[ForeignCodeServer]:
    """Serve beside a real code server."""
    handler = ForeignCodeServer(real, f"unix:{socket}")
    server = grpc.server(futures.ThreadPoolExecutor(16), handlers=(handler,))
    server.add_insecure_port(handler.address)
    server.start()
    try:
        yield handler
    finally:
        handler.close()
        server.stop(0).wait()
