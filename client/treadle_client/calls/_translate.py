"""gRPC's errors as this package's: the one place where the one becomes the other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, NoReturn, cast

import grpc
from grpc_status import rpc_status

from treadle_client._errors import (
    AccessError,
    Refusal,
    RequestError,
    ServerFaultError,
    UnreachableError,
)
from treadle_client.calls._refusals import decode_refusal, refused
from treadle_contract.lazy_dataclasses import replace

_HELD: Final = re.compile(r"unix:/proc/self/fd/\d+/[^\s:]+")

#: What gRPC says around the reason why nobody was reached: the address, and names of its own.
_AROUND: Final = re.compile(
    r".*(?:Failed to connect to remote host|address lookup failed for \S+): (?P<why>[^\]]*)\]?$"
)

START_OR_NAME_ONE = (
    "Start a launcher there, or name another: an address is unix:/absolute/path or host:port."
)

GIVE_ITS_TOKEN = "Give the launcher's token: --token-file FILE, in Python token_file=…"


@contextmanager
def translated(address: str) -> Iterator[None]:
    """Raise what a call to the launcher at `address` raises, as a TreadleClientError."""
    try:
        yield
    except grpc.RpcError as error:
        _raise(error, address)
    except UnicodeEncodeError as error:
        # Bytes of a command line that are no UTF-8 are lone surrogates in Python's text.
        message = f"{error.object!a:.80} cannot be sent: it holds text that is not Unicode."
        raise RequestError(Refusal(reason="BAD_ARGUMENT", message=message)) from None


@contextmanager
def closing_call(call: grpc.RpcContext) -> Iterator[None]:
    """Cancel the call at the end, so that a reader who stops early leaves no stream open."""
    try:
        yield
    finally:
        call.cancel()


def _raise(error: grpc.RpcError, address: str) -> NoReturn:
    refusal = _refusal(error)
    if refusal is None:
        _raise_unexplained(error, address)
    match refusal.reason:
        case "SHUTTING_DOWN" | "LOCATION_UNREACHABLE" | "HOME_UNREADABLE":
            raise UnreachableError(refusal.message, address=address) from None
        case "BAD_TOKEN":
            told = replace(refusal, message=f"{refusal.message}\n{GIVE_ITS_TOKEN}")
            raise AccessError(told) from None
        case "INTERNAL":
            raise ServerFaultError(refusal.message) from None
        case _:
            not_found = error.code() is grpc.StatusCode.NOT_FOUND
            raise refused(refusal, not_found=not_found) from None


def _refusal(error: grpc.RpcError) -> Refusal | None:
    try:
        # What grpc raises is both; the stubs do not say so.
        status = rpc_status.from_call(cast("grpc.Call", error))
    except ValueError:
        # The call was cancelled here while its refusal came in: the trailers tell of that one.
        return None
    return None if status is None else decode_refusal(status)


def _raise_unexplained(error: grpc.RpcError, address: str) -> NoReturn:
    """Raise for a status that no Treadle service explained: most come from the transport."""
    # gRPC dials a Unix socket by its folder's descriptor: people are told what they wrote.
    details = _HELD.sub(lambda _: address, error.details() or "")
    match error.code():
        case grpc.StatusCode.UNAVAILABLE:
            why = _AROUND.sub(r"\g<why>", details)
            message = f"Nobody answers at {address}: {why}\n{START_OR_NAME_ONE}"
            raise UnreachableError(message, address=address) from None
        case grpc.StatusCode.DEADLINE_EXCEEDED:
            message = f"{address} did not answer in time; the call may have had its effect."
            raise UnreachableError(message, address=address) from None
        case grpc.StatusCode.UNIMPLEMENTED:
            message = f"What answers at {address} is not a Treadle launcher: {details}"
            raise UnreachableError(message, address=address) from None
        case grpc.StatusCode.CANCELLED:
            message = f"The connection to {address} was closed."
            raise UnreachableError(message, address=address) from None
        case grpc.StatusCode.UNAUTHENTICATED | grpc.StatusCode.PERMISSION_DENIED:
            message = f"{details}\n{GIVE_ITS_TOKEN}"
            raise AccessError(Refusal(reason="BAD_TOKEN", message=message)) from None
        case code:
            raise ServerFaultError(f"{address} failed with {code.name}: {details}") from None
