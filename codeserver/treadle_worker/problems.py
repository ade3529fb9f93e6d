"""What went wrong in the user's code, in a text and a place that are the user's alone."""

from __future__ import annotations

import importlib
import os
import traceback
from dataclasses import dataclass
from pathlib import Path

from treadle import DefinitionError
from treadle.snapshot import SourceLine
from treadle_worker.origins import is_user_file

_HEAD = "Traceback (most recent call last):"
_OUR_FOLDERS = (
    str(Path(__file__).resolve().parent) + os.sep,
    str(Path(__file__).resolve().parent.with_name("treadle")) + os.sep,
    str(Path(importlib.__file__).resolve().parent) + os.sep,
)


class TargetError(Exception):
    """A target cannot be loaded as it was given; `source` is the file, if it names one."""

    def __init__(self, message: str, *, source: SourceLine | None = None) -> None:
        self.source = source
        super().__init__(message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A text for a person, and the user's nearest line if there is one."""

    text: str
    source: SourceLine | None


def describe(error: BaseException) -> Problem:
    """Describe what the user's code raised: our frames and importlib's are left out.

    A refused definition says its own place and what to do; a traceback would add nothing.
    """
    if isinstance(error, TargetError):
        return Problem(text=str(error), source=error.source)
    if isinstance(error, DefinitionError) and error.source.file:
        return Problem(text=str(error), source=error.source)
    return Problem(text=_traceback(error), source=_nearest_line(error))


def _traceback(error: BaseException) -> str:
    try:
        told = traceback.TracebackException.from_exception(error)
        _strip(told, seen=set())
        return "".join(told.format()).rstrip("\n")
    except Exception as other:  # noqa: BLE001 - of causes or groups a thousand deep there is none
        # Its own frames alone: those are a list.
        frames = [
            frame
            for frame in traceback.extract_tb(error.__traceback__)
            if not _is_ours(frame.filename)
        ]
        kind = type(error)
        return (
            f"{_HEAD}\n{''.join(traceback.format_list(frames))}{kind.__module__}."
            f"{kind.__qualname__} (what led to it cannot be told: {type(other).__name__})"
        )


def _strip(told: traceback.TracebackException, *, seen: set[int]) -> None:
    """Remove frames that are not the user's business, in the whole chain of causes."""
    if id(told) in seen:
        return
    seen.add(id(told))
    told.stack[:] = [frame for frame in told.stack if not _is_ours(frame.filename)]
    for other in (told.__cause__, told.__context__, *(told.exceptions or ())):
        if other is not None:
            _strip(other, seen=seen)


def _is_ours(file: str) -> bool:
    return file.startswith(("<frozen importlib", *_OUR_FOLDERS))


def _nearest_line(error: BaseException) -> SourceLine | None:
    """Return the user's line closest to the raise; that of what led to it when there is none."""
    seen: set[int] = set()
    each: BaseException | None = error
    while each is not None and id(each) not in seen:
        seen.add(id(each))
        line = _syntax_line(each) or _innermost_line(each)
        if line is not None:
            return line
        each = each.__cause__ or each.__context__
    return None


def _syntax_line(error: BaseException) -> SourceLine | None:
    if not isinstance(error, SyntaxError) or not error.filename:
        return None
    if not os.path.isfile(error.filename) or not is_user_file(error.filename):
        return None
    return SourceLine(file=os.path.abspath(error.filename), line=error.lineno or 0)


def _innermost_line(error: BaseException) -> SourceLine | None:
    for frame, line in reversed(list(traceback.walk_tb(error.__traceback__))):
        file = frame.f_code.co_filename
        if not file.startswith("<") and not _is_ours(file) and is_user_file(file):
            return SourceLine(file=os.path.abspath(file), line=line)
    return None
