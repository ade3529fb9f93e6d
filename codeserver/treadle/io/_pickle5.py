"""The file format of stored values: pickle protocol 5, its buffers beside it, ready to be mapped.

    0    magic, 16 bytes
    16   format and Python version as a line of JSON, padded with spaces to byte 64
    64   the pickle stream
    …    the buffers that the pickle refers to, each aligned to 64 bytes
    …    the index: offset, size and "read-only" of the stream and of every buffer, as JSON
    end  24 bytes: offset and size of the index, then a seal made from the CRC-32 of all before

The index comes last so that nothing has to be held in memory to be counted: the pickle is
written while it is made, a buffer straight from the object that owns it. A reader maps the
file privately, so loaded arrays are writable and share pages with the file until written to.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import BinaryIO, Final

from treadle import _json as json
from treadle._errors import TreadleError
from treadle._system import hashlib, mmap, open_file, os, pickle, struct, zlib
from treadle._value_words import a
from treadle_contract.lazy_dataclasses import dataclass

CODEC: Final = "pickle5"

#: As `platform` gives it, which is not what a start waits for.
_PYTHON: Final = sys.version.split()[0]

_MAGIC: Final = b"\x89treadle-value\r\n"
_ALIGNMENT: Final = 64
_READ_WHOLE_BYTES = 64 * 1024
_HEADER_BYTES: Final = 64
_FORMAT: Final = 1
_PLACE: Final = struct.Struct("<QQ")
_SEAL_BYTES: Final = 8
_LINE: Final = f'{{"format": {_FORMAT}, "python": "{_PYTHON}"}}'.encode()
_HEADER: Final = (_MAGIC + _LINE).ljust(_HEADER_BYTES - 1) + b"\n"
# Below this a buffer stays in the stream: aligning and indexing it would cost more than copying.
_SMALL_BUFFER_BYTES: Final = 1024
# Small enough that a chunk is still in the processor's cache when it is written after its CRC.
_CHUNK_BYTES: Final = 256 * 1024


class ValueFileError(TreadleError):
    """The file of a stored value is missing, damaged, or not what its name promises."""

    def __init__(self, file: str | Path, problem: str) -> None:
        self.file = Path(file)
        self.problem = problem
        super().__init__(f"{file}: {problem}.")


class ValueLostError(ValueFileError):
    """The file of a stored value is missing, damaged or unreadable: only making it again helps."""


class NotPicklableError(TreadleError):
    """A value has no pickle."""

    def __init__(self, value: object, error: Exception) -> None:
        kind = type(value)
        module = "" if kind.__module__ == "builtins" else f"{kind.__module__}."
        super().__init__(
            f"A{a(module + kind.__qualname__)[1:]} cannot be pickled"
            f" ({type(error).__name__}: {error}); return something that can, or give the output"
            " an IO manager of its own."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """What tells one file from another: its length in bytes and its CRC-32.

    `untouched` is what `file_mark` said of it when it was written; "" is said of none.
    """

    size_bytes: int
    crc32: int
    untouched: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Extent:
    """A run of bytes in the file."""

    offset: int
    size: int
    readonly: bool = False


class _Writer:
    """A file that knows how far it is and the CRC-32 of what went through."""

    __slots__ = ("_file", "crc32", "offset")

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.offset = 0
        self.crc32 = 0

    def write(self, data: bytes | bytearray | memoryview) -> int:
        """Write all of it. The pickler calls this as it goes."""
        with memoryview(data) as whole, whole.cast("B") as view:
            for start in range(0, len(view), _CHUNK_BYTES):
                chunk = view[start : start + _CHUNK_BYTES]
                self.crc32 = zlib.crc32(chunk, self.crc32)
                self._file.write(chunk)
            self.offset += len(view)
            return len(view)

    def align(self) -> None:
        """Go on at the next multiple of the alignment."""
        self.write(bytes(-self.offset % _ALIGNMENT))


def file_mark(found: os.stat_result) -> str:
    """Return what changes when anything writes to the file, moves it, or the system is started anew.

    "" where the system does not tell one start from another.
    """
    try:
        with open_file("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
            return f"{file.read().strip()}:{found.st_ino}:{found.st_ctime_ns}"
    except OSError:
        return ""


def dump(value: object, file: BinaryIO) -> Stamp:
    """Write the value to an empty file that was opened for writing.

    Raises:
        NotPicklableError: it has no pickle.
        OSError: the file cannot be written.
    """
    writer = _Writer(file)
    writer.write(_HEADER)
    buffers: list[pickle.PickleBuffer] = []

    def keep_small(buffer: pickle.PickleBuffer) -> bool:
        if buffer.raw().nbytes < _SMALL_BUFFER_BYTES:
            return True
        buffers.append(buffer)
        return False

    try:
        pickle.Pickler(writer, protocol=5, buffer_callback=keep_small).dump(value)
    except OSError:
        raise
    except Exception as error:  # pickling runs the user's own __reduce__
        raise NotPicklableError(value, error) from error
    extents = [_Extent(offset=_HEADER_BYTES, size=writer.offset - _HEADER_BYTES)]
    for buffer in buffers:
        writer.align()
        with buffer.raw() as raw:
            extents.append(_Extent(offset=writer.offset, size=len(raw), readonly=raw.readonly))
            writer.write(raw)
    _write_index(writer, extents)
    return Stamp(size_bytes=writer.offset, crc32=writer.crc32)


def load(path: str | Path, expected: Stamp | None = None) -> object:
    """Read a value back. Its big buffers are pages of the file, copied when written to.

    A file that nothing touched since it was written is not read for its checksum.

    Args:
        path: The file.
        expected: What `dump` returned; without it the file is only checked against itself.

    Raises:
        ValueLostError: the file is missing, damaged or unreadable.
        ValueFileError: its content cannot be unpickled, or is of a later format.
    """
    view, is_untouched = _mapped(path, expected)
    python = _checked_header(path, view)
    if not is_untouched:
        _check_sums(path, view, expected)
    stream, *extents = _index(view)
    buffers = []
    for extent in extents:
        part = view[extent.offset : extent.offset + extent.size]
        buffers.append(part.toreadonly() if extent.readonly else part)
    try:
        return pickle.loads(view[stream.offset : stream.offset + stream.size], buffers=buffers)
    except Exception as error:
        raise ValueFileError(
            path,
            f"it is whole but cannot be unpickled ({type(error).__name__}: {error})"
            f"{_versions(python)}",
        ) from error


def _versions(python: str) -> str:
    """Say which Python wrote a value, where it is another one than this."""
    return "" if python == _PYTHON else f"; Python {python} wrote it, this is {_PYTHON}"


def _write_index(writer: _Writer, extents: list[_Extent]) -> None:
    offset = writer.offset
    # What an encoder would make of it: a step process would need longer to go to one.
    rows = ",".join(f"[{each.offset},{each.size},{each.readonly:d}]" for each in extents)
    size = writer.write(f"[{rows}]".encode())
    writer.write(_PLACE.pack(offset, size))
    writer.write(_seal(writer.crc32))


def _seal(crc32: int) -> bytes:
    # Not the CRC itself: what ends in its own CRC always has the same CRC as a whole, and the
    # whole file's is what tells it from another.
    return hashlib.blake2b(crc32.to_bytes(4, "little"), digest_size=_SEAL_BYTES).digest()


def _mapped(path: str | Path, expected: Stamp | None) -> tuple[memoryview, bool]:
    """Return the file's bytes, and whether it is known that nothing touched it."""
    try:
        with open_file(path, "rb") as file:
            found = os.fstat(file.fileno())
            size = found.st_size
            if expected is not None and size != expected.size_bytes:
                raise ValueLostError(path, f"it has {size} bytes instead of {expected.size_bytes}")
            if size < _HEADER_BYTES + _PLACE.size + _SEAL_BYTES:
                raise ValueLostError(path, f"{size} bytes are too few for a stored value")
            if size <= _READ_WHOLE_BYTES:
                # A map costs more than so short a copy.
                return memoryview(bytearray(file.read())), False
            mark = "" if expected is None else expected.untouched
            # The map lives as long as the views of it, which the loaded value holds.
            view = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY))
            return view, bool(mark) and mark == file_mark(found)
    except FileNotFoundError:
        raise ValueLostError(path, "the file does not exist") from None
    except OSError as error:
        raise ValueLostError(path, f"it cannot be read ({error.strerror})") from error


def _checked_header(path: str | Path, view: memoryview) -> str:
    """Return the version of the Python that wrote the file."""
    header = bytes(view[:_HEADER_BYTES])
    if header == _HEADER:
        return _PYTHON
    if not header.startswith(_MAGIC):
        raise ValueLostError(path, "it does not begin like a stored value")
    try:
        facts = json.loads(header[len(_MAGIC) :])
        written_format, python = facts["format"], facts["python"]
    except (ValueError, TypeError, KeyError):
        raise ValueLostError(path, "its header is damaged") from None
    if written_format != _FORMAT:
        raise ValueFileError(
            path, f"its format is {written_format!r}, this Treadle reads {_FORMAT}"
        )
    return str(python)


def _check_sums(path: str | Path, view: memoryview, expected: Stamp | None) -> None:
    sealed = len(view) - _SEAL_BYTES
    found = zlib.crc32(view[:sealed])
    if view[sealed:] != _seal(found):
        raise ValueLostError(path, "it is damaged: its content does not match its own checksum")
    whole = zlib.crc32(view[sealed:], found)
    if expected is not None and whole != expected.crc32:
        raise ValueLostError(
            path, f"its checksum is crc32:{whole:08x} instead of crc32:{expected.crc32:08x}"
        )


def _index(view: memoryview) -> list[_Extent]:
    offset, size = _PLACE.unpack_from(view, len(view) - _SEAL_BYTES - _PLACE.size)
    table = json.loads(bytes(view[offset : offset + size]))
    return [
        _Extent(offset=start, size=length, readonly=bool(readonly))
        for start, length, readonly in table
    ]
