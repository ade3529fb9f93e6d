"""Where in the user's source a definition was made: the one place that walks frames."""

from __future__ import annotations

import sys
from types import FrameType

from treadle._system import os
from treadle.snapshot import SourceLine

_OURS = ("treadle", "treadle_worker")
_UNKNOWN = SourceLine(file="", line=0)


def user_frame() -> FrameType | None:
    """Return the innermost frame that is not Treadle's own, or None when there is none."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and (package := _package(frame)) in _OURS:
        # What calls the user's code is ours: beyond it there is nobody else's.
        frame = None if package == "treadle_worker" else frame.f_back
    return frame


def user_line() -> SourceLine:
    """Return the user's line that is calling into Treadle right now."""
    frame = user_frame()
    if frame is None:
        return _UNKNOWN
    return SourceLine(file=os.path.abspath(frame.f_code.co_filename), line=frame.f_lineno)


def _package(frame: FrameType) -> str:
    # By module name, not by path: the `__init__` of a dataclass has no file of its own.
    module: object = frame.f_globals.get("__name__")
    return module.partition(".")[0] if isinstance(module, str) else ""
