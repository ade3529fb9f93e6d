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


def sealed(location: LoadedLocation) -> LoadedLocation:
    """Return the location with its digests, and with what its steps reach."""
    files = {name: file.sha256 for name, file in sources.user_files(sys.modules).items()}
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
