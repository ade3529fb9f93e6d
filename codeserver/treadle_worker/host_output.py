"""What a host says of itself: lines on its stderr, which the launcher quotes when it is lost."""

from __future__ import annotations

import contextlib
import os


def note(words: str) -> None:
    """Write a line; a disk that is full is no reason to end."""
    with contextlib.suppress(OSError):
        os.write(2, f"treadle host: {words}\n".encode("utf-8", "replace"))
