"""What it means that a call of a code server ended with an error."""

from __future__ import annotations

import grpc
import pytest
from grpc.aio import AioRpcError, Metadata

from treadle_launcher.errors import BadAnswerError, LocationUnreachableError
from treadle_launcher.locations.code_server_answers import answered
from treadle_launcher.locations.reachability import Reachability
from treadle_launcher.serving.arguments import read


@pytest.fixture
def reachability(tmp_path) -> Reachability:
    (given,) = read(["--home", str(tmp_path), "--location", "here=127.0.0.1:1"]).locations
    found = Reachability(given)
    found.answer()
    return found


def error(code: grpc.StatusCode, details: str) -> AioRpcError:
    return AioRpcError(code, Metadata(), Metadata(), details=details)


@pytest.mark.parametrize(
    ("code", "details"),
    [
        (grpc.StatusCode.UNAVAILABLE, "Socket closed"),
        # A server that was killed while it was written to.
        (grpc.StatusCode.INTERNAL, "Internal error from Core"),
    ],
)
def test_a_call_that_broke_off_says_that_nobody_answers(reachability, code, details):
    with pytest.raises(LocationUnreachableError), answered("here", reachability):
        raise error(code, details)
    assert not reachability.is_reachable


def test_a_server_that_failed_is_there(reachability):
    with pytest.raises(BadAnswerError, match="INTERNAL it broke"), answered("here", reachability):
        raise error(grpc.StatusCode.INTERNAL, "it broke")
    assert reachability.is_reachable
