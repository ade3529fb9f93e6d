"""The launcher's RPCs, our types in and out: beside `_decode.py` the only place that knows gRPC."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

import grpc

from treadle_access.addresses import BadAddressError, parse, parse_unix
from treadle_access.sockets import HeldSocket
from treadle_api.v1 import launcher_pb2, launcher_pb2_grpc, plan_pb2, run_pb2
from treadle_client._errors import UnreachableError
from treadle_client._messages import (
    Event,
    Explanation,
    Graph,
    LaunchedRun,
    Launcher,
    Location,
    LogChunk,
    Plan,
    PlanOptions,
    Reexecution,
    Reload,
    Run,
    RunState,
    Selection,
    StepResult,
)
from treadle_client._requests import LogRequest, RunRequest, Stream
from treadle_client._view import View
from treadle_client.calls._asset_listings import AssetListings
from treadle_client.calls._decode import (
    decode,
    decode_event,
    decode_parts,
    decode_plan,
    encode,
    enum_number,
)
from treadle_client.calls._fitting import fitting
from treadle_client.calls._home_rpc import HomeRpc
from treadle_client.calls._partition_rpc import PartitionRpc
from treadle_client.calls._translate import START_OR_NAME_ONE, closing_call, translated

V = TypeVar("V", bound=View)

#: How long a call may take that plans: a large location takes its time.
CALL_SECONDS = 60.0
#: How long a reload may take: the import timeout of ten slow targets.
RELOAD_SECONDS = 600.0
PAGE_SIZE = 500

#: A channel's own folder of connections, so that the failures of another client's are not ours;
#: quick reconnects, because a launcher is local; and never through a proxy.
_CHANNEL_OPTIONS = (
    ("grpc.use_local_subchannel_pool", 1),
    ("grpc.initial_reconnect_backoff_ms", 50),
    ("grpc.max_reconnect_backoff_ms", 1000),
    ("grpc.enable_http_proxy", 0),
)


class LauncherRpc(AssetListings):
    """A channel to one launcher, and a method an RPC.

    Every method raises UnreachableError when nobody answers in time, and RequestError when the
    launcher refuses.
    """

    def __init__(self, address: str, token: str | None) -> None:
        self.address = address
        self._held = held_socket(address)
        target = address if self._held is None else str(self._held.address)
        self._channel = grpc.insecure_channel(target, options=_CHANNEL_OPTIONS)
        self._open_stub: launcher_pb2_grpc.LauncherServiceStub | None = fitting(
            launcher_pb2_grpc.LauncherServiceStub(self._channel)
        )
        self._metadata = (("authorization", f"Bearer {token}"),) if token else ()

    def close(self) -> None:
        """Close the channel; calls under way end with UnreachableError. Repeating it is harmless."""
        self._open_stub = None
        self._channel.close()
        if self._held is not None:
            self._held.close()

    def wait_reachable(self, seconds: float) -> None:
        """Return when somebody answers, be it with a refusal.

        Raises:
            UnreachableError: nobody did within the time.
        """
        # Not grpc.channel_ready_future: its thread outlives it, and trips over a closed channel.
        try:
            self._stub.GetLauncher(
                launcher_pb2.GetLauncherRequest(),
                timeout=seconds,
                metadata=self._metadata,
                wait_for_ready=True,
            )
        except grpc.RpcError as error:
            if error.code() is grpc.StatusCode.DEADLINE_EXCEEDED:
                message = f"Nobody answers at {self.address} since {seconds:.0f} s."
                raise UnreachableError(message, address=self.address) from None

    def get_launcher(self, seconds: float) -> Launcher:
        """Ask what the launcher is, and wait that long for the answer."""
        with translated(self.address):
            return self._decoded(
                self._stub.GetLauncher(
                    launcher_pb2.GetLauncherRequest(), timeout=seconds, metadata=self._metadata
                ),
                Launcher,
            )

    def list_locations(self) -> tuple[Location, ...]:
        """List the locations, sorted by name."""
        with translated(self.address):
            response = self._stub.ListLocations(
                launcher_pb2.ListLocationsRequest(), timeout=CALL_SECONDS, metadata=self._metadata
            )
            return tuple(self._decoded(one, Location) for one in response.locations)

    def reload_location(self, location: str) -> Reload:
        """Ask the launcher to load the location's code anew."""
        with translated(self.address):
            response = self._stub.ReloadLocation(
                launcher_pb2.ReloadLocationRequest(location=location),
                timeout=RELOAD_SECONDS,
                metadata=self._metadata,
            )
            return self._decoded(response, Reload)

    def stream_graph(self, location: str) -> Graph:
        """Read a location's whole graph."""
        with translated(self.address):
            parts = self._stub.StreamGraph(
                launcher_pb2.StreamGraphRequest(location=location),
                timeout=CALL_SECONDS,
                metadata=self._metadata,
            )
            return decode_parts((each.part for each in parts), Graph, self.read_text)

    def plan_run(self, location: str, selection: Selection, options: PlanOptions) -> Plan:
        """Read the whole resolved plan of a selection."""
        with translated(self.address):
            request = launcher_pb2.PlanRunRequest(
                location=location,
                selection=encode(selection, plan_pb2.Selection),
                options=encode(options, plan_pb2.PlanOptions),
                block_selections=True,
            )
            parts = self._stub.PlanRun(request, timeout=CALL_SECONDS, metadata=self._metadata)
            return decode_plan((each.part for each in parts), self.read_text)

    def explain_selection(
        self, location: str, selection: Selection, options: PlanOptions
    ) -> Explanation:
        """Read why each op is in the plan of a selection, or not."""
        with translated(self.address):
            request = launcher_pb2.ExplainSelectionRequest(
                location=location,
                selection=encode(selection, plan_pb2.Selection),
                options=encode(options, plan_pb2.PlanOptions),
            )
            parts = self._stub.ExplainSelection(
                request, timeout=CALL_SECONDS, metadata=self._metadata
            )
            return decode_parts((each.part for each in parts), Explanation, self.read_text)

    def plan_reexecution(self, asked: Reexecution) -> Plan:
        """Read the whole resolved plan of what goes on from an earlier run."""
        with translated(self.address):
            request = launcher_pb2.PlanRunRequest(
                reexecution=encode(asked, plan_pb2.Reexecution), block_selections=True
            )
            parts = self._stub.PlanRun(request, timeout=CALL_SECONDS, metadata=self._metadata)
            return decode_plan((each.part for each in parts), self.read_text)

    def launch_run(self, request: RunRequest) -> LaunchedRun:
        """Plan, record a run, and return it as recorded."""
        with translated(self.address):
            message = launcher_pb2.LaunchRunRequest(
                tags=request.tags,
                idempotency_key=request.idempotency_key,
                digest=request.digest,
                fingerprint=request.fingerprint,
                timeout_ms=request.limits.timeout_ms or 0,
                no_timeout=request.limits.timeout_ms == 0,
                retry_lost=request.limits.retry_lost or 0,
                no_retry_lost=request.limits.retry_lost == 0,
            )
            if request.reexecution is not None:
                message.reexecution.CopyFrom(encode(request.reexecution, plan_pb2.Reexecution))
            else:
                message.location = request.location
                message.selection.CopyFrom(encode(request.selection, plan_pb2.Selection))
                message.options.CopyFrom(encode(request.options, plan_pb2.PlanOptions))
            response = self._stub.LaunchRun(message, timeout=CALL_SECONDS, metadata=self._metadata)
            return self._decoded(response, LaunchedRun)

    def get_run(self, run_id: str) -> Run:
        """Read one run."""
        with translated(self.address):
            response = self._stub.GetRun(
                launcher_pb2.GetRunRequest(run_id=run_id),
                timeout=CALL_SECONDS,
                metadata=self._metadata,
            )
            return self._decoded(response.run, Run)

    def cancel_run(self, run_id: str, reason: str) -> Run:
        """Ask for a run's end, and return the run when that is recorded."""
        with translated(self.address):
            response = self._stub.CancelRun(
                launcher_pb2.CancelRunRequest(run_id=run_id, reason=reason),
                timeout=CALL_SECONDS,
                metadata=self._metadata,
            )
            return self._decoded(response.run, Run)

    def list_runs(self, states: Iterable[RunState], location: str) -> Iterator[Run]:
        """List runs, newest first, a page at a time."""
        names = run_pb2.RunState.DESCRIPTOR
        with translated(self.address):
            request = launcher_pb2.ListRunsRequest(
                page_size=PAGE_SIZE,
                states=[run_pb2.RunState.ValueType(enum_number(names, each)) for each in states],
                location=location,
            )
        return self._pages(lambda stub: stub.ListRuns, request, lambda page: page.runs, Run)

    def list_run_steps(self, run_id: str) -> Iterator[StepResult]:
        """List the steps of a run in plan order, a page at a time."""
        with translated(self.address):
            request = launcher_pb2.ListRunStepsRequest(run_id=run_id, page_size=PAGE_SIZE)
        return self._pages(
            lambda stub: stub.ListRunSteps, request, lambda page: page.steps, StepResult
        )

    def _pages(
        self,
        method: Callable[[launcher_pb2_grpc.LauncherServiceStub], Callable[..., Any]],
        request: Any,
        items: Callable[[Any], Iterable[Any]],
        into: type[V],
    ) -> Iterator[V]:
        while True:
            with translated(self.address):
                call = method(self._stub)
                page = call(request, timeout=CALL_SECONDS, metadata=self._metadata)
                decoded = [self._decoded(one, into) for one in items(page)]
            yield from decoded
            request.page_token = page.next_page_token
            if not request.page_token:
                return

    def read_text(self, text_id: str) -> str:
        """Read a long text whole."""
        with translated(self.address):
            pieces = self._stub.ReadText(
                launcher_pb2.ReadTextRequest(text_id=text_id),
                timeout=CALL_SECONDS,
                metadata=self._metadata,
            )
            return "".join(response.piece for response in pieces)

    def watch_run(
        self, run_id: str, *, after: int, follow: bool, seconds: float | None
    ) -> Stream[tuple[int, Event | None]]:
        """Stream a run's events, each with its sequence; None stands for a kind from the future."""
        with translated(self.address):
            request = launcher_pb2.WatchRunRequest(
                run_id=run_id, after_sequence=after, no_follow=not follow
            )
        call = self._stub.WatchRun(request, timeout=seconds, metadata=self._metadata)

        def events() -> Iterator[tuple[int, Event | None]]:
            with closing_call(call), translated(self.address):
                for response in call:
                    for event in response.events:
                        yield event.sequence, decode_event(event, self.read_text)

        return Stream(events(), call.cancel)

    def read_logs(self, request: LogRequest) -> Stream[LogChunk]:
        """Stream what an attempt wrote."""
        with translated(self.address):
            message = launcher_pb2.ReadLogsRequest(
                run_id=request.run_id,
                step_key=request.step_key,
                attempt=request.attempt,
                stream=launcher_pb2.LogStream.ValueType(
                    enum_number(launcher_pb2.LogStream.DESCRIPTOR, request.stream)
                ),
                offset=request.offset,
                follow=request.follow,
            )
        call = self._stub.ReadLogs(message, metadata=self._metadata)

        def chunks() -> Iterator[LogChunk]:
            with closing_call(call), translated(self.address):
                for response in call:
                    yield self._decoded(response, LogChunk)

        return Stream(chunks(), call.cancel)

    def _decoded(self, message: Any, into: type[V]) -> V:
        if issubclass(into, Event):
            event = decode_event(message, self.read_text)
            assert isinstance(event, into), "it was asked for"
            return event
        return decode(message, into, self.read_text)

    @property
    def home(self) -> HomeRpc:
        """The calls about the launcher's home."""
        return HomeRpc(self._stub, self._metadata, self.address)

    @property
    def partitions(self) -> PartitionRpc:
        """The calls about partitions and backfills."""
        return PartitionRpc(self._stub, self._metadata, self.address)

    @property
    def _stub(self) -> launcher_pb2_grpc.LauncherServiceStub:
        if self._open_stub is None:
            raise UnreachableError("This client is closed.", address=self.address)
        return self._open_stub


def held_socket(address: str) -> HeldSocket | None:
    """Return the socket of an address, held; None: the address is none of a Unix socket.

    Raises:
        UnreachableError: there is none, or its folder or itself is not this user's; or the address is
            none.
    """
    if not address.startswith("unix"):
        _refuse_no_address(address)
        return None
    try:
        return HeldSocket(parse_unix(address))
    except OSError as error:
        message = f"Nobody answers at {address}: {error.strerror}\n{START_OR_NAME_ONE}"
        raise UnreachableError(message, address=address) from error
    except BadAddressError as error:
        raise UnreachableError(f"{address} is not used: {error}.", address=address) from error


def _refuse_no_address(address: str) -> None:
    """Refuse what gRPC would look for under a name and a port of its own choice."""
    try:
        parse(address)
    except BadAddressError as error:
        write = f"unix:{address}" if address.startswith("/") else "unix:/absolute/path or host:port"
        message = f"{address!r} is not an address: write {write}."
        raise UnreachableError(message, address=address) from error
