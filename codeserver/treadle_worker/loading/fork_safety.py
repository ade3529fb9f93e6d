"""Whether a process that has imported the user's modules may fork: if not, it names the cause."""

from __future__ import annotations

import re
import sys
import threading
from collections.abc import Iterable
from types import FrameType

from treadle._system import gc, open_file, os

# Pools of native threads that hang in a forked child once they have worked, by the names of
# their threads. Each stands here with a test. Pools that mend themselves (OpenBLAS, Arrow's)
# do not count.
_HANGING_POOLS = {re.compile(r"polars-\d+"): "polars"}
# Libraries whose generators of random numbers are states in memory that nobody finds from here:
# whether an import seeded or used them cannot be known.
_WITH_GENERATORS = ("torch", "tensorflow", "keras", "cupy", "mxnet", "paddle")
_SHOWN_THREADS = 3
_GRPC_SHUTDOWN = 4


def reason_to_spawn() -> str:
    """Say why step processes must not be forked from this one, in one sentence; "" if they may.

    A forked child has the calling thread alone: what other threads hold is held for ever, and
    what they serve is dead.
    """
    return (
        _python_threads()
        or _grpc_channel()
        or _cuda()
        or _native_pool(_thread_names())
        or _generators()
    )


def _python_threads() -> str:
    frames = {
        ident: frame
        for ident, frame in sys._current_frames().items()
        if ident != threading.get_ident()
    }
    if not frames:
        return ""
    names = {thread.ident: thread.name for thread in threading.enumerate()}
    told = [
        f"{names.get(ident, 'of _thread')!r} of {_started_by(frame)}"
        for ident, frame in sorted(frames.items())
    ]
    more = f" and {len(told) - _SHOWN_THREADS} more" if len(told) > _SHOWN_THREADS else ""
    noun = "thread" if len(told) == 1 else "threads"
    return f"importing the code left the {noun} {', '.join(told[:_SHOWN_THREADS])}{more} running"


def _started_by(frame: FrameType) -> str:
    """Name the module whose function the thread runs: the outermost that is not threading's."""
    module = "threading"
    innermost_first: FrameType | None = frame
    while innermost_first is not None:
        name = innermost_first.f_globals.get("__name__", "")
        if name != "threading":
            module = name
        innermost_first = innermost_first.f_back
    return f"module {module}"


def _grpc_channel() -> str:
    cygrpc = sys.modules.get("grpc._cython.cygrpc")
    kinds = tuple(
        kind
        for name in ("Channel", "AioChannel")
        if isinstance(kind := getattr(cygrpc, name, None), type)
    )
    if kinds and any(_is_open(each) for each in gc.get_objects() if type(each) in kinds):
        return "importing the code left a gRPC channel open"
    return ""


def _is_open(channel: object) -> bool:
    """Ask a channel of grpcio's core for its state: a closed one has none, or is shut down."""
    check = getattr(channel, "check_connectivity_state", None)
    if check is None:
        return True
    try:
        return bool(check(False) != _GRPC_SHUTDOWN)
    except ValueError:
        return False


def _cuda() -> str:
    cuda = sys.modules.get("torch.cuda")
    if cuda is not None and cuda.is_initialized():
        return "importing the code initialised CUDA (torch.cuda)"
    return ""


def _thread_names() -> Iterable[str]:
    for thread in os.listdir("/proc/self/task"):
        try:
            with open_file(
                f"/proc/self/task/{thread}/comm", encoding="utf-8", errors="replace"
            ) as file:
                yield file.read().rstrip("\n")
        except FileNotFoundError:
            continue


def _native_pool(names: Iterable[str]) -> str:
    for name in names:
        for pattern, package in _HANGING_POOLS.items():
            if pattern.fullmatch(name):
                return f"importing the code used {package}, whose threads ({name}) do not fork"
    return ""


def _generators() -> str:
    for name in _WITH_GENERATORS:
        if sys.modules.get(name) is not None:
            return (
                f"importing the code imported {name}, whose random numbers would be the same in all"
                f" copies: import {name} in the op, or seed it there and use --start-method fork"
            )
    return ""
