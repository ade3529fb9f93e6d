"""The contract is its own manual: what every RPC says, and that the reasons are all explained."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from google.protobuf.descriptor import Descriptor, FieldDescriptor

from treadle_api.v1 import bounds_pb2, codeserver_pb2, event_pb2, launcher_pb2, worker_pb2

PROTOS = Path(__file__).resolve().parents[2] / "protos" / "treadle_api" / "v1"
RPC = re.compile(r"((?:^ *//.*\n)+)^ *rpc (\w+)\(", re.MULTILINE)
REASON = re.compile(r"\b[A-Z]{2,}(?:_[A-Z]+)+\b")
STATUS_CODES = {
    "INVALID_ARGUMENT",
    "FAILED_PRECONDITION",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
}


def rpcs() -> Iterator[tuple[str, str]]:
    for path in sorted(PROTOS.glob("*.proto")):
        for comment, name in RPC.findall(path.read_text()):
            yield f"{path.stem}.{name}", comment


def listed_reasons() -> set[str]:
    text = (PROTOS / "error.proto").read_text()
    start, end = text.index("// Reasons, by status code:"), text.index("message Refusal")
    return set(REASON.findall(text[start:end])) - STATUS_CODES


@pytest.mark.parametrize(("name", "comment"), list(rpcs()))
def test_an_rpc_says_its_precondition_and_whether_it_may_be_repeated(
    name: str, comment: str
) -> None:
    assert "Precondition" in comment, name
    assert re.search(r"[Ii]dempotent", comment), name


@pytest.mark.parametrize(("name", "comment"), list(rpcs()))
def test_an_rpc_names_only_reasons_that_are_listed(name: str, comment: str) -> None:
    options = {"LOCATION_STATE_FAILED", "FROM_FAILURE"}

    assert set(REASON.findall(comment)) - STATUS_CODES - options <= listed_reasons(), name


def test_every_listed_reason_is_explained_by_a_service() -> None:
    services = "".join(path.read_text() for path in PROTOS.glob("*.proto") if path.stem != "error")

    unexplained = {reason for reason in listed_reasons() if reason not in services}

    assert unexplained == set()


def kind_of(field: FieldDescriptor) -> int:
    options = field.GetOptions()
    is_needed = options.HasExtension(bounds_pb2.must_be)
    return int(options.Extensions[bounds_pb2.must_be if is_needed else bounds_pb2.may_be])


def messages() -> Iterator[Descriptor]:
    modules = (codeserver_pb2, event_pb2, launcher_pb2, worker_pb2)
    unseen = [
        each for module in modules for each in module.DESCRIPTOR.message_types_by_name.values()
    ]
    seen = set()
    while unseen:
        message = unseen.pop()
        if message.full_name not in seen:
            seen.add(message.full_name)
            yield message
            unseen += [field.message_type for field in message.fields if field.message_type]


def test_every_kind_is_that_of_some_field() -> None:
    used = {kind_of(field) for message in messages() for field in message.fields}

    assert set(bounds_pb2.Kind.values()) - used == set()


def entering() -> Iterator[Descriptor]:
    """Yield what a host or a code server says of itself and of what it did."""
    roots = (
        worker_pb2.HostFrame,
        codeserver_pb2.PlanResponse,
        codeserver_pb2.GetLaunchSpecResponse,
    )
    unseen = [root.DESCRIPTOR for root in roots]
    seen = set()
    while unseen:
        message = unseen.pop()
        if message.full_name not in seen and message.file.package == "treadle_api.v1":
            seen.add(message.full_name)
            # What a map holds is bounded where the map is.
            if not message.GetOptions().map_entry:
                yield message
            unseen += [field.message_type for field in message.fields if field.message_type]


#: Texts of any length a frame holds: tracebacks, and the ends of what was written.
UNBOUNDED = {"Text.head", "Text.tail"}
#: Numbers that are any: a value of the user's, an exit status, what an op may wish.
ANY_NUMBER = {"Value.int_value", "Failure.exit_code", "AttemptCancelled.exit_code"}
ANY_NUMBER |= {"RetryRequest.max_retries", "RetryRequest.delay_ms"}
#: Moments, before 1970 too, and windows to either side.
ANY_NUMBER |= {
    f"TimeWindowPartitions.{name}" for name in ("start", "end", "excluded_moments", "end_offset")
}


@pytest.mark.parametrize("message", list(entering()), ids=lambda message: str(message.name))
def test_every_text_and_number_that_enters_is_bounded(message: Descriptor) -> None:
    kinds = (
        FieldDescriptor.CPPTYPE_STRING,
        FieldDescriptor.CPPTYPE_INT32,
        FieldDescriptor.CPPTYPE_INT64,
    )
    unbounded = {
        f"{message.name}.{field.name}"
        for field in message.fields
        if field.cpp_type in kinds and not kind_of(field)
    }

    assert unbounded - UNBOUNDED - ANY_NUMBER == set()


def test_what_a_kind_allows_is_said_beside_it() -> None:
    text = (PROTOS / "bounds.proto").read_text()
    for kind in bounds_pb2.Kind.keys()[1:]:
        comment = re.search(rf"((?:^ *//.*\n)+)^ *{kind} = ", text, re.MULTILINE)
        assert comment is not None, kind


@pytest.mark.parametrize(
    "words",
    [
        ("worker.proto", "INTERPRETER -P BOOTSTRAP host FD"),
        ("worker.proto", "RLIMIT_RTTIME"),
        ("worker.proto", "launcher.json"),
        ("worker.proto", "logsRoot/RUN/STEP/ATTEMPT"),
        ("plan.proto", "What holds of each plan"),
        ("plan.proto", "The selection language"),
        ("value.proto", "BLAKE2b"),
        ("error.proto", "grpc-status-details-bin"),
        ("launcher.proto", "BAD_ARGUMENT"),
        ("bounds.proto", "STREAM_BOUNDS_PARTS"),
    ],
)
def test_a_stranger_is_told(words: tuple[str, str]) -> None:
    file, told = words

    assert told in (PROTOS / file).read_text()
