"""Binding: a server's address taken, and its socket removed when the server leaves."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import grpc.aio

from treadle_access.addresses import Address, BadAddressError, TcpAddress, UnixAddress
from treadle_access.sockets import claimed

_OWNER_ONLY = 0o177


@contextlib.asynccontextmanager
async def started(server: grpc.aio.Server, address: Address) -> AsyncIterator[Address]:
    """Bind and start the server; give the address it got. No socket is left after the block.

    The server must be stopped before the block ends.

    Raises:
        BadAddressError: the address cannot be bound.
    """
    if isinstance(address, TcpAddress):
        port = _bound(server, address)
        await server.start()
        yield TcpAddress(host=address.host, port=port)
        return
    with claimed(address):
        _bind_for_owner(server, address)
        ours = identity(address.path)
        await server.start()
    try:
        yield address
    finally:
        # One that another server has put there since is not ours to remove.
        if ours is not None and identity(address.path) == ours:
            address.path.unlink(missing_ok=True)


def _bind_for_owner(server: grpc.aio.Server, address: UnixAddress) -> None:
    """Bind the socket so that only this user can connect, whatever folder it is in.

    This is what makes every caller over it the same user; root could read us anyway.
    """
    before = os.umask(_OWNER_ONLY)
    try:
        _bound(server, address)
    finally:
        os.umask(before)


def _bound(server: grpc.aio.Server, address: Address) -> int:
    try:
        return server.add_insecure_port(str(address))
    except RuntimeError as error:
        raise BadAddressError(
            f"{address} cannot be bound: is another process bound to it? Choose another --bind"
        ) from error


def identity(path: Path) -> tuple[int, int] | None:
    """Return which socket lies at a path; None if none does."""
    try:
        status = path.lstat()
    except OSError:
        return None
    return (status.st_dev, status.st_ino) if stat.S_ISSOCK(status.st_mode) else None
