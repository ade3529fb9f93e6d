"""error.proto: a refusal as a gRPC status with details."""

from __future__ import annotations

import logging
from urllib.parse import quote

import grpc
from google.protobuf import any_pb2
from google.rpc import error_details_pb2, status_pb2
from grpc_status import rpc_status

from treadle_api.handlers import BadRequestError
from treadle_api.v1 import error_pb2
from treadle_codeserver import defaults
from treadle_codeserver.errors import BadArgumentError, InternalError, Reason, RefusedError
from treadle_codeserver.wire.text import printable

_LOG = logging.getLogger(__name__)

_DOMAIN = "treadle"

_CODES = {
    Reason.SELECTION_SYNTAX: grpc.StatusCode.INVALID_ARGUMENT,
    Reason.SELECTION_AMBIGUOUS: grpc.StatusCode.INVALID_ARGUMENT,
    Reason.UNKNOWN_ASSET: grpc.StatusCode.INVALID_ARGUMENT,
    Reason.EMPTY_SELECTION: grpc.StatusCode.INVALID_ARGUMENT,
    Reason.UNKNOWN_STEPS: grpc.StatusCode.INVALID_ARGUMENT,
    Reason.BAD_ARGUMENT: grpc.StatusCode.INVALID_ARGUMENT,
    Reason.UNKNOWN_JOB: grpc.StatusCode.NOT_FOUND,
    Reason.PARTIAL_BLOCK: grpc.StatusCode.FAILED_PRECONDITION,
    Reason.NOT_LOADED: grpc.StatusCode.FAILED_PRECONDITION,
    Reason.UNSTABLE: grpc.StatusCode.FAILED_PRECONDITION,
    Reason.NOT_LOCAL: grpc.StatusCode.PERMISSION_DENIED,
    Reason.BAD_TOKEN: grpc.StatusCode.UNAUTHENTICATED,
    Reason.SHUTTING_DOWN: grpc.StatusCode.UNAVAILABLE,
    Reason.INTERNAL: grpc.StatusCode.INTERNAL,
}


def status_of(error: Exception) -> grpc.Status:
    """Return what a call ends with that raised: what is no refusal is a fault of ours."""
    if isinstance(error, RefusedError):
        return encode_refusal(error)
    if isinstance(error, BadRequestError):
        return encode_refusal(BadArgumentError(str(error)))
    _LOG.error("call_failed", exc_info=error)
    return encode_refusal(InternalError())


def encode_refusal(refused: RefusedError) -> grpc.Status:
    """Return code, message, ErrorInfo and Refusal of a refused call.

    gRPC carries them in metadata, of which a channel takes 8 KiB: the message is cut, and of
    the rest what does not fit is left out, the smallest selection first, since a part of it
    would be another selection.
    """
    message = _short(printable(refused.message))
    refusal = error_pb2.Refusal(
        reason=refused.reason.value,
        names=map(printable, refused.names),
        suggestions=map(printable, refused.suggestions),
        smallest_selection=printable(refused.smallest),
        changes=map(printable, refused.changes),
    )
    status = _status(refused.reason, message, refusal)
    while status.ByteSize() > defaults.STATUS_BYTES:
        _drop_some(refusal)
        status = _status(refused.reason, message, refusal)
    encoded: grpc.Status = rpc_status.to_status(status)
    return encoded


def _status(reason: Reason, message: str, refusal: error_pb2.Refusal) -> status_pb2.Status:
    info = error_details_pb2.ErrorInfo(reason=reason.value, domain=_DOMAIN)
    if refusal.names:
        info.metadata["name"] = refusal.names[0]
    status = status_pb2.Status(code=_CODES[reason].value[0], message=message)
    for detail in (info, refusal):
        packed = any_pb2.Any()
        packed.Pack(detail)
        status.details.append(packed)
    return status


def _drop_some(refusal: error_pb2.Refusal) -> None:
    if refusal.smallest_selection:
        refusal.smallest_selection = ""
    elif refusal.suggestions:
        del refusal.suggestions[len(refusal.suggestions) // 2 :]
    elif refusal.changes:
        del refusal.changes[-1]
    else:
        del refusal.names[len(refusal.names) // 2 :]


def _short(message: str) -> str:
    """Return the message, or as much of it as its share of the metadata holds."""
    # Long before it is encoded: a caller may have sent megabytes of it.
    message = message[: defaults.STATUS_MESSAGE_BYTES + 1]
    while len(quote(message)) > defaults.STATUS_MESSAGE_BYTES:
        message = message[: len(message) * 3 // 4].rstrip(" …") + " …"
    return message
