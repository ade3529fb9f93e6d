"""policy.proto, both ways; and the wish of an op, which a host passes on."""

from __future__ import annotations

from treadle_api.v1 import policy_pb2, worker_pb2
from treadle_contract.policy import Backoff, Jitter, Limits, RetryCause, RetryPolicy
from treadle_contract.worker import RetryRequest
from treadle_launcher.wire.enums import EnumCodec

_BACKOFFS = EnumCodec(Backoff, policy_pb2.Backoff, "BACKOFF")
_JITTERS = EnumCodec(Jitter, policy_pb2.Jitter, "JITTER")
_LONGEST_DELAY_MS = 100 * 365 * 24 * 60 * 60 * 1000
"""What the authoring API takes at most; moments beyond have no form in the contract."""

_CAUSES = EnumCodec(RetryCause, policy_pb2.RetryCause, "RETRY_CAUSE")


def encode_retry_policy(policy: RetryPolicy | None) -> policy_pb2.RetryPolicy | None:
    """Return when a step is tried again; None leaves a field unset."""
    if policy is None:
        return None
    return policy_pb2.RetryPolicy(
        max_retries=policy.max_retries,
        delay_ms=policy.delay_ms,
        backoff=_BACKOFFS.encode(policy.backoff),
        jitter=_JITTERS.encode(policy.jitter),
        on=[_CAUSES.encode(cause) for cause in policy.on],
    )


def decode_retry_policy(message: policy_pb2.RetryPolicy) -> RetryPolicy:
    """Read when a step is tried again. A cause that is not known here is never met here."""
    causes = map(_CAUSES.decode, message.on)
    return RetryPolicy(
        max_retries=message.max_retries,
        delay_ms=message.delay_ms,
        backoff=_BACKOFFS.decode(message.backoff),
        jitter=_JITTERS.decode(message.jitter),
        on=tuple(cause for cause in causes if cause is not None),
    )


def encode_limits(limits: Limits | None) -> policy_pb2.Limits | None:
    """Return what an attempt may use; None leaves a field unset."""
    if limits is None:
        return None
    return policy_pb2.Limits(
        memory_bytes=limits.memory_bytes,
        cpu_seconds=limits.cpu_seconds,
        open_files=limits.open_files,
        niceness=limits.niceness,
    )


def decode_limits(message: policy_pb2.Limits) -> Limits:
    """Read what an attempt may use."""
    return Limits(
        memory_bytes=message.memory_bytes,
        cpu_seconds=message.cpu_seconds,
        open_files=message.open_files,
        niceness=message.niceness,
    )


def decode_retry_request(message: worker_pb2.RetryRequest) -> RetryRequest:
    """Read an op's own wish to be tried again. It comes from the user's process: any number may."""
    delay_ms = min(max(0, message.delay_ms), _LONGEST_DELAY_MS)
    return RetryRequest(max_retries=message.max_retries, delay_ms=delay_ms)
