"""A location in this process with what its code is made of, as a loader tells it."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

from treadle.locations import tables
from treadle.locations.location import LoadedLocation
from treadle.reach._steps import reach_of
from treadle_contract.lazy_dataclasses import replace
from treadle_worker.loading import sources

_MAIN = "__main__"


class _UserFiles:
    """The user's files, looked for again where other ones are imported or one of them is written anew.

    Looking takes as long as a small run. A file that is there since, and that nothing has imported, is not seen
    before that.
    """

    def __init__(self) -> None:
        self._imported: tuple[tuple[str, str], ...] = ()
        self._found: dict[str, sources.SourceFile] = {}

    def digests(self) -> dict[str, str]:
        """Return the SHA-256 of each by module name."""
        imported = tuple(sources.imported_files(sys.modules))
        is_other = imported != self._imported or any(
            sources.file_stamp(file.path) != file.stamp for file in self._found.values()
        )
        if is_other:
            self._found, self._imported = sources.user_files(sys.modules), imported
        return {name: file.sha256 for name, file in self._found.items()}


_USER_FILES = _UserFiles()


def sealed(location: LoadedLocation) -> LoadedLocation:
    """Return the location with its digests, and with what its steps reach."""
    files = _USER_FILES.digests()
    # A script's own, which no loader has.
    files[_MAIN] = _of_script()
    whole = location.sealed(
        tables.pack(location.snapshot), files=files, distributions=sources.distributions()
    )
    return whole.with_snapshot(replace(whole.snapshot, reach=reach_of(whole)))


def _of_script() -> str:
    file = getattr(sys.modules[_MAIN], "__file__", None)
    content = Path(file).read_bytes() if file and Path(file).is_file() else b""
    return hashlib.sha256(content).hexdigest()
