"""Hooks run in the step's process when its outcome is known, and change nothing of it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest

from tests.unit.treadle.conftest import Bench
from treadle import (
    AssetsDefinition,
    Definitions,
    Failure,
    HookContext,
    Output,
    RetryPolicy,
    RetryRequested,
    StepFailedError,
    asset,
    define_asset_job,
    failure_hook,
    graph_asset,
    materialize_to_memory,
    op,
    resource,
    success_hook,
)
from treadle_contract.event import HookErrored
from treadle_contract.run import FailureWhere
from treadle_contract.worker import TaskStep
from treadle_inprocess import ExecuteInProcessResult

SEEN: list[HookContext] = []


@success_hook
def on_success(context: HookContext) -> None:
    SEEN.append(context)


@failure_hook
def on_failure(context: HookContext) -> None:
    SEEN.append(context)


BOTH = {on_success, on_failure}


@pytest.fixture(autouse=True)
def _nothing_seen() -> None:
    SEEN.clear()


def run(*assets: AssetsDefinition, **options: Any) -> ExecuteInProcessResult:
    return materialize_to_memory(assets, raise_on_error=False, **options)


def told(result: ExecuteInProcessResult) -> list[tuple[str, str, str]]:
    """Return what ran, by step, and the facts that steps ended."""
    return [
        (str(event.step_key), event.kind, getattr(event.payload, "hook", ""))
        for event in result.all_events
        if event.kind.startswith("hook_") or event.kind in ("step_succeeded", "step_failed")
    ]


def test_of_a_graph_it_runs_for_each_op_before_the_success_is_told() -> None:
    @op
    def one() -> int:
        return 1

    @op
    def more(x: int) -> int:
        return x + 1

    @graph_asset(hooks=BOTH)
    def g() -> object:
        return more.alias("last")(one())

    result = run(g)

    assert told(result) == [
        ("g.one", "hook_completed", "on_success"),
        ("g.one", "step_succeeded", ""),
        ("g.last", "hook_completed", "on_success"),
        ("g.last", "step_succeeded", ""),
    ]
    assert [(each.step_key, each.op.name) for each in SEEN] == [
        ("g.one", "one"),
        ("g.last", "last"),
    ]
    assert [each.op_output_values for each in SEEN] == [{"result": 1}, {"result": 2}]
    assert {each.run_id for each in SEEN} == {result.run_id}
    assert SEEN[0].op_exception is None


def test_what_failed_is_told_with_what_was_yielded_by_then() -> None:
    @asset(hooks=BOTH)
    def a(context: Any) -> Iterator[Output[int]]:
        context.add_output_metadata({"rows": 2})
        yield Output(1, metadata={"kept": True})
        raise ValueError("no")

    result = run(a, tags={"team": "blue"})

    (seen,) = SEEN
    assert isinstance(seen.op_exception, ValueError)
    assert seen.op_output_values == {"result": 1}
    assert seen.op_output_metadata == {"result": {"rows": 2, "kept": True}}
    assert (seen.hook_def, seen.run_tags) == (on_failure, {"team": "blue"})
    assert told(result) == [
        ("a", "hook_completed", "on_failure"),
        ("a", "step_failed", ""),
    ]


def test_a_value_of_another_type_is_a_failure_and_can_be_looked_at() -> None:
    @asset(hooks=BOTH)
    def a() -> int:
        return "text"  # type: ignore[return-value]  # the mistake

    run(a)

    (seen,) = SEEN
    assert isinstance(seen.op_exception, StepFailedError)
    assert seen.op_output_values == {"result": "text"}


def test_what_it_raises_is_told_and_changes_nothing() -> None:
    @success_hook
    def breaks(context: HookContext) -> None:
        raise KeyError("gone")

    @asset(hooks=[breaks, on_success])
    def a() -> int:
        return 1

    result = run(a)

    assert result.success
    assert told(result)[:2] == [
        ("a", "hook_errored", "breaks"),
        ("a", "hook_completed", "on_success"),
    ]
    (errored,) = [each.payload for each in result.all_events if each.kind == "hook_errored"]
    assert isinstance(errored, HookErrored)
    assert errored.failure.where is FailureWhere.HOOK
    assert errored.failure.message == "Hook 'breaks' of 'a' raised KeyError: 'gone'"
    assert errored.failure.source is not None


def test_an_exit_in_it_ends_nothing() -> None:
    @success_hook
    def leaves(context: HookContext) -> None:
        raise SystemExit(3)

    @asset(hooks={leaves})
    def a() -> int:
        return 1

    result = run(a)

    assert result.success
    assert told(result)[0] == ("a", "hook_errored", "leaves")


def test_of_a_step_that_is_tried_again_only_the_last_outcome_counts() -> None:
    attempts = []

    @asset(hooks=BOTH, retry_policy=RetryPolicy(max_retries=2))
    def a() -> int:
        attempts.append(1)
        raise ValueError(len(attempts))

    @asset(hooks=BOTH)
    def b() -> int:
        attempts.append(1)
        if len(attempts) < 5:
            raise RetryRequested(max_retries=4)
        return 1

    run(a)

    assert len(attempts) == 3
    assert [(each.step_key, each.retry_number) for each in SEEN] == [("a", 2)]

    run(b)

    assert [(each.step_key, each.retry_number) for each in SEEN[1:]] == [("b", 1)]


def test_a_retry_that_is_asked_for_too_often_is_a_failure() -> None:
    @asset(hooks=BOTH, retry_policy=RetryPolicy(max_retries=9))
    def a() -> int:
        raise RetryRequested(max_retries=1)

    run(a)

    assert [each.retry_number for each in SEEN] == [1]


def test_a_failure_that_allows_no_retry_is_the_last() -> None:
    @asset(hooks=BOTH, retry_policy=RetryPolicy(max_retries=9))
    def a() -> int:
        raise Failure("never", allow_retries=False)

    run(a)

    assert [each.retry_number for each in SEEN] == [0]


def test_its_resources_are_those_that_it_names_open_still() -> None:
    closed = []

    @resource
    def pager(_: object) -> Iterator[str]:
        yield "pager"
        closed.append(True)

    @failure_hook(required_resource_keys={"pager"})
    def call(context: HookContext) -> None:
        assert not closed
        assert list(context.resources) == ["pager"]
        SEEN.append(context)

    @asset(hooks={call}, required_resource_keys={"other"})
    def a() -> int:
        raise ValueError

    run(a, resources={"pager": pager, "other": 1})

    assert [each.resources.pager for each in SEEN] == ["pager"]
    assert closed == [True]


def test_a_resource_that_cannot_be_had_fails_it_alone() -> None:
    @resource
    def broken(_: object) -> str:
        raise ConnectionError("no")

    @success_hook(required_resource_keys={"broken"})
    def call(context: HookContext) -> None:
        SEEN.append(context)

    @asset(hooks={call})
    def a() -> int:
        return 1

    result = run(a, resources={"broken": broken})

    assert result.success
    assert not SEEN
    assert told(result)[0] == ("a", "hook_errored", "call")


def test_a_step_whose_resource_cannot_be_had_has_failed() -> None:
    @resource
    def broken(_: object) -> str:
        raise ConnectionError("no")

    @asset(hooks=BOTH, required_resource_keys={"broken"})
    def a() -> int:
        return 1

    run(a, resources={"broken": broken})

    assert [type(each.op_exception) for each in SEEN] == [ConnectionError]


def test_those_of_a_job_run_for_its_steps_once() -> None:
    @asset(hooks=BOTH)
    def a() -> int:
        return 1

    @asset
    def b(a: int) -> int:
        return a

    definitions = Definitions(assets=[a, b], jobs=[define_asset_job("j", hooks=BOTH)])

    result = definitions.get_job_def("j").execute_in_process()

    assert [kind for _, kind, _ in told(result)] == ["hook_completed", "step_succeeded"] * 2
    assert [(each.step_key, each.job_name) for each in SEEN] == [("a", "j"), ("b", "j")]


def test_what_the_op_forked_runs_none(bench: Bench) -> None:
    ended = []

    @asset(hooks=BOTH)
    def a() -> int:
        if not os.fork():
            raise ValueError("in the child")
        ended.append(os.waitstatus_to_exitcode(os.wait()[1]))
        return 1

    location = bench.location(a)
    task: TaskStep = bench.task(location, "a")
    pid = os.getpid()
    try:
        bench.run_task(location, task)
    except StepFailedError:
        if os.getpid() != pid:
            os._exit(len(SEEN))
        raise

    assert ended == [0]
    assert [each.op_exception for each in SEEN] == [None]
