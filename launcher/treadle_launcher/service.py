"""The servicer of launcher.proto: each method decodes, makes one call, encodes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass

from treadle_api.codec import to_proto
from treadle_api.v1 import launcher_pb2, launcher_pb2_grpc, worker_pb2
from treadle_contract.ids import RunId, StepKey, TextId
from treadle_launcher.answering import Answering, Context
from treadle_launcher.asset_history import AssetHistory
from treadle_launcher.engine.engine import Engine
from treadle_launcher.errors import ReadsOnlyError, RunFinishedError, RunLeftError
from treadle_launcher.launching import Launching
from treadle_launcher.planning import Planner
from treadle_launcher.run_states import FINAL_RUN_STATES
from treadle_launcher.run_steps import RunSteps
from treadle_launcher.store.store import Store
from treadle_launcher.sweeping import Sweeper
from treadle_launcher.watch import Watchers
from treadle_launcher.wire.garbage import (
    decode_keep,
    encode_disk_use,
    encode_garbage,
    encode_swept,
)
from treadle_launcher.wire.launcher import (
    decode_asked,
    decode_launch,
    decode_stream,
    encode_asset_record,
    encode_chunk,
    encode_events,
)
from treadle_launcher.wire.locations import LocationMessages
from treadle_launcher.wire.plan import decode_options, decode_selection, encode_plan
from treadle_launcher.wire.run import (
    decode_run_states,
    encode_materialization,
    encode_run,
    encode_step_run,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedParts:
    """Whom the service hands calls to; `about` is what GetLauncher answers.

    One that only reads the home has neither `launching` nor `engine`.
    """

    about: launcher_pb2.GetLauncherResponse
    locations: LocationMessages
    planner: Planner
    launching: Launching | None
    engine: Engine | None
    store: Store
    watchers: Watchers
    steps: RunSteps
    assets: AssetHistory
    sweeper: Sweeper


class LauncherService(launcher_pb2_grpc.LauncherServiceServicer):
    """Serves one launcher."""

    def __init__(self, parts: ServedParts) -> None:
        self._parts = parts

    async def GetLauncher(
        self, request: launcher_pb2.GetLauncherRequest, context: Context
    ) -> launcher_pb2.GetLauncherResponse:
        """Describe the launcher."""
        return self._parts.about

    async def ListLocations(
        self, request: launcher_pb2.ListLocationsRequest, context: Context
    ) -> launcher_pb2.ListLocationsResponse:
        """List the locations."""
        async with Answering(context):
            locations = await self._parts.locations.all()
            return launcher_pb2.ListLocationsResponse(locations=locations)

    async def ReloadLocation(
        self, request: launcher_pb2.ReloadLocationRequest, context: Context
    ) -> launcher_pb2.ReloadLocationResponse:
        """Have a location load its code anew."""
        async with Answering(context):
            location, swapped = await self._parts.locations.reload(request.location)
            return launcher_pb2.ReloadLocationResponse(location=location, swapped=swapped)

    async def StreamGraph(
        self, request: launcher_pb2.StreamGraphRequest, context: Context
    ) -> AsyncIterator[launcher_pb2.StreamGraphResponse]:
        """Stream a location's graph."""
        async with Answering(context):
            async for part in self._parts.locations.graph_parts(request.location):
                yield launcher_pb2.StreamGraphResponse(part=part)

    async def PlanRun(
        self, request: launcher_pb2.PlanRunRequest, context: Context
    ) -> AsyncIterator[launcher_pb2.PlanRunResponse]:
        """Stream a resolved plan."""
        async with Answering(context):
            asked = decode_asked(request)
            if asked is not None:
                plan = await self._parts.planner.plan_again(asked)
            else:
                plan = await self._parts.planner.plan(
                    request.location,
                    decode_selection(request.selection),
                    decode_options(request.options),
                )
            for part in encode_plan(plan):
                yield launcher_pb2.PlanRunResponse(part=part)

    async def LaunchRun(
        self, request: launcher_pb2.LaunchRunRequest, context: Context
    ) -> launcher_pb2.LaunchRunResponse:
        """Record a run and have it go on by itself."""
        async with Answering(context):
            if self._parts.launching is None:
                raise ReadsOnlyError
            created = await self._parts.launching.launch(decode_launch(request))
            return launcher_pb2.LaunchRunResponse(
                run=encode_run(created.run), existed=created.existed, notes=created.notes
            )

    async def GetRun(
        self, request: launcher_pb2.GetRunRequest, context: Context
    ) -> launcher_pb2.GetRunResponse:
        """Return one run."""
        async with Answering(context):
            run = await self._parts.store.get_run(RunId(request.run_id))
            return launcher_pb2.GetRunResponse(run=encode_run(run))

    async def ListRuns(
        self, request: launcher_pb2.ListRunsRequest, context: Context
    ) -> launcher_pb2.ListRunsResponse:
        """List runs."""
        async with Answering(context):
            page = await self._parts.store.list_runs(
                page_size=request.page_size,
                page_token=request.page_token,
                states=decode_run_states(request.states),
                location=request.location,
            )
            return launcher_pb2.ListRunsResponse(
                runs=map(encode_run, page.items), next_page_token=page.next_page_token
            )

    async def ListRunSteps(
        self, request: launcher_pb2.ListRunStepsRequest, context: Context
    ) -> launcher_pb2.ListRunStepsResponse:
        """List the steps of a run."""
        async with Answering(context):
            page = await self._parts.steps.page(
                RunId(request.run_id), page_size=request.page_size, page_token=request.page_token
            )
            return launcher_pb2.ListRunStepsResponse(
                steps=map(encode_step_run, page.items), next_page_token=page.next_page_token
            )

    async def WatchRun(
        self, request: launcher_pb2.WatchRunRequest, context: Context
    ) -> AsyncIterator[launcher_pb2.WatchRunResponse]:
        """Stream a run's events."""
        async with (
            Answering(context),
            aclosing(
                self._parts.watchers.watch(
                    RunId(request.run_id), request.after_sequence, follow=not request.no_follow
                )
            ) as watched,
        ):
            async for events in watched:
                for response in encode_events(events):
                    yield response

    async def ReadLogs(
        self, request: launcher_pb2.ReadLogsRequest, context: Context
    ) -> AsyncIterator[launcher_pb2.ReadLogsResponse]:
        """Stream what an attempt wrote."""
        async with (
            Answering(context),
            aclosing(
                self._parts.steps.read_logs(
                    RunId(request.run_id),
                    StepKey(request.step_key),
                    request.attempt,
                    stream=decode_stream(request.stream),
                    offset=request.offset,
                    follow=request.follow,
                )
            ) as chunks,
        ):
            async for chunk in chunks:
                yield encode_chunk(chunk)

    async def ReadText(
        self, request: launcher_pb2.ReadTextRequest, context: Context
    ) -> AsyncIterator[launcher_pb2.ReadTextResponse]:
        """Stream a long text."""
        async with Answering(context):
            text_id, offset = TextId(request.text_id), 0
            while piece := await self._parts.store.get_text(text_id, offset):
                offset += len(piece)
                yield launcher_pb2.ReadTextResponse(piece=piece)

    async def CancelRun(
        self, request: launcher_pb2.CancelRunRequest, context: Context
    ) -> launcher_pb2.CancelRunResponse:
        """Ask for a run's end."""
        async with Answering(context):
            run_id = RunId(request.run_id)
            run = await self._parts.store.get_run(run_id)
            if run.state in FINAL_RUN_STATES:
                raise RunFinishedError([run_id])
            engine = self._parts.engine
            if engine is None:
                raise ReadsOnlyError
            if not await engine.cancel(run_id, request.reason):
                # What it drives, and what is over by now, are recorded as over; the rest is not.
                run = await self._parts.store.get_run(run_id)
                is_left = not (run.state in FINAL_RUN_STATES or engine.has(run_id))
                raise (RunLeftError if is_left else RunFinishedError)([run_id])
            return launcher_pb2.CancelRunResponse(
                run=encode_run(await self._parts.store.get_run(run_id))
            )

    async def GetStepTask(
        self, request: launcher_pb2.GetStepTaskRequest, context: Context
    ) -> launcher_pb2.GetStepTaskResponse:
        """Return the task of one attempt."""
        async with Answering(context):
            task = await self._parts.steps.task(
                RunId(request.run_id), StepKey(request.step_key), request.attempt
            )
            return launcher_pb2.GetStepTaskResponse(task=to_proto(task, worker_pb2.Task))

    async def PlanGarbage(
        self, request: launcher_pb2.PlanGarbageRequest, context: Context
    ) -> AsyncIterator[launcher_pb2.PlanGarbageResponse]:
        """Stream what may be removed."""
        async with Answering(context):
            for response in encode_garbage(await self._parts.sweeper.plan(decode_keep(request))):
                yield response

    async def CollectGarbage(
        self, request: launcher_pb2.CollectGarbageRequest, context: Context
    ) -> launcher_pb2.CollectGarbageResponse:
        """Remove what may be removed."""
        async with Answering(context):
            return encode_swept(await self._parts.sweeper.collect(decode_keep(request)))

    async def GetDiskUse(
        self, request: launcher_pb2.GetDiskUseRequest, context: Context
    ) -> AsyncIterator[launcher_pb2.GetDiskUseResponse]:
        """Stream what values take."""
        async with Answering(context):
            for response in encode_disk_use(await self._parts.sweeper.disk_use()):
                yield response

    async def ListAssets(
        self, request: launcher_pb2.ListAssetsRequest, context: Context
    ) -> launcher_pb2.ListAssetsResponse:
        """List assets with what was made of each last."""
        async with Answering(context):
            page = await self._parts.assets.list_assets(
                page_size=request.page_size,
                page_token=request.page_token,
                location=request.location,
            )
            return launcher_pb2.ListAssetsResponse(
                assets=map(encode_asset_record, page.items), next_page_token=page.next_page_token
            )

    async def ListMaterializations(
        self, request: launcher_pb2.ListMaterializationsRequest, context: Context
    ) -> launcher_pb2.ListMaterializationsResponse:
        """List materializations."""
        async with Answering(context):
            page = await self._parts.assets.list_materializations(
                asset_key=request.asset_key,
                run_id=request.run_id,
                page_size=request.page_size,
                page_token=request.page_token,
            )
            return launcher_pb2.ListMaterializationsResponse(
                materializations=map(encode_materialization, page.items),
                next_page_token=page.next_page_token,
            )
