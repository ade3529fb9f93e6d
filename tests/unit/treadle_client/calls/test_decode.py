"""The SDK's classes against the contract: no field and no member of an enumeration gets lost."""

from __future__ import annotations

import dataclasses
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from google.protobuf.descriptor import FieldDescriptor

from treadle_api.v1 import event_pb2, graph_pb2, launcher_pb2, plan_pb2, run_pb2, value_pb2
from treadle_client import _messages
from treadle_client._messages import (
    AssetEntry,
    DiskUse,
    Event,
    EventKind,
    Failure,
    FailureReason,
    Garbage,
    Graph,
    Launcher,
    Location,
    LogChunk,
    LogStream,
    Materialization,
    Plan,
    PlanOptions,
    Run,
    RunState,
    RunSubmitted,
    Selection,
    Siblings,
    StepResult,
    StepState,
    UnselectedOutputs,
)
from treadle_client.calls._decode import (
    decode,
    decode_event,
    decode_parts,
    decode_plan,
    encode,
    enum_number,
)

CLASSES: dict[Any, Any] = {
    graph_pb2.GraphPart: Graph,
    graph_pb2.Location: Location,
    launcher_pb2.AssetEntry: AssetEntry,
    launcher_pb2.DiskUse: DiskUse,
    launcher_pb2.Garbage: Garbage,
    launcher_pb2.GetLauncherResponse: Launcher,
    launcher_pb2.ReadLogsResponse: LogChunk,
    plan_pb2.PlanPart: Plan,
    run_pb2.Materialization: Materialization,
    run_pb2.Run: Run,
    run_pb2.StepRun: StepResult,
}
#: Of a oneof, the filled message has the first; an exit status is told for an exit only.
UNSET_ENDS = (
    "exit_code",
    *(f"[].{name}" for name in ("time_windows", "dynamic", "multi")),
    *(
        f".mapping.{name}"
        for name in ("time_window", "static", "multi_to_single", "multi", "specific", "user")
    ),
)
UNSET = {".run_id", ".steps[].inputs[].sources[].asset_key", ".steps[].inputs[].sources[].load"}


def read_text(text_id: str) -> str:
    return f"the whole of {text_id}"


def fill(message: Any, *, skip: frozenset[str] = frozenset(), depth: int = 0) -> Any:
    """Set every field to something that is not its default; of a oneof, the first."""
    seen: set[str] = set()
    for field in message.DESCRIPTOR.fields:
        oneof = field.containing_oneof
        if field.name in skip or (oneof is not None and oneof.name in seen):
            continue
        seen |= {oneof.name} if oneof is not None else set()
        at, inner = getattr(message, field.name), field.message_type
        if inner is None:
            value = scalar(field)
            at.append(value) if field.is_repeated else setattr(message, field.name, value)
        elif inner.GetOptions().map_entry:
            at["name"] = "text"
        elif depth < 5:
            at = at.add() if field.is_repeated else at
            at.SetInParent()
            native = inner.full_name.startswith("google.protobuf.")
            fill(at, skip=frozenset({"nanos"}) if native else frozenset(), depth=depth + 1)
    return message


def scalar(field: FieldDescriptor) -> object:
    if field.enum_type is not None:
        return field.enum_type.values[1].number
    if field.cpp_type == FieldDescriptor.CPPTYPE_STRING:
        return b"bytes" if field.type == FieldDescriptor.TYPE_BYTES else f"a {field.name}"
    return field.cpp_type == FieldDescriptor.CPPTYPE_BOOL or 7


def unset(thing: object, path: str = "") -> Iterator[str]:
    """Name the attributes of a thing, and of what it holds, that say nothing."""
    if dataclasses.is_dataclass(thing):
        for field in dataclasses.fields(thing):
            if not field.name.startswith("_"):
                yield from unset(getattr(thing, field.name), f"{path}.{field.name}")
    elif isinstance(thing, tuple) and thing:
        for item in thing:
            yield from unset(item, f"{path}[]")
    elif not thing:
        yield path


@pytest.mark.parametrize("message", CLASSES, ids=lambda message: message.DESCRIPTOR.name)
def test_every_field_of_a_full_message_arrives(message: Any) -> None:
    decoded = decode(fill(message()), CLASSES[message], read_text)

    assert not {path for path in unset(decoded) if not path.endswith(UNSET_ENDS)} - UNSET


KINDS = [field.name for field in event_pb2.Event.DESCRIPTOR.oneofs_by_name["kind"].fields]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_event_arrives_whole(kind: str) -> None:
    event = fill(event_pb2.Event(), skip=frozenset(KINDS))
    getattr(event, kind).SetInParent()
    fill(getattr(event, kind))

    decoded = decode_event(event, read_text)

    assert isinstance(decoded, Event)
    assert decoded.kind == kind
    assert decoded.sequence == 7
    assert dataclasses.replace(decoded) == decoded
    assert not {path for path in unset(decoded) if not path.endswith("exit_code")}


def test_the_kinds_are_those_of_the_contract() -> None:
    assert [kind.value for kind in EventKind] == KINDS


def test_a_kind_from_the_future_is_nothing() -> None:
    assert decode_event(event_pb2.Event(sequence=1), read_text) is None


def test_a_state_that_is_unset_or_not_known_equals_none_that_is() -> None:
    for number, told in ((0, "UNSPECIFIED"), (99, "UNKNOWN_99")):
        status = decode(run_pb2.Run(state=number), Run).status  # type: ignore[arg-type]
        assert isinstance(status, RunState)
        assert (status, str(status), status.is_final) == (told, told, False)
        assert status not in list(RunState)


def test_numbers_that_are_not_known_are_not_kept() -> None:
    decode(run_pb2.Run(state=1), Run)
    tracemalloc.start()
    try:
        for number in range(100, 20_100):
            decode(run_pb2.Run(state=number), Run)  # type: ignore[arg-type]
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert kept < 1_000_000


def test_states_are_told_in_capitals_and_choices_as_they_are_given() -> None:
    assert RunState.SUCCEEDED == "SUCCEEDED"
    assert [state for state in RunState if state.is_final] == ["SUCCEEDED", "FAILED", "CANCELLED"]
    assert UnselectedOutputs.DISCARD == "discard"
    assert FailureReason.START_FAILED == "start_failed"


def test_times_are_pythons_and_0_is_no_limit() -> None:
    submitted = event_pb2.RunSubmitted(timeout_ms=1500)
    event = decode_event(event_pb2.Event(run_submitted=submitted), read_text)

    assert isinstance(event, RunSubmitted)
    assert event.timeout == timedelta(seconds=1.5)
    assert decode(run_pb2.Run(), Run).timeout is None
    assert decode(run_pb2.StepRun(duration_us=5), StepResult).duration == timedelta(microseconds=5)


def test_an_exit_has_a_status_and_nothing_else_does() -> None:
    exited = run_pb2.Failure(reason=run_pb2.FAILURE_REASON_EXIT)
    killed = run_pb2.Failure(reason=run_pb2.FAILURE_REASON_SIGNAL)

    assert decode(exited, Failure).exit_code == 0
    assert decode(killed, Failure).exit_code is None


def test_steps_are_counted_by_state() -> None:
    count = run_pb2.StepCount(state=run_pb2.STEP_STATE_RUNNING, count=2)

    assert decode(run_pb2.Run(step_counts=[count]), Run).step_counts == {StepState.RUNNING: 2}


@pytest.mark.parametrize(
    "asked",
    [
        Selection(),
        Selection(expressions=("+a", 'key:"b/c"')),
        Selection(job="nightly"),
        PlanOptions(),
        PlanOptions(unselected_outputs=UnselectedOutputs.FAIL, siblings=Siblings.RUN),
    ],
)
def test_what_is_asked_for_is_told_as_it_was_sent(asked: Any) -> None:
    message = getattr(plan_pb2, type(asked).__name__)

    assert decode(encode(asked, message), type(asked)) == asked


def test_log_streams_are_sent_as_the_contract_names_them() -> None:
    numbers = [enum_number(launcher_pb2.LogStream.DESCRIPTOR, stream) for stream in LogStream]

    assert [stream.value for stream in LogStream] == ["all", "stdout", "stderr", "log"]
    assert numbers == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("part", "step", "cls"),
    [
        (plan_pb2.PlanPart, plan_pb2.PlannedStep, Plan),
        (graph_pb2.GraphPart, graph_pb2.StepDefinition, Graph),
    ],
)
def test_what_is_streamed_is_the_concatenation_of_its_parts(part: Any, step: Any, cls: Any) -> None:
    parts = [part(steps=[step(key=key)]) for key in ("b", "a")]

    assert [each.key for each in decode_parts(parts, cls, read_text).steps] == ["b", "a"]
    assert decode_parts([], cls, read_text).steps == ()


def test_what_a_plan_says_once_of_a_block_each_of_its_steps_has_that_is_not_omitted() -> None:
    run, omit = plan_pb2.VERDICT_RUN, plan_pb2.VERDICT_OMIT
    steps = [{"key": "g.a", "verdict": run}, {"key": "g.b", "verdict": omit}]
    parts = [
        plan_pb2.PlanPart(
            steps=[plan_pb2.PlannedStep(block="g", **step) for step in steps],
            block_selections=[{"block": "g", "asset_keys": ["x"]}],
        ),
        plan_pb2.PlanPart(
            steps=[plan_pb2.PlannedStep(key="b", block="b", selected_asset_keys=["z"])],
            block_selections=[{"block": "g", "asset_keys": ["y"]}],
        ),
    ]

    plan = decode_plan(iter(parts), read_text)

    assert [each.selected_asset_keys for each in plan.steps] == [("x", "y"), (), ("z",)]


def test_the_repr_of_a_plan_is_short() -> None:
    plan = decode(plan_pb2.PlanPart(steps=[plan_pb2.PlannedStep(key="a")]), Plan)

    assert "fingerprint=''" in repr(plan)
    assert "PlannedStep" not in repr(plan)


def test_every_kind_of_value_becomes_pythons() -> None:
    moment = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
    value = value_pb2.Value
    values = {
        "null": value(),
        "bool": value(bool_value=False),
        "int": value(int_value=2**62 + 1),
        "double": value(double_value=float("inf")),
        "string": value(string_value=""),
        "list": value(list_value=value_pb2.ValueList(values=[value(int_value=1)])),
        "map": value(map_value=value_pb2.ValueMap(entries={"k": value(bool_value=True)})),
        "time": value(),
    }
    values["time"].time_value.FromDatetime(moment)
    entries = [value_pb2.MetadataEntry(name=name, value=each) for name, each in values.items()]
    entries[4].rendering = "markdown"

    metadata = decode(run_pb2.Failure(metadata=entries), Failure).metadata

    assert dict(metadata) == {
        "null": None,
        "bool": False,
        "int": 2**62 + 1,
        "double": float("inf"),
        "string": "",
        "list": (1,),
        "map": {"k": True},
        "time": moment,
    }
    assert (metadata.rendering("string"), metadata.rendering("int")) == ("markdown", "")


def test_a_long_text_shows_its_ends_and_fetches_the_whole() -> None:
    text = value_pb2.Text(head="a", tail="z", omitted_bytes=24, text_id="t")

    failure = decode(
        run_pb2.Failure(traceback=text, stderr_tail={"head": "all"}), Failure, read_text
    )  # type: ignore[arg-type]

    assert str(failure.traceback) == "a\n… 24 bytes left out …\nz"
    assert failure.traceback.whole() == "the whole of t"
    assert (str(failure.stderr_tail), failure.stderr_tail.whole()) == ("all", "all")


@pytest.mark.parametrize(
    ("cls", "name", "type_"),
    [
        (Run, "failure", "Failure | None"),  # Set when FAILED.
        (Run, "started_at", "datetime | None"),  # Unset before.
        (Run, "submitted_at", "datetime"),
        (Run, "status", "RunState"),  # UNSPECIFIED: Never sent.
        (Failure, "where", "FailureWhere | None"),  # UNSPECIFIED: Not a user_error.
        (AssetEntry, "asset", "Asset"),
        (AssetEntry, "latest", "Materialization | None"),  # Unset: never materialized.
    ],
)
def test_what_may_be_unset_is_what_the_contract_says(cls: Any, name: str, type_: str) -> None:
    assert cls.__annotations__[name] == type_


def test_help_tells_what_the_contract_says_of_each_field_as_the_attribute_is() -> None:
    assert (_messages.StepFailed.__doc__ or "").splitlines() == [
        "An attempt failed and there is no further one.",
        "",
        "    failure: Why.",
        "    duration: Wall time of the attempt. 0: it never started.",
        "    pid: The process that ran it, as its host names it. 0: it never started.",
        "    usage: What the attempt used. None: it never started, or its host is gone.",
        "    ",
    ]
    assert "How long one attempt may take. None: no limit." in (_messages.Step.__doc__ or "")
