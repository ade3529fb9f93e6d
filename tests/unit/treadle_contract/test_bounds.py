"""What a message may hold, as its fields say: what is beyond is refused, naming field and bound."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.unit.treadle_contract import messages
from treadle_api.codec import from_proto
from treadle_api.v1 import (
    codeserver_pb2,
    event_pb2,
    graph_pb2,
    launcher_pb2,
    plan_pb2,
    value_pb2,
    worker_pb2,
)
from treadle_contract.bounds import check
from treadle_contract.message import ContractError

CLASSES = {cls.__name__: cls for cls in messages.CLASSES}
SPEC = {
    "interpreter": "/usr/bin/python3",
    "working_directory": "/tmp",
    "targets": [{"file": "/tmp/a.py"}],
    "environment": {"PATH": "/bin"},
    "digest": "d",
    "import_timeout_ms": 1000,
}
STEP = {"key": "a", "verdict": plan_pb2.VERDICT_RUN}
RECORD = {
    "number": 1,
    "task_id": "r/a/1",
    "step_key": "a",
    "attempt": 1,
    "time": {"seconds": 1_700_000_000},
}
REF = {"store": "files", "key": "assets/a/=/r.a.1"}


def read(message: Any) -> None:
    check(from_proto(message, CLASSES[message.DESCRIPTOR.name]))


def nested(depth: int) -> value_pb2.Value:
    value = value_pb2.Value(int_value=1)
    for _ in range(depth):
        value = value_pb2.Value(list_value=value_pb2.ValueList(values=[value]))
    return value


@pytest.mark.parametrize(
    ("message", "said"),
    [
        (codeserver_pb2.LaunchSpec(**{**SPEC, "interpreter": "/bin/py\0thon"}), "interpreter is "),
        (codeserver_pb2.LaunchSpec(**{**SPEC, "interpreter": "python"}), "begins with"),
        (codeserver_pb2.LaunchTarget(module=".."), "names as Python has them"),
        (codeserver_pb2.LaunchTarget(module="shop/assets"), "names as Python has them"),
        (
            codeserver_pb2.LaunchSpec(**{**SPEC, "working_directory": ""}),
            "working_directory is not",
        ),
        (codeserver_pb2.LaunchSpec(**{**SPEC, "environment": {"A=B": "c"}}), "environment['A=B']"),
        (codeserver_pb2.LaunchSpec(**{**SPEC, "environment": {"": "c"}}), "environment['']"),
        (codeserver_pb2.LaunchSpec(**{**SPEC, "environment": {"A": "c\0"}}), "environment['A'] is"),
        (codeserver_pb2.LaunchSpec(**{**SPEC, "targets": []}), "targets is not set"),
        (codeserver_pb2.LaunchSpec(**{**SPEC, "targets": [{}]}), "targets[0].target is not set"),
        (
            codeserver_pb2.LaunchSpec(**{**SPEC, "import_timeout_ms": 2**63 - 1}),
            "import_timeout_ms is 9,223,372,036,854,775,807; it must be 0 to 3,153,600,000,000",
        ),
        (plan_pb2.PlanPart(steps=[{"verdict": 1}]), "PlanPart.steps[0].key is not set"),
        (plan_pb2.PlanPart(steps=[{"key": "a"}]), "steps[0].verdict is not set"),
        (plan_pb2.PlanPart(steps=[{"key": "a", "verdict": 99}]), "verdict is 99"),  # type: ignore[dict-item]
        (plan_pb2.PlanPart(steps=[{**STEP, "timeout_ms": -1}]), "steps[0].timeout_ms is -1"),
        (
            plan_pb2.PlanPart(steps=[{**STEP, "retry_policy": {"delay_ms": 2**62}}]),
            "steps[0].retry_policy.delay_ms is",
        ),
        (
            plan_pb2.PlanPart(steps=[{**STEP, "inputs": [{"name": "x", "sources": [{}]}]}]),
            "steps[0].inputs[0].sources[0].from is not set",
        ),
        (
            plan_pb2.PlanPart(steps=[{**STEP, "inputs": [{"sources": [{"load_asset_key": ""}]}]}]),
            "sources[0].load_asset_key is not set",
        ),
        (plan_pb2.PlanPart(loads=[{"asset_key": "a//b"}]), "loads[0].asset_key is 'a//b'"),
        (plan_pb2.PlanPart(loads=[{"asset_key": "a\nb"}]), "loads[0].asset_key is 'a\\nb'"),
        (graph_pb2.GraphPart(assets=[{"key": ""}]), "assets[0].key is not set"),
        (graph_pb2.Location(name="n", asset_count=-1), "asset_count is -1; it must be 0 or more"),
        (
            graph_pb2.Location(name="n", loaded_at={"seconds": 2**62}),
            "loaded_at.seconds is 4,611,686,018,427,387,904",
        ),
        (worker_pb2.JournalRecord(**{**RECORD, "number": 0}), "number is not set"),
        (
            worker_pb2.JournalRecord(**{**RECORD, "time": {"seconds": -62_135_596_800}}),
            "time.secon",
        ),
        (worker_pb2.JournalRecord(**{**RECORD, "step_key": ""}), "step_key is not set"),
        (
            worker_pb2.JournalRecord(**{**RECORD, "number": -1}),
            "number is -1; it must be 1 or more",
        ),
        (
            event_pb2.OutputStored(output="o", value_ref={**REF, "key": "a/../../b"}),
            "value_ref.key",
        ),
        (event_pb2.OutputStored(output="o", value_ref={**REF, "key": "/etc/x"}), "value_ref.key"),
        (
            event_pb2.OutputStored(output="o", value_ref={**REF, "size_bytes": -1}),
            "size_bytes is -1",
        ),
        (
            event_pb2.OutputStored(
                output="o",
                metadata=[{"name": "m", "value": {"string_value": "x" * 32_768}}] * 700,
            ),
            "metadata takes 22,",
        ),
        (
            event_pb2.OutputStored(output="o", metadata=[{"name": "m", "value": nested(22)}]),
            "metadata has values nested deeper than the 21 levels that may be",
        ),
        (worker_pb2.Hello(process={}, state=worker_pb2.HOST_STATE_NEW), "Hello.host_id is not set"),
        (worker_pb2.Ack(task_id="t"), "Ack.state is not set"),
        (launcher_pb2.LaunchRunRequest(timeout_ms=2**63 - 1), "LaunchRunRequest.timeout_ms is 9,"),
        (launcher_pb2.LaunchRunRequest(retry_lost=-1), "retry_lost is -1"),
        (launcher_pb2.LaunchRunRequest(idempotency_key="k" * 1025), "idempotency_key takes 1,025"),
        (
            launcher_pb2.LaunchRunRequest(tags={"t": "é" * 32_768}),
            "tags takes 65,537 bytes, and 65",
        ),
        (
            launcher_pb2.LaunchRunRequest(selection={"expressions": ["a" * 1024] * 1025}),
            "selection.expressions takes 1,049,600 bytes, and 1,048,576 is the most",
        ),
        (launcher_pb2.CancelRunRequest(reason="r" * 8193), "reason takes 8,193 bytes"),
    ],
)
def test_what_is_beyond_its_bounds_is_refused_by_field_and_bound(message: Any, said: str) -> None:
    with pytest.raises(ContractError, match=re.escape(said)) as raised:
        read(message)

    assert str(raised.value).startswith(f"{message.DESCRIPTOR.name}.")


@pytest.mark.parametrize(
    "message",
    [
        codeserver_pb2.LaunchSpec(**SPEC),  # type: ignore[arg-type]
        plan_pb2.PlanPart(steps=[STEP]),  # type: ignore[list-item]
        worker_pb2.JournalRecord(**RECORD),  # type: ignore[arg-type]
        event_pb2.OutputStored(output="o", metadata=[{"name": "m", "value": nested(21)}]),
        event_pb2.OutputStored(output="o", value_ref=REF),  # type: ignore[arg-type]
        launcher_pb2.LaunchRunRequest(
            idempotency_key="k" * 1024,
            tags={"t": "v" * 65_535},
            timeout_ms=3_153_600_000_000,
            selection={"expressions": ["a" * 1_048_576]},
        ),
        launcher_pb2.GetRunRequest(),
    ],
)
def test_what_is_within_its_bounds_is_taken(message: Any) -> None:
    read(message)
