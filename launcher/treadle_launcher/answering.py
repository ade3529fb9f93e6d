"""Answering a call: what goes wrong in it becomes the status that the contract promises."""

from __future__ import annotations

import logging
from types import TracebackType
from typing import TypeAlias

import grpc.aio
from google.protobuf.message import Message

from treadle_launcher.errors import HomeUnavailableError, RefusedError, ShuttingDownError
from treadle_launcher.store.errors import StoreClosedError, StoreError, StoreUnavailableError
from treadle_launcher.wire.error import encode_refusal

_LOG = logging.getLogger(__name__)

Context: TypeAlias = grpc.aio.ServicerContext[Message, Message]


class Answering:
    """The block in which a call is answered."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def __aenter__(self) -> None:
        pass

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if isinstance(error, RefusedError):
            await self._context.abort_with_status(encode_refusal(error))
        elif isinstance(error, StoreClosedError):
            await self._context.abort_with_status(encode_refusal(ShuttingDownError()))
        elif isinstance(error, StoreUnavailableError):
            # In its own words: they say what to do, for example about a full disk. The log has
            # them already, and not once more for each caller.
            refused = HomeUnavailableError(message=_sentence(str(error)))
            await self._context.abort_with_status(encode_refusal(refused))
        elif isinstance(error, StoreError | OSError):
            _LOG.error("store_failed error=%s", error)
            refusal = RefusedError(message=str(error))
            await self._context.abort_with_status(encode_refusal(refusal))
        elif isinstance(error, Exception):
            _LOG.error("call_failed", exc_info=error)
            message = "A fault of Treadle's own: the launcher's log says more. Report it."
            await self._context.abort_with_status(encode_refusal(RefusedError(message=message)))


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."
