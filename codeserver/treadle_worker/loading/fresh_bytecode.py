"""Bytecode of files that were just saved: it is not kept.

Python takes compiled code for that of a file of the same size, saved in the same second. So what is
compiled of a file that may be saved once more within its second would be run in the place of the next text.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from importlib.util import cache_from_source
from typing import Final

from treadle._system import os, time
from treadle_worker.loading.sources import imported_files

_SETTLED_S: Final = 2.0
"""A file that old is not saved in its second any more, by any clock of a file system."""


def forget_fresh_bytecode(modules: Mapping[str, object], paths: Iterable[str]) -> None:
    """Remove the compiled code of the user's files that are younger, beside what is imported and at paths.

    A module that failed is not among the imported ones; its file lies beside one that is, or at a path.
    """
    if sys.dont_write_bytecode:
        return
    oldest = time.time() - _SETTLED_S
    imported = [path for _, path in imported_files(modules)]
    for folder in {os.path.dirname(path) for path in (*imported, *paths)}:
        for path in _saved_since(folder, oldest):
            try:
                os.unlink(cache_from_source(path))
            except (OSError, NotImplementedError):
                continue


def _saved_since(folder: str, moment: float) -> Iterator[str]:
    try:
        with os.scandir(folder) as entries:
            found = [entry for entry in entries if entry.name.endswith(".py")]
            yield from [each.path for each in found if each.stat().st_mtime >= moment]
    except OSError:
        return
