"""Unix sockets of this user: dialled only where he alone listens, bound only where he alone may."""

from __future__ import annotations

import contextlib
import fcntl
import os
import socket
import stat
import struct
import weakref
from collections.abc import Iterator
from pathlib import Path

from treadle_access.addresses import BadAddressError, UnixAddress
from treadle_access.folders import held_folder, open_folder

_CREDENTIALS = struct.Struct("3i")


class ForeignSocketError(BadAddressError):
    """What lies at the address is no socket of this user's."""


def dial(address: UnixAddress) -> socket.socket:
    """Return a connection, not blocking, whose other end is a process of this user.

    Folder, name and peer are checked of this very connection, so that nobody can come between.

    Raises:
        BadAddressError: the folder, the socket or its listener is not this user's.
        OSError: nobody listens there, or does not take the connection now.
    """
    with held_folder(address.path.parent) as folder:
        _check_socket(address, folder)
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.setblocking(False)
            connection.connect(f"/proc/self/fd/{folder}/{address.path.name}")
            uid = peer_uid(connection)
            if uid != os.geteuid():
                raise ForeignSocketError(
                    f"the process that listens at {address} is of user {uid}, not of this user"
                )
        except BaseException:
            connection.close()
            raise
    return connection


def peer_uid(connection: socket.socket) -> int:
    """Return the user of the process at the other end, as the kernel noted it."""
    sent = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    return int(_CREDENTIALS.unpack(sent)[1])


class HeldSocket:
    """A socket to be dialled by its folder's descriptor, now and whenever it is made anew.

    In that folder nobody else can put anything. Close it when nothing dials any more.
    """

    def __init__(self, address: UnixAddress) -> None:
        """Open the folder.

        Raises:
            BadAddressError: the folder, or the socket in it, is not this user's.
            OSError: there is no such folder.
        """
        folder = open_folder(address.path.parent)
        #: Let go of the folder; repeating it is harmless.
        self.close = weakref.finalize(self, os.close, folder)
        with contextlib.suppress(FileNotFoundError):
            _check_socket(address, folder)
        #: Where this process, and only this one, finds it.
        self.address = UnixAddress(path=Path(f"/proc/self/fd/{folder}/{address.path.name}"))


def _check_socket(address: UnixAddress, folder: int) -> None:
    status = os.stat(address.path.name, dir_fd=folder, follow_symlinks=False)
    if stat.S_ISLNK(status.st_mode):
        raise ForeignSocketError(
            f"{address} is a link: name the socket that it leads to, unix:{address.path.resolve()}"
        )
    if not stat.S_ISSOCK(status.st_mode):
        raise ForeignSocketError(f"{address.path} is no socket")
    if status.st_uid != os.geteuid():
        raise ForeignSocketError(
            f"the socket {address} belongs to user {status.st_uid}, and only that user uses it"
        )


@contextlib.contextmanager
def claimed(address: UnixAddress) -> Iterator[None]:
    """Hold the socket's folder while it is bound, after removing what a killed process left.

    The lock keeps two servers that start at once from taking each other's socket for stale.

    Raises:
        BadAddressError: the folder is not this user's alone, another process listens there, or
            the path is something else.
    """
    try:
        with held_folder(address.path.parent):
            folder = os.open(address.path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise BadAddressError(f"{address.path.parent} cannot hold a socket: {error}") from error
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        _remove_stale(address)
        yield
    finally:
        os.close(folder)


def is_answered(address: UnixAddress) -> bool:
    """Tell whether some process listens on the socket."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(str(address.path))
        except OSError:
            return False
    return True


def _remove_stale(address: UnixAddress) -> None:
    path = address.path
    if not os.path.lexists(path):
        return
    if path.is_symlink() or not path.is_socket():
        raise BadAddressError(f"{path} exists and is not a socket: choose another --bind")
    if is_answered(address):
        raise BadAddressError(f"{path} is in use by another process: choose another --bind")
    path.unlink(missing_ok=True)
