"""The servicer of codeserver.proto: each method makes one call, and says its answer in the contract's values.

What it raises is told to the caller by `wire.error.status_of`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from itertools import islice

from treadle._system import uncollected
from treadle_api.codec import to_proto
from treadle_api.handlers import Context
from treadle_api.parts import PART_ITEMS, behind, enclosed, in_parts
from treadle_api.v1 import codeserver_pb2, graph_pb2, plan_pb2
from treadle_codeserver.errors import BadArgumentError, NotLocalError
from treadle_codeserver.launch_spec import launch_spec_of
from treadle_codeserver.location import CodeLocation, Served
from treadle_codeserver.planning import Planning
from treadle_codeserver.targets import LoadCommand
from treadle_codeserver.user_functions import UserFunctions
from treadle_codeserver.wire.graph import definitions_of, location_of, manifest_of
from treadle_codeserver.wire.on_record import OnRecordRequest, asked_in_parts
from treadle_codeserver.wire.plan import PlanAnswers
from treadle_contract.codeserver import (
    ExplainRequest,
    GetGraphRequest,
    GetGraphResponse,
    GetLaunchSpecRequest,
    GetLaunchSpecResponse,
    GetLocationRequest,
    GetLocationResponse,
    GetManifestRequest,
    PlanOnRecordRequest,
    PlanOnRecordResponse,
    PlanReexecutionRequest,
    PlanRequest,
    ReloadRequest,
    ReloadResponse,
    SelectRequest,
    WatchLocationRequest,
    WatchLocationResponse,
)
from treadle_contract.graph import GraphPart
from treadle_contract.lazy_dataclasses import replace
from treadle_contract.plan import Selection
from treadle_planner import Plan as Planned
from treadle_planner import Question, Rerun

PARTS_AT_ONCE = 6


class CodeServerService:
    """Serves one location. `command` is how its code is loaded, here and by hosts."""

    def __init__(self, location: CodeLocation, command: LoadCommand) -> None:
        self._location = location
        self._command = command
        self._planning = Planning(UserFunctions(command))
        self._answers = PlanAnswers()
        self._definitions: tuple[Served, list[bytes]] | None = None

    async def GetLocation(self, _: GetLocationRequest, __: Context) -> GetLocationResponse:
        """Describe the location."""
        return GetLocationResponse(location=location_of(self._location.status))

    async def GetGraph(
        self, request: GetGraphRequest, _: Context
    ) -> AsyncIterator[GetGraphResponse | bytes]:
        """Stream the snapshot's graph. The location stands in the first part."""
        served = await self._location.served()
        head = GraphPart(location=location_of(self._location.status))
        if request.known_digest == served.snapshot.digest:
            yield GetGraphResponse(part=head, unchanged=True)
            return
        first = to_proto(head, graph_pb2.GraphPart).SerializeToString()
        async for written in self._written(served):
            for part in behind(first, written) if first else written:
                yield enclosed(part)
            first = b""

    async def _written(self, served: Served) -> AsyncIterator[list[bytes]]:
        """Give the definitions that are served, some parts at a time: the caller reads meanwhile.

        They are written once, and kept. There is one part at least.
        """
        kept = self._definitions
        if kept is not None and kept[0] is served:
            yield kept[1]
            return
        every: list[bytes] = []
        parts = _parts(served)
        while written := await asyncio.to_thread(_some, parts):
            every += written
            yield written
        self._definitions = served, every

    async def GetManifest(
        self, _: GetManifestRequest, __: Context
    ) -> AsyncIterator[codeserver_pb2.GetManifestResponse]:
        """Stream what makes up the snapshot's digest."""
        served = await self._location.served()
        for part in await asyncio.to_thread(_manifest, served):
            yield codeserver_pb2.GetManifestResponse(digest=served.snapshot.digest, manifest=part)

    async def Plan(self, request: PlanRequest, _: Context) -> AsyncIterator[bytes]:
        """Stream the plan of a selection."""
        plan = await self._planning.plan_in(self._location, request)
        for part in await self._written_plan(request, plan):
            yield enclosed(part)

    async def _written_plan(self, asked: PlanRequest, plan: Planned) -> list[bytes]:
        name = self._location.status.name

        def written() -> list[bytes]:
            with uncollected():
                return self._answers.of(name, asked, plan)

        return await asyncio.to_thread(written)

    async def PlanReexecution(
        self, requests: AsyncIterator[PlanReexecutionRequest], _: Context
    ) -> AsyncIterator[bytes]:
        """Stream the plan of a re-execution."""
        parts = [request async for request in requests]
        if not parts or parts[0].reexecution is None:
            message = "The first part must hold the re-execution."
            raise BadArgumentError(message, names=("reexecution",))
        rerun = Rerun.of(
            parts[0].reexecution, (step for part in parts for step in part.earlier_steps)
        )
        asked = parts[0].plan or PlanRequest()
        plan = await self._planning.plan_in(self._location, asked, rerun)
        for part in await self._written_plan(asked, plan):
            yield enclosed(part)

    async def Explain(
        self, request: ExplainRequest, _: Context
    ) -> AsyncIterator[codeserver_pb2.ExplainResponse]:
        """Stream why each op is in a plan, or not."""
        said = await self._planning.explained(self._location, request.plan or PlanRequest())
        for part in await asyncio.to_thread(lambda: [*in_parts(said, plan_pb2.ExplanationPart)]):
            yield codeserver_pb2.ExplainResponse(part=part)

    async def Select(
        self, request: SelectRequest, _: Context
    ) -> AsyncIterator[codeserver_pb2.SelectResponse]:
        """Stream the assets that a selection names."""
        asked = request.selection or Selection()
        keys = await self._planning.named_keys(self._location, asked)
        for begin in range(0, len(keys), PART_ITEMS):
            yield codeserver_pb2.SelectResponse(asset_keys=keys[begin : begin + PART_ITEMS])

    async def PlanOnRecord(
        self, requests: AsyncIterator[PlanOnRecordRequest], _: Context
    ) -> AsyncIterator[PlanOnRecordResponse | bytes]:
        """Ask what is stored, then stream the plan of what can run as it is."""
        request = OnRecordRequest(requests)
        await request.read()
        asked, location = request.asked, self._location
        talk = self._planning.on_record(
            location, asked, request.elsewhere, request.told, request.rerun
        )
        async for said in talk:
            if isinstance(said, Question):
                for question in asked_in_parts(said):
                    yield question
                continue
            # The plan is of the options that were settled on.
            asked = replace(asked, options=said.options)
            parts = await self._written_plan(asked, said.plan)
            served = location.status.served
            generation = "" if served is None else served.generation
            # Fields of one message, written one behind the other.
            also = codeserver_pb2.PlanOnRecordResponse(generation=generation).SerializeToString()
            for part in parts:
                yield enclosed(part) + also

    async def GetLaunchSpec(
        self, _: GetLaunchSpecRequest, context: Context
    ) -> GetLaunchSpecResponse:
        """Say how a process that holds this code is started."""
        # The Unix socket lets in nobody but this process's user.
        if not context.peer().startswith("unix:"):
            raise NotLocalError
        served = await self._location.served()
        return GetLaunchSpecResponse(spec=launch_spec_of(self._command, served))

    async def Reload(self, _: ReloadRequest, __: Context) -> ReloadResponse:
        """Load the targets anew."""
        status, swapped = await self._location.reload()
        return ReloadResponse(location=location_of(status), swapped=swapped)

    async def WatchLocation(
        self, _: WatchLocationRequest, __: Context
    ) -> AsyncIterator[WatchLocationResponse]:
        """Stream the location, now and at every change."""
        async for status in self._location.watch():
            yield WatchLocationResponse(location=location_of(status))


@uncollected()
def _manifest(served: Served) -> tuple[graph_pb2.CodeManifest, ...]:
    return tuple(in_parts(manifest_of(served.snapshot), graph_pb2.CodeManifest))


def _parts(served: Served) -> Iterator[bytes]:
    for part in in_parts(definitions_of(served), graph_pb2.GraphPart):
        yield part.SerializeToString()


@uncollected()
def _some(parts: Iterator[bytes]) -> list[bytes]:
    """Write the next parts: as many as take a few milliseconds, each turn of a thread costs some."""
    return list(islice(parts, PARTS_AT_ONCE))
