"""Refused calls: a gRPC status with its google.rpc details, as this package's exceptions."""

from __future__ import annotations

from collections.abc import Mapping

from google.rpc import error_details_pb2, status_pb2

from treadle_api.v1 import error_pb2
from treadle_client._errors import (
    AccessError,
    CodeChangedError,
    ConfigError,
    IdempotencyConflictError,
    LocationNotReadyError,
    NeverMaterializedError,
    NotFoundError,
    NothingFailedError,
    NothingToBackfillError,
    PartitionError,
    Refusal,
    RequestError,
    RunFinishedError,
    RunNotFinishedError,
    SelectionError,
    StalePlanError,
)

#: What each machine reason is raised as; a reason that is not here is a plain RequestError.
_ERRORS: Mapping[str, type[RequestError]] = {
    "SELECTION_SYNTAX": SelectionError,
    "SELECTION_AMBIGUOUS": SelectionError,
    "EMPTY_SELECTION": SelectionError,
    "UNKNOWN_ASSET": SelectionError,
    "UNKNOWN_JOB": SelectionError,
    "PARTIAL_BLOCK": SelectionError,
    "SPANS_LOCATIONS": SelectionError,
    "UNKNOWN_STEPS": SelectionError,
    "UNKNOWN_BACKFILL": NotFoundError,
    "NOTHING_TO_BACKFILL": NothingToBackfillError,
    "BAD_CONFIG": ConfigError,
    "NOT_PARTITIONED": PartitionError,
    "UNKNOWN_PARTITIONS": PartitionError,
    "BAD_PARTITION": PartitionError,
    "NEVER_MATERIALIZED": NeverMaterializedError,
    "STALE_PLAN": StalePlanError,
    "IDEMPOTENCY_CONFLICT": IdempotencyConflictError,
    "UNKNOWN_RUN": NotFoundError,
    "UNKNOWN_STEP": NotFoundError,
    "UNKNOWN_LOCATION": NotFoundError,
    "UNKNOWN_TEXT": NotFoundError,
    "NOT_LOADED": LocationNotReadyError,
    "UNSTABLE": LocationNotReadyError,
    "NO_HOST_FOR_LOCATION": LocationNotReadyError,
    "NOT_LOCAL": LocationNotReadyError,
    "RUN_FINISHED": RunFinishedError,
    "RUN_NOT_FINISHED": RunNotFinishedError,
    "NOTHING_FAILED": NothingFailedError,
    "CODE_CHANGED": CodeChangedError,
    "BAD_TOKEN": AccessError,
}


def decode_refusal(status: status_pb2.Status) -> Refusal | None:
    """Read what a Treadle service says beside a status; None when it is not from one."""
    info = error_details_pb2.ErrorInfo()
    refusal = error_pb2.Refusal()
    for detail in status.details:
        detail.Unpack(info)
        detail.Unpack(refusal)
    reason = refusal.reason or (info.reason if info.domain == "treadle" else "")
    if not reason:
        return None
    name = info.metadata.get("name", "")
    return Refusal(
        reason=reason,
        message=status.message or reason,
        names=tuple(refusal.names) or ((name,) if name else ()),
        suggestions=tuple(refusal.suggestions),
        smallest=refusal.smallest_selection,
        changes=tuple(refusal.changes),
    )


def refused(refusal: Refusal, *, not_found: bool) -> RequestError:
    """Make the exception for a refusal; `not_found` tells an asset that has no history from one
    that is misspelt in a selection.
    """
    if not_found and refusal.reason == "UNKNOWN_ASSET":
        return NotFoundError(refusal)
    return _ERRORS.get(refusal.reason, RequestError)(refusal)
