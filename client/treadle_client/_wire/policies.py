"""Retry policies and limits, from the contract."""

from __future__ import annotations

from datetime import timedelta

from treadle_api.v1 import policy_pb2
from treadle_client._policy import Backoff, Jitter, Limits, RetryCause, RetryPolicy
from treadle_client._wire.values import decode_enum, decode_optional_enum, decode_span


def decode_retry_policy(message: policy_pb2.RetryPolicy) -> RetryPolicy:
    """Turn a policy into ours."""
    return RetryPolicy(
        max_retries=message.max_retries,
        delay=decode_span(message.delay_ms * 1000),
        backoff=decode_optional_enum(Backoff, policy_pb2.Backoff.DESCRIPTOR, message.backoff),
        jitter=decode_optional_enum(Jitter, policy_pb2.Jitter.DESCRIPTOR, message.jitter),
        on=tuple(
            decode_enum(RetryCause, policy_pb2.RetryCause.DESCRIPTOR, cause) for cause in message.on
        ),
    )


def decode_limits(message: policy_pb2.Limits) -> Limits:
    """Turn limits into ours."""
    return Limits(
        memory_bytes=message.memory_bytes,
        cpu_seconds=message.cpu_seconds,
        open_files=message.open_files,
        niceness=message.niceness,
    )


def decode_timeout(milliseconds: int) -> timedelta | None:
    """Turn a limit of time into ours; 0 is none."""
    return decode_span(milliseconds * 1000) if milliseconds else None
