"""What a refused call says beside its gRPC status.

Generated from error.proto by scripts/gen_protos.py: change that file, then `make protos`.
"""

from __future__ import annotations


from treadle_contract.message import MESSAGES, Message


class Refusal(Message):
    """Every error status of every Treadle service carries two details, in the trailing metadata
    "grpc-status-details-bin": a serialized google.rpc.Status with code, message and, in
    details, a google.rpc.ErrorInfo (reason; domain "treadle"; metadata "name" with the first
    offending name) for clients that know no Treadle, and this message for those that do.
    Reasons, by status code: INVALID_ARGUMENT SELECTION_SYNTAX, UNKNOWN_ASSET, EMPTY_SELECTION,
    SELECTION_AMBIGUOUS, UNKNOWN_STEPS, BAD_PAGE_TOKEN, BAD_ARGUMENT, BAD_CONFIG,
    NOT_PARTITIONED, UNKNOWN_PARTITIONS, BAD_PARTITION FAILED_PRECONDITION PARTIAL_BLOCK,
    NEVER_MATERIALIZED, STALE_PLAN, NOT_LOADED, UNSTABLE, NO_HOST_FOR_LOCATION, RUN_FINISHED,
    SPANS_LOCATIONS, RUN_NOT_FINISHED, NOTHING_FAILED, CODE_CHANGED, RUN_LEFT, READS_ONLY,
    NOTHING_TO_BACKFILL, BACKFILL_FINISHED, BACKFILL_NOT_FINISHED NOT_FOUND UNKNOWN_RUN,
    UNKNOWN_STEP, UNKNOWN_LOCATION, UNKNOWN_JOB, UNKNOWN_ASSET (asset history only),
    UNKNOWN_TEXT, UNKNOWN_BACKFILL ALREADY_EXISTS IDEMPOTENCY_CONFLICT UNAVAILABLE
    LOCATION_UNREACHABLE, SHUTTING_DOWN, HOME_UNREADABLE, HOME_UNAVAILABLE PERMISSION_DENIED
    NOT_LOCAL UNAUTHENTICATED BAD_TOKEN RESOURCE_EXHAUSTED WATCHER_BEHIND INTERNAL INTERNAL"""

    __slots__ = __match_args__ = ('reason', 'names', 'suggestions', 'smallest_selection', 'changes')
    reason: str
    """The machine-readable reason, one of the list above. Equal to ErrorInfo.reason."""
    names: tuple[str, ...]
    """The offending names, for example misspelt asset keys, in the order they were written."""
    suggestions: tuple[str, ...]
    """Names that exist and resemble the offending ones, nearest first."""
    smallest_selection: str
    """The smallest selection that contains the refused one and is accepted, as an expression of
    the selection language. Empty when there is none."""
    changes: tuple[str, ...]
    """What differs, a line each: for STALE_PLAN and IDEMPOTENCY_CONFLICT; when a selection is
    refused, files that changed after the code was loaded, or why the newest could not be."""

    def __init__(
        self,
        *,
        reason: str = "",
        names: tuple[str, ...] = (),
        suggestions: tuple[str, ...] = (),
        smallest_selection: str = "",
        changes: tuple[str, ...] = (),
    ) -> None:
        put = object.__setattr__
        put(self, 'reason', reason)
        put(self, 'names', names)
        put(self, 'suggestions', suggestions)
        put(self, 'smallest_selection', smallest_selection)
        put(self, 'changes', changes)

    FIELDS = (
        ('reason', 1, 'reason', 'text', 'one', '', 'reason', False, 0),
        ('names', 2, 'names', 'text', 'many', '', 'names', False, 0),
        ('suggestions', 3, 'suggestions', 'text', 'many', '', 'suggestions', False, 0),
        ('smallest_selection', 4, 'smallestSelection', 'text', 'one', '', 'smallest_selection', False, 0),
        ('changes', 5, 'changes', 'text', 'many', '', 'changes', False, 0),
    )


MESSAGES['Refusal'] = Refusal
