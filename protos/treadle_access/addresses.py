"""Addresses: what a service binds or dials."""

from __future__ import annotations

import ipaddress
import json
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

LONGEST_SOCKET_PATH = 107
"""The kernel's limit on a Unix socket's path, in bytes."""

_HIGHEST_PORT = 65535


class BadAddressError(ValueError):
    """The address cannot be bound or dialled as it is; the message says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnixAddress:
    """A Unix socket's absolute path."""

    path: Path

    def __str__(self) -> str:
        return f"unix:{self.path}"


@dataclass(frozen=True, slots=True, kw_only=True)
class TcpAddress:
    """A host and a port; port 0 binds any."""

    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach it."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False


Address: TypeAlias = UnixAddress | TcpAddress


def parse(text: str) -> Address:
    """Read "unix:/path", from the working directory on if it is relative, or "host:port".

    Raises:
        BadAddressError: it is neither, or the path is too long for a socket.
    """
    if text.startswith("unix:"):
        return parse_unix(text)
    host, colon, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not colon or not host or not port.isdecimal() or int(port) > _HIGHEST_PORT:
        raise BadAddressError(
            f"{text!r} is not an address: write unix:/path or host:port (port 0: any)"
        )
    return TcpAddress(host=host, port=int(port))


def parse_unix(text: str) -> UnixAddress:
    """Read "unix:/path", from the working directory on if it is relative.

    Raises:
        BadAddressError: it is none, or the path is too long for a socket.
    """
    if not text.startswith("unix:"):
        raise BadAddressError(f"{text!r} is not a socket's address: write unix:/path")
    written = text.removeprefix("unix:")
    if not written:
        raise BadAddressError(f"{text!r} names no socket: write unix:/path")
    path = Path(written).absolute()
    if len(os.fsencode(path)) > LONGEST_SOCKET_PATH:
        raise BadAddressError(
            f"{text!r}: a Unix socket's path holds at most {LONGEST_SOCKET_PATH} bytes"
        )
    return UnixAddress(path=path)


def tell_address(ready_fd: int | None, address: Address) -> None:
    """Tell the process that started this one where it serves."""
    if ready_fd is None:
        return
    # A starter that is gone by now is told nothing; the alive pipe says so to us.
    with suppress(BrokenPipeError), os.fdopen(ready_fd, "wb") as stream:
        stream.write(json.dumps({"address": str(address)}).encode() + b"\n")
