"""One code server as the launcher knows it: the client of CodeServerService."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress

import grpc

from treadle_access.addresses import UnixAddress
from treadle_api.codec import to_proto
from treadle_api.v1 import codeserver_pb2, codeserver_pb2_grpc
from treadle_contract.codeserver import (
    ExplainRequest,
    ExplainResponse,
    GetGraphResponse,
    GetLaunchSpecResponse,
    GetLocationResponse,
    GetManifestResponse,
    PlanOnRecordRequest,
    PlanRequest,
    ReloadResponse,
    SelectRequest,
    SelectResponse,
    WatchLocationResponse,
)
from treadle_contract.ids import KeyText
from treadle_contract.message import ContractError
from treadle_contract.plan import ExplanationPart, PlanOptions, Selection
from treadle_launcher import defaults
from treadle_launcher.errors import (
    CodeServerRefusedError,
    NoHostForLocationError,
    Reason,
    RefusedError,
)
from treadle_launcher.locations.code_server_answers import answered, note_lost
from treadle_launcher.locations.code_server_channel import CodeServerChannel
from treadle_launcher.locations.late_answers import LateAnswers
from treadle_launcher.locations.launch_spec import LaunchSpec
from treadle_launcher.locations.reachability import Reachability
from treadle_launcher.planning.manifest import CodeManifest
from treadle_launcher.planning.on_record import OnRecord
from treadle_launcher.planning.plan import Plan
from treadle_launcher.planning.plan_check import check_plan, check_reused
from treadle_launcher.planning.rerunning import EarlierRun
from treadle_launcher.serving.arguments import LocationArgument
from treadle_launcher.wire.answers import read, read_whole
from treadle_launcher.wire.codeserver import launch_spec_of, manifest_of
from treadle_launcher.wire.graph import Graph, LocationReport
from treadle_launcher.wire.known_steps import KnownSteps
from treadle_launcher.wire.plan import plan_of
from treadle_launcher.wire.plan_call import plan_parts

_LOG = logging.getLogger(__name__)
_FIRST_PAUSE = 0.1
_LONGEST_PAUSE = 5.0


class CodeLocation:
    """A code server, dialled once and followed: its last report is at hand without a call.

    Given without a name it has that of the code server, as `naming` lets it; until that is known
    the one `remembered`, or its address. Calls raise LocationUnreachableError,
    CodeServerRefusedError with the code server's own refusal, or another RefusedError.
    """

    def __init__(self, given: LocationArgument, remembered: str = "") -> None:
        self.address = given.address
        self.name = given.name or remembered or str(given.address)
        self.is_named = bool(given.name)
        self.report: LocationReport | None = None
        self.reachability = Reachability(given)
        self._naming: Callable[[str], str] = str
        self._metadata = _metadata(given)
        self._channel = CodeServerChannel(given.address, self.reachability.refuse)
        self._stub: codeserver_pb2_grpc.CodeServerServiceAsyncStub = (
            codeserver_pb2_grpc.CodeServerServiceStub(self._channel.grpc)
        )
        self._graphs: dict[str, Graph] = {}
        self._known_steps = KnownSteps()
        self._spec: LaunchSpec | None = None
        self._follower: asyncio.Task[None] | None = None
        self._on_load: Callable[[str, str], None] = lambda name, generation: None
        self._reports = LateAnswers(defaults.CODE_SERVER_SHORT_WAIT)
        self._fetches = LateAnswers(defaults.CODE_SERVER_SHORT_WAIT)

    async def open(
        self,
        on_change: Callable[[], None],
        naming: Callable[[str], str] = str,
        *,
        is_awaited: bool = False,
    ) -> None:
        """Ask for the location once, then follow it; `on_change` is called at each change.

        A code server that does not answer now is followed all the same. One `is_awaited` that
        was started at the same moment.
        """
        self._naming = naming
        await self._channel.open()
        await self.refresh_soon()
        if is_awaited and self.report is None:
            _LOG.info("waiting_for_code_server address=%s", self.address)
            with suppress(RefusedError):
                await self.refresh(wait_for_ready=True)
        if self.report is None:
            _LOG.warning("code_server_away location=%s address=%s", self.name, self.address)
        self._follower = asyncio.create_task(self._follow(on_change))

    def on_load(self, act: Callable[[str, str], None]) -> None:
        """Call this with the location's name and the generation that is served.

        Now, if one is, and whenever it is learned that another one is.
        """
        self._on_load = act
        if self.report is not None:
            act(self.name, self.report.generation)

    async def close(self) -> None:
        """Follow no more and end every call."""
        if self._follower is not None:
            self._follower.cancel()
            with suppress(asyncio.CancelledError):
                await self._follower
        await self._reports.close()
        await self._fetches.close()
        await self._channel.close()

    async def refresh(self, *, wait_for_ready: bool = False) -> LocationReport:
        """Ask how the location is now; a code server that is not there yet may be waited for."""
        with answered(self.name, self.reachability):
            response = await self._stub.GetLocation(
                codeserver_pb2.GetLocationRequest(),
                metadata=self._metadata,
                timeout=defaults.CODE_SERVER_TIMEOUT,
                wait_for_ready=wait_for_ready,
            )
            read(response, GetLocationResponse)
            return self._seen(LocationReport(response.location))

    @property
    def is_silent(self) -> bool:
        """Whether it was waited for in vain, and has not answered since."""
        return self._reports.is_late

    async def refresh_soon(self) -> bool:
        """Ask how the location is now, and tell whether it answered soon. Silence is not waited on."""
        if not self.is_silent and await self._reports.came(self.refresh()):
            return True
        if self.is_silent:
            self.reachability.lose("it does not answer")
        return False

    @property
    def is_reachable(self) -> bool:
        """Whether it answered last time."""
        return self.reachability.is_reachable

    async def reload(self) -> tuple[LocationReport, bool]:
        """Load the targets anew; tell whether the new snapshot is served."""
        with answered(self.name, self.reachability):
            # No deadline: the code server ends a load after its import timeouts. That it does
            # not answer at all is found by pings.
            response = await self._stub.Reload(
                codeserver_pb2.ReloadRequest(), metadata=self._metadata
            )
            read(response, ReloadResponse)
            return self._seen(LocationReport(response.location)), response.swapped

    async def graph(self) -> Graph:
        """Return the graph of the snapshot that is served now; kept while it is served."""
        report = await self.refresh()
        known = self._graphs.get(report.digest)
        if known is not None:
            return known
        with answered(self.name, self.reachability):
            call = self._stub.GetGraph(
                codeserver_pb2.GetGraphRequest(),
                metadata=self._metadata,
                timeout=defaults.CODE_SERVER_TIMEOUT,
            )
            graph = Graph(answer.part for answer, _ in await read_whole(call, GetGraphResponse))
        self._graphs = {graph.digest: graph}
        return graph

    async def graph_soon(self) -> Graph | None:
        """Return the graph as calls of other locations need it: what is known, or soon is."""
        if self._lacks_graph and not self.is_silent and not self._fetches.is_late:
            await self._fetches.came(self.graph())
        return self.last_graph

    def fetch_graph(self) -> None:
        """Fetch the graph, for `graph_soon`, before anybody asks for it."""
        if self._lacks_graph:
            self._fetches.ask(self.graph())

    @property
    def _lacks_graph(self) -> bool:
        digest = "" if self.report is None else self.report.digest
        return self.is_reachable and digest not in ("", *self._graphs)

    @property
    def last_graph(self) -> Graph | None:
        """The last graph that was asked for, also when the code server is gone since."""
        return next(iter(self._graphs.values()), None)

    async def select(self, selection: Selection) -> tuple[KeyText, ...]:
        """Return the assets of the location that a selection names."""
        with answered(self.name, self.reachability):
            call = self._stub.Select(
                to_proto(SelectRequest(selection=selection), codeserver_pb2.SelectRequest),
                metadata=self._metadata,
                timeout=defaults.CODE_SERVER_TIMEOUT,
            )
            parts = await read_whole(call, SelectResponse)
            return tuple(key for _, part in parts for key in part.asset_keys)

    async def explain(
        self, selection: Selection, options: PlanOptions, missing: tuple[KeyText, ...]
    ) -> list[ExplanationPart]:
        """Return why each op is in the plan of a selection, or not; `missing` run for want of a value."""
        request = PlanRequest(selection=selection, options=options, missing_asset_keys=missing)
        with answered(self.name, self.reachability):
            call = self._stub.Explain(
                to_proto(ExplainRequest(plan=request), codeserver_pb2.ExplainRequest),
                metadata=self._metadata,
                timeout=defaults.CODE_SERVER_TIMEOUT,
            )
            return [each.part for _, each in await read_whole(call, ExplainResponse)]

    async def plan(
        self,
        selection: Selection,
        options: PlanOptions,
        record: OnRecord,
        earlier: EarlierRun | None = None,
    ) -> Plan:
        """Return the plan of a selection, its loads and reuses not resolved.

        With `earlier`, that of its re-execution.
        """
        request = PlanOnRecordRequest(
            plan=PlanRequest(selection=selection, options=options, block_selections=True),
            reexecution=None if earlier is None else earlier.reexecution,
            earlier_steps=() if earlier is None else tuple(earlier.steps.values()),
            facts=await record.elsewhere(),
        )
        with answered(self.name, self.reachability):
            known = self._known_steps
            plan = plan_of(*await plan_parts(self._stub, self._metadata, request, record, known))
            check_plan(plan)
            told = record.told_steps if earlier is None else earlier.steps.values()
            check_reused(plan, told)
            record.check(plan)
            return plan

    async def manifest(self) -> tuple[str, CodeManifest]:
        """Return the digest that is served, and what it is made of."""
        with answered(self.name, self.reachability):
            call = self._stub.GetManifest(
                codeserver_pb2.GetManifestRequest(),
                metadata=self._metadata,
                timeout=defaults.CODE_SERVER_TIMEOUT,
            )
            parts = [answer for _, answer in await read_whole(call, GetManifestResponse)]
        return (parts[0].digest if parts else ""), manifest_of(parts)

    async def launch_spec(self, generation: str = "") -> LaunchSpec:
        """Return how a process that holds the code is started; known already of this `generation`.

        Raises:
            NoHostForLocationError: the code server is not on this machine or not this user's.
        """
        if not isinstance(self.address, UnixAddress):
            raise NoHostForLocationError([self.name])
        if self._spec is not None and generation and self._spec.generation == generation:
            return self._spec
        try:
            with answered(self.name, self.reachability):
                response = await self._stub.GetLaunchSpec(
                    codeserver_pb2.GetLaunchSpecRequest(), timeout=defaults.CODE_SERVER_TIMEOUT
                )
                self._spec = launch_spec_of(read(response, GetLaunchSpecResponse).spec)
                return self._spec
        except CodeServerRefusedError as error:
            if error.reason is Reason.NOT_LOCAL:
                raise NoHostForLocationError([self.name]) from error
            raise

    async def _follow(self, on_change: Callable[[], None]) -> None:
        pause = _FIRST_PAUSE
        while True:
            try:
                # Waiting for ready leaves the tries to reach it, and their pace, to gRPC.
                call = self._stub.WatchLocation(
                    codeserver_pb2.WatchLocationRequest(),
                    metadata=self._metadata,
                    wait_for_ready=True,
                )
                async for response in call:
                    pause = _FIRST_PAUSE
                    read(response, WatchLocationResponse)
                    self._seen(LocationReport(response.location))
                    on_change()
            except grpc.aio.AioRpcError as error:
                note_lost(self.name, self.reachability, error)
            except ContractError as error:
                call.cancel()
                _LOG.error("answer_refused location=%s detail=%s", self.name, error)
                self.reachability.refuse(f"it answered what the contract does not allow: {error}")
            else:
                self.reachability.lose("it is gone")
            on_change()
            # A server that answers and ends the stream at once must not be asked in a circle.
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)

    def _seen(self, report: LocationReport) -> LocationReport:
        before = "" if self.report is None else self.report.generation
        if not self.is_named and report.name:
            self.name = self._naming(report.name)
        self.report = report
        self.reachability.answer()
        if report.generation != before:
            self._on_load(self.name, report.generation)
        return report


def _metadata(given: LocationArgument) -> tuple[tuple[str, str], ...]:
    return () if given.token is None else (("authorization", f"Bearer {given.token}"),)
