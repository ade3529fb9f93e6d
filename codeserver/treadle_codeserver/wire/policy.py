"""policy.proto: when a step is tried again, and what it may use."""

from __future__ import annotations

from treadle_api.v1 import policy_pb2
from treadle_contract.policy import Backoff, Jitter, Limits, RetryCause, RetryPolicy

_BACKOFFS = {
    None: policy_pb2.BACKOFF_UNSPECIFIED,
    Backoff.LINEAR: policy_pb2.BACKOFF_LINEAR,
    Backoff.EXPONENTIAL: policy_pb2.BACKOFF_EXPONENTIAL,
}

_JITTERS = {
    None: policy_pb2.JITTER_UNSPECIFIED,
    Jitter.FULL: policy_pb2.JITTER_FULL,
    Jitter.PLUS_MINUS: policy_pb2.JITTER_PLUS_MINUS,
}

_CAUSES = {
    RetryCause.USER_ERROR: policy_pb2.RETRY_CAUSE_USER_ERROR,
    RetryCause.TIMEOUT: policy_pb2.RETRY_CAUSE_TIMEOUT,
    RetryCause.OOM: policy_pb2.RETRY_CAUSE_OOM,
    RetryCause.SIGNAL: policy_pb2.RETRY_CAUSE_SIGNAL,
    RetryCause.EXIT: policy_pb2.RETRY_CAUSE_EXIT,
    RetryCause.LOST: policy_pb2.RETRY_CAUSE_LOST,
}


def encode_retry_policy(policy: RetryPolicy | None) -> policy_pb2.RetryPolicy | None:
    """Encode a policy; None leaves a field unset."""
    if policy is None:
        return None
    return policy_pb2.RetryPolicy(
        max_retries=policy.max_retries,
        delay_ms=policy.delay_ms,
        backoff=_BACKOFFS[policy.backoff],
        jitter=_JITTERS[policy.jitter],
        on=[_CAUSES[cause] for cause in policy.on],
    )


def encode_limits(limits: Limits | None) -> policy_pb2.Limits | None:
    """Encode limits; None leaves a field unset."""
    if limits is None:
        return None
    return policy_pb2.Limits(
        memory_bytes=limits.memory_bytes,
        cpu_seconds=limits.cpu_seconds,
        open_files=limits.open_files,
        niceness=limits.niceness,
    )
