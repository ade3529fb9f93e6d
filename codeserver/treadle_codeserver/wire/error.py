"""What a call ends with that was refused, or failed."""

from __future__ import annotations

import logging

import grpc

from treadle_api.handlers import BadRequestError
from treadle_api.refusals import refused_by
from treadle_codeserver.errors import BadArgumentError, InternalError, RefusedError

_LOG = logging.getLogger(__name__)


def status_of(error: Exception) -> grpc.Status:
    """Return what a call ends with that raised: what is no refusal is a fault of ours."""
    match error:
        case RefusedError():
            return refused_by(error)
        case BadRequestError():
            return refused_by(BadArgumentError(str(error)))
        case _:
            _LOG.error("call_failed", exc_info=error)
            return refused_by(InternalError())
