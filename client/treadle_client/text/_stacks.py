"""Stacks that a process wrote of itself, without the part that is Treadle's own. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

#: A frame as faulthandler writes it, the newest first; a traceback's has a comma before "in".
_FRAME: Final = re.compile(r'  File "(?P<file>[^"]*)", line [0-9?]+ in .*')
#: The package whose process it is: what lies beside it is Treadle's too.
_WORKER: Final = re.compile(r"(?P<beside>.*/)treadle_worker/[^/]+\.py")


def without_own_frames(text: str) -> str:
    """Return the text with, of each stack, only what an op does; a line says what is left out.

    Only what lies below the op is left out: frames of Treadle that called it.
    """
    shown: list[str] = []
    stack: list[str] = []
    for line in text.split("\n"):
        if _FRAME.fullmatch(line):
            stack.append(line)
            continue
        shown += (*_trimmed(stack), line)
        stack = []
    return "\n".join((*shown, *_trimmed(stack)))


def _trimmed(stack: Sequence[str]) -> Sequence[str]:
    own = len(list(_own_frames(stack)))
    if not 0 < own < len(stack):
        # None is Treadle's, or all are: then they are what there is to see.
        return stack
    return (*stack[:-own], f"  … {own} frames of Treadle, which called it")


def _own_frames(stack: Sequence[str]) -> Iterator[str]:
    """Yield, from the oldest on, the frames that lie beside the worker of the same stack."""
    beside: str | None = None
    for frame in reversed(stack):
        file = _file_of(frame)
        if beside is None and not file.startswith("<frozen "):
            worker = _WORKER.fullmatch(file)
            if worker is None:
                return
            beside = worker["beside"]
        own = (f"{beside}treadle/", f"{beside}treadle_worker/", "<frozen ")
        if not file.startswith(own):
            return
        yield frame


def _file_of(frame: str) -> str:
    found = _FRAME.fullmatch(frame)
    return found["file"] if found else ""
