"""The file store's folder as the launcher sees it: what lies there, what goes, and the links.

The launcher never opens a value.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from treadle_launcher.clock import TimeUs
from treadle_launcher.values.garbage import StoredFile
from treadle_launcher.values.value_keys import current_link

FOLDERS: Final = ("assets", "runs")
"""What is ours below the root."""


class Interrupted(Exception):
    """The caller wants no more of it."""


class ValueFiles:
    """The files of one file store. Every method blocks, none is used on the event loop."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def listed(
        self, folders: Sequence[str] = FOLDERS, *, unless: Callable[[], bool] = lambda: False
    ) -> tuple[StoredFile, ...]:
        """Return the files below some folders, named by keys; links and others' are passed over.

        Raises:
            Interrupted: `unless` said so.
            OSError: a folder cannot be read.
        """
        return tuple(file for folder in folders for file in self._below(folder, unless))

    def remove(self, keys: Sequence[str]) -> None:
        """Remove values; those that are gone already are fine.

        Raises:
            OSError: one cannot be removed; the others are gone.
        """
        failure: OSError | None = None
        for key in keys:
            path = self._root / key
            try:
                path.unlink(missing_ok=True)
            except OSError as error:
                failure = failure or error
            if key.startswith("runs/"):
                self._remove_empty(path.parent)
        if failure is not None:
            raise failure

    def point_current(self, key: str) -> None:
        """Point the link for people, beside an asset's versions, to this one if it is there.

        What an IO manager of the user's stores is not.

        Raises:
            OSError: it cannot be made.
        """
        if not (self._root / key).exists():
            return
        link_key = current_link(key)
        link, target = self._root / link_key, key.removeprefix(f"{link_key.rpartition('/')[0]}/")
        with suppress(OSError):
            if os.readlink(link) == target:
                return
        draft = link.with_name(f".{link.name}-{secrets.token_hex(8)}")
        draft.symlink_to(target)
        try:
            draft.replace(link)
        except OSError:
            draft.unlink()
            raise

    def _below(self, folder: str, unless: Callable[[], bool]) -> Iterator[StoredFile]:
        if unless():
            raise Interrupted
        try:
            entries = os.scandir(self._root / folder)
        except FileNotFoundError:
            return
        with entries:
            for entry in entries:
                if not entry.name.isascii():
                    # None of ours, and perhaps no text that the record could be asked for.
                    continue
                key = f"{folder}/{entry.name}"
                if entry.is_dir(follow_symlinks=False):
                    yield from self._below(key, unless)
                elif entry.is_file(follow_symlinks=False):
                    # What is being written may get its name in this moment.
                    with suppress(FileNotFoundError):
                        status = entry.stat(follow_symlinks=False)
                        yield StoredFile(
                            key=key,
                            size_bytes=status.st_size,
                            modified=TimeUs(status.st_mtime_ns // 1000),
                        )

    def _remove_empty(self, folder: Path) -> None:
        """Remove the folders of a run that is over, as far up as they are empty.

        Folders of assets stay: a writer may have made sure just now that they are there.
        """
        top = self._root / "runs"
        while folder != top:
            try:
                folder.rmdir()
            except OSError:
                return
            folder = folder.parent
