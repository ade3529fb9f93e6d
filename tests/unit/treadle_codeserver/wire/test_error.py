from __future__ import annotations

import base64
from urllib.parse import quote

import grpc
import pytest
from google.rpc import error_details_pb2, status_pb2

from treadle_api.v1 import error_pb2
from treadle_codeserver.errors import BadArgumentError, NotLoadedError, Reason, RefusedError
from treadle_codeserver.wire.error import encode_refusal

METADATA_BYTES = 8192
"""What a channel with default limits takes."""


def details(status: grpc.Status) -> tuple[error_details_pb2.ErrorInfo, error_pb2.Refusal]:
    ((_, data),) = status.trailing_metadata
    decoded = status_pb2.Status.FromString(data)
    info, refusal = error_details_pb2.ErrorInfo(), error_pb2.Refusal()
    assert decoded.details[0].Unpack(info)
    assert decoded.details[1].Unpack(refusal)
    return info, refusal


def refused(reason: Reason, **fields: object) -> RefusedError:
    error = RefusedError("No.", **fields)  # type: ignore[arg-type]
    error.reason = reason
    return error


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_a_code(reason: Reason) -> None:
    status = encode_refusal(refused(reason))

    assert status.code is not grpc.StatusCode.OK
    assert details(status)[1].reason == reason


def test_both_details_are_sent() -> None:
    error = BadArgumentError("No.", names=("a", "b"), suggestions=("c",), smallest="a or b")

    status = encode_refusal(error)

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


def test_a_refusal_without_names_names_nothing() -> None:
    info, refusal = details(encode_refusal(NotLoadedError()))

    assert dict(info.metadata) == {}
    assert list(refusal.names) == []


@pytest.mark.parametrize("letter", ["x", "ä", "\udcff"])
def test_what_is_too_much_for_metadata_is_left_out(letter: str) -> None:
    names = tuple(letter * 300 + str(index) for index in range(100))
    error = BadArgumentError(letter * 5000, names=names, suggestions=names, smallest=letter * 9000)

    status = encode_refusal(error)

    ((_, data),) = status.trailing_metadata
    info, refusal = details(status)
    assert len(base64.b64encode(data)) + len(quote(status.details)) < METADATA_BYTES
    assert info.metadata["name"] == refusal.names[0]
    assert refusal.smallest_selection == ""
