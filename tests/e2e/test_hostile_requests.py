"""Whoever has a launcher's or a code server's address can neither break it nor hold it up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf.message import Message
from grpc_status import rpc_status

from treadle_api.v1 import (
    codeserver_pb2,
    codeserver_pb2_grpc,
    error_pb2,
    launcher_pb2,
    launcher_pb2_grpc,
    plan_pb2,
)
from treadle_client.services._local import Code, local_services

ASSETS = Path(__file__).resolve().parent.parent / "assets"
SECONDS = 10.0
LONG = "x" * 3_000_000
OUTSIDE = "../../../../../../etc/passwd"


@dataclass(frozen=True, kw_only=True)
class Served:
    """Running services, and a run that has ended with one of its steps."""

    channel: grpc.Channel
    launcher: launcher_pb2_grpc.LauncherServiceStub
    code_server: codeserver_pb2_grpc.CodeServerServiceStub
    run_id: str
    step_key: str


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    code = Code(files=(ASSETS / "seed_chain.py",))
    with (
        local_services(code, tmp_path_factory.mktemp("hostile") / "home") as services,
        grpc.insecure_channel(services.launcher_address) as to_launcher,
        grpc.insecure_channel(services.code_server_address) as to_code_server,
    ):
        launcher = launcher_pb2_grpc.LauncherServiceStub(to_launcher)
        run = launcher.LaunchRun(launcher_pb2.LaunchRunRequest(), timeout=SECONDS).run
        for _ in launcher.WatchRun(launcher_pb2.WatchRunRequest(run_id=run.id), timeout=60):
            pass
        steps = launcher.ListRunSteps(launcher_pb2.ListRunStepsRequest(run_id=run.id)).steps
        yield Served(
            channel=to_launcher,
            launcher=launcher,
            code_server=codeserver_pb2_grpc.CodeServerServiceStub(to_code_server),
            run_id=run.id,
            step_key=steps[0].key,
        )


def reason_of(call: Callable[..., object], request: Message) -> str:
    """Return the reason that a call is refused for, "" if it is answered."""
    try:
        answer = call(request, timeout=SECONDS)
        if isinstance(answer, Iterator):
            for _ in answer:
                pass
    except grpc.RpcError as error:
        return refusal_of(error).reason
    return ""


def refusal_of(error: grpc.RpcError) -> error_pb2.Refusal:
    status = rpc_status.from_call(error)
    assert status is not None, error
    refusal = error_pb2.Refusal()
    assert status.details[1].Unpack(refusal)
    return refusal


@pytest.mark.parametrize("text", ["", "\0", OUTSIDE, "..", "💥" * 700_000, LONG])
def test_ids_that_name_nothing_are_told_so(served: Served, text: str) -> None:
    calls = served.launcher
    reasons = {
        reason_of(calls.GetRun, launcher_pb2.GetRunRequest(run_id=text)),
        reason_of(calls.ListRunSteps, launcher_pb2.ListRunStepsRequest(run_id=text)),
        reason_of(calls.WatchRun, launcher_pb2.WatchRunRequest(run_id=text)),
        reason_of(calls.CancelRun, launcher_pb2.CancelRunRequest(run_id=text)),
        reason_of(calls.ReadLogs, launcher_pb2.ReadLogsRequest(run_id=text, step_key="a")),
    }

    assert reasons == {"UNKNOWN_RUN"}
    step = launcher_pb2.ReadLogsRequest(run_id=served.run_id, step_key=text)
    assert reason_of(calls.ReadLogs, step) == "UNKNOWN_STEP"
    assert reason_of(calls.ReadText, launcher_pb2.ReadTextRequest(text_id=text)) == "UNKNOWN_TEXT"
    if text:
        location = launcher_pb2.StreamGraphRequest(location=text)
        assert reason_of(calls.StreamGraph, location) == "UNKNOWN_LOCATION"
        history = launcher_pb2.ListMaterializationsRequest(asset_key=text)
        assert reason_of(calls.ListMaterializations, history) == "UNKNOWN_ASSET"


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"offset": -1}, "BAD_ARGUMENT"),
        ({"offset": -(2**63)}, "BAD_ARGUMENT"),
        ({"offset": 2**63 - 1}, ""),
        ({"attempt": -1}, "BAD_ARGUMENT"),
        ({"attempt": 2**31 - 1}, ""),
        ({"stream": 99}, "BAD_ARGUMENT"),
    ],
)
def test_no_place_in_a_log_is_a_fault(served: Served, fields: dict[str, int], reason: str) -> None:
    asked = {"stream": launcher_pb2.LOG_STREAM_STDOUT, "follow": True, **fields}
    request = launcher_pb2.ReadLogsRequest(
        run_id=served.run_id,
        step_key=served.step_key,
        **asked,  # type: ignore[arg-type]
    )

    assert reason_of(served.launcher.ReadLogs, request) == reason


@pytest.mark.parametrize(
    ("expressions", "reason"),
    [
        (["(" * 50_000 + "a" + ")" * 50_000], "SELECTION_SYNTAX"),
        (["sinks(" * 99 + "*" + ")" * 99], "SELECTION_SYNTAX"),
        (["sinks(" * 50 + "*" + ")" * 50], ""),
        (["not " * 50_000 + "a"], "SELECTION_SYNTAX"),
        (["9" * 5000 + "+a"], "SELECTION_SYNTAX"),
        (["a+" + "9" * 5000], "SELECTION_SYNTAX"),
        ([""] * 10_000, "SELECTION_SYNTAX"),
        ([f"missing_{number}" for number in range(10_000)], "UNKNOWN_ASSET"),
        (['key:"' + "*" * 60 + "x" + "*" * 60 + '!"'], "UNKNOWN_ASSET"),
        (["x" * 1_000_000], "UNKNOWN_ASSET"),
        (["\0"], "SELECTION_SYNTAX"),
    ],
    ids=lambda value: value[0][:12] if isinstance(value, list) else value,
)
def test_no_selection_is_a_fault(served: Served, expressions: list[str], reason: str) -> None:
    selection = plan_pb2.Selection(expressions=expressions)

    asked = codeserver_pb2.PlanRequest(selection=selection)
    assert reason_of(served.code_server.Plan, asked) == reason
    resolved = launcher_pb2.PlanRunRequest(selection=selection)
    assert reason_of(served.launcher.PlanRun, resolved) == reason


def test_a_run_that_its_own_messages_could_not_hold_is_refused(served: Served) -> None:
    calls = served.launcher
    requests = [
        launcher_pb2.LaunchRunRequest(idempotency_key=LONG),
        launcher_pb2.LaunchRunRequest(tags={"t": LONG}),
        launcher_pb2.LaunchRunRequest(selection=plan_pb2.Selection(expressions=[LONG])),
        launcher_pb2.LaunchRunRequest(
            options=plan_pb2.PlanOptions(siblings=99)  # type: ignore[arg-type]
        ),
    ]

    assert {reason_of(calls.LaunchRun, request) for request in requests} == {"BAD_ARGUMENT"}
    cancel = launcher_pb2.CancelRunRequest(run_id=served.run_id, reason=LONG)
    assert reason_of(calls.CancelRun, cancel) == "BAD_ARGUMENT"


def test_a_page_token_of_another_call_is_refused(served: Served) -> None:
    calls: Any = served.launcher
    of_steps = calls.ListRunSteps(
        launcher_pb2.ListRunStepsRequest(run_id=served.run_id, page_size=1)
    ).next_page_token
    assert of_steps

    for call, request in [
        (calls.ListRuns, launcher_pb2.ListRunsRequest(page_token=of_steps)),
        (calls.ListAssets, launcher_pb2.ListAssetsRequest(page_token=of_steps)),
        (
            calls.ListMaterializations,
            launcher_pb2.ListMaterializationsRequest(run_id=served.run_id, page_token=of_steps),
        ),
        (
            calls.ListRunSteps,
            launcher_pb2.ListRunStepsRequest(run_id=served.run_id, page_token=of_steps + "9" * 30),
        ),
    ]:
        assert reason_of(call, request) == "BAD_PAGE_TOKEN"


@pytest.mark.parametrize(
    "method",
    [
        "/treadle_api.v1.LauncherService/GetRun",
        "/treadle_api.v1.LauncherService/WatchRun",
    ],
)
@pytest.mark.parametrize("data", [b"\x0a\x03\xff\xfe\xfd", b"\xff" * 100])
def test_bytes_that_are_no_message_are_refused(served: Served, method: str, data: bytes) -> None:
    make: Any = served.channel.unary_stream if "Watch" in method else served.channel.unary_unary

    def call(_: Message, timeout: float) -> object:
        return make(method)(data, timeout=timeout)

    assert reason_of(call, launcher_pb2.GetRunRequest()) == "BAD_ARGUMENT"
