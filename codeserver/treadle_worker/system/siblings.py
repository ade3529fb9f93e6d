"""Forking a sibling: a copy of this process that is a child of its parent's, as if that had forked.

The C library has no call for it. What its `fork` does beside the system call, it does for what other
threads may be at. So a sibling is forked only by a process that has one thread, was forked itself, and
runs nothing of the user's: as its own fork left it, so the sibling finds itself.
"""

from __future__ import annotations

import ctypes

from treadle._system import os, signal

_PR_GET_TID_ADDRESS = 40
_CLONE_PARENT = 0x0000_8000
_CLONE_CHILD_CLEARTID = 0x0020_0000
_CLONE_CHILD_SETTID = 0x0100_0000
# clone, set_robust_list, get_robust_list; and where clone takes the address of the thread's id.
_CALLS = {"x86_64": (56, 273, 274, 3), "aarch64": (220, 99, 100, 4)}
_LIBC = ctypes.CDLL(None, use_errno=True)
# Of those that keep the interpreter's lock: a copy has no other thread to get it from.
_API = ctypes.PyDLL(None, use_errno=True)
_API.syscall.restype = ctypes.c_long


class Forker:
    """Forks siblings of this process."""

    def __init__(self) -> None:
        """Look for what it takes.

        Raises:
            OSError: it is not to be had here.
        """
        try:
            clone, self._set_robust, get_robust, tid_at = _CALLS[os.uname().machine]
            os.confstr("CS_GNU_LIBC_VERSION")
        except (KeyError, ValueError) as error:
            raise OSError(f"no sibling can be forked here: {error}") from error
        # Where the C library keeps the thread's id, and what a sibling has to tell the kernel anew.
        self._tid = ctypes.c_void_p()
        self._robust, self._size = ctypes.c_void_p(), ctypes.c_size_t()
        _checked(_LIBC.prctl(_PR_GET_TID_ADDRESS, ctypes.byref(self._tid), 0, 0, 0))
        _checked(_LIBC.syscall(get_robust, 0, ctypes.byref(self._robust), ctypes.byref(self._size)))
        flags = _CLONE_PARENT | _CLONE_CHILD_SETTID | _CLONE_CHILD_CLEARTID | signal.SIGCHLD
        nothing = ctypes.c_void_p()
        arguments = [ctypes.c_ulong(flags), *[nothing] * 4]
        arguments[tid_at] = self._tid
        self._arguments = (ctypes.c_long(clone), *arguments)

    def fork(self) -> int:
        """Fork; return 0 in the sibling, its pid here.

        Raises:
            OSError: the operating system refuses.
        """
        _API.PyOS_BeforeFork()
        pid = int(_API.syscall(*self._arguments))
        number = 0 if pid >= 0 else ctypes.get_errno()
        if pid == 0:
            _API.PyOS_AfterFork_Child()
            _LIBC.syscall(self._set_robust, self._robust, self._size)
            return 0
        _API.PyOS_AfterFork_Parent()
        if number:
            raise OSError(number, os.strerror(number))
        return pid


def _checked(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
