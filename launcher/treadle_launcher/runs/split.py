"""Cutting long texts in facts down to their two ends; the whole goes beside the log. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Final

from treadle_contract.event import (
    HookErrored,
    LogRecord,
    RunFinished,
    StepCancelled,
    StepFailed,
    StepRetryScheduled,
)
from treadle_contract.ids import TextId
from treadle_contract.lazy_dataclasses import replace
from treadle_contract.run import Failure
from treadle_contract.value import Text
from treadle_launcher.runs.events import Payload

WHOLE_BYTES: Final = 32 * 1024
"""A text of so many bytes of UTF-8 stands in its fact whole; a longer one does not."""

_END_BYTES: Final = WHOLE_BYTES // 2


def split_payload(payload: Payload) -> tuple[Payload, Mapping[TextId, str]]:
    """Return a fact with its long texts cut, and those texts whole, by their ids.

    A fact without a long text is returned as it is, the very object.
    """
    whole: dict[TextId, str] = {}
    match payload:
        case LogRecord():
            message = _split_text(payload.message, whole)
            split: Payload = replace(payload, message=message)
        case StepFailed() | StepRetryScheduled() | HookErrored():
            split = replace(payload, failure=_split_failure(payload.failure, whole))
        case StepCancelled() if payload.stderr_tail is not None:
            split = replace(payload, stderr_tail=_split_text(payload.stderr_tail, whole))
        case RunFinished() if payload.failure is not None:
            split = replace(payload, failure=_split_failure(payload.failure, whole))
        case _:
            return payload, {}
    return (payload if split == payload else split), whole


def _split_failure(failure: Failure, whole: dict[TextId, str]) -> Failure:
    return replace(
        failure,
        message=_shortened(failure.message),
        traceback=None if failure.traceback is None else _split_text(failure.traceback, whole),
        stderr_tail=(
            None if failure.stderr_tail is None else _split_text(failure.stderr_tail, whole)
        ),
    )


def _split_text(text: Text, whole: dict[TextId, str]) -> Text:
    # What has an id was split when it was first recorded.
    if text.text_id or _is_short(text.head):
        return text
    content = _encoded(text.head)
    head = content[:_END_BYTES].decode("utf-8", "ignore")
    tail = content[-_END_BYTES:].decode("utf-8", "ignore")
    omitted = len(content) - len(head.encode()) - len(tail.encode())
    # The same text has the same id: a failure of a step is often that of its run, too.
    text_id = TextId(hashlib.sha256(content).hexdigest())
    whole[text_id] = content.decode()
    return Text(head=head, tail=tail, omitted_bytes=omitted, text_id=text_id)


def _shortened(message: str) -> str:
    """Return a sentence that is no Text and so can only be cut: the traceback has it whole."""
    if _is_short(message):
        return message
    content = _encoded(message)
    head = content[:_END_BYTES].decode("utf-8", "ignore")
    return f"{head}… ({len(content) - len(head.encode())} bytes more)"


def _is_short(text: str) -> bool:
    # No character has more than four bytes: most texts need not be encoded to be measured.
    return len(text) * 4 <= WHOLE_BYTES or len(_encoded(text)) <= WHOLE_BYTES


def _encoded(text: str) -> bytes:
    # Lone surrogates are not Unicode: neither SQLite nor protobuf would take them.
    return text.encode("utf-8", "backslashreplace")
