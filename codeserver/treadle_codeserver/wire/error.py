"""What a call ends with that was refused, or failed."""

from __future__ import annotations

import logging

import grpc

from treadle_api.handlers import BadRequestError
from treadle_api.refusals import refused
from treadle_codeserver.errors import BadArgumentError, InternalError, RefusedError
from treadle_contract.error import Refusal

_LOG = logging.getLogger(__name__)


def status_of(error: Exception) -> grpc.Status:
    """Return what a call ends with that raised: what is no refusal is a fault of ours."""
    match error:
        case RefusedError():
            return encode_refusal(error)
        case BadRequestError():
            return encode_refusal(BadArgumentError(str(error)))
        case _:
            _LOG.error("call_failed", exc_info=error)
            return encode_refusal(InternalError())


def encode_refusal(error: RefusedError) -> grpc.Status:
    """Return the status of a refused call."""
    refusal = Refusal(
        reason=error.reason.value,
        names=error.names,
        suggestions=error.suggestions,
        smallest_selection=error.smallest,
        changes=error.changes,
    )
    return refused(error.message, refusal)
