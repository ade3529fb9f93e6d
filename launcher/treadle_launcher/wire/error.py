"""error.proto: refusals to gRPC statuses with details, and a code server's statuses back."""

from __future__ import annotations

from urllib.parse import quote

import grpc
from google.protobuf import any_pb2
from google.protobuf.message import DecodeError
from google.rpc import error_details_pb2, status_pb2
from grpc_status import rpc_status

from treadle_api.v1 import error_pb2
from treadle_launcher.errors import ForeignRefusal, Reason, RefusedError, UnknownAssetError

DOMAIN = "treadle"

# Together, base64 of the details included, they stay below 8 KiB.
_MESSAGE_BYTES = 1200
_NAME_CHARACTERS = 200
# A sentence that ends with what to do.
_CHANGE_CHARACTERS = 400
_REFUSAL_BYTES = 2500

_CODES: dict[Reason, grpc.StatusCode] = {
    Reason.SELECTION_SYNTAX: grpc.StatusCode.INVALID_ARGUMENT,
    Reason.EMPTY_SELECTION: grpc.StatusCode.INVALID_ARGUMENT,
    Reason.SELECTION_AMBIGUOUS: grpc.StatusCode.INVALID_ARGUMENT,
    Reason.BAD_PAGE_TOKEN: grpc.StatusCode.INVALID_ARGUMENT,
    Reason.BAD_ARGUMENT: grpc.StatusCode.INVALID_ARGUMENT,
    Reason.PARTIAL_BLOCK: grpc.StatusCode.FAILED_PRECONDITION,
    Reason.NEVER_MATERIALIZED: grpc.StatusCode.FAILED_PRECONDITION,
    Reason.STALE_PLAN: grpc.StatusCode.FAILED_PRECONDITION,
    Reason.NOT_LOADED: grpc.StatusCode.FAILED_PRECONDITION,
    Reason.UNSTABLE: grpc.StatusCode.FAILED_PRECONDITION,
    Reason.NO_HOST_FOR_LOCATION: grpc.StatusCode.FAILED_PRECONDITION,
    Reason.RUN_FINISHED: grpc.StatusCode.FAILED_PRECONDITION,
    Reason.RUN_LEFT: grpc.StatusCode.FAILED_PRECONDITION,
    Reason.READS_ONLY: grpc.StatusCode.FAILED_PRECONDITION,
    Reason.RUN_NOT_FINISHED: grpc.StatusCode.FAILED_PRECONDITION,
    Reason.NOTHING_FAILED: grpc.StatusCode.FAILED_PRECONDITION,
    Reason.CODE_CHANGED: grpc.StatusCode.FAILED_PRECONDITION,
    Reason.UNKNOWN_STEPS: grpc.StatusCode.INVALID_ARGUMENT,
    Reason.SPANS_LOCATIONS: grpc.StatusCode.FAILED_PRECONDITION,
    Reason.UNKNOWN_RUN: grpc.StatusCode.NOT_FOUND,
    Reason.UNKNOWN_STEP: grpc.StatusCode.NOT_FOUND,
    Reason.UNKNOWN_LOCATION: grpc.StatusCode.NOT_FOUND,
    Reason.UNKNOWN_JOB: grpc.StatusCode.NOT_FOUND,
    Reason.UNKNOWN_TEXT: grpc.StatusCode.NOT_FOUND,
    Reason.IDEMPOTENCY_CONFLICT: grpc.StatusCode.ALREADY_EXISTS,
    Reason.LOCATION_UNREACHABLE: grpc.StatusCode.UNAVAILABLE,
    Reason.SHUTTING_DOWN: grpc.StatusCode.UNAVAILABLE,
    Reason.HOME_UNREADABLE: grpc.StatusCode.UNAVAILABLE,
    Reason.HOME_UNAVAILABLE: grpc.StatusCode.UNAVAILABLE,
    Reason.NOT_LOCAL: grpc.StatusCode.PERMISSION_DENIED,
    Reason.BAD_TOKEN: grpc.StatusCode.UNAUTHENTICATED,
    Reason.WATCHER_BEHIND: grpc.StatusCode.RESOURCE_EXHAUSTED,
    Reason.INTERNAL: grpc.StatusCode.INTERNAL,
}


def _code(error: RefusedError) -> grpc.StatusCode:
    if error.reason is Reason.UNKNOWN_ASSET:
        # In a selection it is a word to correct; in asset history it is a thing looked for.
        is_history = isinstance(error, UnknownAssetError)
        return grpc.StatusCode.NOT_FOUND if is_history else grpc.StatusCode.INVALID_ARGUMENT
    return _CODES[error.reason]


def encode_refusal(error: RefusedError) -> grpc.Status:
    """Return the status of a refused call: code, message, ErrorInfo and Refusal.

    It travels in the call's trailers, for which gRPC's default limit is 8 KiB: what is longer
    is cut, lists first.
    """
    message = _cut(error.message, _MESSAGE_BYTES)
    refusal = error_pb2.Refusal(
        reason=error.reason.value,
        names=[_short(name) for name in error.names],
        suggestions=[_short(name) for name in error.suggestions],
        smallest_selection=error.smallest,
        changes=[_short(change, _CHANGE_CHARACTERS) for change in error.changes],
    )
    _fit(refusal)
    info = error_details_pb2.ErrorInfo(reason=error.reason.value, domain=DOMAIN)
    if error.names:
        info.metadata["name"] = refusal.names[0]
    status = status_pb2.Status(code=_code(error).value[0], message=message)
    for detail in (info, refusal):
        packed = any_pb2.Any()
        packed.Pack(detail)
        status.details.append(packed)
    encoded: grpc.Status = rpc_status.to_status(status)
    return encoded


def _cut(text: str, limit: int) -> str:
    # Long before it is encoded: a caller may have sent megabytes of it.
    text = text[: limit + 1]
    # gRPC sends the message percent-encoded, so that is the length that counts.
    if len(quote(text)) <= limit:
        return text
    while len(quote(text)) > limit - 9:
        text = text[: len(text) * 9 // 10]
    return text + "\u2026"


def _short(text: str, most: int = _NAME_CHARACTERS) -> str:
    return text if len(text) <= most else text[:most] + "\u2026"


def _fit(refusal: error_pb2.Refusal) -> None:
    for entries in (refusal.changes, refusal.suggestions, refusal.names):
        total = len(entries)
        while len(entries) > 1 and refusal.ByteSize() > _REFUSAL_BYTES:
            del entries[len(entries) * 9 // 10 :]
        if len(entries) < total and entries is refusal.changes:
            entries.append(f"and {total - len(entries)} more")
    if refusal.ByteSize() > _REFUSAL_BYTES:
        # Cut short it would select something else.
        refusal.smallest_selection = ""


def _unpacked(detail: any_pb2.Any, refusal: error_pb2.Refusal) -> bool:
    try:
        return detail.Unpack(refusal)
    except DecodeError:
        return False


def decode_refusal(error: grpc.RpcError) -> ForeignRefusal | None:
    """Read the Refusal of a code server's status. None: it carries none that we know."""
    try:
        status = rpc_status.from_call(error)
    except (ValueError, DecodeError):
        # Details that are no status, or that of another one.
        return None
    for detail in () if status is None else status.details:
        refusal = error_pb2.Refusal()
        if _unpacked(detail, refusal):
            try:
                reason = Reason(refusal.reason)
            except ValueError:
                return None
            return ForeignRefusal(
                reason=reason,
                message=status.message,
                names=tuple(refusal.names),
                suggestions=tuple(refusal.suggestions),
                smallest=refusal.smallest_selection,
                changes=tuple(refusal.changes),
            )
    return None
