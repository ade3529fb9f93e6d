"""What a loader wrote to its output before it died: cleaned for a person, and the line in it."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path

from treadle.locations.snapshot import SourceLine

_FRAME = re.compile(r'^ +File "(?P<file>[^"]+)", line (?P<line>\d+)(?: in .*)?$')
_NOISE = ("Fatal Python error: Aborted", "Extension modules: ")
_INSTALLED = re.compile(r"/(site|dist)-packages/|/lib/python3(\.\d+)?/")


def cleaned(output: str) -> str:
    """Return the output without what faulthandler prints that is not about the user's code.

    These are frames of ours and importlib's, the abort by which we asked for the stack, and
    the list of extension modules.
    """
    kept = [
        line for line in output.splitlines() if not _is_ours(line) and not line.startswith(_NOISE)
    ]
    return "\n".join(kept).strip()


def last_user_line(output: str) -> SourceLine | None:
    """Return the user's line that was running, if faulthandler printed a stack.

    It prints the most recent call first, so it is the first line that is neither ours, nor
    the standard library's, nor an installed distribution's.
    """
    for line in output.splitlines():
        found = _FRAME.match(line)
        if found is None or _is_ours(line) or _INSTALLED.search(found["file"]):
            continue
        return SourceLine(file=found["file"], line=int(found["line"]))
    return None


def _is_ours(line: str) -> bool:
    found = _FRAME.match(line)
    if found is None:
        return False
    file = found["file"]
    return file.startswith(("<frozen", *_OUR_FOLDERS)) or "/importlib/__init__.py" in file


def _folder_of(package: str) -> str:
    spec = find_spec(package)
    assert spec is not None, "all are of our own distribution"
    assert spec.submodule_search_locations is not None, "all are packages"
    return str(Path(spec.submodule_search_locations[0])) + "/"


_OUR_FOLDERS = tuple(
    _folder_of(package)
    for package in ("treadle", "treadle_contract", "treadle_partitions", "treadle_worker")
)
