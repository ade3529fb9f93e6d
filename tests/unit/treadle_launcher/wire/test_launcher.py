"""Requests to run something, as the launcher reads them."""

from __future__ import annotations

import pytest

from treadle_contract.ids import RunId
from treadle_contract.launcher import LaunchRunRequest, LogStream, PlanGarbageRequest
from treadle_contract.message import ContractEnum
from treadle_contract.plan import (
    PlanOptions,
    Reexecution,
    ReexecutionKind,
    Siblings,
    UnrecordedLoads,
    UnselectedOutputs,
)
from treadle_contract.run import RunState
from treadle_launcher.errors import BadArgumentError
from treadle_launcher.wire.launcher import keep_of, known_stream, launch_of
from treadle_launcher.wire.run import known_states


def test_a_runs_time_and_its_leave_to_retry_are_read():
    request = launch_of(LaunchRunRequest(timeout_ms=1500, retry_lost=2))

    assert (request.limits.timeout_ms, request.limits.retry_lost) == (1500, 2)


def test_no_limit_is_told_from_a_limit_that_is_not_named():
    silent = launch_of(LaunchRunRequest())
    none = launch_of(LaunchRunRequest(no_timeout=True, no_retry_lost=True))

    assert (silent.limits.timeout_ms, silent.limits.retry_lost) == (None, None)
    assert (none.limits.timeout_ms, none.limits.retry_lost) == (0, 0)


@pytest.mark.parametrize(
    ("field", "none"), [("timeout_ms", "no_timeout"), ("retry_lost", "no_retry_lost")]
)
def test_a_limit_and_none_of_it_are_not_both_taken(field, none):
    with pytest.raises(BadArgumentError, match=f"either {field}, which is 7, or {none}"):
        launch_of(LaunchRunRequest(**{field: 7, none: True}))


@pytest.mark.parametrize(
    ("field", "choice"),
    [
        ("unselected_outputs", UnselectedOutputs("99")),
        ("siblings", Siblings("99")),
        ("unrecorded_loads", UnrecordedLoads("99")),
    ],
)
def test_a_choice_that_is_not_known_is_refused(field: str, choice: ContractEnum) -> None:
    options = PlanOptions(**{field: choice})

    with pytest.raises(BadArgumentError, match=f"PlanOptions.{field} is 99, which is not known"):
        launch_of(LaunchRunRequest(options=options))


@pytest.mark.parametrize(
    ("kind", "said"),
    [(ReexecutionKind("99"), "kind is 99, which is not a kind"), (None, "kind is not set")],
)
def test_a_kind_of_re_execution_that_is_not_known_is_refused(
    kind: ReexecutionKind | None, said: str
) -> None:
    asked = Reexecution(parent_run_id=RunId("r"), kind=kind)

    with pytest.raises(BadArgumentError, match=said):
        launch_of(LaunchRunRequest(reexecution=asked))


def test_a_re_execution_with_config_that_is_none_is_refused() -> None:
    asked = Reexecution(parent_run_id=RunId("r"), kind=ReexecutionKind.ALL, config="text")

    with pytest.raises(BadArgumentError, match=r"Reexecution\.config is 'text', and no map"):
        launch_of(LaunchRunRequest(reexecution=asked))


def test_states_and_streams_that_are_not_known_are_refused() -> None:
    with pytest.raises(BadArgumentError, match="There is no run state 99"):
        known_states([RunState.QUEUED, RunState("99")])
    with pytest.raises(BadArgumentError, match="There is no log stream 99"):
        known_stream(LogStream("99"))

    assert known_states([RunState.QUEUED]) == (RunState.QUEUED,)
    assert known_stream(None) is None


def test_how_long_intermediates_are_kept_is_never_negative() -> None:
    with pytest.raises(BadArgumentError, match="is -1: give 0 or more"):
        keep_of(PlanGarbageRequest(keep_intermediates_seconds=-1))

    assert keep_of(PlanGarbageRequest()) is None
    assert keep_of(PlanGarbageRequest(keep_intermediates_seconds=0)) == 0
