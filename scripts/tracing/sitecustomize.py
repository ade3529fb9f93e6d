"""Imported by every Python process below `scripts/routes.py`: notes which files run in which part.

The part is a byte of a file that all processes have mapped; 0: nothing is noted. Each process
appends a line for the first call of each code object in each part.
"""

import mmap
import os
import sys
import threading
from types import CodeType, FrameType

_seen: set[tuple[int, CodeType]] = set()
_noted = os.environ["TREADLE_TRACED_FILES"]
# The user's code below may replace them.
_open, _write, _close = os.open, os.write, os.close

with open(os.environ["TREADLE_TRACED_PART"], "r+b") as _file:
    part = mmap.mmap(_file.fileno(), 1)


def _note(frame: FrameType, event: str, _: object) -> None:
    now = part[0]
    if not now or event != "call" or (now, frame.f_code) in _seen:
        return
    _seen.add((now, frame.f_code))
    descriptor = _open(_noted, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        _write(descriptor, f"{now} {frame.f_code.co_filename}\n".encode())
    finally:
        _close(descriptor)


threading.setprofile(_note)
sys.setprofile(_note)
