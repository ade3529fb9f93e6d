"""A client shows whatever it is sent: any value that a home, or a newer launcher, may hold."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest

from tests.foreign.messages import random_message
from treadle_api.v1 import event_pb2, graph_pb2, launcher_pb2, plan_pb2, policy_pb2, run_pb2
from treadle_client import Event, FailureReason, RunState
from treadle_client._messages import (
    AssetEntry,
    Garbage,
    Graph,
    Location,
    Materialization,
    Plan,
    RetryPolicy,
    Run,
    StepResult,
)
from treadle_client.calls._decode import decode, decode_event
from treadle_client.cli.pages.event_lines import event_line
from treadle_client.cli.pages.machine import plain
from treadle_client.text._graph_tables import graph_page
from treadle_client.text._plan_tables import plan_page
from treadle_client.text._words import clock, moment, span

MESSAGES = 150


def no_text(text_id: str) -> str:
    raise AssertionError("nothing is fetched unasked")


def shown(event: Event | None) -> None:
    if event is not None:
        assert event_line(event) is None or clock(event.time)


CLASSES: dict[Any, Any] = {
    run_pb2.Run: Run,
    run_pb2.StepRun: StepResult,
    run_pb2.Materialization: Materialization,
    launcher_pb2.AssetEntry: AssetEntry,
    launcher_pb2.Garbage: Garbage,
    graph_pb2.Location: Location,
    policy_pb2.RetryPolicy: RetryPolicy,
    plan_pb2.PlanPart: Plan,
    graph_pb2.GraphPart: Graph,
}


@pytest.mark.parametrize("kind", CLASSES)
def test_any_message_is_decoded_and_has_a_form_for_machines(kind: Any) -> None:
    random = Random(f"total {kind.DESCRIPTOR.name}")
    for _ in range(MESSAGES):
        message = random_message(kind.DESCRIPTOR, random)
        decoded = decode(message, CLASSES[kind], no_text)
        json.dumps(plain(decoded))
        str(decoded)


def test_any_event_has_a_line() -> None:
    random = Random("lines")
    kinds = list(event_pb2.Event.DESCRIPTOR.oneofs_by_name["kind"].fields)
    for field in kinds * 20:
        message = random_message(event_pb2.Event.DESCRIPTOR, random)
        payload = random_message(field.message_type, random)
        getattr(message, field.name).CopyFrom(payload)
        getattr(message, field.name).SetInParent()
        event = decode_event(message, no_text)
        json.dumps(plain(event))
        shown(event)


def test_any_plan_and_any_graph_has_a_page() -> None:
    random = Random("pages")
    for _ in range(MESSAGES):
        plan_page(decode(random_message(plan_pb2.PlanPart.DESCRIPTOR, random), Plan))
        graph_page(decode(random_message(graph_pb2.GraphPart.DESCRIPTOR, random), Graph))


@pytest.mark.parametrize("milliseconds", [2**63 - 1, -(2**63)])
def test_a_run_with_an_impossible_time_is_shown(milliseconds: int) -> None:
    message = run_pb2.Run(timeout_ms=milliseconds, state=run_pb2.RUN_STATE_RUNNING)
    message.submitted_at.seconds = milliseconds
    message.finished_at.nanos = -(2**31)

    run = decode(message, Run)

    assert run.timeout is not None
    assert abs(run.timeout) > timedelta(days=36_499)
    assert run.submitted_at.tzinfo is UTC
    assert span(run.timeout)
    assert moment(run.submitted_at)
    assert moment(run.finished_at)


def test_a_state_that_is_not_known_is_told_as_it_is_and_equals_none_that_is() -> None:
    run = decode(run_pb2.Run(state=99, failure={"reason": 77}), Run)  # type: ignore[arg-type, dict-item]

    assert run.status == "UNKNOWN_99"
    assert run.status not in set(RunState)
    assert not run.status.is_final
    assert run.failure is not None
    assert isinstance(run.failure.reason, FailureReason)
    assert str(run.failure.reason) == "UNKNOWN_77"
    assert plain(run.status) == "UNKNOWN_99"
    assert decode(run_pb2.Run(state=99), Run).status == run.status  # type: ignore[arg-type]
    assert decode(run_pb2.Run(), Run).status == "UNSPECIFIED"


def test_the_years_that_there_are_are_told_exactly() -> None:
    for time in (datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, 23, 59, tzinfo=UTC)):
        message = run_pb2.Run()
        message.submitted_at.FromDatetime(time)

        assert decode(message, Run).submitted_at == time
