"""The standard library as it was before the user's code ran, which may replace anything in it.

Whatever of ours may run after that takes what it needs of the system from here. Modules put
functions of their own into `os`, `time` or `select`, or have a library do it in every module
that there is (gevent, frozen clocks, false file systems). A process of ours keeps all of it before
it imports anything of the user's.
"""

from __future__ import annotations

import codecs
from _thread import allocate_lock
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import atexit
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
    import socket
    import stat
    import struct
    import termios
    import time
    import zlib
    from builtins import open as open_file

__all__ = [
    "allocate_lock",
    "atexit",
    "faulthandler",
    "fcntl",
    "gc",
    "hashlib",
    "keep_all",
    "make_folders",
    "mmap",
    "open_file",
    "os",
    "pickle",
    "private_module",
    "rarely_collected",
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


_PART_BYTES: Final = 64 * 1024
# As `gc.set_threshold` takes it: a large module makes nothing but what stays.
_RARELY: Final = (50_000, 20, 100)
#: What is kept when it is first asked for: to define assets takes none of it.
_LATER: Final = (
    "atexit",
    "datetime",
    "faulthandler",
    "fcntl",
    "hashlib",
    "mmap",
    "pickle",
    "resource",
    "select",
    "signal",
    "socket",
    "struct",
    "termios",
    "time",
    "zlib",
)
_KEPT: Final[dict[str, Any]] = {}
#: In the module that is written in Python, functions look up each other by name.
_IN_C: Final = {"socket": "_socket"}


def _kept(name: str) -> Any:
    if name not in _KEPT:
        _KEPT[name] = _Kept(import_module(_IN_C.get(name, name)))
    return _KEPT[name]


if not TYPE_CHECKING:
    gc, os, stat = map(_kept, ("gc", "os", "stat"))
    _builtins = _kept("builtins")

    def open_file(*args, **options):
        """Open a file, as `open` does."""
        return _builtins.open(*args, **options)

    def __getattr__(name: str) -> object:
        if name in _LATER:
            return _kept(name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def keep_all() -> None:
    """Keep now what is kept when it is first asked for: the user's code comes next."""
    for name in _LATER:
        _kept(name)
    # Nothing may be found any more when it is needed.
    codecs.lookup("ascii")


def utc_now() -> datetime.datetime:
    """Return the time, also while a clock of the user's stands still."""
    kept = _kept("datetime")
    now: datetime.datetime = kept.datetime.now(kept.UTC)
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


@contextmanager
def rarely_collected() -> Iterator[None]:
    """Look for garbage at longer intervals in the block, but for what the block itself says of it."""
    before = gc.get_threshold()
    gc.set_threshold(*_RARELY)
    try:
        yield
    finally:
        if gc.get_threshold() == _RARELY:
            gc.set_threshold(*before)


def private_module(name: str) -> ModuleType:
    """Execute a module of the standard library once more, for the caller alone."""
    from importlib.util import find_spec, module_from_spec  # noqa: PLC0415 -- not what a start waits for

    spec = find_spec(name)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
