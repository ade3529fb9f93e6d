"""A launcher that says what a test tells it to, over a real socket."""

from __future__ import annotations

import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc
import pytest
from google.protobuf.message import Message
from google.rpc import error_details_pb2, status_pb2
from grpc_status import rpc_status

from treadle_api.v1 import (
    error_pb2,
    event_pb2,
    graph_pb2,
    launcher_pb2,
    launcher_pb2_grpc,
    plan_pb2,
    run_pb2,
    value_pb2,
)

RUN_ID = "01HZZZZZZZZZZZZZZZZZZZZZZZ"
DIGEST = "d" * 64
FINGERPRINT = "f" * 64


def refusal(code: grpc.StatusCode, reason: str, message: str = "no", **fields: object) -> object:
    """Make the status with which a Treadle service refuses a call."""
    status = status_pb2.Status(code=code.value[0], message=message)
    for detail in (
        error_details_pb2.ErrorInfo(reason=reason, domain="treadle"),
        error_pb2.Refusal(reason=reason, **fields),  # type: ignore[arg-type]
    ):
        status.details.add().Pack(detail)
    return rpc_status.to_status(status)


class FakeLauncher(launcher_pb2_grpc.LauncherServiceServicer):
    """Answers from its attributes, and remembers what it was asked.

    `refusals` holds, by RPC, what a call is refused with, `refusals_once` only the next one;
    `broken` are RPCs whose servicer raises; `cuts` how many events each connection
    to WatchRun gives before it breaks; `hold` makes WatchRun wait at the end for a cancel.
    `log_cuts` holds how many of a stream's two pieces each connection to ReadLogs gives before
    it breaks, `silence` how many seconds it says nothing before. `existed`: LaunchRun knows the
    request's idempotency key.
    """

    def __init__(self) -> None:
        self.calls: list[tuple[str, Message]] = []
        self.metadata: dict[str, str] = {}
        self.refusals: dict[str, object] = {}
        self.refusals_once: dict[str, object] = {}
        self.broken: set[str] = set()
        self.cuts: list[int] = []
        self.log_cuts: list[int] = []
        self.silence = 0.0
        self.hold = False
        self.existed = False
        self.stream_ended = threading.Event()
        self.run = succeeded_run()
        self.run_count = 3
        self.events = list(succeeded_events())
        self.steps = [run_pb2.StepRun(key="g.foo", state=run_pb2.STEP_STATE_SUCCEEDED, attempts=1)]
        self.materializations = [materialization()]
        self.evaluations: list[event_pb2.Event] = []
        self.assets = [asset_entry("foo_asset", latest=True), asset_entry("up", latest=False)]
        self.logs: dict[int, bytes] = {}
        self.swapped = True

    def requests(self, rpc: str) -> list[Message]:
        """Return the requests of one RPC."""
        return [request for name, request in self.calls if name == rpc]

    def _enter(self, rpc: str, request: Message, context: grpc.ServicerContext) -> None:
        self.calls.append((rpc, request))
        self.metadata = {key: str(text) for key, text in context.invocation_metadata()}
        if rpc in self.broken:
            raise RuntimeError("broken")
        if rpc in self.refusals_once:
            context.abort_with_status(self.refusals_once.pop(rpc))
        if rpc in self.refusals:
            context.abort_with_status(self.refusals[rpc])

    def GetLauncher(self, request, context):
        self._enter("GetLauncher", request, context)
        return launcher_pb2.GetLauncherResponse(
            version="0.1.0", home_id="home", ephemeral=False, max_steps=4, max_runs=10
        )

    def ListLocations(self, request, context):
        self._enter("ListLocations", request, context)
        return launcher_pb2.ListLocationsResponse(locations=[location()])

    def ReloadLocation(self, request, context):
        self._enter("ReloadLocation", request, context)
        return launcher_pb2.ReloadLocationResponse(location=location(), swapped=self.swapped)

    def StreamGraph(self, request, context):
        self._enter("StreamGraph", request, context)
        yield launcher_pb2.StreamGraphResponse(
            part=graph_pb2.GraphPart(location=location(), assets=[asset("foo_asset")])
        )
        yield launcher_pb2.StreamGraphResponse(
            part=graph_pb2.GraphPart(assets=[asset("up", external=True)], steps=[step()])
        )

    def PlanRun(self, request, context):
        self._enter("PlanRun", request, context)
        for part in plan_parts(request):
            yield launcher_pb2.PlanRunResponse(part=part)

    def LaunchRun(self, request, context):
        self._enter("LaunchRun", request, context)
        return launcher_pb2.LaunchRunResponse(run=self.run, existed=self.existed)

    def GetRun(self, request, context):
        self._enter("GetRun", request, context)
        return launcher_pb2.GetRunResponse(run=self.run)

    def ListRuns(self, request, context):
        self._enter("ListRuns", request, context)
        if not self.run_count:
            return launcher_pb2.ListRunsResponse()
        page = int(request.page_token or 0)
        run = run_pb2.Run()
        run.CopyFrom(self.run)
        run.id = f"{RUN_ID[:-1]}{page}"
        token = "" if page == self.run_count - 1 else str(page + 1)
        return launcher_pb2.ListRunsResponse(runs=[run], next_page_token=token)

    def ListRunSteps(self, request, context):
        self._enter("ListRunSteps", request, context)
        return launcher_pb2.ListRunStepsResponse(steps=self.steps)

    def WatchRun(self, request, context):
        self._enter("WatchRun", request, context)
        if self.hold and not context.add_callback(self.stream_ended.set):
            self.stream_ended.set()
        given = 0
        for event in self.events:
            if event.sequence <= request.after_sequence:
                continue
            if self.cuts and given == self.cuts[0]:
                self.cuts.pop(0)
                context.abort(grpc.StatusCode.UNAVAILABLE, "cut")
            given += 1
            yield launcher_pb2.WatchRunResponse(events=[event])
        if self.hold:
            self.stream_ended.wait()

    def ReadLogs(self, request, context):
        self._enter("ReadLogs", request, context)
        data = self.logs.get(request.stream, b"")
        half = len(data) // 2
        pieces = [
            launcher_pb2.ReadLogsResponse(stream=request.stream, offset=offset, data=piece)
            for offset, piece in ((0, data[:half]), (half, data[half:]))
            if piece and offset >= request.offset
        ]
        if not self.log_cuts:
            yield from pieces
            return
        yield from pieces[: self.log_cuts.pop(0)]
        threading.Event().wait(self.silence)
        context.abort(grpc.StatusCode.UNAVAILABLE, "cut")

    def ReadText(self, request, context):
        self._enter("ReadText", request, context)
        yield launcher_pb2.ReadTextResponse(piece="the whole ")
        yield launcher_pb2.ReadTextResponse(piece="text")

    def CancelRun(self, request, context):
        self._enter("CancelRun", request, context)
        return launcher_pb2.CancelRunResponse(run=self.run)

    def ListAssets(self, request, context):
        self._enter("ListAssets", request, context)
        return launcher_pb2.ListAssetsResponse(assets=self.assets)

    def ListMaterializations(self, request, context):
        self._enter("ListMaterializations", request, context)
        return launcher_pb2.ListMaterializationsResponse(materializations=self.materializations)

    def ListCheckEvaluations(self, request, context):
        self._enter("ListCheckEvaluations", request, context)
        return launcher_pb2.ListCheckEvaluationsResponse(evaluations=self.evaluations)

    def ListObservations(self, request, context):
        self._enter("ListObservations", request, context)
        return launcher_pb2.ListObservationsResponse()

    def fail_run(self) -> None:
        """Have the run end FAILED."""
        failure = run_pb2.Failure(
            reason=run_pb2.FAILURE_REASON_USER_ERROR,
            where=run_pb2.FAILURE_WHERE_COMPUTE,
            message="ValueError: nine",
            error_class="builtins.ValueError",
            traceback=value_pb2.Text(head="Traceback: nine\n"),
            source=value_pb2.SourceLocation(file="/x/my_assets.py", line=9),
        )
        self.run.state = run_pb2.RUN_STATE_FAILED
        self.run.materialization_count = 0
        self.materializations = []
        self.steps[0].state = run_pb2.STEP_STATE_FAILED
        self.steps[0].failure.CopyFrom(failure)
        self.events[3:] = [
            event(
                4,
                step_key="g.foo",
                attempt=1,
                step_failed=event_pb2.StepFailed(failure=failure, duration_us=9, pid=7),
            ),
            event(
                5,
                run_finished=event_pb2.RunFinished(
                    state=run_pb2.RUN_STATE_FAILED, failed_step_keys=["g.foo"]
                ),
            ),
        ]
        self.run.last_sequence = 5


def location() -> graph_pb2.Location:
    return graph_pb2.Location(
        name="my_assets",
        state=graph_pb2.LOCATION_STATE_SERVING,
        digest=DIGEST,
        python_version="3.11",
        asset_count=1,
        step_count=1,
        warnings=["grpc.py shadows a module"],
    )


def asset(key: str, *, external: bool = False) -> graph_pb2.Asset:
    made = {} if external else {"block": "g", "step_key": "g.foo", "output": "foo_1"}
    return graph_pb2.Asset(key=key, group="default", **made)


def step() -> graph_pb2.StepDefinition:
    return graph_pb2.StepDefinition(
        key="g.foo",
        block="g",
        op="foo",
        inputs=[
            graph_pb2.StepInputDefinition(name="x", sources=[graph_pb2.Source(asset_key="up")])
        ],
        outputs=[
            graph_pb2.StepOutputDefinition(name="foo_1", asset_keys=["foo_asset"]),
            graph_pb2.StepOutputDefinition(name="foo_2", is_required=True),
        ],
    )


def asset_entry(key: str, *, latest: bool) -> launcher_pb2.AssetEntry:
    return launcher_pb2.AssetEntry(
        asset=asset(key, external=not latest),
        location="my_assets",
        latest=materialization() if latest else None,
    )


def materialization() -> run_pb2.Materialization:
    return run_pb2.Materialization(
        asset_key="foo_asset",
        run_id=RUN_ID,
        step_key="g.foo",
        attempt=1,
        store_sequence=7,
        digest=DIGEST,
        unexpected=True,
        metadata=[value_pb2.MetadataEntry(name="rows", value=value_pb2.Value(int_value=3))],
    )


def succeeded_run() -> run_pb2.Run:
    return run_pb2.Run(
        id=RUN_ID,
        location="my_assets",
        state=run_pb2.RUN_STATE_SUCCEEDED,
        selection=plan_pb2.Selection(expressions=["foo_asset"]),
        digest=DIGEST,
        fingerprint=FINGERPRINT,
        materialization_count=1,
        last_sequence=6,
    )


def event(sequence: int, **kind: object) -> event_pb2.Event:
    return event_pb2.Event(
        sequence=sequence,
        store_sequence=sequence,
        run_id=RUN_ID,
        schema_version=1,
        **kind,  # type: ignore[arg-type]
    )


def succeeded_events() -> Iterator[event_pb2.Event]:
    yield event(1, run_submitted=event_pb2.RunSubmitted(location="my_assets"))
    yield event(2, run_started=event_pb2.RunStarted(step_count=1))
    yield event(3, step_key="g.foo", attempt=1, step_started=event_pb2.StepStarted())
    yield event(
        4,
        step_key="g.foo",
        attempt=1,
        asset_materialized=event_pb2.AssetMaterialized(asset_key="foo_asset", unexpected=True),
    )
    yield event(
        5,
        step_key="g.foo",
        attempt=1,
        step_succeeded=event_pb2.StepSucceeded(duration_us=12_000, pid=7),
    )
    yield event(
        6,
        run_finished=event_pb2.RunFinished(
            state=run_pb2.RUN_STATE_SUCCEEDED, materialization_count=1, unexpected_count=1
        ),
    )


def plan_parts(request: launcher_pb2.PlanRunRequest) -> Iterator[plan_pb2.PlanPart]:
    yield plan_pb2.PlanPart(
        header=plan_pb2.PlanHeader(
            location="my_assets",
            digest=DIGEST,
            fingerprint=FINGERPRINT,
            selection=request.selection,
            options=request.options,
            selected_asset_keys=["baz_asset"],
            selected_asset_count=1,
        ),
        steps=[
            plan_pb2.PlannedStep(
                key="g.foo",
                block="g",
                op="foo",
                verdict=plan_pb2.VERDICT_RUN,
                reason="foo_2 is read by g.baz",
                selected_outputs=["foo_2"],
            )
        ],
    )
    yield plan_pb2.PlanPart(
        steps=[
            plan_pb2.PlannedStep(
                key="g.qux", block="g", verdict=plan_pb2.VERDICT_OMIT, reason="nothing reads it"
            )
        ],
        loads=[
            plan_pb2.Load(
                asset_key="up",
                readers=[plan_pb2.PlannedInputRef(step_key="g.foo", input="x")],
                state=plan_pb2.LOAD_STATE_RECORDED,
                run_id=RUN_ID,
                step_key="up",
            )
        ],
        hazards=[
            plan_pb2.Hazard(
                step_key="g.foo",
                output="foo_1",
                asset_keys=["foo_asset"],
                unselected_outputs=plan_pb2.UNSELECTED_OUTPUTS_MATERIALIZE,
            )
        ],
    )


@pytest.fixture
def socket_folder() -> Iterator[Path]:
    """Give a folder whose sockets' paths are short enough."""
    folder = Path(tempfile.mkdtemp(prefix="s"))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def serve(socket_folder: Path) -> Iterator[Callable[[FakeLauncher], str]]:
    """Serve launchers until the test's end; returns the address."""
    servers: list[grpc.Server] = []

    def start(launcher: FakeLauncher) -> str:
        server = grpc.server(ThreadPoolExecutor(max_workers=8))
        launcher_pb2_grpc.add_LauncherServiceServicer_to_server(launcher, server)
        address = f"unix:{socket_folder}/l{len(servers)}"
        server.add_insecure_port(address)
        server.start()
        servers.append(server)
        return address

    yield start
    for server in servers:
        server.stop(None).wait()


@pytest.fixture
def launcher() -> FakeLauncher:
    """Give a launcher with one run that succeeded."""
    return FakeLauncher()


@pytest.fixture
def address(launcher: FakeLauncher, serve: Callable[[FakeLauncher], str]) -> str:
    """Serve the launcher."""
    return serve(launcher)


@pytest.fixture
def refuse(launcher: FakeLauncher) -> Callable[..., None]:
    """Have the launcher refuse an RPC."""

    def set_refusal(
        rpc: str, code: grpc.StatusCode, reason: str, *, once: bool = False, **fields: object
    ) -> None:
        refusals = launcher.refusals_once if once else launcher.refusals
        refusals[rpc] = refusal(code, reason, **fields)

    return set_refusal
