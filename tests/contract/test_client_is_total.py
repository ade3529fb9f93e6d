"""A client shows whatever it is sent: any value that a home, or a newer launcher, may hold."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest

from tests.foreign.messages import random_message
from treadle_api.v1 import event_pb2, graph_pb2, launcher_pb2, plan_pb2, policy_pb2, run_pb2
from treadle_client import Event, FailureReason, RunState
from treadle_client._graph_tables import graph_page
from treadle_client._plan_tables import plan_page
from treadle_client._wire.events import decode_event
from treadle_client._wire.garbage import decode_garbage
from treadle_client._wire.graphs import decode_graph
from treadle_client._wire.locations import decode_location
from treadle_client._wire.plans import decode_plan
from treadle_client._wire.policies import decode_retry_policy
from treadle_client._wire.runs import (
    decode_asset_entry,
    decode_materialization,
    decode_run,
    decode_step,
)
from treadle_client._words import clock, moment, span
from treadle_client.cli.event_lines import event_line
from treadle_client.cli.machine import plain

MESSAGES = 150


def no_text(text_id: str) -> str:
    raise AssertionError("nothing is fetched unasked")


def shown(event: Event | None) -> None:
    if event is not None:
        assert event_line(event) is None or clock(event.time)


DECODERS: dict[Any, Callable[[Any], object]] = {
    run_pb2.Run: lambda message: decode_run(message, no_text),
    run_pb2.StepRun: lambda message: decode_step(message, no_text),
    run_pb2.Materialization: decode_materialization,
    launcher_pb2.AssetEntry: decode_asset_entry,
    launcher_pb2.Garbage: decode_garbage,
    graph_pb2.Location: lambda message: decode_location(message, no_text),
    policy_pb2.RetryPolicy: decode_retry_policy,
    event_pb2.Event: lambda message: decode_event(message, no_text),
    plan_pb2.PlanPart: lambda message: decode_plan([message]),
    graph_pb2.GraphPart: lambda message: decode_graph([message], no_text),
}


@pytest.mark.parametrize("kind", DECODERS)
def test_any_message_is_decoded_and_has_a_form_for_machines(kind: Any) -> None:
    random = Random(f"total {kind.DESCRIPTOR.name}")
    for _ in range(MESSAGES):
        message = random_message(kind.DESCRIPTOR, random)
        decoded = DECODERS[kind](message)
        if decoded is not None:
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
        shown(decode_event(message, no_text))


def test_any_plan_and_any_graph_has_a_page() -> None:
    random = Random("pages")
    for _ in range(MESSAGES):
        plan_page(decode_plan([random_message(plan_pb2.PlanPart.DESCRIPTOR, random)]))
        graph_page(decode_graph([random_message(graph_pb2.GraphPart.DESCRIPTOR, random)], no_text))


@pytest.mark.parametrize("milliseconds", [2**63 - 1, -(2**63)])
def test_a_run_with_an_impossible_time_is_shown(milliseconds: int) -> None:
    message = run_pb2.Run(timeout_ms=milliseconds, state=run_pb2.RUN_STATE_RUNNING)
    message.submitted_at.seconds = milliseconds
    message.finished_at.nanos = -(2**31)

    run = decode_run(message, no_text)

    assert run.timeout is not None
    assert abs(run.timeout) > timedelta(days=36_499)
    assert run.submitted_at.tzinfo is UTC
    assert span(run.timeout)
    assert moment(run.submitted_at)
    assert moment(run.finished_at)


def test_a_state_that_is_not_known_is_told_as_it_is_and_equals_none_that_is() -> None:
    run = decode_run(run_pb2.Run(state=99, failure={"reason": 77}), no_text)  # type: ignore[arg-type, dict-item]

    assert run.status == "UNKNOWN_99"
    assert run.status not in set(RunState)
    assert not run.status.is_final
    assert run.failure is not None
    assert isinstance(run.failure.reason, FailureReason)
    assert str(run.failure.reason) == "UNKNOWN_77"
    assert plain(run.status) == "UNKNOWN_99"
    assert decode_run(run_pb2.Run(state=99), no_text).status == run.status  # type: ignore[arg-type]
    assert decode_run(run_pb2.Run(), no_text).status == "UNSPECIFIED"


def test_the_years_that_there_are_are_told_exactly() -> None:
    for time in (datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, 23, 59, tzinfo=UTC)):
        message = run_pb2.Run()
        message.submitted_at.FromDatetime(time)

        assert decode_run(message, no_text).submitted_at == time
