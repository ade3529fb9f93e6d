"""Every field of the contract that the launcher fills or reads comes through its translation."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import Enum

import pytest
from google.protobuf.descriptor import FieldDescriptor

from treadle_api.codec import from_proto, to_proto
from treadle_api.v1 import codeserver_pb2, event_pb2, plan_pb2, run_pb2
from treadle_contract.codeserver import LaunchSpec
from treadle_contract.ids import RunId, StepKey
from treadle_contract.plan import PlanPart
from treadle_contract.run import StepState
from treadle_contract.value import MetadataEntry
from treadle_launcher.clock import TimeUs
from treadle_launcher.runs.events import EVENT_KINDS, Event
from treadle_launcher.runs.run_summary import RunSummary
from treadle_launcher.runs.step_view import StepView
from treadle_launcher.store.records import Materialization
from treadle_launcher.wire.codeserver import launch_spec_of
from treadle_launcher.wire.launcher import event_of
from treadle_launcher.wire.plan import plan_of, written_plan
from treadle_launcher.wire.run import materialization_of, run_of, step_run_of

# Fields that the contract has and nothing in the launcher fills: they tell of what it does not
# do yet. Take out what is filled.
#: The launcher asks for plans that are not brief; the steps that it has say what is selected.
NOT_YET = frozenset({"PlanHeader.omitted_step_count", "PlanPart.block_selections"})

SCALARS = {str: "text", int: 7, bool: True, float: 1.5, datetime: datetime(2024, 2, 29, tzinfo=UTC)}


class AnyValue:
    """Stands for the recursive alias UserValue, which typing cannot take apart."""


def filled(kind: typing.Any) -> typing.Any:  # noqa: PLR0911 - a case a kind of type
    """Return a value of a type of ours in which nothing is a default."""
    if isinstance(kind, typing.NewType):
        return filled(kind.__supertype__)
    if kind in SCALARS:
        return SCALARS[kind]
    if kind is AnyValue:
        return {"ops": {"a": {"config": {"n": (1, 2.5, "text", True)}}}}
    if kind is MetadataEntry:
        return MetadataEntry(name="name", value="value", rendering="text")
    if dataclasses.is_dataclass(kind):
        hints = typing.get_type_hints(kind, localns={"datetime": datetime, "UserValue": AnyValue})
        return kind(**{field.name: filled(hints[field.name]) for field in dataclasses.fields(kind)})
    if isinstance(kind, type) and issubclass(kind, Enum):
        return list(kind)[-1]
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        return filled(next(each for each in arguments if each is not type(None)))
    if origin is tuple:
        return (filled(arguments[0]),)
    if origin in (Mapping, dict):
        return {filled(arguments[0]): filled(arguments[1])}
    if origin is list:
        return [filled(arguments[0])]
    raise TypeError(f"nothing to fill {kind} with")


def unset(message: typing.Any) -> list[str]:
    """Return the fields of a message, those of messages in it included, that hold nothing."""
    found = []
    for field in message.DESCRIPTOR.fields:
        value = getattr(message, field.name)
        name = f"{message.DESCRIPTOR.name}.{field.name}"
        if field.containing_oneof is not None and message.WhichOneof(field.containing_oneof.name):
            if message.WhichOneof(field.containing_oneof.name) != field.name:
                continue
        elif name in NOT_YET:
            continue
        elif field.type == FieldDescriptor.TYPE_MESSAGE and not field.is_repeated:
            if not message.HasField(field.name):
                found.append(name)
                continue
        elif not value:
            found.append(name)
        is_map = field.message_type is not None and field.message_type.GetOptions().map_entry
        if field.type == FieldDescriptor.TYPE_MESSAGE and not is_map:
            package = field.message_type.full_name
            if package.startswith("treadle_api") and not package.endswith(".Value"):
                for each in value if field.is_repeated else [value]:
                    found += unset(each)
    return found


def fill(message: typing.Any, choice: int = 0) -> typing.Any:
    """Set every field of a message; of a oneof the field that the choice says."""
    for field in message.DESCRIPTOR.fields:
        oneof = field.containing_oneof
        if oneof is not None and oneof.fields[choice % len(oneof.fields)] is not field:
            continue
        if f"{message.DESCRIPTOR.name}.{field.name}" in NOT_YET:
            continue
        if field.message_type is not None and field.message_type.GetOptions().map_entry:
            getattr(message, field.name)["name"] = "text"
        elif field.type == FieldDescriptor.TYPE_MESSAGE:
            target = getattr(message, field.name)
            target = target.add() if field.is_repeated else target
            target.SetInParent()
            if field.message_type.name == "Timestamp":
                target.seconds, target.nanos = 5, 7000
            elif field.message_type.name == "Value":
                target.map_value.entries["name"].string_value = "text"
            else:
                fill(target, choice)
        else:
            value = _scalar(field)
            if field.is_repeated:
                getattr(message, field.name).append(value)
            else:
                setattr(message, field.name, value)
    return message


def _scalar(field: FieldDescriptor) -> typing.Any:
    if field.type == FieldDescriptor.TYPE_ENUM:
        return field.enum_type.values[-1].number
    named = {
        FieldDescriptor.TYPE_STRING: "text",
        FieldDescriptor.TYPE_BOOL: True,
        FieldDescriptor.TYPE_BYTES: b"bytes",
    }
    return named.get(field.type, 7)


@pytest.mark.parametrize("choice", [0, 1])
def test_a_plan_comes_back_as_it_was(choice):
    part = fill(plan_pb2.PlanPart(), choice)
    assert list(written_plan(plan_of([from_proto(part, PlanPart)]))) == [part]


@pytest.mark.parametrize("kind", EVENT_KINDS)
def test_every_field_of_every_event_is_filled(kind):
    event = Event(
        store_sequence=1,
        run_id=RunId("r"),
        sequence=2,
        time=TimeUs(3),
        payload=filled(EVENT_KINDS[kind]),
        step_key=StepKey("s"),
        attempt=4,
    )
    message = to_proto(event_of(event), event_pb2.Event)
    assert message.WhichOneof("kind") == kind
    assert unset(message) == []


def test_every_field_of_runs_steps_and_materializations_is_filled():
    run = dataclasses.replace(filled(RunSummary), step_counts={StepState.READY: 2})
    assert unset(to_proto(run_of(run), run_pb2.Run)) == []
    assert unset(to_proto(step_run_of(filled(StepView)), run_pb2.StepRun)) == []
    made = materialization_of(filled(Materialization))
    assert unset(to_proto(made, run_pb2.Materialization)) == []


def empty(value: typing.Any, path: str = "") -> list[str]:
    """Return the fields of a dataclass, those of dataclasses in it included, that are empty."""
    if dataclasses.is_dataclass(value):
        return [
            name
            for field in dataclasses.fields(value)
            for name in empty(getattr(value, field.name), f"{path}.{field.name}")
        ]
    if isinstance(value, tuple) and value:
        return [name for each in value for name in empty(each, path)]
    return [] if value or isinstance(value, Enum) else [path]


def test_every_field_of_a_launch_spec_is_read():
    for choice in (0, 1):
        # What the digest was taken over comes with the manifest.
        spec = launch_spec_of(from_proto(fill(codeserver_pb2.LaunchSpec(), choice), LaunchSpec))
        assert empty(spec) == [".files", ".definitions"], choice
