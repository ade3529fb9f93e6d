"""Binding: the server's address taken, and its socket removed when the server leaves."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import grpc.aio

from treadle_launcher.addresses import Address, BadAddressError, TcpAddress, clear_stale_socket

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
    clear_stale_socket(address)
    _bind_for_owner(server, address)
    ours = _identity(address.path)
    try:
        await server.start()
        yield address
    finally:
        # One that another launcher has put there since is not ours to remove.
        if ours is not None and _identity(address.path) == ours:
            address.path.unlink(missing_ok=True)


def _bind_for_owner(server: grpc.aio.Server, address: Address) -> None:
    """Bind the socket so that only this user can connect, whatever folder it is in."""
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


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = path.lstat()
    except OSError:
        return None
    return (status.st_dev, status.st_ino) if stat.S_ISSOCK(status.st_mode) else None
