"""Requests are read and checked before a service sees them; whatever it raises is told to the caller."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import TypeAlias

import grpc.aio
import pytest

from treadle_api import streams
from treadle_api.handlers import BadRequestError, Context, handlers
from treadle_api.v1 import codeserver_pb2, codeserver_pb2_grpc
from treadle_contract import codeserver
from treadle_contract.graph import Location
from treadle_contract.ids import StepKey
from treadle_contract.message import Bounds

SERVICE = codeserver_pb2.DESCRIPTOR.services_by_name["CodeServerService"]
Stub: TypeAlias = "codeserver_pb2_grpc.CodeServerServiceAsyncStub"
HERE = Location(name="here")


class Service:
    """Answers with what it was asked, and remembers it."""

    def __init__(self) -> None:
        self.seen: list[object] = []

    async def GetLocation(
        self, request: codeserver.GetLocationRequest, _: Context
    ) -> codeserver.GetLocationResponse:
        self.seen.append(request)
        return codeserver.GetLocationResponse(location=HERE)

    async def Reload(
        self, request: codeserver.ReloadRequest, _: Context
    ) -> codeserver_pb2.ReloadResponse:
        self.seen.append(request)
        return codeserver_pb2.ReloadResponse(swapped=True)

    async def GetLaunchSpec(self, _: codeserver.GetLaunchSpecRequest, __: Context) -> None:
        raise LookupError("nothing is loaded")

    async def Plan(
        self, request: codeserver.PlanRequest, _: Context
    ) -> AsyncIterator[codeserver_pb2.PlanResponse]:
        self.seen.append(request)
        yield codeserver_pb2.PlanResponse()

    async def PlanReexecution(
        self, requests: AsyncIterator[codeserver.PlanReexecutionRequest], _: Context
    ) -> AsyncIterator[codeserver_pb2.PlanReexecutionResponse]:
        async for request in requests:
            self.seen.append(request)
            yield codeserver_pb2.PlanReexecutionResponse()

    async def WatchLocation(
        self, _: codeserver.WatchLocationRequest, __: Context
    ) -> AsyncIterator[codeserver.WatchLocationResponse]:
        yield codeserver.WatchLocationResponse(location=HERE)
        raise LookupError("the location is gone")

    GetGraph = GetManifest = Explain = Plan
    Select, PlanOnRecord = Plan, PlanReexecution


def status_of(error: Exception) -> grpc.Status:
    is_bad = isinstance(error, BadRequestError)

    class Ended(grpc.Status):
        code = grpc.StatusCode.INVALID_ARGUMENT if is_bad else grpc.StatusCode.INTERNAL
        details = str(error)
        trailing_metadata = ()

    return Ended()


def served(
    folder: Path, story: Callable[[grpc.aio.Channel, Stub, Service], Awaitable[None]]
) -> None:
    async def told() -> None:
        service, server = Service(), grpc.aio.server()
        server.add_generic_rpc_handlers((handlers(SERVICE, service, status_of),))
        address = f"unix:{folder / 's'}"
        server.add_insecure_port(address)
        await server.start()
        try:
            async with grpc.aio.insecure_channel(address) as channel:
                stub: Stub = codeserver_pb2_grpc.CodeServerServiceStub(channel)
                await story(channel, stub, service)
        finally:
            await server.stop(None)

    asyncio.run(told())


def test_a_service_takes_and_gives_the_contract_s_values(tmp_path: Path) -> None:
    async def story(_: grpc.aio.Channel, stub: Stub, service: Service) -> None:
        answer = await stub.GetLocation(codeserver_pb2.GetLocationRequest())

        assert answer.location.name == "here"
        assert service.seen == [codeserver.GetLocationRequest()]

    served(tmp_path, story)


def test_what_was_written_before_is_handed_on_as_it_is(tmp_path: Path) -> None:
    async def story(_: grpc.aio.Channel, stub: Stub, service: Service) -> None:
        assert (await stub.Reload(codeserver_pb2.ReloadRequest())).swapped

    served(tmp_path, story)


def test_bytes_that_are_no_message_are_refused_before_the_service_sees_them(
    tmp_path: Path,
) -> None:
    async def story(channel: grpc.aio.Channel, _: Stub, service: Service) -> None:
        call = channel.unary_unary(f"/{SERVICE.full_name}/GetLocation")
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await call(b"\xff\xff")

        assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
        assert caught.value.details() == (
            "The request is no message of this call: the bytes cannot be decoded."
        )
        assert service.seen == []

    served(tmp_path, story)


def test_what_is_beyond_its_bounds_is_refused_before_the_service_sees_it(tmp_path: Path) -> None:
    async def story(_: grpc.aio.Channel, stub: Stub, service: Service) -> None:
        request = codeserver_pb2.PlanRequest(missing_asset_keys=["a//b"])
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            async for _part in stub.Plan(request):
                pass

        assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
        assert str(caught.value.details()).startswith("PlanRequest.missing_asset_keys[0] is 'a//b'")
        assert service.seen == []

    served(tmp_path, story)


def test_of_a_stream_no_more_is_read_than_its_bounds_allow(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "PARTS", Bounds(max_total_bytes=1_000_000, max_items=3))
    part = codeserver_pb2.PlanReexecutionRequest(earlier_steps=[{"key": "a"}])

    async def story(_: grpc.aio.Channel, stub: Stub, service: Service) -> None:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            async for _part in stub.PlanReexecution(iter([part, part, part])):
                pass

        assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
        assert "PlanReexecutionRequest is streamed in more than" in str(caught.value.details())
        step = codeserver.EarlierStep(key=StepKey("a"))
        assert service.seen == [codeserver.PlanReexecutionRequest(earlier_steps=(step,))]

    served(tmp_path, story)


def test_what_a_service_raises_is_told_also_after_its_first_answer(tmp_path: Path) -> None:
    async def story(_: grpc.aio.Channel, stub: Stub, service: Service) -> None:
        with pytest.raises(grpc.aio.AioRpcError, match="nothing is loaded"):
            await stub.GetLaunchSpec(codeserver_pb2.GetLaunchSpecRequest())
        answers = aiter(stub.WatchLocation(codeserver_pb2.WatchLocationRequest()))
        assert (await anext(answers)).location.name == "here"
        with pytest.raises(grpc.aio.AioRpcError, match="the location is gone"):
            await anext(answers)

    served(tmp_path, story)
