"""How a step process ends: as any Python process does, but for the interpreter's teardown."""

from __future__ import annotations

import _io
import atexit
import gc
import io
import os
import signal
import sys
import threading
import traceback
import weakref
from collections.abc import Callable, Iterable
from typing import NoReturn, TypeAlias

from treadle._interrupted import StepInterrupted

OpenFiles: TypeAlias = tuple["weakref.ref[io.IOBase]", ...]

# What the interpreter itself ends with when its standard streams cannot be flushed.
_CANNOT_FLUSH = 120


def open_files() -> OpenFiles:
    """Return the file objects that the collector knows of.

    To be asked before `gc.freeze`: afterwards it names them no more.
    """
    return tuple(weakref.ref(each) for each in _files(gc.get_objects()))


def flush_written(files: OpenFiles) -> None:
    """Write out what is written and not flushed: each copy of this process would write it again."""
    _flush_buffers([file for file in (reference() for reference in files) if file is not None])


def join_threads() -> None:
    """Wait for the threads that are no daemons."""
    # Private, but what the interpreter calls at this point, since 3.3.
    _run(threading._shutdown)  # type: ignore[attr-defined]  # see above


def run_exit_handlers() -> None:
    """Run atexit handlers; those that ran already do not run again."""
    _run(atexit._run_exitfuncs)


def end_process(
    status: int, files: OpenFiles = (), *, by: signal.Signals | None = None
) -> NoReturn:
    """End this process: join threads, run atexit handlers, flush what is open, leave.

    `files` are those that were open before the heap was frozen. With `by`, it is that signal
    that ends it, unless it has a status to end with.
    """
    join_threads()
    run_exit_handlers()
    _run(_stop_resource_tracker)
    # Both, whatever becomes of the first.
    can_flush = _flush(sys.stdout) & _flush(sys.stderr)
    kept = [file for file in (reference() for reference in files) if file is not None]
    # Before garbage is collected: in a cycle, a file may be closed before its buffer is flushed.
    _flush_files([*kept, *_files(gc.get_objects())])
    # What is garbage in a cycle has finalizers that the teardown would run.
    _run(gc.collect)
    _flush_files([*kept, *_files(gc.get_objects())])
    if by is not None and not status:
        signal.signal(by, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, (by,))
        os.kill(os.getpid(), by)
    os._exit(status if can_flush or status else _CANNOT_FLUSH)


def exit_status(error: SystemExit) -> int:
    """Return the status that the interpreter would end with, and say what it would say."""
    if error.code is None:
        return 0
    if isinstance(error.code, int):
        return error.code & 0xFF
    print(error.code, file=sys.stderr)
    return 1


def _run(action: Callable[[], object]) -> None:
    try:
        action()
    except StepInterrupted:
        # It broke that off, as it should: nobody's error.
        pass
    except BaseException:  # noqa: BLE001 - the user's handlers may raise anything
        traceback.print_exc()


def _stop_resource_tracker() -> None:
    """Let multiprocessing's tracker, if there is one, clean up before it is killed as a child."""
    module = sys.modules.get("multiprocessing.resource_tracker")
    tracker = getattr(module, "_resource_tracker", None)
    if tracker is not None and getattr(tracker, "_pid", None) is not None:
        tracker._stop()


def _files(objects: Iterable[object]) -> list[io.IOBase]:
    # By type: `isinstance` would ask lazy proxies for their class, which runs user code.
    return [each for each in objects if issubclass(type(each), _io._IOBase)]  # type: ignore[misc]  # narrowed by the type


def _flush_files(files: list[io.IOBase]) -> None:
    """Flush from the outside in; close what is written in Python, as its finalizer would.

    A GzipFile writes its end when it is closed, into a buffer that is flushed thereafter.
    """
    _flush_buffers(files)
    for file in files:
        if type(file).__module__ != "_io":
            _attempt(file.close)
    for file in files:
        if type(file) in (_io.BufferedWriter, _io.BufferedRandom):
            _flush(file)


def _flush_buffers(files: list[io.IOBase]) -> None:
    for kind in (_io.TextIOWrapper, _io.BufferedWriter, _io.BufferedRandom, _io.BufferedRWPair):
        for file in files:
            if type(file) is kind:
                _flush(file)


def _flush(file: object) -> bool:
    """Flush a file unless it is closed; tell whether nothing is left in it."""
    flush = getattr(file, "flush", None)
    if flush is None or getattr(file, "closed", False):
        return True
    return _attempt(flush)


def _attempt(action: Callable[[], object]) -> bool:
    try:
        action()
    except Exception:  # noqa: BLE001 - a file of the user's may raise anything, and is lost then
        return False
    return True
