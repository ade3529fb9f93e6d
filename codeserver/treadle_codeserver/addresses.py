"""Addresses: where the code server is bound, and the folder of its sockets."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import ipaddress
import os
import socket
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

LONGEST_SOCKET_PATH = 107
"""The kernel's limit on a Unix socket's path, in bytes."""

_HIGHEST_PORT = 65535


class AddressError(ValueError):
    """The address cannot be bound as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnixAddress:
    """A Unix socket's absolute path."""

    path: Path

    def __str__(self) -> str:
        return f"unix:{self.path}"


@dataclass(frozen=True, slots=True, kw_only=True)
class TcpAddress:
    """A loopback host and a port; port 0 binds any."""

    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


Address: TypeAlias = UnixAddress | TcpAddress


def parse_address(text: str) -> Address:
    """Read "unix:/path", from the working directory on if it is relative, or "host:port".

    Raises:
        AddressError: it is neither, the path is too long, or the host is not loopback.
    """
    if text.startswith("unix:"):
        return _unix_address(text.removeprefix("unix:"))
    host, colon, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not colon or not host or not port.isdecimal() or int(port) > _HIGHEST_PORT:
        raise AddressError(f"{text!r} is no address: unix:/path or host:port (0: any).")
    if not _is_loopback(host):
        raise AddressError(f"{text!r} is not on loopback: bind localhost, 127.0.0.1 or [::1].")
    return TcpAddress(host=host, port=int(port))


def default_address(identity: str) -> UnixAddress:
    """Return the address of a code server that was given none: equal for equal identities.

    Raises:
        AddressError: no folder for sockets is this user's alone.
    """
    name = hashlib.sha256(identity.encode("utf-8", "surrogateescape")).hexdigest()[:12]
    return UnixAddress(path=_socket_folder() / f"{name}-codeserver.sock")


@contextlib.contextmanager
def claimed(address: UnixAddress) -> Iterator[None]:
    """Hold the socket's folder while it is bound, after removing what a killed process left.

    The lock keeps two servers that start at once from taking each other's socket for stale.

    Raises:
        AddressError: another process listens there, or the path is something else.
    """
    try:
        folder = os.open(address.path.parent, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise AddressError(f"{address.path.parent} cannot hold a socket: {error}.") from error
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        _remove_stale(address.path)
        yield
    finally:
        os.close(folder)


def _unix_address(written: str) -> UnixAddress:
    if not written:
        raise AddressError("'unix:' names no socket: write unix:/path.")
    path = Path(written).absolute()
    if len(os.fsencode(path)) > LONGEST_SOCKET_PATH:
        raise AddressError(f"unix:{path}: a socket's path holds {LONGEST_SOCKET_PATH} bytes.")
    return UnixAddress(path=path)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _socket_folder() -> Path:
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    preferred = Path(runtime) / "treadle"
    if preferred.is_absolute() and len(os.fsencode(preferred)) + 40 <= LONGEST_SOCKET_PATH:
        # A stale variable, after su for example, is no reason to give up.
        with contextlib.suppress(OSError, AddressError):
            return _owned(preferred)
    folder = Path(f"/tmp/treadle-{os.getuid()}")
    try:
        return _owned(folder)
    except OSError as error:
        raise AddressError(f"{folder} cannot hold sockets: {error}.") from error


def _owned(folder: Path) -> Path:
    folder.mkdir(mode=0o700, exist_ok=True)
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid():
        raise AddressError(f"{folder} is not a folder of yours: remove it, or give --bind.")
    if stat.S_IMODE(status.st_mode) != stat.S_IRWXU:
        folder.chmod(stat.S_IRWXU)
    return folder


def _remove_stale(path: Path) -> None:
    if not os.path.lexists(path):
        return
    if not path.is_socket():
        raise AddressError(f"{path} exists and is no socket: give another --bind.")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            path.unlink(missing_ok=True)
            return
    raise AddressError(f"another process serves on {path}: give another --name or --bind.")
