from __future__ import annotations

import base64
from urllib.parse import quote

import grpc
import pytest
from google.rpc import error_details_pb2, status_pb2

from treadle_api.v1 import error_pb2
from treadle_launcher.errors import Reason, RefusedError, UnknownRunError
from treadle_launcher.wire.error import encode_refusal

METADATA_BYTES = 8192
"""What a channel with default limits takes."""


def size(status: grpc.Status) -> int:
    ((_, data),) = status.trailing_metadata
    assert isinstance(data, bytes)
    return len(quote(status.details)) + len(base64.b64encode(data))


def details(status: grpc.Status) -> tuple[error_details_pb2.ErrorInfo, error_pb2.Refusal]:
    ((_, data),) = status.trailing_metadata
    decoded = status_pb2.Status.FromString(data)
    info, refusal = error_details_pb2.ErrorInfo(), error_pb2.Refusal()
    assert decoded.details[0].Unpack(info)
    assert decoded.details[1].Unpack(refusal)
    return info, refusal


@pytest.mark.parametrize("name", ["x" * 4_000_000, "💥" * 1_000_000, "\n" * 4_000_000])
def test_a_name_as_long_as_a_request_fits_the_trailers(name: str) -> None:
    error = RefusedError([name] * 3, suggestions=[name], smallest=name, changes=[name])

    for refused in (error, UnknownRunError([name])):
        status = encode_refusal(refused)

        assert size(status) < METADATA_BYTES
        info, refusal = details(status)
        assert info.metadata["name"] == refusal.names[0]
        assert refusal.names[0].startswith(name[:100])


def test_ten_thousand_names_fit_the_trailers() -> None:
    status = encode_refusal(UnknownRunError(f"run-{number}" for number in range(10_000)))

    assert size(status) < METADATA_BYTES
    assert details(status)[1].names[0] == "run-0"


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_a_code(reason: Reason) -> None:
    error = RefusedError(message="No.")
    error.reason = reason

    status = encode_refusal(error)

    assert status.code is not grpc.StatusCode.OK
    assert details(status)[1].reason == reason
