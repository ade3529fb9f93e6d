"""The calls about a home: tasks of past attempts, garbage, the use of the disk."""

from __future__ import annotations

from collections.abc import Iterator

import grpc
import pytest

from treadle_api.v1 import launcher_pb2, run_pb2

CODE = """
from treadle import AssetOut, Output, asset, graph_asset, multi_asset, op

@op
def one():
    return 1

@op
def double(number):
    return 2 * number

@graph_asset
def doubled():
    return double(one())

@asset
def reader(doubled):
    return doubled + 1
"""


@pytest.fixture(scope="module")
def caller(shared_services) -> Iterator:
    code = shared_services.code_server(shared_services.module("home_calls", CODE), "home_calls")
    launcher = shared_services.launcher("--location", code.address, ephemeral=True)
    return shared_services.caller(launcher.address)


@pytest.fixture(scope="module")
def made(caller) -> str:
    run_id = caller.launch()
    assert caller.events(run_id)[-1].run_finished.state == run_pb2.RUN_STATE_SUCCEEDED
    return run_id


def garbage(caller, **fields) -> list[launcher_pb2.Garbage]:
    return [each for response in caller.PlanGarbage(**fields) for each in response.garbage]


def test_a_task_is_what_the_host_got(caller, made):
    task = caller.GetStepTask(run_id=made, step_key="doubled.double").task
    assert task.task_id == f"{made}/doubled.double/1"
    (step,) = task.steps
    (source,) = step.inputs[0].sources
    stored = [e.output_stored for e in caller.events(made) if e.HasField("output_stored")]
    assert source.value_ref in [each.value_ref for each in stored]
    assert step.outputs[0].assets[0].value_key.endswith(f"{made}.doubled%2Edouble.1")
    # How a host is started is nobody's business.
    assert b"PATH" not in task.SerializeToString()
    assert caller.GetStepTask(run_id=made, step_key="reader", attempt=1).task.steps


@pytest.mark.parametrize(
    ("fields", "code", "reason"),
    [
        ({"step_key": "nothing"}, grpc.StatusCode.NOT_FOUND, "UNKNOWN_STEP"),
        ({"step_key": "reader", "attempt": 2}, grpc.StatusCode.NOT_FOUND, "UNKNOWN_STEP"),
        ({"step_key": "reader", "attempt": -1}, grpc.StatusCode.INVALID_ARGUMENT, "BAD_ARGUMENT"),
        ({"step_key": "reader", "run_id": "no"}, grpc.StatusCode.NOT_FOUND, "UNKNOWN_RUN"),
    ],
)
def test_a_task_that_never_was_is_refused(caller, made, fields, code, reason):
    found, refusal = caller.refusal(lambda: [caller.GetStepTask(**{"run_id": made, **fields})])
    assert (found, refusal.reason) == (code, reason)


def test_disk_use_names_assets_then_runs_each_largest_first(caller, made):
    uses = [use for response in caller.GetDiskUse() for use in response.uses]
    assert [use.WhichOneof("of") for use in uses] == ["asset_key", "asset_key", "run_id"]
    assert uses[2].value_count == 3
    assert uses[2].size_bytes > sum(use.size_bytes for use in uses[:2])
    assert uses[0].size_bytes >= uses[1].size_bytes


def test_garbage_is_planned_then_collected_and_a_repeat_finds_less(caller, made):
    assert garbage(caller) == []
    (planned,) = garbage(caller, keep_intermediates_seconds=0)
    assert planned.reason == launcher_pb2.GARBAGE_REASON_INTERMEDIATE
    assert (planned.run_id, planned.asset_key) == (made, "")

    collected = caller.CollectGarbage(keep_intermediates_seconds=0)

    assert (collected.removed_count, collected.removed_bytes) == (1, planned.size_bytes)
    assert caller.CollectGarbage(keep_intermediates_seconds=0).removed_count == 0


@pytest.mark.parametrize("call", ["PlanGarbage", "CollectGarbage"])
def test_a_negative_time_is_refused(caller, call):
    def ask():
        answer = getattr(caller, call)(keep_intermediates_seconds=-1)
        return [answer] if call == "CollectGarbage" else answer

    code, refusal = caller.refusal(ask)
    assert (code, refusal.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "BAD_ARGUMENT")
