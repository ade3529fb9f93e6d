"""Files of this user's alone, whatever the umask says: what a home holds is nobody else's."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

_PRIVATE: Final = 0o600


def opened_private(path: str, flags: int) -> int:
    """Open a file as `open(…, opener=)` wants it; one that is made is this user's alone."""
    fd = os.open(path, flags, _PRIVATE)
    os.fchmod(fd, _PRIVATE)
    return fd


def write_private(path: Path, text: str) -> None:
    """Write a file anew that is this user's alone.

    Raises:
        OSError: it cannot be written.
    """
    make_private(path)
    path.write_text(text, encoding="utf-8")


def write_whole(path: Path, text: str) -> None:
    """Write a file that is this user's alone: a reader sees the whole of it, or none.

    Only one process writes it at a time, so what a killed one left is written over.

    Raises:
        OSError: it cannot be written.
    """
    draft = path.with_name(f".{path.name}.new")
    write_private(draft, text)
    draft.replace(path)


def make_private(path: Path) -> None:
    """Make a file if it is not there, and have it be this user's alone.

    One that is there is not opened: that would end the locks that this process has on it.

    Raises:
        OSError: it cannot be made.
    """
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _PRIVATE))
    except FileExistsError:
        if path.stat().st_uid != os.geteuid():
            return
    path.chmod(_PRIVATE)
