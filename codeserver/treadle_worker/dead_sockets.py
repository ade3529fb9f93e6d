"""Sockets that a killed launcher left: removed by who sees its end."""

from __future__ import annotations

import contextlib
import os
import socket
import stat
from collections.abc import Iterable


def remove_dead_sockets(paths: Iterable[str]) -> None:
    """Remove those of the sockets at which nobody listens."""
    for path in paths:
        with contextlib.suppress(OSError):
            if stat.S_ISSOCK(os.lstat(path).st_mode) and _is_refused(path):
                os.unlink(path)


def _is_refused(path: str) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        # One that listens but is too busy to answer is none of ours to remove.
        probe.setblocking(False)
        try:
            probe.connect(path)
        except ConnectionRefusedError:
            return True
        except OSError:
            return False
    return False
