"""Where in the user's source a definition was made: the one place that walks frames."""

from __future__ import annotations

import sys
from types import CodeType, FrameType

from treadle._system import os
from treadle.locations.snapshot import SourceLine

_UNKNOWN = SourceLine(file="", line=0)
#: Packages that are between the user's line and a definition.
_OURS = frozenset({"treadle", "treadle_inprocess", "treadle_worker"})
#: Files whose name is the absolute path already.
_ABSOLUTE: set[str] = set()
#: The last walk through the lines of a code; taken out while a thread goes on with it.
_walks: list[_Walk] = []
#: By module, the package of ours that it is in, else "".
_PACKAGES: dict[str, str] = {}


def user_frame() -> FrameType | None:
    """Return the innermost frame that is not Treadle's own, or None when there is none."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        # By module name, not by path: the `__init__` of a dataclass has no file of its own.
        module: object = frame.f_globals.get("__name__")
        if type(module) is not str or not (package := _PACKAGES.get(module) or _package(module)):
            break
        # What calls the user's code is ours: beyond it there is nobody else's.
        frame = None if package == "treadle_worker" else frame.f_back
    return frame


def user_line() -> SourceLine:
    """Return the user's line that is calling into Treadle right now."""
    frame = user_frame()
    if frame is None:
        return _UNKNOWN
    file = frame.f_code.co_filename
    return SourceLine(file=file if file in _ABSOLUTE else _absolute(file), line=_line(frame))


def _line(frame: FrameType) -> int:
    """Return `frame.f_lineno`, which Python finds by a walk from the beginning of the code.

    A module of ten thousand assets asks at ten thousand places, one after the other: the walk
    goes on where it ended.
    """
    code, at = frame.f_code, frame.f_lasti
    walk = _walks.pop() if _walks else _Walk(code)
    if walk.code is not code or at < walk.begin:
        walk = _Walk(code)
    while walk.end <= at:
        walk.begin, walk.end, walk.line = next(walk.ranges)
    _walks[:] = [walk]
    return frame.f_lineno if walk.line is None else walk.line


class _Walk:
    """A walk through the lines of a code: where it is, a range of bytes, and the line of that."""

    __slots__ = ("begin", "code", "end", "line", "ranges")

    def __init__(self, code: CodeType) -> None:
        self.code = code
        self.ranges = code.co_lines()
        self.begin = self.end = 0
        self.line: int | None = None


def _absolute(file: str) -> str:
    path = os.path.abspath(file)
    if path == file:
        _ABSOLUTE.add(file)
    return path


def _package(module: str) -> str:
    package = module.partition(".")[0]
    _PACKAGES[module] = package if package in _OURS else ""
    return _PACKAGES[module]


def file_relative_path(dunderfile: str, relative_path: str) -> str:
    """Return the path of a file that lies beside a module: give it `__file__` and the way from there."""
    return os.path.join(os.path.dirname(dunderfile), relative_path)
