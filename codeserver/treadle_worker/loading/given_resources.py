"""What the load says of an import that no step may be forked from: which resource holds what, or what else was left.

Nothing of the user's runs for it.
"""

from __future__ import annotations

import _io
import _socket
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from types import BuiltinFunctionType, CodeType, FunctionType, MethodType, ModuleType
from typing import Any, Final

from treadle._system import gc, os, stat
from treadle_worker.loading import fork_safety
from treadle_worker.loading.held_locks import is_taken, kinds_of_multiprocessing
from treadle_worker.loading.import_traces import Traces, socket_text
from treadle_worker.loading.left_open import Before

# Of what is deeper in, or beyond so many objects, the reason of the run's event tells.
_MOST_OBJECTS: Final = 10_000
_LEFT_ALONE: Final = (ModuleType, type, CodeType, FunctionType, BuiltinFunctionType, MethodType)
# They lead to what is every module's: to standard streams, to other loggers.
_NOT_LOOKED_INTO: Final = (("threading", "Thread"), ("logging", "Logger"), ("logging", "Manager"))
# Set in the types that Python code makes.
_HEAP_TYPE: Final = 1 << 9


def warnings(
    before: Before, resources: Mapping[str, object], of_jobs: Mapping[str, Mapping[str, object]]
) -> Iterator[str]:
    """Yield what keeps steps from being forked, and what to write instead.

    `resources` are those of the definitions by key, `of_jobs` those that jobs bring, by job.
    """
    named = False
    for key, value in sorted(resources.items()):
        what = _held(value)
        if what:
            named = True
            yield _said(f"Resource {key!r}", what)
    for job, brought in sorted(of_jobs.items()):
        for key, value in sorted(brought.items()):
            what = "" if resources.get(key) is value else _held(value)
            if what:
                named = True
                yield _said(f"Resource {key!r} of job {job!r}", what)
    if not named:
        reason = fork_safety.reason_to_spawn() or before.reason_not_to_fork(Traces())
        if reason:
            yield (
                f"Steps are spawned, each with an import of its own: {reason}. To have them forked, leave it"
                " to the op, or to a resource that is set up in the step."
            )


def _said(owner: str, what: str) -> str:
    return (
        f"{owner} holds {what}, since the code was imported. Processes cannot share it, so each step is"
        " spawned, imports the code anew and makes one more. Make it in the step: in setup_for_execution"
        " of a ConfigurableResource, or in a function under @resource."
    )


def _held(resource: object) -> str:
    """Say what a resource holds that copies of this process cannot share; "": nothing."""
    shared = kinds_of_multiprocessing(sys.modules)
    closed = tuple(filter(None, (_kind(*each) for each in _NOT_LOOKED_INTO)))
    seen, waiting = {id(resource)}, [resource]
    # The nearest first.
    for each in waiting:
        what = _live(each, shared)
        if what:
            return what
        if issubclass(type(each), closed) or len(waiting) >= _MOST_OBJECTS:
            continue
        for inner in gc.get_referents(each):
            if id(inner) not in seen and not issubclass(type(inner), _LEFT_ALONE):
                seen.add(id(inner))
                waiting.append(inner)
    return ""


def _live(each: object, shared: tuple[type, ...]) -> str:
    kind = type(each)
    if issubclass(kind, _socket.socket):
        fd = _socket.socket.fileno(each)  # type: ignore[arg-type]
        return socket_text(fd) if fd >= 0 else ""
    if is_taken(each):
        return "a lock that is taken"
    if issubclass(kind, shared):
        return f"a multiprocessing {kind.__name__}"
    if kind is _io.FileIO:
        return _file(each)
    return _database(each) or _thread_or_process(each) or _connection_in_c(each)


def _file(each: Any) -> str:
    # What is only read is opened anew in each copy; what is only written goes behind what others wrote.
    if each.closed or each.mode not in {"rb+", "wb+", "ab+", "xb+"}:
        return ""
    return f"the file {each.name}, open to be read and written"


def _database(each: Any) -> str:
    kind = _kind("sqlite3", "Connection")
    if kind is None or not issubclass(type(each), kind):
        return ""
    # A closed one, or one of another thread.
    with suppress(Exception):
        rows = kind.execute(each, "PRAGMA database_list").fetchall()
        # One in memory is copied with the memory.
        files = [row[2] for row in rows if row[2]]
        return f"a connection to the database {files[0]}" if files else ""
    return ""


def _thread_or_process(each: Any) -> str:
    thread, process = _kind("threading", "Thread"), _kind("subprocess", "Popen")
    if thread is not None and issubclass(type(each), thread):
        return f"the thread {each.name!r}, which runs" if thread.is_alive(each) else ""
    if process is not None and issubclass(type(each), process) and each.returncode is None:
        return f"the process {each.pid}, which runs"
    return ""


def _connection_in_c(each: Any) -> str:
    """Ask a connection of a library in C, of psycopg2 say, for its socket."""
    kind = type(each)
    if kind.__flags__ & _HEAP_TYPE or not hasattr(kind, "fileno") or issubclass(kind, _io._IOBase):
        return ""
    with suppress(Exception):
        fd = each.fileno()
        return socket_text(fd) if stat.S_ISSOCK(os.fstat(fd).st_mode) else ""
    return ""


def _kind(module: str, name: str) -> Any:
    """Return a class of a module, None where that is not imported."""
    found = getattr(sys.modules.get(module), name, None)
    return found if isinstance(found, type) else None
