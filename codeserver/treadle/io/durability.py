"""What stored things survive, and the syncs that make them survive more."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from treadle._system import os


class Durability(StrEnum):
    """What outlives what: the same two words in every process of ours."""

    PROCESS = "process"
    """It survives SIGKILL of every process of ours: the kernel has it. Nothing is synced."""

    POWER = "power"
    """It survives a power cut: it is synced to the disk before anybody is told of it."""


def sync_folder(folder: str | os.PathLike[str]) -> None:
    """Sync a folder's names to the disk: a synced file without a name is lost.

    Raises:
        OSError: the folder is not there, or the disk failed.
    """
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def sync_folders(folder: Path, top: Path) -> None:
    """Sync the names that lead from `top` to what is in a folder below it.

    All of them: who made one of the folders may not have come to syncing its name yet.

    Raises:
        OSError: one is not there, or the disk failed.
    """
    while True:
        sync_folder(folder)
        if folder in (top, folder.parent):
            return
        folder = folder.parent
