"""The standard library as it was before the user's code ran, which may replace anything in it.

Whatever of ours may run after that takes what it needs of the system from here. Modules put
functions of their own into `os`, `time` or `select`, or have a library do it in every module
that there is (gevent, frozen clocks, false file systems). A process of ours imports this before
anything of the user's.
"""

from __future__ import annotations

import _socket
import atexit
import builtins
import codecs
import datetime
import faulthandler
import fcntl
import gc
import hashlib
import mmap
import os
import pickle
import resource
import select
import signal
import stat
import struct
import termios
import time
import zlib
from _thread import allocate_lock
from builtins import open as open_file
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec, module_from_spec
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import socket

__all__ = [
    "allocate_lock",
    "atexit",
    "faulthandler",
    "fcntl",
    "gc",
    "hashlib",
    "make_folders",
    "mmap",
    "open_file",
    "os",
    "pickle",
    "private_module",
    "read_bytes",
    "resource",
    "select",
    "signal",
    "socket",
    "stat",
    "struct",
    "termios",
    "time",
    "uncollected",
    "utc_now",
    "zlib",
]


class _Kept:
    """What a module holds now. It is no module itself: nobody looks there for names to replace."""

    def __init__(self, module: ModuleType) -> None:
        vars(self).update(vars(module))


if not TYPE_CHECKING:
    for _name in __all__:
        if isinstance(_module := globals().get(_name), ModuleType):
            globals()[_name] = _Kept(_module)
    # In the module that is written in Python, functions look up each other by name.
    socket = _Kept(_socket)
    _builtins = _Kept(builtins)

    def open_file(*args, **options):
        """Open a file, as `open` does."""
        return _builtins.open(*args, **options)


_datetime = _Kept(datetime)
_PART_BYTES = 64 * 1024
# Nothing may be found any more when it is needed.
codecs.lookup("ascii")


def utc_now() -> datetime.datetime:
    """Return the time, also while a clock of the user's stands still."""
    now: datetime.datetime = vars(_datetime)["datetime"].now(datetime.UTC)
    return now


def read_bytes(path: str) -> bytes:
    """Return what is in a file.

    Raises:
        OSError: it cannot be read.
    """
    # Without a file object: hosts read of each step several files of a line or two.
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        parts = []
        while part := os.read(fd, _PART_BYTES):
            parts.append(part)
        return b"".join(parts)
    finally:
        os.close(fd)


def make_folders(path: str, mode: int) -> None:
    """Make a folder, and those above it that are missing; it may be there.

    They have the mode whatever the umask is, which may be the user's.

    Raises:
        OSError: it cannot be made.
    """
    try:
        os.mkdir(path, mode)
        os.chmod(path, mode)
    except FileNotFoundError:
        make_folders(os.path.dirname(path), mode)
        make_folders(path, mode)
    except FileExistsError:
        if not stat.S_ISDIR(os.stat(path).st_mode):
            raise


@contextmanager
def uncollected() -> Iterator[None]:
    """Look for no garbage in the block, which makes much that stays."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def private_module(name: str) -> ModuleType:
    """Execute a module of the standard library once more, for the caller alone."""
    spec = find_spec(name)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
