"""The servicer of launcher.proto: each method makes one call, and says its answer in the contract's values.

What it raises is told to the caller by `answering.status_of`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing

from treadle_api.handlers import Context
from treadle_api.parts import in_parts
from treadle_api.v1 import launcher_pb2, plan_pb2
from treadle_contract import launcher
from treadle_contract.ids import KeyText, RunId
from treadle_contract.plan import Selection
from treadle_launcher.errors import ReadsOnlyError, RunFinishedError, RunLeftError
from treadle_launcher.runs.run_states import FINAL_RUN_STATES
from treadle_launcher.serving.partition_calls import PartitionCalls
from treadle_launcher.store.event_log import ToldFilter
from treadle_launcher.store.schema import asset_observations
from treadle_launcher.wire.launcher import (
    event_of,
    keep_of,
    known_stream,
    launch_of,
    reexecution_of,
    written_asset,
    written_events,
)
from treadle_launcher.wire.plan import known_options, written_plan
from treadle_launcher.wire.run import known_states, materialization_of, run_of, step_run_of


class LauncherService(PartitionCalls):
    """Serves one launcher."""

    async def GetLauncher(
        self, request: launcher.GetLauncherRequest, _: Context
    ) -> launcher.GetLauncherResponse:
        """Describe the launcher."""
        return self._parts.about

    async def ListLocations(
        self, request: launcher.ListLocationsRequest, _: Context
    ) -> launcher_pb2.ListLocationsResponse:
        """List the locations."""
        locations = await self._parts.locations.all()
        return launcher_pb2.ListLocationsResponse(locations=locations)

    async def ReloadLocation(
        self, request: launcher.ReloadLocationRequest, _: Context
    ) -> launcher_pb2.ReloadLocationResponse:
        """Load a location's code anew."""
        location, swapped = await self._parts.locations.reload(request.location)
        return launcher_pb2.ReloadLocationResponse(location=location, swapped=swapped)

    async def StreamGraph(
        self, request: launcher.StreamGraphRequest, _: Context
    ) -> AsyncIterator[launcher_pb2.StreamGraphResponse]:
        """Stream a location's graph."""
        async for part in self._parts.locations.graph_parts(request.location):
            yield launcher_pb2.StreamGraphResponse(part=part)

    async def PlanRun(
        self, request: launcher.PlanRunRequest, _: Context
    ) -> AsyncIterator[launcher_pb2.PlanRunResponse]:
        """Stream a resolved plan."""
        asked = reexecution_of(request)
        if asked is not None:
            plan = await self._parts.planner.plan_again(asked)
        else:
            selection = request.selection or Selection()
            options = known_options(request.options)
            plan = await self._parts.planner.plan(request.location, selection, options)
        for part in written_plan(plan, block_selections=request.block_selections):
            yield launcher_pb2.PlanRunResponse(part=part)

    async def ExplainSelection(
        self, request: launcher.ExplainSelectionRequest, _: Context
    ) -> AsyncIterator[launcher_pb2.ExplainSelectionResponse]:
        """Stream why each op is in a plan, or not."""
        said = await self._parts.planner.explain(
            request.location, request.selection or Selection(), known_options(request.options)
        )
        for part in in_parts(said, plan_pb2.ExplanationPart):
            yield launcher_pb2.ExplainSelectionResponse(part=part)

    async def LaunchRun(
        self, request: launcher.LaunchRunRequest, _: Context
    ) -> launcher.LaunchRunResponse:
        """Record a run and have it go on by itself."""
        if self._parts.launching is None:
            raise ReadsOnlyError
        created = await self._parts.launching.launch(launch_of(request))
        return launcher.LaunchRunResponse(
            run=run_of(created.run), existed=created.existed, notes=tuple(created.notes)
        )

    async def GetRun(self, request: launcher.GetRunRequest, _: Context) -> launcher.GetRunResponse:
        """Return one run."""
        run = await self._parts.store.get_run(request.run_id)
        return launcher.GetRunResponse(run=run_of(run))

    async def ListRuns(
        self, request: launcher.ListRunsRequest, _: Context
    ) -> launcher.ListRunsResponse:
        """List runs."""
        page = await self._parts.store.list_runs(
            page_size=request.page_size,
            page_token=request.page_token,
            states=known_states(request.states),
            location=request.location,
        )
        return launcher.ListRunsResponse(
            runs=tuple(map(run_of, page.items)), next_page_token=page.next_page_token
        )

    async def ListRunSteps(
        self, request: launcher.ListRunStepsRequest, _: Context
    ) -> launcher.ListRunStepsResponse:
        """List the steps of a run."""
        page = await self._parts.steps.page(
            request.run_id, page_size=request.page_size, page_token=request.page_token
        )
        return launcher.ListRunStepsResponse(
            steps=tuple(map(step_run_of, page.items)), next_page_token=page.next_page_token
        )

    async def WatchRun(
        self, request: launcher.WatchRunRequest, _: Context
    ) -> AsyncIterator[launcher_pb2.WatchRunResponse]:
        """Stream a run's events."""
        watching = self._parts.watchers.watch(
            request.run_id, request.after_sequence, follow=not request.no_follow
        )
        async with aclosing(watching) as watched:
            async for events in watched:
                for response in written_events(events):
                    yield response

    async def ReadLogs(
        self, request: launcher.ReadLogsRequest, _: Context
    ) -> AsyncIterator[launcher.ReadLogsResponse]:
        """Stream what an attempt wrote."""
        reading = self._parts.steps.read_logs(
            request.run_id,
            request.step_key,
            request.attempt,
            stream=known_stream(request.stream),
            offset=request.offset,
            follow=request.follow,
        )
        async with aclosing(reading) as chunks:
            async for chunk in chunks:
                yield chunk

    async def ReadText(
        self, request: launcher.ReadTextRequest, _: Context
    ) -> AsyncIterator[launcher.ReadTextResponse]:
        """Stream a long text."""
        offset = 0
        while piece := await self._parts.store.get_text(request.text_id, offset):
            offset += len(piece)
            yield launcher.ReadTextResponse(piece=piece)

    async def CancelRun(
        self, request: launcher.CancelRunRequest, _: Context
    ) -> launcher.CancelRunResponse:
        """Ask for a run's end."""
        run_id = request.run_id
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
        return launcher.CancelRunResponse(run=run_of(await self._parts.store.get_run(run_id)))

    async def GetStepTask(
        self, request: launcher.GetStepTaskRequest, _: Context
    ) -> launcher.GetStepTaskResponse:
        """Return the task of one attempt."""
        task = await self._parts.steps.task(request.run_id, request.step_key, request.attempt)
        return launcher.GetStepTaskResponse(task=task)

    async def PlanGarbage(
        self, request: launcher.PlanGarbageRequest, _: Context
    ) -> AsyncIterator[launcher_pb2.PlanGarbageResponse]:
        """Stream what may be removed."""
        found = await self._parts.sweeper.plan(keep_of(request))
        whole = launcher.PlanGarbageResponse(garbage=tuple(found))
        for part in in_parts(whole, launcher_pb2.PlanGarbageResponse):
            yield part

    async def CollectGarbage(
        self, request: launcher.CollectGarbageRequest, _: Context
    ) -> launcher.CollectGarbageResponse:
        """Remove what may be removed."""
        swept = await self._parts.sweeper.collect(keep_of(request))
        return launcher.CollectGarbageResponse(
            removed_count=swept.count, removed_bytes=swept.size_bytes
        )

    async def GetDiskUse(
        self, request: launcher.GetDiskUseRequest, _: Context
    ) -> AsyncIterator[launcher_pb2.GetDiskUseResponse]:
        """Stream what values take."""
        whole = launcher.GetDiskUseResponse(uses=await self._parts.sweeper.disk_use())
        for part in in_parts(whole, launcher_pb2.GetDiskUseResponse):
            yield part

    async def ListAssets(
        self, request: launcher.ListAssetsRequest, _: Context
    ) -> launcher_pb2.ListAssetsResponse:
        """List assets with what was made of each last."""
        page = await self._parts.assets.list_assets(
            page_size=request.page_size,
            page_token=request.page_token,
            location=request.location,
        )
        return launcher_pb2.ListAssetsResponse(
            assets=map(written_asset, page.items), next_page_token=page.next_page_token
        )

    async def ListMaterializations(
        self, request: launcher.ListMaterializationsRequest, _: Context
    ) -> launcher.ListMaterializationsResponse:
        """List materializations."""
        page = await self._parts.assets.list_materializations(
            asset_key=request.asset_key,
            run_id=request.run_id,
            partition_key=request.partition_key,
            page_size=request.page_size,
            page_token=request.page_token,
        )
        return launcher.ListMaterializationsResponse(
            materializations=tuple(map(materialization_of, page.items)),
            next_page_token=page.next_page_token,
        )

    async def ListCheckEvaluations(
        self, request: launcher.ListCheckEvaluationsRequest, _: Context
    ) -> launcher.ListCheckEvaluationsResponse:
        """List what checks said."""
        page = await self._parts.assets.list_told(
            ToldFilter(
                asset_key=KeyText(request.asset_key) if request.asset_key else None,
                check_name=request.check_name or None,
                run_id=RunId(request.run_id) if request.run_id else None,
            ),
            request.page_size,
            request.page_token,
        )
        return launcher.ListCheckEvaluationsResponse(
            evaluations=tuple(map(event_of, page.items)), next_page_token=page.next_page_token
        )

    async def ListObservations(
        self, request: launcher.ListObservationsRequest, _: Context
    ) -> launcher.ListObservationsResponse:
        """List what was observed."""
        page = await self._parts.assets.list_told(
            ToldFilter(
                table=asset_observations,
                asset_key=KeyText(request.asset_key) if request.asset_key else None,
                run_id=RunId(request.run_id) if request.run_id else None,
            ),
            request.page_size,
            request.page_token,
        )
        return launcher.ListObservationsResponse(
            observations=tuple(map(event_of, page.items)), next_page_token=page.next_page_token
        )
