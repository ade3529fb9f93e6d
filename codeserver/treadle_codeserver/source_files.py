"""The source files of a snapshot: which of them the disk holds with another content by now."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from treadle_contract.lazy_dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """A file as the loader read it: `stamp` is its times of change, in nanoseconds, and size."""

    path: str
    sha256: str
    stamp: tuple[int, ...]


class SourceFiles:
    """The user's files that a snapshot was made of. Any thread may ask."""

    def __init__(self, files: Mapping[str, SourceFile] | None = None) -> None:
        self._files = tuple((files or {}).values())
        # Content that was found to be the same, by the stamps it had: not read again for them.
        self._same = {file.path: file.stamp for file in self._files}

    def changed(self) -> tuple[str, ...]:
        """Return the paths of those that are not as they were read, sorted.

        A file is read only if its stamp is another. One that is gone has changed.
        """
        return tuple(sorted(self._changed()))

    def _changed(self) -> Iterator[str]:
        for file in self._files:
            try:
                stamp = _stamp(file.path)
                if stamp == self._same[file.path]:
                    continue
                content = Path(file.path).read_bytes()
            except OSError:
                yield file.path
                continue
            if hashlib.sha256(content).hexdigest() == file.sha256:
                self._same[file.path] = stamp
            else:
                yield file.path


def _stamp(path: str) -> tuple[int, ...]:
    status = os.stat(path)
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size
