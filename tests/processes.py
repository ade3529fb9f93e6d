"""Processes that tests start: none outlives its block, and no block waits for one without a bound."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

_OUTLIVED = "TREADLE_TEST_OUTLIVES"
END_SECONDS = 120
"""How long a process may take to end by itself when its block is left."""


@contextmanager
def running(
    command: Sequence[str | Path], *, end_seconds: float = END_SECONDS, **options: Any
) -> Iterator[subprocess.Popen[Any]]:
    """Run a command for the length of the block; `options` are those of `subprocess.Popen`.

    Unlike Popen's own block this one ends. A block that raised has its process killed; one that
    did not waits for it `end_seconds` at most, and fails when it is still there then.
    """
    process = subprocess.Popen(command, **options)
    try:
        yield process
    except BaseException:
        process.kill()
        raise
    finally:
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream is not None:
                with suppress(BrokenPipeError):
                    stream.close()
        try:
            process.wait(end_seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(end_seconds)
            raise


def reset_signals() -> None:
    """Have children take the dispositions of a command started at a terminal; go on as started.

    `nohup` ignores SIGHUP, and a shell that runs `make test &` in a script ignores SIGINT and
    SIGQUIT for it. A child inherits what is ignored, and would go on when it is sent one of them;
    what is caught, each program that is started has as the system left it.
    """
    outlived = {
        number
        for number in (signal.SIGINT, signal.SIGHUP, signal.SIGQUIT, signal.SIGTERM)
        if signal.getsignal(number) is signal.SIG_IGN
        or number.name in os.environ.get(_OUTLIVED, "").split()
    }
    for number in outlived:
        signal.signal(number, _go_on)
    # The processes that run tests for this one are started as any other.
    os.environ[_OUTLIVED] = " ".join(sorted(number.name for number in outlived))
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def _go_on(_number: int, _frame: object) -> None:
    """Do nothing: whoever started the suite wants it to go on."""
