"""Addresses: what a service binds or dials, and where Unix sockets lie by default."""

from __future__ import annotations

import hashlib
import ipaddress
import os
import socket
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

LONGEST_SOCKET_PATH = 107
"""The kernel's limit on a Unix socket's path, in bytes."""

_HIGHEST_PORT = 65535


class BadAddressError(ValueError):
    """The address is neither "unix:/path" nor "host:port"."""


class SocketFolderError(RuntimeError):
    """No folder for sockets is this user's alone."""


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
        return _parse_unix(text)
    host, colon, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not colon or not host or not port.isdecimal() or int(port) > _HIGHEST_PORT:
        raise BadAddressError(
            f"{text!r} is no address: write unix:/path or host:port (port 0: any)"
        )
    return TcpAddress(host=host, port=int(port))


def _parse_unix(text: str) -> UnixAddress:
    written = text.removeprefix("unix:")
    if not written:
        raise BadAddressError(f"{text!r} names no socket: write unix:/path")
    path = Path(written).absolute()
    if len(os.fsencode(path)) > LONGEST_SOCKET_PATH:
        raise BadAddressError(
            f"{text!r}: a Unix socket's path holds at most {LONGEST_SOCKET_PATH} bytes"
        )
    return UnixAddress(path=path)


def default_socket(identity: str, kind: str) -> UnixAddress:
    """Return the address of a service that was given none: the same for the same identity.

    Raises:
        SocketFolderError: the folder cannot be made, or is another user's.
    """
    name = hashlib.sha256(identity.encode()).hexdigest()[:12]
    return UnixAddress(path=socket_folder() / f"{name}-{kind}.sock")


def socket_folder() -> Path:
    """Return the folder for sockets, made if need be: mode 0700, owned by this user.

    Raises:
        SocketFolderError: the folder cannot be made, or is another user's.
    """
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    if runtime and _leaves_room(Path(runtime) / "treadle"):
        try:
            return owned_folder(Path(runtime) / "treadle")
        except (OSError, SocketFolderError):
            # A stale variable, for example after su: the fallback is as good.
            pass
    folder = Path(f"/tmp/treadle-{os.getuid()}")
    try:
        return owned_folder(folder)
    except OSError as error:
        raise SocketFolderError(f"{folder} cannot be made: {error}") from error


def _leaves_room(folder: Path) -> bool:
    return folder.is_absolute() and len(os.fsencode(folder)) + 32 <= LONGEST_SOCKET_PATH


def owned_folder(folder: Path) -> Path:
    """Return the folder, made if need be: mode 0700, owned by this user.

    Raises:
        SocketFolderError: it is another user's.
        OSError: it cannot be made.
    """
    folder.mkdir(mode=0o700, exist_ok=True)
    state = folder.lstat()
    if not stat.S_ISDIR(state.st_mode) or state.st_uid != os.getuid():
        raise SocketFolderError(f"{folder} is not a folder of this user's: remove it")
    if stat.S_IMODE(state.st_mode) != stat.S_IRWXU:
        folder.chmod(0o700)
    return folder


def is_answered(address: UnixAddress) -> bool:
    """Tell whether some process listens on the socket."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(str(address.path))
        except OSError:
            return False
    return True


def clear_stale_socket(address: UnixAddress) -> None:
    """Remove a socket that a killed process left.

    Raises:
        BadAddressError: a process listens there, or the path is no socket.
    """
    path = address.path
    if not os.path.lexists(path):
        return
    if not path.is_socket():
        raise BadAddressError(f"{path} exists and is not a socket: choose another --bind")
    if is_answered(address):
        raise BadAddressError(f"{path} is in use by another process: choose another --bind")
    path.unlink(missing_ok=True)
