"""Whose process listens at a Unix socket."""

from __future__ import annotations

import socket
import struct

from treadle_launcher.addresses import UnixAddress

_CREDENTIALS = struct.Struct("3i")


def peer_uid(address: UnixAddress, timeout: float) -> int:
    """Return the user id of the process that listens there; `timeout` is seconds.

    Raises:
        OSError: it cannot be connected to.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(timeout)
        probe.connect(str(address.path))
        credentials = probe.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    _, uid, _ = _CREDENTIALS.unpack(credentials)
    return int(uid)
