"""What a call ends with that raised: the status that the contract promises."""

from __future__ import annotations

import logging

import grpc

from treadle_api.handlers import BadRequestError
from treadle_launcher.errors import (
    BadArgumentError,
    HomeUnavailableError,
    RefusedError,
    ShuttingDownError,
)
from treadle_launcher.store.errors import StoreClosedError, StoreError, StoreUnavailableError
from treadle_launcher.wire.error import encode_refusal

_LOG = logging.getLogger(__name__)


def status_of(error: Exception) -> grpc.Status:
    """Return what a call ends with that raised this."""
    return encode_refusal(_refusal_of(error))


def _refusal_of(error: Exception) -> RefusedError:
    match error:
        case RefusedError():
            return error
        case BadRequestError():
            return BadArgumentError(message=str(error))
        case StoreClosedError():
            return ShuttingDownError()
        case StoreUnavailableError():
            # In its own words: they say what to do, for example about a full disk. The log has
            # them already, and not once more for each caller.
            return HomeUnavailableError(message=_sentence(str(error)))
        case StoreError() | OSError():
            _LOG.error("store_failed error=%s", error)
            return RefusedError(message=str(error))
        case _:
            _LOG.error("call_failed", exc_info=error)
            message = "A fault of Treadle's own: the launcher's log says more. Report it."
            return RefusedError(message=message)


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."
