"""Every cause, backoff and jitter, and every limit, has its place in the contract."""

from __future__ import annotations

import pytest

from treadle_api.v1 import policy_pb2
from treadle_codeserver.wire.policy import encode_limits, encode_retry_policy
from treadle_contract.policy import Backoff, Jitter, Limits, RetryCause, RetryPolicy


def test_a_policy_is_encoded_whole() -> None:
    policy = RetryPolicy(max_retries=3, on=tuple(RetryCause), delay_ms=250)

    encoded = encode_retry_policy(policy)

    assert encoded is not None
    assert (encoded.max_retries, encoded.delay_ms) == (3, 250)
    names = [policy_pb2.RetryCause.Name(cause) for cause in encoded.on]
    assert names == [f"RETRY_CAUSE_{cause.name}" for cause in RetryCause]
    assert list(encoded.on) == policy_pb2.RetryCause.values()[1:]


@pytest.mark.parametrize("backoff", Backoff)
@pytest.mark.parametrize("jitter", Jitter)
def test_choices_are_named_as_in_the_contract(backoff: Backoff, jitter: Jitter) -> None:
    encoded = encode_retry_policy(
        RetryPolicy(max_retries=1, on=(RetryCause.OOM,), backoff=backoff, jitter=jitter)
    )

    assert encoded is not None
    assert policy_pb2.Backoff.Name(encoded.backoff) == f"BACKOFF_{backoff.name}"
    assert policy_pb2.Jitter.Name(encoded.jitter) == f"JITTER_{jitter.name}"


def test_limits_are_encoded_whole() -> None:
    limits = Limits(memory_bytes=2**40, cpu_seconds=2, open_files=3, niceness=4)

    assert encode_limits(limits) == policy_pb2.Limits(
        memory_bytes=2**40, cpu_seconds=2, open_files=3, niceness=4
    )


def test_what_is_not_there_stays_unset() -> None:
    assert encode_retry_policy(None) is None
    assert encode_limits(None) is None
