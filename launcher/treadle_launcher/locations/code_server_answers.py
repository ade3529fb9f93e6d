"""What a code server's answer, or that none came, means for the call and for how it stands."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import grpc

from treadle_contract.message import ContractError
from treadle_launcher.errors import (
    BadAnswerError,
    BadArgumentError,
    CodeServerRefusedError,
    Reason,
)
from treadle_launcher.locations.reachability import Reachability
from treadle_launcher.planning.plan_check import BadPlanError
from treadle_launcher.wire.error import decode_refusal

_LOG = logging.getLogger(__name__)

_GONE = frozenset(
    {
        grpc.StatusCode.UNAVAILABLE,
        grpc.StatusCode.DEADLINE_EXCEEDED,
        grpc.StatusCode.CANCELLED,
        grpc.StatusCode.UNAUTHENTICATED,
    }
)

_BROKEN: Final = "Internal error from Core"
"""By these words gRPC says that a call broke off below it, as in the moment of a server's end."""

_SILENT: Final = "it does not answer"
_NOT_ANSWERED = frozenset({Reason.SHUTTING_DOWN, Reason.BAD_TOKEN})


@contextmanager
def answered(name: str, reachability: Reachability) -> Iterator[None]:
    """Raise what a call of the code server called `name` ends with, as the launcher says it.

    Raises:
        CodeServerRefusedError: it refused.
        LocationUnreachableError: it did not answer, or is not spoken with.
        BadAnswerError: it failed, or answered what cannot be.
    """
    try:
        yield
    except (ContractError, BadPlanError, BadArgumentError) as error:
        _LOG.error("answer_refused location=%s detail=%s", name, error)
        what = str(error).removesuffix(".")
        message = (
            f"The code server of {name} answered what the contract does not allow: {what}."
            " Nothing was done with it: mend the code server, or serve the location by another."
        )
        raise BadAnswerError([name], message=message) from error
    except TimeoutError as error:
        reachability.lose(_SILENT)
        raise reachability.refusal(name) from error
    except grpc.aio.AioRpcError as error:
        refusal = decode_refusal(error)
        if refusal is not None and refusal.reason not in _NOT_ANSWERED:
            raise CodeServerRefusedError(refusal) from error
        if error.code() in _GONE or error.details() == _BROKEN:
            note_lost(name, reachability, error)
            raise reachability.refusal(name) from error
        if error.code() is grpc.StatusCode.UNIMPLEMENTED:
            message = (
                f"The code server of {name} is of an older Treadle, which has not this call: start"
                " it with the Treadle of the launcher."
            )
            raise BadAnswerError([name], message=message) from error
        raise BadAnswerError(
            [name],
            message=f"The code server of {name} failed: {error.code().name} {error.details()}",
        ) from error


def note_lost(name: str, reachability: Reachability, error: grpc.aio.AioRpcError) -> None:
    """Note that no answer came, and why."""
    refusal = decode_refusal(error)
    if refusal is not None and refusal.reason is Reason.BAD_TOKEN:
        reachability.refuse_token(name)
    elif error.code() is grpc.StatusCode.DEADLINE_EXCEEDED:
        reachability.lose(_SILENT)
    else:
        reachability.lose()
