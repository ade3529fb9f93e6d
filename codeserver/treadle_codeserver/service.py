"""The servicer of codeserver.proto: each method decodes, makes one call, encodes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from types import TracebackType
from typing import TypeAlias

import grpc.aio
from google.protobuf.message import Message

from treadle_api.v1 import codeserver_pb2, codeserver_pb2_grpc, graph_pb2
from treadle_codeserver.errors import InternalError, NotLocalError, RefusedError
from treadle_codeserver.launch_spec import LaunchSpec, own_environment
from treadle_codeserver.location import CodeLocation, Served
from treadle_codeserver.planning import Planning
from treadle_codeserver.targets import LoadCommand
from treadle_codeserver.wire.codeserver import encode_launch_spec, encode_manifest
from treadle_codeserver.wire.error import encode_refusal
from treadle_codeserver.wire.graph import encode_definitions, encode_graph, encode_location
from treadle_codeserver.wire.plan import PlanBodies, decode_plan_request, encode_plan
from treadle_codeserver.wire.reexecution import decode_rerun

_LOG = logging.getLogger(__name__)

Context: TypeAlias = grpc.aio.ServicerContext[Message, Message]


class CodeServerService(codeserver_pb2_grpc.CodeServerServiceServicer):
    """Serves one location. `command` is how its code is loaded, here and by hosts."""

    def __init__(self, location: CodeLocation, command: LoadCommand) -> None:
        self._location = location
        self._command = command
        self._planning = Planning()
        self._bodies = PlanBodies()
        self._definitions: tuple[Served, tuple[graph_pb2.GraphPart, ...]] | None = None

    async def GetLocation(
        self, request: codeserver_pb2.GetLocationRequest, context: Context
    ) -> codeserver_pb2.GetLocationResponse:
        """Describe the location."""
        async with _Answering(context):
            return codeserver_pb2.GetLocationResponse(
                location=encode_location(self._location.status)
            )

    async def GetGraph(
        self, request: codeserver_pb2.GetGraphRequest, context: Context
    ) -> AsyncIterator[codeserver_pb2.GetGraphResponse]:
        """Stream the snapshot's graph."""
        async with _Answering(context):
            served = await self._location.served()
            status = self._location.status
            if request.known_digest == served.snapshot.digest:
                part = graph_pb2.GraphPart(location=encode_location(status))
                yield codeserver_pb2.GetGraphResponse(part=part, unchanged=True)
                return
            for part in encode_graph(status, await self._encoded(served)):
                yield codeserver_pb2.GetGraphResponse(part=part)

    async def _encoded(self, served: Served) -> tuple[graph_pb2.GraphPart, ...]:
        """Return the definitions that are served, encoded once."""
        kept = self._definitions
        if kept is None or kept[0] is not served:
            kept = served, await asyncio.to_thread(lambda: tuple(encode_definitions(served)))
            self._definitions = kept
        return kept[1]

    async def GetManifest(
        self, request: codeserver_pb2.GetManifestRequest, context: Context
    ) -> AsyncIterator[codeserver_pb2.GetManifestResponse]:
        """Stream what makes up the snapshot's digest."""
        async with _Answering(context):
            served = await self._location.served()
            for response in encode_manifest(served.snapshot):
                yield response

    async def Plan(
        self, request: codeserver_pb2.PlanRequest, context: Context
    ) -> AsyncIterator[codeserver_pb2.PlanResponse]:
        """Stream the plan of a selection."""
        async with _Answering(context):
            asked = decode_plan_request(request)
            plan = await self._planning.plan_in(self._location, asked)
            body = await asyncio.to_thread(self._bodies.of, plan, brief=request.brief)
            for part in encode_plan(self._location.status.name, request, plan, body):
                yield codeserver_pb2.PlanResponse(part=part)

    async def PlanReexecution(
        self,
        request_iterator: AsyncIterator[codeserver_pb2.PlanReexecutionRequest],
        context: Context,
    ) -> AsyncIterator[codeserver_pb2.PlanReexecutionResponse]:
        """Stream the plan of a re-execution."""
        async with _Answering(context):
            parts = [request async for request in request_iterator]
            rerun = decode_rerun(parts)
            asked = decode_plan_request(parts[0].plan)
            plan = await self._planning.plan_in(self._location, asked, rerun)
            body = await asyncio.to_thread(self._bodies.of, plan, brief=parts[0].plan.brief)
            for part in encode_plan(self._location.status.name, parts[0].plan, plan, body):
                yield codeserver_pb2.PlanReexecutionResponse(part=part)

    async def GetLaunchSpec(
        self, request: codeserver_pb2.GetLaunchSpecRequest, context: Context
    ) -> codeserver_pb2.GetLaunchSpecResponse:
        """Say how a process that holds this code is started."""
        async with _Answering(context):
            _check_local(context)
            served = await self._location.served()
            spec = LaunchSpec(
                command=self._command,
                digest=served.snapshot.digest,
                core_digest=served.snapshot.core_digest,
                generation=served.generation,
                generator_states=served.snapshot.generator_states,
                environment=own_environment(),
            )
            return codeserver_pb2.GetLaunchSpecResponse(spec=encode_launch_spec(spec))

    async def Reload(
        self, request: codeserver_pb2.ReloadRequest, context: Context
    ) -> codeserver_pb2.ReloadResponse:
        """Load the targets anew."""
        async with _Answering(context):
            status, swapped = await self._location.reload()
            return codeserver_pb2.ReloadResponse(location=encode_location(status), swapped=swapped)

    async def WatchLocation(
        self, request: codeserver_pb2.WatchLocationRequest, context: Context
    ) -> AsyncIterator[codeserver_pb2.WatchLocationResponse]:
        """Stream the location, now and at every change."""
        async with _Answering(context):
            async for status in self._location.watch():
                yield codeserver_pb2.WatchLocationResponse(location=encode_location(status))


class _Answering:
    """Ends the call as the contract says when it is refused, or when we fail."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def __aenter__(self) -> None:
        pass

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if isinstance(error, RefusedError):
            await self._context.abort_with_status(encode_refusal(error))
        elif isinstance(error, Exception):
            _LOG.error("call_failed", exc_info=error)
            await self._context.abort_with_status(encode_refusal(InternalError()))


def _check_local(context: Context) -> None:
    """Refuse callers over TCP. The Unix socket lets in nobody but this process's user.

    Raises:
        NotLocalError: the call came over TCP.
    """
    if not context.peer().startswith("unix:"):
        raise NotLocalError
