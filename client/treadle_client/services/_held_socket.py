"""The Unix socket of a launcher, where only this user can have put one."""

from __future__ import annotations

from treadle_access.addresses import BadAddressError, parse, parse_unix
from treadle_access.sockets import HeldSocket
from treadle_client._errors import UnreachableError
from treadle_client.calls._translate import START_OR_NAME_ONE


def held_socket(address: str) -> HeldSocket | None:
    """Return the socket of an address, held; None: the address is none of a Unix socket.

    Raises:
        UnreachableError: there is none, or its folder or itself is not this user's; or the address is
            none.
    """
    if not address.startswith("unix"):
        _refuse_no_address(address)
        return None
    try:
        return HeldSocket(parse_unix(address))
    except OSError as error:
        message = f"Nobody answers at {address}: {error.strerror}\n{START_OR_NAME_ONE}"
        raise UnreachableError(message, address=address) from error
    except BadAddressError as error:
        raise UnreachableError(f"{address} is not used: {error}.", address=address) from error


def _refuse_no_address(address: str) -> None:
    """Refuse what gRPC would look for under a name and a port of its own choice."""
    try:
        parse(address)
    except BadAddressError as error:
        write = f"unix:{address}" if address.startswith("/") else "unix:/absolute/path or host:port"
        message = f"{address!r} is no address: write {write}."
        raise UnreachableError(message, address=address) from error
