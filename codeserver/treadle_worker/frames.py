"""Frames: messages as JSON objects on a byte stream, each behind four bytes of length."""

from __future__ import annotations

from collections.abc import Mapping

from treadle import _json as json
from treadle._system import struct

MAX_FRAME_BYTES = 64 * 1024 * 1024

_LENGTH = struct.Struct(">I")


class FrameError(Exception):
    """The bytes are not a frame, or a message is too large for one."""


def pack(message: Mapping[str, object]) -> bytes:
    """Write `message` as one frame: its length (big-endian, 4 bytes) and its JSON.

    Text that is not Unicode (lone surrogates, as in undecodable file names) has its
    offending characters replaced by "?".

    Raises:
        FrameError: the frame would hold more than MAX_FRAME_BYTES.
    """
    body = dump(message)
    if len(body) > MAX_FRAME_BYTES:
        raise FrameError(f"a message of {len(body)} bytes does not fit a frame")
    return _LENGTH.pack(len(body)) + body


def dump(message: Mapping[str, object]) -> bytes:
    """Write `message` as compact JSON in UTF-8, on one line."""
    text = json.dumps(message, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "replace")


def parse(body: bytes | bytearray | memoryview) -> dict[str, object]:
    """Read one JSON object.

    Raises:
        FrameError: it is not JSON, or not an object.
    """
    try:
        message = json.loads(bytes(body))
    except ValueError as exc:
        raise FrameError(f"not JSON: {exc}") from exc
    if not isinstance(message, dict):
        raise FrameError(f"a frame holds an object, this one {type(message).__name__}")
    return message


class FrameReader:
    """Cuts a byte stream into messages, however its pieces arrive."""

    __slots__ = ("_buffer",)

    def __init__(self) -> None:
        self._buffer = bytearray()

    @property
    def has_partial_frame(self) -> bool:
        """Whether the stream so far ends inside a frame."""
        return bool(self._buffer)

    def feed(self, data: bytes) -> list[dict[str, object]]:
        """Take the stream's next piece and give the messages that are complete with it.

        Raises:
            FrameError: a frame is too long or holds no JSON object.
        """
        self._buffer += data
        messages = []
        start = 0
        while len(self._buffer) - start >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(self._buffer, start)
            if length > MAX_FRAME_BYTES:
                raise FrameError(f"a frame of {length} bytes is over the limit")
            end = start + _LENGTH.size + length
            if len(self._buffer) < end:
                break
            messages.append(parse(self._buffer[start + _LENGTH.size : end]))
            start = end
        del self._buffer[:start]
        return messages
