"""Refusals to the statuses of calls, and a code server's statuses back."""

from __future__ import annotations

import grpc

from treadle_api.refusals import refusal_in, refused_by
from treadle_launcher.errors import ForeignRefusal, Reason, RefusedError, UnknownAssetError


def encode_refusal(error: RefusedError) -> grpc.Status:
    """Return the status of a refused call."""
    # In a selection it is a word to correct; in asset history it is a thing looked for.
    code = grpc.StatusCode.NOT_FOUND if isinstance(error, UnknownAssetError) else None
    return refused_by(error, code)


def decode_refusal(error: grpc.RpcError) -> ForeignRefusal | None:
    """Read the Refusal of a code server's status. None: it carries none that we know."""
    found = refusal_in(error)
    if found is None:
        return None
    message, refusal = found
    try:
        reason = Reason(refusal.reason)
    except ValueError:
        return None
    return ForeignRefusal(
        reason=reason,
        message=message,
        names=refusal.names,
        suggestions=refusal.suggestions,
        smallest=refusal.smallest_selection,
        changes=refusal.changes,
    )
