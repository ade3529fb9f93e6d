"""How a process that ran the user's code ends: as any Python process does, but for the teardown.

What the import registered to be run at the end runs in the process that imported, and once: a
step that was forked from there runs what it registered itself.
"""

from __future__ import annotations

import _io
import io
import logging
import sys
import threading
import traceback
import weakref
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, NoReturn, TypeAlias

from treadle._system import atexit, faulthandler, gc, os, signal
from treadle.steps._interrupted import StepInterrupted

OpenFiles: TypeAlias = tuple["weakref.ref[io.IOBase]", ...]

# What the interpreter itself ends with when its standard streams cannot be flushed.
_CANNOT_FLUSH = 120
# How long the handlers of an import may take when its process ends.
_DUMP_AFTER_S = 5.0


class _Inherited:
    """What this process inherited from the one that imported, and leaves to that.

    `rest`: what is left to do once the handlers have run that this process itself registered.
    """

    def __init__(self) -> None:
        self.rest: Callable[[], NoReturn] | None = None
        self.tracker_pid: int | None = getattr(_tracker(), "_pid", None)
        self.kept: tuple[object, ...] = ()

    def meet(self) -> None:
        """Be called by the interpreter before the handlers that were inherited: end instead."""
        if self.rest is not None:
            self.rest()


_inherited: _Inherited | None = None


def open_files() -> OpenFiles:
    """Return the file objects that the collector knows of.

    To be asked before `gc.freeze`: afterwards it names them no more.
    """
    return tuple(weakref.ref(each) for each in _files(gc.get_objects()))


def flush_written(files: OpenFiles) -> None:
    """Write out what is written and not flushed: each copy of this process would write it again."""
    _flush_buffers(_known(files))


def join_threads() -> None:
    """Wait for the threads that are no daemons."""
    # Private, but what the interpreter calls at this point, since 3.3.
    _run(threading._shutdown)  # type: ignore[attr-defined]  # see above


def run_exit_handlers(rest: Callable[[], NoReturn]) -> NoReturn:
    """Run atexit handlers, but for those that were inherited, and then `rest`."""
    if _inherited is not None:
        _inherited.rest = rest
    _run(atexit._run_exitfuncs)
    rest()


def disown_handlers() -> None:
    """Let this process, forked from the one that imported, end without what that registered.

    Nothing is taken out of the registries: what is in them may be all that keeps an object from
    being finalized, here and now.
    """
    global _inherited  # noqa: PLW0603 - what is true of a process
    _inherited = _Inherited()
    # Handlers run in reverse order.
    atexit.register(_inherited.meet)
    for finalizer in list(weakref.finalize._registry):  # type: ignore[attr-defined]  # private
        finalizer.atexit = False
    handlers = _thread_handlers()
    own = [each for each in handlers if _is_pythons(each)]
    threading._threading_atexits = own  # type: ignore[attr-defined]  # private
    # Those of the daemons among its children that multiprocessing would end as its own.
    module: Any = sys.modules.get("multiprocessing.process")
    children = getattr(module, "_children", None)
    if children is not None:
        module._children = set()
    _inherited.kept = (handlers, children)


def end_process(status: int, files: OpenFiles = ()) -> NoReturn:
    """End this process: join threads, run atexit handlers, flush what is open, leave.

    `files` are those that were open before the heap was frozen.
    """
    join_threads()
    run_exit_handlers(partial(leave, status, files))


def end_import(status: int, *, writes: bool) -> NoReturn:
    """End a process that ran nothing of the user's but the import, within some seconds.

    Threads that the modules left are not waited for. `writes`: what is not flushed is written.
    """
    faulthandler.dump_traceback_later(_DUMP_AFTER_S, exit=True, file=2)
    for handler in reversed(_thread_handlers()):
        if not _is_pythons(handler):
            _run(handler)
    _run(atexit._run_exitfuncs)
    for stream in (sys.stdout, sys.stderr):
        _flush(stream)
    if writes:
        _flush_files(_files(gc.get_objects()))
    os._exit(status)


def exit_status(error: SystemExit) -> int:
    """Return the status that the interpreter would end with, and say what it would say."""
    if error.code is None:
        return 0
    if isinstance(error.code, int):
        return error.code & 0xFF
    print(error.code, file=sys.stderr)
    return 1


def leave(status: int, files: OpenFiles = (), *, by: signal.Signals | None = None) -> NoReturn:
    """Flush what is open, and end this process.

    With `by`, it is that signal that ends it, unless it has a status to end with.
    """
    if _inherited is not None:
        _run_pythons_handlers()
    _run(_stop_resource_tracker)
    # Both, whatever becomes of the first.
    can_flush = _flush(sys.stdout) & _flush(sys.stderr)
    inherited = _known(files)
    # Before garbage is collected: in a cycle, a file may be closed before its buffer is flushed.
    _flush_files(_files(gc.get_objects()))
    _flush_buffers(inherited)
    # What is garbage in a cycle has finalizers that the teardown would run.
    _run(gc.collect)
    _flush_files(_files(gc.get_objects()))
    _flush_buffers(inherited)
    if by is not None and not status:
        signal.signal(by, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, (by,))
        os.kill(os.getpid(), by)
    os._exit(status if can_flush or status else _CANNOT_FLUSH)


def _run_pythons_handlers() -> None:
    """Run what the standard library registers itself: it is inherited, and this process's too."""
    util = sys.modules.get("multiprocessing.util")
    if util is not None:
        _run(util._exit_function)
    _run(weakref.finalize._exitfunc)  # type: ignore[attr-defined]  # private
    _run(logging.shutdown)


def _thread_handlers() -> list[Callable[[], object]]:
    return list(threading._threading_atexits)  # type: ignore[attr-defined]  # private


def _is_pythons(handler: object) -> bool:
    """Tell whether it is one of concurrent.futures', which are any process's own."""
    function = getattr(handler, "func", handler)
    return str(getattr(function, "__module__", "")).startswith("concurrent.futures.")


def _run(action: Callable[[], object]) -> None:
    try:
        action()
    except StepInterrupted:
        # It broke that off, as it should: nobody's error.
        pass
    except BaseException:  # noqa: BLE001 - the user's handlers may raise anything
        traceback.print_exc()


def _tracker() -> object:
    module = sys.modules.get("multiprocessing.resource_tracker")
    return getattr(module, "_resource_tracker", None)


def _stop_resource_tracker() -> None:
    """Let multiprocessing's tracker, if this process started one, clean up before it is killed."""
    tracker = _tracker()
    pid = getattr(tracker, "_pid", None)
    if pid is not None and (_inherited is None or pid != _inherited.tracker_pid):
        tracker._stop()  # type: ignore[attr-defined]  # private


def _files(objects: Iterable[object]) -> list[io.IOBase]:
    # By type: `isinstance` would ask lazy proxies for their class, which runs user code.
    return [each for each in objects if issubclass(type(each), _io._IOBase)]  # type: ignore[misc]  # narrowed by the type


def _known(files: OpenFiles) -> list[io.IOBase]:
    return [file for file in (reference() for reference in files) if file is not None]


def _flush_buffers(files: list[io.IOBase]) -> None:
    """Flush what the interpreter buffers itself, from the outside in."""
    for kind in (_io.TextIOWrapper, _io.BufferedWriter, _io.BufferedRandom, _io.BufferedRWPair):
        for file in files:
            if type(file) is kind:
                _flush(file)


def _flush_files(files: list[io.IOBase]) -> None:
    """Flush, and close what is written in Python, as its finalizer would.

    A GzipFile writes its end when it is closed, into a buffer that is flushed thereafter.
    """
    _flush_buffers(files)
    for file in files:
        if type(file).__module__ != "_io":
            _attempt(file.close)
    for file in files:
        if type(file) in (_io.BufferedWriter, _io.BufferedRandom):
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
