"""Requests to run something, as the launcher reads them."""

from __future__ import annotations

import pytest

from treadle_api.v1 import launcher_pb2, plan_pb2
from treadle_launcher.errors import BadArgumentError
from treadle_launcher.wire.launcher import decode_launch


def test_a_runs_time_and_its_leave_to_retry_are_read():
    request = decode_launch(launcher_pb2.LaunchRunRequest(timeout_ms=1500, retry_lost=2))

    assert (request.timeout_ms, request.retry_lost) == (1500, 2)


def test_no_limit_is_told_from_a_limit_that_is_not_named():
    silent = decode_launch(launcher_pb2.LaunchRunRequest())
    none = decode_launch(launcher_pb2.LaunchRunRequest(no_timeout=True, no_retry_lost=True))

    assert (silent.timeout_ms, silent.retry_lost) == (None, None)
    assert (none.timeout_ms, none.retry_lost) == (0, 0)


@pytest.mark.parametrize(
    ("field", "none"), [("timeout_ms", "no_timeout"), ("retry_lost", "no_retry_lost")]
)
def test_a_limit_and_none_of_it_are_not_both_taken(field, none):
    with pytest.raises(BadArgumentError, match=f"either {field}, which is 7, or {none}"):
        decode_launch(launcher_pb2.LaunchRunRequest(**{field: 7, none: True}))


@pytest.mark.parametrize("field", ["unselected_outputs", "siblings", "unrecorded_loads"])
def test_a_choice_that_is_not_known_is_refused(field):
    options = plan_pb2.PlanOptions(**{field: 99})

    with pytest.raises(BadArgumentError, match=field):
        decode_launch(launcher_pb2.LaunchRunRequest(options=options))
