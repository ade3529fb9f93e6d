"""What keeps a step's process whose op has ended: told once, when that takes seconds."""

from __future__ import annotations

import sys
import threading
from _thread import start_new_thread
from collections.abc import Callable
from contextlib import suppress
from types import FrameType

from treadle._system import os, time
from treadle.steps._step_logger import STEP_LOGGER
from treadle_contract.worker import WorkerLogRecord
from treadle_worker.loading.origins import is_user_file
from treadle_worker.step.reports import ReportsLostError
from treadle_worker.system import processes

_TOLD_AFTER_S = 5.0
# So many threads, or child processes, are named.
_MOST = 3


def tell_what_keeps(report: Callable[[WorkerLogRecord], None]) -> None:
    """Report what keeps this process, if it is there in some seconds still.

    To be called by its main thread. No thread may be left to be started: then it stays untold.
    """
    with suppress(RuntimeError):
        start_new_thread(_wait_and_tell, (report, threading.get_ident()))


def _wait_and_tell(report: Callable[[WorkerLogRecord], None], main: int) -> None:
    time.sleep(_TOLD_AFTER_S)
    try:
        what = _waited_for(main)
    except Exception as error:  # noqa: BLE001 - threads may be of classes of the user's
        what = f"is still there; what keeps it cannot be told ({type(error).__name__})."
    message = f"The op ended {_TOLD_AFTER_S:g} s ago, and its process {what}"
    with suppress(OSError, ReportsLostError):
        report(WorkerLogRecord(level="WARNING", logger=STEP_LOGGER, message=message))


def _waited_for(main: int) -> str:
    frames = sys._current_frames()
    threads = [
        each
        for each in threading.enumerate()
        if each.ident != main and each.is_alive() and not each.daemon
    ]
    if threads:
        named = _some([_thread_text(each, frames) for each in threads])
        return (
            f"waits for {named}. End a thread before the op returns, or start it with daemon=True."
        )
    where = f", {_place(frames[main])}" if main in frames else ""
    children = processes.children(os.getpid())
    beside = f" Its child processes: {_some([_process_text(each) for each in children])}."
    return f"is in what runs at its exit{where}.{beside if children else ''}"


def _thread_text(thread: threading.Thread, frames: dict[int, FrameType]) -> str:
    target = getattr(thread, "_target", None)
    name = getattr(target, "__qualname__", "")
    of = f" (target {name})" if name else ""
    frame = frames.get(thread.ident or 0)
    return f"thread {thread.name!r}{of}{f', {_place(frame)}' if frame else ''}"


def _place(frame: FrameType) -> str:
    """Return the user's innermost line, or, without one, the innermost."""
    found: FrameType | None = frame
    while found is not None and not is_user_file(found.f_code.co_filename):
        found = found.f_back
    at = found or frame
    return f"at {at.f_code.co_filename}:{at.f_lineno} in {at.f_code.co_name}"


def _process_text(pid: int) -> str:
    with suppress(ProcessLookupError):
        return f"{pid} ({processes.read_stat(pid).name})"
    return str(pid)


def _some(texts: list[str]) -> str:
    more = len(texts) - _MOST
    named = "; ".join(texts[:_MOST])
    return f"{named}; and {more} more" if more > 0 else named
