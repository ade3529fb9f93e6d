"""Becomes a command whose every fsync, and its children's, a test is asked about beforehand.

Run as a file: socket of the test, then the command. The kernel itself stops each call (seccomp's
user notification) and tells whoever holds the listener, which is sent over the socket: nothing in
the processes that are watched is replaced.
"""

from __future__ import annotations

import ctypes
import os
import platform
import socket
import struct
import sys

# The numbers of seccomp, fsync and fdatasync.
CALLS = {"x86_64": (317, 74, 75), "aarch64": (277, 82, 83)}

_PR_SET_NO_NEW_PRIVS = 38
_SET_MODE_FILTER = 1
_NEW_LISTENER = 8
_LOAD, _JUMP_IF_EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _NOTIFY = 0x7FFF0000, 0x7FC00000


def listen() -> int:
    """Have this process and its children ask about fsync from now on; return the listener.

    Raises:
        OSError: the kernel does not offer that.
    """
    seccomp, *syncs = CALLS[platform.machine()]
    program = b"".join(
        struct.pack("HBBI", *instruction)
        for instruction in (
            (_LOAD, 0, 0, 0),
            (_JUMP_IF_EQUAL, 2, 0, syncs[0]),
            (_JUMP_IF_EQUAL, 1, 0, syncs[1]),
            (_RETURN, 0, 0, _ALLOW),
            (_RETURN, 0, 0, _NOTIFY),
        )
    )
    kept = ctypes.create_string_buffer(program)
    filters = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(kept))
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    listener: int = libc.syscall(seccomp, _SET_MODE_FILTER, _NEW_LISTENER, filters)
    if listener < 0:
        raise OSError(ctypes.get_errno(), "no user notification of seccomp")
    return listener


def main() -> None:
    """Hand the listener over, and become the command."""
    with socket.socket(socket.AF_UNIX) as test:
        test.connect(sys.argv[1])
        listener = listen()
        socket.send_fds(test, [b"listener"], [listener])
        os.close(listener)
    os.execv(sys.argv[2], sys.argv[2:])


if __name__ == "__main__":
    main()
