"""breakpoint() in an op: a step's process has no terminal, and says which command has one."""

from __future__ import annotations

import sys
from typing import Any, NoReturn

from treadle._system import os


class NoTerminalError(RuntimeError):
    """An op called breakpoint() in a process that nobody sits before."""


def refuse_breakpoints(run_id: str, step_key: str) -> None:
    """Make breakpoint() raise, unless the user's environment names a debugger of its own."""
    if os.environ.get("PYTHONBREAKPOINT"):
        return

    def refuse(*_: Any, **__: Any) -> NoReturn:
        raise NoTerminalError(
            "breakpoint() was called, and a step's process has no terminal. Run the step again in"
            f" yours: treadle runs debug {run_id} {step_key} --break -f FILE (or -m MODULE)."
        )

    sys.breakpointhook = refuse
