"""Whether the file of a stored value can be read. It looks at the disk alone."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import Final

from treadle_contract.value import ValueRef

_FILES: Final = "files"
_CHUNK_BYTES: Final = 1024 * 1024


def file_problem(root: Path, ref: ValueRef, *, doubted: bool = False) -> str:
    """Say in a clause why a value below a folder cannot be read, "" when it can.

    A file that is there and as long as it was is good, unless it is `doubted`: then it is read.
    """
    if ref.store != _FILES:
        return ""
    path = root / ref.key
    try:
        size = path.stat().st_size
        if size != ref.size_bytes:
            return f"its value is damaged ({path} has {size} bytes instead of {ref.size_bytes})"
        found = f"crc32:{_checksum(path):08x}" if doubted else ref.checksum
    except FileNotFoundError:
        return f"its value is gone from the disk ({path})"
    except OSError as error:
        return f"its value cannot be read ({path}: {error.strerror})"
    if found != ref.checksum:
        return f"its value is damaged ({path} has checksum {found} instead of {ref.checksum})"
    return ""


def _checksum(path: Path) -> int:
    found = 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            found = zlib.crc32(chunk, found)
    return found
