"""The end of a process that an op forked, and that an exception took out of the op."""

from __future__ import annotations

import contextlib
import sys

from treadle._system import os
from treadle_worker.loading.problems import describe
from treadle_worker.step.process_exit import OpenFiles, end_process, exit_status


def end_forked(pid: int, error: BaseException, files: OpenFiles = ()) -> None:
    """End this process as Python ends one that raised this, unless it is the one with that id.

    The attempt's own process tells of the attempt's end; it can wait for this one.
    """
    if os.getpid() == pid:
        return
    raised = error.__cause__ or error
    if isinstance(raised, SystemExit):
        status = exit_status(raised)
    else:
        status = 1
        with contextlib.suppress(OSError, ValueError):
            print(describe(raised).text, file=sys.stderr)
    end_process(status, files)
