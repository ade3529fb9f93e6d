"""A refusal fits the metadata of a call, whatever is in it, and has the code that the contract says."""

from __future__ import annotations

import base64
import re
from pathlib import Path
from urllib.parse import quote

import grpc
import pytest
from google.rpc import error_details_pb2, status_pb2

import treadle_api
from treadle_api.refusals import CODES, refused
from treadle_api.v1 import error_pb2
from treadle_contract.error import Refusal

METADATA_BYTES = 8192
"""What a channel with default limits takes."""


def details(status: grpc.Status) -> tuple[error_details_pb2.ErrorInfo, error_pb2.Refusal]:
    ((_, data),) = status.trailing_metadata
    decoded = status_pb2.Status.FromString(data)
    info, refusal = error_details_pb2.ErrorInfo(), error_pb2.Refusal()
    assert decoded.details[0].Unpack(info)
    assert decoded.details[1].Unpack(refusal)
    return info, refusal


def size(status: grpc.Status) -> int:
    ((_, data),) = status.trailing_metadata
    return len(quote(status.details)) + len(base64.b64encode(data))


def test_each_reason_has_the_code_under_which_the_contract_lists_it() -> None:
    text = (Path(treadle_api.__file__).parent / "v1" / "error.proto").read_text()
    listed = text[text.index("// Reasons, by status code:") : text.index("message Refusal")]
    codes, code = {}, ""
    for line in listed.splitlines()[1:]:
        names = re.findall(r"[A-Z_]{4,}", line)
        if not line.startswith("//      "):
            code, *names = names
        codes.update({name: codes.get(name, code) for name in names})

    assert {reason: code.name for reason, code in CODES.items()} == codes


def test_both_details_are_sent() -> None:
    status = refused(
        "No.",
        Refusal(
            reason="BAD_ARGUMENT",
            names=("a", "b"),
            suggestions=("c",),
            smallest_selection="a or b",
            changes=("d",),
        ),
    )

    info, refusal = details(status)
    assert (status.code, status.details) == (grpc.StatusCode.INVALID_ARGUMENT, "No.")
    assert (info.reason, info.domain, dict(info.metadata)) == (
        "BAD_ARGUMENT",
        "treadle",
        {"name": "a"},
    )
    assert list(refusal.names) == ["a", "b"]
    assert list(refusal.suggestions) == ["c"]
    assert refusal.smallest_selection == "a or b"
    assert list(refusal.changes) == ["d"]


def test_a_refusal_without_names_names_nothing() -> None:
    info, refusal = details(refused("No.", Refusal(reason="NOT_LOADED")))

    assert dict(info.metadata) == {}
    assert list(refusal.names) == []


@pytest.mark.parametrize("letter", ["x", "ä", "💥", "\n", "\udcff"])
def test_what_is_longer_than_the_metadata_fits_it(letter: str) -> None:
    many = tuple(letter * 300 + str(index) for index in range(100))
    refusal = Refusal(
        reason="UNKNOWN_ASSET",
        names=many,
        suggestions=many,
        smallest_selection=letter * 9000,
        changes=many,
    )

    status = refused(letter * 5000, refusal)

    info, sent = details(status)
    assert size(status) < METADATA_BYTES
    assert info.metadata["name"] == sent.names[0]
    assert sent.names[0][:100] in {letter * 100, "?" * 100}
    assert sent.smallest_selection == ""


@pytest.mark.parametrize("name", ["x" * 4_000_000, "💥" * 1_000_000])
def test_a_name_as_long_as_a_request_fits(name: str) -> None:
    refusal = Refusal(
        reason="UNKNOWN_RUN",
        names=(name,) * 3,
        suggestions=(name,),
        smallest_selection=name,
        changes=(name,),
    )

    assert size(refused(name, refusal)) < METADATA_BYTES


def test_the_smallest_selection_stays_before_long_lists_do() -> None:
    names = tuple(f"asset_{number}" for number in range(10_000))
    refusal = Refusal(reason="PARTIAL_BLOCK", names=names, smallest_selection="x" * 2000)

    _, sent = details(refused("No.", refusal))

    assert sent.smallest_selection == "x" * 2000
    assert sent.names[0] == "asset_0"


def test_of_changes_that_are_cut_is_told_how_many() -> None:
    changes = tuple(f"file {number} changed" for number in range(1000))

    _, sent = details(refused("No.", Refusal(reason="STALE_PLAN", changes=changes)))

    assert sent.changes[-1] == f"and {1000 - len(sent.changes) + 1} more"
