"""What a user says of retries, time and limits: refused where it is nonsense, else in the steps."""

from __future__ import annotations

import math
import pickle
from dataclasses import replace
from typing import Any

import pytest

from tests.authored import refused, snapshot, steps
from treadle import (
    ArgumentError,
    Backoff,
    Failure,
    Jitter,
    Limits,
    RetryPolicy,
    RetryRequested,
    op,
)
from treadle.locations.canonical import decode, encode
from treadle.locations.digest import definition_digest
from treadle.locations.snapshot import Snapshot
from treadle.steps._failures import StepFailedError, user_code
from treadle_contract.policy import RetryCause
from treadle_contract.policy import RetryPolicy as Stated
from treadle_contract.run import FailureWhere
from treadle_contract.value import MetadataEntry
from treadle_contract.worker import RetryRequest

BUT_LOST = tuple(cause for cause in RetryCause if cause is not RetryCause.LOST)


def test_a_policy_covers_all_but_lost_once_and_at_once() -> None:
    assert RetryPolicy().as_data() == Stated(max_retries=1, on=BUT_LOST)


def test_a_policy_holds_what_was_said() -> None:
    policy = RetryPolicy(3, 0.25, Backoff.EXPONENTIAL, "plus_minus", on={"lost", RetryCause.OOM})

    assert policy.as_data() == Stated(
        max_retries=3,
        on=(RetryCause.OOM, RetryCause.LOST),
        delay_ms=250,
        backoff=Backoff.EXPONENTIAL,
        jitter=Jitter.PLUS_MINUS,
    )
    assert policy.delay == 0.25
    assert set(policy.on) == {RetryCause.OOM, RetryCause.LOST}


def test_a_little_delay_is_not_none() -> None:
    assert RetryPolicy(delay=0.0001).as_data().delay_ms == 1


def test_limits_hold_what_was_said() -> None:
    assert Limits().as_data() == replace(Limits(memory=1).as_data(), memory_bytes=0)
    assert Limits(2**30, 60, 100, 5).as_data().memory_bytes == 2**30


@pytest.mark.parametrize(
    "written",
    [
        "RetryPolicy(max_retries=-1)",
        "RetryPolicy(max_retries=1.5)",
        "RetryPolicy(max_retries=True)",
        "RetryPolicy(max_retries='3')",
        "RetryPolicy(delay=-1)",
        "RetryPolicy(delay='5s')",
        "RetryPolicy(delay=float('nan'))",
        "RetryPolicy(delay=float('inf'))",
        "RetryPolicy(backoff=Backoff.LINEAR)",
        "RetryPolicy(delay=0, jitter=Jitter.FULL)",
        "RetryPolicy(delay=1, backoff='quadratic')",
        "RetryPolicy(delay=1, jitter=1)",
        "RetryPolicy(on=set())",
        "RetryPolicy(on='oom')",
        "RetryPolicy(on=3)",
        "RetryPolicy(on={'out_of_memory'})",
        "RetryPolicy(on=[[]])",
        "RetryPolicy(retries=3)",
        "Limits(memory=0)",
        "Limits(memory='1G')",
        "Limits(cpu_seconds=1.5)",
        "Limits(open_files=-1)",
        "Limits(niceness=20)",
        "Limits(niceness=-1)",
        "op(name='x', retry_policy=3)(lambda: 1)",
        "op(name='x', timeout=0)(lambda: 1)",
        "op(name='x', timeout=-1)(lambda: 1)",
        "op(name='x', timeout='1h')(lambda: 1)",
        "op(name='x', limits={'memory': 1})(lambda: 1)",
        "asset(name='a', retry_policy=3)(lambda: 1)",
        "asset(name='a', timeout=0)(lambda: 1)",
        "asset(name='a', limits=3)(lambda: 1)",
        "multi_asset(name='a', outs={'a': AssetOut()}, timeout=0)(lambda: 1)",
        "op(name='x')(lambda: 1).with_retry_policy(3)",
        "define_asset_job('j', op_retry_policy=3)",
    ],
)
def test_nonsense_is_refused_at_its_line(written: str) -> None:
    refused(ArgumentError, defs=f"x = {written}  # at\n")


def test_a_cause_that_is_misspelt_is_put_right() -> None:
    refusal = refused(ArgumentError, defs="x = RetryPolicy(on={'timeouts'})  # at\n")

    assert "'timeout'" in str(refusal)


STATED = """
    @op(retry_policy=RetryPolicy(10), timeout=1.5, limits=Limits(memory=1000))
    def stated(): return 1

    @op
    def plain(x): return x

    @graph
    def inner(x):
        return plain.alias("own").with_retry_policy(RetryPolicy(21))(plain(x))

    @graph_asset(retry_policy=RetryPolicy(30))
    def whole():
        told = inner.with_retry_policy(RetryPolicy(20))(stated.with_retry_policy(RetryPolicy(11))())
        return plain(told)

    @asset(retry_policy=RetryPolicy(40), timeout=2, limits=Limits(niceness=3))
    def single(): return 1

    @multi_asset(outs={"m": AssetOut()}, retry_policy=RetryPolicy(50))
    def several(): return 1

    bare = AssetsDefinition.from_op(plain, keys_by_input_name={"x": "single"})
"""


def test_the_innermost_invocation_wins_over_the_op_over_the_block() -> None:
    found = steps(snapshot(STATED))

    retries = {
        key: step.retry_policy and step.retry_policy.max_retries for key, step in found.items()
    }
    assert retries == {
        "plain": None,
        "several": 50,
        "single": 40,
        "whole.inner.own": 21,
        "whole.inner.plain": 20,
        "whole.plain": 30,
        "whole.stated": 11,
    }


def test_time_and_limits_stand_at_the_step() -> None:
    found = steps(snapshot(STATED))

    assert (found["whole.stated"].timeout_ms, found["single"].timeout_ms) == (1500, 2000)
    assert found["whole.stated"].limits == Limits(memory=1000).as_data()
    assert found["single"].limits == Limits(niceness=3).as_data()
    assert (found["plain"].timeout_ms, found["plain"].limits) == (0, None)


def test_a_snapshot_with_policies_survives_its_journey() -> None:
    job = "    job = define_asset_job('job', op_retry_policy=RetryPolicy(2, delay=1))\n"
    made = snapshot(STATED + job)

    assert decode(Snapshot, encode(made)) == made
    assert made.jobs[0].retry_policy == RetryPolicy(2, delay=1).as_data()


def test_a_policy_is_part_of_the_definition() -> None:
    def digest(argument: str) -> str:
        (step,) = snapshot(f"@asset({argument})\ndef a(): return 1\n").steps
        return definition_digest(step)

    arguments = ["", "retry_policy=RetryPolicy()", "timeout=1", "limits=Limits(memory=1)"]
    assert len({digest(argument) for argument in arguments}) == len(arguments)


def failed(error: BaseException) -> StepFailedError:
    with pytest.raises(StepFailedError) as caught, user_code(FailureWhere.COMPUTE, "The op"):
        raise error
    return caught.value


def test_an_op_asks_to_be_tried_again() -> None:
    asked = failed(RetryRequested(max_retries=3, seconds_to_wait=1.5))

    assert asked.retry == RetryRequest(max_retries=3, delay_ms=1500)
    assert asked.allow_retries
    assert asked.message == "The op asked to be tried again, at most 3 times."


@pytest.mark.parametrize("asked", [RetryRequested(), RetryRequested(None), RetryRequested(1, 0)])
def test_a_wish_is_for_one_more_try_unless_it_says_otherwise(asked: RetryRequested) -> None:
    assert failed(asked).retry == RetryRequest(max_retries=1)
    assert str(asked) == "at most once"


def test_an_op_rules_a_retry_out_and_gives_facts() -> None:
    gave_up = failed(Failure("No table", {"rows": 0}, allow_retries=False))

    assert (gave_up.retry, gave_up.allow_retries) == (None, False)
    assert gave_up.metadata == (MetadataEntry(name="rows", value=0),)
    assert gave_up.message == "The op raised Failure: No table"
    assert failed(Failure()).allow_retries


def test_any_other_error_leaves_it_to_the_policy() -> None:
    error = failed(ValueError("x"))

    assert (error.retry, error.allow_retries, error.metadata) == (None, True, ())


@pytest.mark.parametrize("wrong", [-1, "3", math.nan])
def test_a_wish_that_is_none_is_an_error(wrong: Any) -> None:
    with pytest.raises(ValueError, match="max_retries"):
        RetryRequested(max_retries=wrong)


@pytest.mark.parametrize(
    "error", [RetryRequested(3, 0.5), RetryRequested(), Failure("d", {"k": 1}, allow_retries=False)]
)
def test_what_an_op_raises_may_come_from_another_process(error: Exception) -> None:
    again = pickle.loads(pickle.dumps(error))

    assert {**vars(again)} == {**vars(error)}
    assert str(again) == str(error)


def test_an_op_keeps_what_was_said() -> None:
    @op(retry_policy=RetryPolicy(2), timeout=3, limits=Limits(open_files=4))
    def made() -> int:
        return 1

    assert (made.retry_policy, made.timeout, made.limits) == (
        RetryPolicy(2),
        3.0,
        Limits(open_files=4),
    )
