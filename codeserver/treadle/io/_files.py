"""The file store: values as files below one folder, written once each and read by ValueRef."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Final
from urllib.parse import quote

from treadle._errors import TreadleError
from treadle._system import hashlib, make_folders, open_file, os
from treadle.io import _pickle5
from treadle.io._pickle5 import Stamp
from treadle.io.durability import Durability, sync_folders
from treadle.steps._failures import TaskMismatchError
from treadle_contract.lazy_dataclasses import replace
from treadle_contract.value import ValueRef

STORE_NAME: Final = "files"

_CHECKSUM: Final = "crc32"
# Begins what is being written. No key has a component that begins with a dot.
_UNFINISHED: Final = ".unfinished-"
_COMPONENT_BYTES: Final = 120
# From here on reading a file for its checksum is what a reader would wait for.
_MARKED_BYTES: Final = 1024 * 1024


class ValueKeyError(TreadleError):
    """A key cannot name a value in a file store."""

    def __init__(self, key: str, problem: str) -> None:
        self.key = key
        super().__init__(
            f"Value key {key!r} {problem}; a key is path components joined by '/',"
            " none of them empty or beginning with a dot."
        )


class ValueRefError(TreadleError):
    """A ValueRef names what this store cannot read."""

    def __init__(self, ref: ValueRef, problem: str) -> None:
        self.ref = ref
        super().__init__(f"Value {ref.key!r} of store {ref.store!r} {problem}.")


class FileStore:
    """Values below a folder. It never overwrites; a reader sees a whole value or none.

    A value that was written survives what its durability says.
    """

    def __init__(
        self, root: str | os.PathLike[str], durability: Durability = Durability.PROCESS
    ) -> None:
        self.root = Path(root)
        self._root = os.fspath(self.root)
        self._durability = durability

    def write_value(self, key: str, value: object) -> ValueRef:
        """Store the value under the key and return its name.

        Raises:
            ValueKeyError: the key escapes the root or is malformed.
            TaskMismatchError: there is a value under the key.
            NotPicklableError: the value has no pickle.
            OSError: the folder cannot be written, or the disk failed.
        """
        path = self._path(key)
        if os.path.exists(path):
            raise TaskMismatchError(
                f"TaskOutput.value_key is {key!r}, and {path} has a value, which is never overwritten."
            )
        stamp = _write_file(path, value, self._durability)
        if self._durability is Durability.POWER:
            sync_folders(Path(path).parent, self.root)
        return _ref(key, stamp)

    def read_value(self, ref: ValueRef) -> object:
        """Return the value; its big buffers are mapped, writable, and private to the process.

        Raises:
            ValueRefError: the value is of another store, codec or checksum algorithm.
            ValueKeyError: the key escapes the root or is malformed.
            ValueLostError: the file is missing, damaged, or not the one that was named.
            ValueFileError: it is whole, and cannot be read here.
        """
        if ref.store != STORE_NAME:
            raise ValueRefError(ref, f"is not of this store, {STORE_NAME!r}")
        if ref.codec != _pickle5.CODEC:
            raise ValueRefError(
                ref, f"has codec {ref.codec!r} (ValueRef.codec); this store reads pickle5"
            )
        return _pickle5.load(self._path(ref.key), _stamp(ref))

    def path_of(self, key: str) -> Path:
        """Return where the key's value is, or would be.

        Raises:
            ValueKeyError: the key escapes the root or is malformed.
        """
        return Path(self._path(key))

    def _path(self, key: str) -> str:
        # A text: a step process runs this once or twice, and pathlib is written in Python.
        if "\0" in key or (os.sep != "/" and os.sep in key):
            raise ValueKeyError(key, "has a character that no path has")
        components = key.split("/")
        for component in components:
            if not component or component.startswith("."):
                raise ValueKeyError(key, f"has the component {component!r}")
        return f"{self._root}{os.sep}{os.sep.join(components)}"


def _write_file(path: str, value: object, durability: Durability) -> Stamp:
    """Write the value to a file that appears whole.

    Raises:
        NotPicklableError: the value has no pickle.
        OSError: the folder cannot be written.
    """
    # That only this user may enter, and read.
    folder = os.path.dirname(path)
    make_folders(folder, 0o700)
    unfinished = os.path.join(folder, _UNFINISHED + os.urandom(8).hex())
    try:
        with open_file(unfinished, "xb", opener=_opened_private) as file:
            stamp = _pickle5.dump(value, file)
            if durability is Durability.POWER:
                # Before it has its name: no power cut leaves a named file that is not whole.
                file.flush()
                os.fsync(file.fileno())
        os.replace(unfinished, path)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(unfinished)
        raise
    if stamp.size_bytes < _MARKED_BYTES:
        return stamp
    # Behind the last change, which is that of its name.
    return replace(stamp, untouched=_pickle5.file_mark(os.stat(path)))


def _opened_private(path: str, flags: int) -> int:
    """Open a file that only this user may read, whatever the umask is, which may be the user's."""
    fd = os.open(path, flags, 0o600)
    os.fchmod(fd, 0o600)
    return fd


def path_component(text: str) -> str:
    """Return a file name for the text: letters, digits, "_" and "-", the rest percent-encoded.

    What would be longer than 120 bytes is cut and gets a hash of the whole.
    """
    encoded = quote(text, safe="").replace(".", "%2E").replace("~", "%7E")
    if len(encoded) <= _COMPONENT_BYTES:
        return encoded
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    return f"{encoded[: _COMPONENT_BYTES - 17]}-{digest}"


def _ref(key: str, stamp: Stamp) -> ValueRef:
    return ValueRef(
        store=STORE_NAME,
        key=key,
        codec=_pickle5.CODEC,
        size_bytes=stamp.size_bytes,
        checksum=f"{_CHECKSUM}:{stamp.crc32:08x}",
        untouched=stamp.untouched,
    )


def _stamp(ref: ValueRef) -> Stamp:
    algorithm, _, digits = ref.checksum.partition(":")
    try:
        if algorithm == _CHECKSUM:
            return Stamp(size_bytes=ref.size_bytes, crc32=int(digits, 16), untouched=ref.untouched)
    except ValueError:
        pass
    raise ValueRefError(
        ref, f"has checksum {ref.checksum!r} (ValueRef.checksum); this store knows crc32:…"
    )
