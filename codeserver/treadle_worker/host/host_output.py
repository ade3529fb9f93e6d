"""What a host or loader says of itself: lines on its stderr, quoted by who loses it."""

from __future__ import annotations

import contextlib

from treadle._system import os
from treadle_worker.system.kept_descriptor import out_of_the_way

_STDERR = 2
_output = _STDERR


def keep_output() -> int:
    """Keep what is descriptor 2 now, which the user's modules may close; return its descriptor."""
    global _output  # noqa: PLW0603 - a process has one
    with contextlib.suppress(OSError):
        _output = out_of_the_way(os.dup(2))
    return _output


def leave_to_parent() -> None:
    """Let go, in a forked child, of what the host prints to."""
    global _output  # noqa: PLW0603 - a process has one
    if _output != _STDERR:
        with contextlib.suppress(OSError):
            os.close(_output)
    _output = _STDERR


def note(words: str) -> None:
    """Write a line; a disk that is full is no reason to end."""
    with contextlib.suppress(OSError):
        os.write(_output, f"treadle: {words}\n".encode("utf-8", "replace"))
