"""What went wrong in the user's code, in a text and a place that are the user's alone."""

from __future__ import annotations

import importlib
import sys
import traceback
from pathlib import Path

import treadle
import treadle_contract
import treadle_worker
from treadle import DefinitionError
from treadle._system import os
from treadle.locations.snapshot import SourceLine
from treadle_contract.lazy_dataclasses import dataclass, field
from treadle_worker.loading.origins import is_user_file
from treadle_worker.loading.raised import class_name, led_to, traceback_of

_FRAME = '  File "'
_WRITE_TREADLE = (
    "Dagster is not installed where this code runs. Treadle has the names of what it takes over:"
    " write `from treadle import …`, or `import treadle as dg`."
)
_HEAD = "Traceback (most recent call last):"
_OUR_FOLDERS = (
    str(Path(treadle_worker.__file__).resolve().parent) + os.sep,
    str(Path(treadle.__file__).resolve().parent) + os.sep,
    str(Path(treadle_contract.__file__).resolve().parent) + os.sep,
    str(Path(importlib.__file__).resolve().parent) + os.sep,
)


class TargetError(Exception):
    """A target cannot be loaded as it was given; `source` is the file, if it names one."""

    def __init__(self, message: str, *, source: SourceLine | None = None) -> None:
        self.source = source
        super().__init__(message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A text for a person, and the user's nearest line if there is one.

    `error` is what was raised.
    """

    text: str
    source: SourceLine | None
    error: BaseException | None = field(default=None, compare=False, repr=False)

    @property
    def has_frames(self) -> bool:
        """Whether the text names lines of the user's, and so says more than the error's own."""
        return _FRAME in self.text


def describe(error: BaseException) -> Problem:
    """Describe what the user's code raised: our frames and importlib's are left out.

    A refused definition says its own place and what to do; a traceback would add nothing.
    """
    if isinstance(error, TargetError):
        return Problem(text=str(error), source=error.source, error=error)
    if isinstance(error, DefinitionError) and error.source.file:
        return Problem(text=str(error), source=error.source, error=error)
    if _is_called_in_import(error):
        return Problem(text=str(error), source=_nearest_line(error), error=error)
    text = f"{_traceback(error)}{_hint(error)}"
    return Problem(text=text, source=_nearest_line(error), error=error)


def _hint(error: BaseException) -> str:
    """Return what to write for what a module of Dagster's imports, where that is not installed."""
    # A class of the user's may raise anything where its name is asked for.
    if type(error) is ModuleNotFoundError and error.name == "dagster":
        return f"\n{_WRITE_TREADLE}"
    return ""


def _is_called_in_import(error: BaseException) -> bool:
    """Tell whether the SDK, where it was imported, refused to serve a file that is imported."""
    guard = sys.modules.get("treadle_client.services._local")
    kind = getattr(guard, "CalledInImportError", None)
    return isinstance(kind, type) and isinstance(error, kind)


def _traceback(error: BaseException) -> str:
    try:
        told = traceback.TracebackException.from_exception(error)
        _strip(told)
        return "".join(told.format()).rstrip("\n")
    # Of groups a thousand deep there is none, and a class of the user's may raise anything.
    except BaseException as other:  # noqa: BLE001
        # Its own frames alone: those are a list.
        frames = [
            frame
            for frame in traceback.extract_tb(traceback_of(error))
            if not _is_ours(frame.filename)
        ]
        return (
            f"{_HEAD}\n{''.join(traceback.format_list(frames))}{class_name(error)} "
            f"(what led to it cannot be told: {class_name(other)})"
        )


def _strip(told: traceback.TracebackException) -> None:
    """Remove frames that are not the user's business, in the whole chain of causes."""
    seen: set[int] = set()
    waiting: list[traceback.TracebackException | None] = [told]
    # No recursion: a loop that keeps its last error makes a chain of thousands.
    while waiting:
        each = waiting.pop()
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        each.stack[:] = [frame for frame in each.stack if not _is_ours(frame.filename)]
        waiting.extend((each.__cause__, each.__context__, *(each.exceptions or ())))


def _is_ours(file: str) -> bool:
    return file.startswith(("<frozen importlib", *_OUR_FOLDERS, *_client_folder()))


def _client_folder() -> tuple[str, ...]:
    """Return where the SDK is, if the user's code imported it."""
    file = getattr(sys.modules.get("treadle_client"), "__file__", None)
    return (str(Path(file).resolve().parent) + os.sep,) if isinstance(file, str) else ()


def _nearest_line(error: BaseException) -> SourceLine | None:
    """Return the user's line closest to the raise; that of what led to it when there is none."""
    seen: set[int] = set()
    each: BaseException | None = error
    while each is not None and id(each) not in seen:
        seen.add(id(each))
        line = _syntax_line(each) or _innermost_line(each)
        if line is not None:
            return line
        each = led_to(each)
    return None


def _syntax_line(error: BaseException) -> SourceLine | None:
    if not isinstance(error, SyntaxError) or not error.filename:
        return None
    if not os.path.isfile(error.filename) or not is_user_file(error.filename):
        return None
    return SourceLine(file=os.path.abspath(error.filename), line=error.lineno or 0)


def _innermost_line(error: BaseException) -> SourceLine | None:
    for frame, line in reversed(list(traceback.walk_tb(traceback_of(error)))):
        file = frame.f_code.co_filename
        if not file.startswith("<") and not _is_ours(file) and is_user_file(file):
            return SourceLine(file=os.path.abspath(file), line=line)
    return None
