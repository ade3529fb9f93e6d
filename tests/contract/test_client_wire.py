"""The client's decoders against the contract: no field and no enum member of it gets lost."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from google.protobuf.descriptor import EnumDescriptor, FieldDescriptor
from google.protobuf.message import Message

from treadle_api.v1 import (
    event_pb2,
    graph_pb2,
    launcher_pb2,
    plan_pb2,
    policy_pb2,
    run_pb2,
    value_pb2,
)
from treadle_client import (
    _event,
    _failure,
    _graph,
    _location,
    _log,
    _plan,
    _policy,
    _run,
    _step_result,
    _usage,
)
from treadle_client._wire.events import decode_event
from treadle_client._wire.graphs import decode_graph
from treadle_client._wire.locations import decode_launcher, decode_location
from treadle_client._wire.logs import decode_log_chunk, encode_log_stream
from treadle_client._wire.plans import (
    decode_options,
    decode_plan,
    decode_selection,
    encode_options,
    encode_selection,
)
from treadle_client._wire.runs import (
    decode_asset_entry,
    decode_materialization,
    decode_run,
    decode_step,
    encode_run_state,
)
from treadle_client._wire.values import decode_enum, decode_metadata, decode_text


def read_text(text_id: str) -> str:
    return f"the whole of {text_id}"


def fill(message: Message, *, skip: frozenset[str] = frozenset(), depth: int = 0) -> Message:
    """Set every field to something that is not its default; of a oneof, the first."""
    seen_oneofs: set[str] = set()
    for field in message.DESCRIPTOR.fields:
        oneof = field.containing_oneof
        if field.name in skip or (oneof is not None and oneof.name in seen_oneofs):
            continue
        if oneof is not None:
            seen_oneofs.add(oneof.name)
        _fill_field(message, field, depth)
    return message


def _fill_field(message: Message, field: FieldDescriptor, depth: int) -> None:
    if field.message_type is not None and field.message_type.GetOptions().map_entry:
        getattr(message, field.name)["name"] = "text"
    elif field.message_type is not None:
        if depth > 4:
            return
        at = getattr(message, field.name)
        at = at.add() if field.is_repeated else at
        at.SetInParent()
        if field.message_type.full_name.startswith("google.protobuf."):
            at.seconds = 1_700_000_000
        else:
            fill(at, depth=depth + 1)
    else:
        value = _scalar(field)
        if field.is_repeated:
            getattr(message, field.name).append(value)
        else:
            setattr(message, field.name, value)


def _scalar(field: FieldDescriptor) -> object:
    match field.cpp_type:
        case FieldDescriptor.CPPTYPE_STRING:
            return b"bytes" if field.type == FieldDescriptor.TYPE_BYTES else f"a {field.name}"
        case FieldDescriptor.CPPTYPE_BOOL:
            return True
        case FieldDescriptor.CPPTYPE_ENUM:
            return field.enum_type.values[1].number
        case FieldDescriptor.CPPTYPE_DOUBLE:
            return 0.5
        case _:
            return 7


def unset(thing: object, path: str = "") -> Iterator[str]:
    """Name the fields of a decoded thing, and of what it holds, that say nothing."""
    if dataclasses.is_dataclass(thing):
        for field in dataclasses.fields(thing):
            if field.name.startswith("_"):
                continue
            yield from unset(getattr(thing, field.name), f"{path}.{field.name}")
    elif isinstance(thing, tuple):
        if not thing:
            yield path
        for item in thing:
            yield from unset(item, f"{path}[]")
    elif not thing:
        yield path


#: A source is either a step's output or an asset; the filled message has the first.
ONE_OF = {".steps[].inputs[].sources[].load", ".steps[].inputs[].sources[].asset_key"}
#: Set for an exit only.
EXIT = "exit_code"


@pytest.mark.parametrize(
    ("message", "decode"),
    [
        (launcher_pb2.GetLauncherResponse, decode_launcher),
        (graph_pb2.Location, lambda message: decode_location(message, read_text)),
        (graph_pb2.GraphPart, lambda message: decode_graph([message], read_text)),
        (plan_pb2.PlanPart, lambda message: decode_plan([message])),
        (run_pb2.Run, lambda message: decode_run(message, read_text)),
        (run_pb2.StepRun, lambda message: decode_step(message, read_text)),
        (run_pb2.Materialization, decode_materialization),
        (launcher_pb2.AssetEntry, decode_asset_entry),
        (launcher_pb2.ReadLogsResponse, decode_log_chunk),
    ],
)
def test_every_field_of_a_full_message_arrives(message, decode):
    decoded = decode(fill(message()))

    lost = {path for path in unset(decoded) if not path.endswith(EXIT)} - ONE_OF
    assert not lost


KINDS = [field.name for field in event_pb2.Event.DESCRIPTOR.oneofs_by_name["kind"].fields]


def full_event(kind: str) -> event_pb2.Event:
    event = event_pb2.Event()
    fill(event, skip=frozenset(KINDS))
    payload = getattr(event, kind)
    payload.SetInParent()
    fill(payload)
    return event


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_event_arrives_whole(kind):
    decoded = decode_event(full_event(kind), read_text)

    assert decoded is not None
    assert decoded.kind == kind
    assert not {path for path in unset(decoded) if not path.endswith(EXIT)}


def test_the_kinds_are_those_of_the_contract():
    assert [kind.value for kind in _event.EventKind] == KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_no_field_of_a_payload_is_left_out(kind):
    payload = event_pb2.Event.DESCRIPTOR.fields_by_name[kind].message_type
    decoded = decode_event(full_event(kind), read_text)
    assert decoded is not None

    ours = {field.name for field in dataclasses.fields(decoded)}

    renamed = {"duration_us": "duration", "timeout_ms": "timeout"}
    assert {renamed.get(field.name, field.name) for field in payload.fields} <= ours


def test_a_kind_from_the_future_is_nothing():
    assert decode_event(event_pb2.Event(sequence=1), read_text) is None


ENUMS = [
    (_event.StartMethod, event_pb2.StartMethod.DESCRIPTOR),
    (_failure.FailureReason, run_pb2.FailureReason.DESCRIPTOR),
    (_failure.FailureWhere, run_pb2.FailureWhere.DESCRIPTOR),
    (_location.LocationState, graph_pb2.LocationState.DESCRIPTOR),
    (_location.ModuleState, graph_pb2.ModuleState.DESCRIPTOR),
    (_plan.LoadState, plan_pb2.LoadState.DESCRIPTOR),
    (_plan.Siblings, plan_pb2.Siblings.DESCRIPTOR),
    (_plan.UnrecordedLoads, plan_pb2.UnrecordedLoads.DESCRIPTOR),
    (_plan.UnselectedOutputs, plan_pb2.UnselectedOutputs.DESCRIPTOR),
    (_plan.Verdict, plan_pb2.Verdict.DESCRIPTOR),
    (_policy.Backoff, policy_pb2.Backoff.DESCRIPTOR),
    (_policy.Jitter, policy_pb2.Jitter.DESCRIPTOR),
    (_policy.RetryCause, policy_pb2.RetryCause.DESCRIPTOR),
    (_policy.RetryGround, event_pb2.RetryGround.DESCRIPTOR),
    (_run.RunState, run_pb2.RunState.DESCRIPTOR),
    (_step_result.StepState, run_pb2.StepState.DESCRIPTOR),
    (_usage.MemoryScope, run_pb2.MemoryScope.DESCRIPTOR),
]


@pytest.mark.parametrize(("ours", "theirs"), ENUMS)
def test_every_member_of_an_enum_is_ours_too(ours, theirs: EnumDescriptor):
    decoded = [decode_enum(ours, theirs, value.number) for value in theirs.values[1:]]

    assert decoded == list(ours)


@pytest.mark.parametrize(("ours", "theirs"), ENUMS)
@pytest.mark.parametrize(("number", "told"), [(0, "UNSPECIFIED"), (999, "UNKNOWN_999")])
def test_a_number_that_is_unset_or_unknown_is_told(ours, theirs: EnumDescriptor, number, told):
    member = decode_enum(ours, theirs, number)

    assert isinstance(member, ours)
    assert member == told
    assert member not in list(ours)


@pytest.mark.parametrize("state", _run.RunState)
def test_run_states_are_sent_as_the_contract_names_them(state):
    assert run_pb2.RunState.Name(encode_run_state(state)) == f"RUN_STATE_{state.name}"


@pytest.mark.parametrize(
    ("stream", "number"),
    [
        (_log.LogStream.ALL, launcher_pb2.LOG_STREAM_UNSPECIFIED),
        (_log.LogStream.STDOUT, launcher_pb2.LOG_STREAM_STDOUT),
        (_log.LogStream.STDERR, launcher_pb2.LOG_STREAM_STDERR),
        (_log.LogStream.LOG, launcher_pb2.LOG_STREAM_LOG),
    ],
)
def test_log_streams_are_sent_as_the_contract_names_them(stream, number):
    assert encode_log_stream(stream) == number


@pytest.mark.parametrize("unselected", [None, *_plan.UnselectedOutputs])
@pytest.mark.parametrize("siblings", [None, *_plan.Siblings])
@pytest.mark.parametrize("unrecorded", [None, *_plan.UnrecordedLoads])
def test_options_come_back_as_they_were_sent(unselected, siblings, unrecorded):
    options = _plan.PlanOptions(
        unselected_outputs=unselected, siblings=siblings, unrecorded_loads=unrecorded
    )

    assert decode_options(encode_options(options)) == options


@pytest.mark.parametrize(
    "selection",
    [
        _plan.Selection(),
        _plan.Selection(expressions=("+a", 'key:"b/c"')),
        _plan.Selection(job="nightly"),
    ],
)
def test_selections_come_back_as_they_were_sent(selection):
    assert decode_selection(encode_selection(selection)) == selection


def test_a_plan_is_the_concatenation_of_its_parts():
    header = plan_pb2.PlanPart(header=plan_pb2.PlanHeader(fingerprint="f"))
    parts = [
        plan_pb2.PlanPart(steps=[plan_pb2.PlannedStep(key=key, verdict=plan_pb2.VERDICT_RUN)])
        for key in ("b", "a")
    ]

    plan = decode_plan([header, *parts])

    assert plan.fingerprint == "f"
    assert [step.key for step in plan.steps] == ["b", "a"]


def test_a_graph_is_the_concatenation_of_its_parts():
    location = graph_pb2.Location(name="l", state=graph_pb2.LOCATION_STATE_SERVING)
    parts = [graph_pb2.GraphPart(steps=[graph_pb2.StepDefinition(key=key)]) for key in ("b", "a")]

    graph = decode_graph([graph_pb2.GraphPart(location=location), *parts], read_text)

    assert (graph.location.name, [step.key for step in graph.steps]) == ("l", ["b", "a"])
    assert isinstance(graph.steps[0], _graph.Step)


def test_every_kind_of_value_becomes_pythons():
    moment = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
    values = {
        "null": value_pb2.Value(),
        "bool": value_pb2.Value(bool_value=False),
        "int": value_pb2.Value(int_value=2**62 + 1),
        "double": value_pb2.Value(double_value=float("inf")),
        "string": value_pb2.Value(string_value=""),
        "list": value_pb2.Value(
            list_value=value_pb2.ValueList(values=[value_pb2.Value(int_value=1)])
        ),
        "map": value_pb2.Value(
            map_value=value_pb2.ValueMap(entries={"k": value_pb2.Value(bool_value=True)})
        ),
        "time": value_pb2.Value(),
    }
    values["time"].time_value.FromDatetime(moment)
    entries = [value_pb2.MetadataEntry(name=name, value=each) for name, each in values.items()]
    entries[4].rendering = "markdown"

    metadata = decode_metadata(entries)

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


def test_a_long_text_shows_its_ends_and_fetches_the_whole():
    message = value_pb2.Text(head="a", tail="z", omitted_bytes=24, text_id="t")

    text = decode_text(message, read_text)

    assert str(text) == "a\n… 24 bytes left out …\nz"
    assert text.whole() == "the whole of t"


def test_a_short_text_is_whole_without_asking():
    text = decode_text(value_pb2.Text(head="all"), read_text)

    assert (str(text), text.whole()) == ("all", "all")
