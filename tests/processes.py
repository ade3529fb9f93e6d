"""Processes that tests start: none outlives its block, and no block waits for one without a bound."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

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
    """Take the dispositions of a command started at a terminal: children inherit what is ignored.

    `nohup` ignores SIGHUP, and a shell that runs `make test &` in a script ignores SIGINT and
    SIGQUIT for it; a child that is sent one of them would then go on.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in (signal.SIGHUP, signal.SIGQUIT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
