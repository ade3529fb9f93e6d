"""What survives what, as the operator chooses it."""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path


class Durability(StrEnum):
    """What is recorded as done survives this, and all that is less."""

    PROCESS = "process"
    """SIGKILL of every process of ours: the kernel has it."""

    POWER = "power"
    """A power cut: it is synced to the disk before anybody is told of it."""


def sync_path(path: Path) -> None:
    """Sync a file's content, or the names in a folder, to the disk.

    Raises:
        OSError: it cannot be opened, or the disk failed.
    """
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
