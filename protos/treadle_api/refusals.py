"""A refusal as the status that a call ends with, and back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Any, Final, Protocol
from urllib.parse import quote

import grpc
from google.protobuf import any_pb2
from google.protobuf.message import DecodeError
from google.rpc import error_details_pb2, status_pb2
from grpc_status import rpc_status

from treadle_api.codec import from_proto, to_proto
from treadle_api.v1 import error_pb2
from treadle_contract.error import Refusal

DOMAIN: Final = "treadle"

# gRPC carries a status in metadata, of which a channel takes 8 KiB: the message percent-encoded,
# and all of it, with the message once more, in base64.
_MESSAGE_BYTES: Final = 1200
_STATUS_BYTES: Final = 5000
_NAME_CHARACTERS: Final = 200
# A sentence that ends with what to do.
_CHANGE_CHARACTERS: Final = 400

CODES: Final[Mapping[str, grpc.StatusCode]] = {
    "SELECTION_SYNTAX": grpc.StatusCode.INVALID_ARGUMENT,
    # In a selection it is a word to correct; in asset history it is a thing that is not found.
    "UNKNOWN_ASSET": grpc.StatusCode.INVALID_ARGUMENT,
    "EMPTY_SELECTION": grpc.StatusCode.INVALID_ARGUMENT,
    "SELECTION_AMBIGUOUS": grpc.StatusCode.INVALID_ARGUMENT,
    "UNKNOWN_STEPS": grpc.StatusCode.INVALID_ARGUMENT,
    "NOT_PARTITIONED": grpc.StatusCode.INVALID_ARGUMENT,
    "UNKNOWN_PARTITIONS": grpc.StatusCode.INVALID_ARGUMENT,
    "BAD_CONFIG": grpc.StatusCode.INVALID_ARGUMENT,
    "BAD_PARTITION": grpc.StatusCode.INVALID_ARGUMENT,
    "BAD_PAGE_TOKEN": grpc.StatusCode.INVALID_ARGUMENT,
    "BAD_ARGUMENT": grpc.StatusCode.INVALID_ARGUMENT,
    "PARTIAL_BLOCK": grpc.StatusCode.FAILED_PRECONDITION,
    "NEVER_MATERIALIZED": grpc.StatusCode.FAILED_PRECONDITION,
    "STALE_PLAN": grpc.StatusCode.FAILED_PRECONDITION,
    "NOT_LOADED": grpc.StatusCode.FAILED_PRECONDITION,
    "UNSTABLE": grpc.StatusCode.FAILED_PRECONDITION,
    "NO_HOST_FOR_LOCATION": grpc.StatusCode.FAILED_PRECONDITION,
    "RUN_FINISHED": grpc.StatusCode.FAILED_PRECONDITION,
    "SPANS_LOCATIONS": grpc.StatusCode.FAILED_PRECONDITION,
    "RUN_NOT_FINISHED": grpc.StatusCode.FAILED_PRECONDITION,
    "NOTHING_FAILED": grpc.StatusCode.FAILED_PRECONDITION,
    "CODE_CHANGED": grpc.StatusCode.FAILED_PRECONDITION,
    "NOTHING_TO_BACKFILL": grpc.StatusCode.FAILED_PRECONDITION,
    "BACKFILL_FINISHED": grpc.StatusCode.FAILED_PRECONDITION,
    "BACKFILL_NOT_FINISHED": grpc.StatusCode.FAILED_PRECONDITION,
    "RUN_LEFT": grpc.StatusCode.FAILED_PRECONDITION,
    "READS_ONLY": grpc.StatusCode.FAILED_PRECONDITION,
    "UNKNOWN_RUN": grpc.StatusCode.NOT_FOUND,
    "UNKNOWN_BACKFILL": grpc.StatusCode.NOT_FOUND,
    "UNKNOWN_STEP": grpc.StatusCode.NOT_FOUND,
    "UNKNOWN_LOCATION": grpc.StatusCode.NOT_FOUND,
    "UNKNOWN_JOB": grpc.StatusCode.NOT_FOUND,
    "UNKNOWN_TEXT": grpc.StatusCode.NOT_FOUND,
    "IDEMPOTENCY_CONFLICT": grpc.StatusCode.ALREADY_EXISTS,
    "LOCATION_UNREACHABLE": grpc.StatusCode.UNAVAILABLE,
    "SHUTTING_DOWN": grpc.StatusCode.UNAVAILABLE,
    "HOME_UNREADABLE": grpc.StatusCode.UNAVAILABLE,
    "HOME_UNAVAILABLE": grpc.StatusCode.UNAVAILABLE,
    "NOT_LOCAL": grpc.StatusCode.PERMISSION_DENIED,
    "BAD_TOKEN": grpc.StatusCode.UNAUTHENTICATED,
    "WATCHER_BEHIND": grpc.StatusCode.RESOURCE_EXHAUSTED,
    "INTERNAL": grpc.StatusCode.INTERNAL,
}
"""The code of each reason, as error.proto lists them."""


class Refusing(Protocol):
    """An error of a service's that refuses a call; its fields are those of Refusal."""

    message: str
    names: tuple[str, ...]
    suggestions: tuple[str, ...]
    smallest: str
    changes: tuple[str, ...]

    @property
    def reason(self) -> StrEnum:
        """The reason, as error.proto names it."""


def refused_by(error: Refusing, code: grpc.StatusCode | None = None) -> grpc.Status:
    """Return the status of a call that an error refuses; `code` is that of its reason unless given."""
    refusal = Refusal(
        reason=error.reason.value,
        names=error.names,
        suggestions=error.suggestions,
        smallest_selection=error.smallest,
        changes=error.changes,
    )
    return refused(error.message, refusal, code)


def refused(message: str, refusal: Refusal, code: grpc.StatusCode | None = None) -> grpc.Status:
    """Return the status of a refused call: code, message, ErrorInfo and Refusal.

    What does not fit its metadata is cut, lists first. `code` is that of the reason unless given.
    """
    code = CODES[refusal.reason] if code is None else code
    message = _cut(_printable(message), _MESSAGE_BYTES)
    for fitting in _ever_shorter(_shortened(refusal)):
        status = _status(code, message, fitting)
        if status.ByteSize() <= _STATUS_BYTES:
            break
    encoded: grpc.Status = rpc_status.to_status(status)
    return encoded


def refusal_in(error: grpc.RpcError) -> tuple[str, Refusal] | None:
    """Return the message and the refusal that a call ended with. None: it carries none."""
    try:
        status = rpc_status.from_call(error)
    except (ValueError, DecodeError):
        # Details that are no status, or that of another one.
        return None
    for detail in () if status is None else status.details:
        refusal = error_pb2.Refusal()
        if _unpacked(detail, refusal):
            return status.message, from_proto(refusal, Refusal)
    return None


def _unpacked(detail: any_pb2.Any, refusal: error_pb2.Refusal) -> bool:
    try:
        return detail.Unpack(refusal)
    except DecodeError:
        return False


def _status(code: grpc.StatusCode, message: str, refusal: Refusal) -> status_pb2.Status:
    info = error_details_pb2.ErrorInfo(reason=refusal.reason, domain=DOMAIN)
    if refusal.names:
        info.metadata["name"] = refusal.names[0]
    status = status_pb2.Status(code=code.value[0], message=message)
    for detail in (info, to_proto(refusal, error_pb2.Refusal)):
        packed = any_pb2.Any()
        packed.Pack(detail)
        status.details.append(packed)
    return status


def _shortened(refusal: Refusal) -> Refusal:
    return Refusal(
        reason=refusal.reason,
        names=tuple(_short(name, _NAME_CHARACTERS) for name in refusal.names),
        suggestions=tuple(_short(name, _NAME_CHARACTERS) for name in refusal.suggestions),
        # Cut short it would select something else.
        smallest_selection=_printable(refusal.smallest_selection),
        changes=tuple(_short(change, _CHANGE_CHARACTERS) for change in refusal.changes),
    )


def _ever_shorter(refusal: Refusal) -> Iterator[Refusal]:
    """Yield the refusal, then with ever less in its lists, at last without what may be left out."""
    yield refusal
    for name in ("changes", "suggestions", "names"):
        entries: tuple[str, ...] = getattr(refusal, name)
        total = len(entries)
        while len(entries) > 1:
            entries = entries[: len(entries) * 9 // 10]
            more = (f"and {total - len(entries)} more",) if name == "changes" else ()
            changed: dict[str, Any] = {name: (*entries, *more)}
            refusal = replace(refusal, **changed)
            yield refusal
    yield replace(refusal, smallest_selection="")
    yield Refusal(reason=refusal.reason, names=refusal.names)


def _cut(text: str, limit: int) -> str:
    # Long before it is encoded: a caller may have sent megabytes of it.
    text = text[: limit + 1]
    if len(quote(text)) <= limit:
        return text
    while len(quote(text)) > limit - len(quote("…")):
        text = text[: len(text) * 9 // 10]
    return f"{text}…"


def _short(text: str, most: int) -> str:
    return _printable(text if len(text) <= most else f"{text[:most]}…")


def _printable(text: str) -> str:
    """Return the text as protobuf can hold it: what is no Unicode becomes "?"."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()
