from __future__ import annotations

import logging

import grpc
import pytest

from treadle_api.handlers import BadRequestError
from treadle_api.refusals import CODES
from treadle_codeserver.errors import NotLoadedError, Reason
from treadle_codeserver.wire.error import status_of


def test_every_reason_is_one_of_the_contract() -> None:
    assert set(Reason) <= CODES.keys()


def test_a_refusal_is_told_as_it_is_and_a_bad_request_by_field() -> None:
    refusal, bad = status_of(NotLoadedError()), status_of(BadRequestError("PlanRequest.x is not."))

    assert refusal.code is grpc.StatusCode.FAILED_PRECONDITION
    assert (bad.code, bad.details) == (grpc.StatusCode.INVALID_ARGUMENT, "PlanRequest.x is not.")


def test_what_is_no_refusal_is_a_fault_of_ours_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        status = status_of(LookupError("secret"))

    assert status.code is grpc.StatusCode.INTERNAL
    assert "secret" not in status.details
    assert "call_failed" in caplog.text
