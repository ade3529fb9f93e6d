"""Frames: the bytes of messages on a stream, each behind four bytes of length."""

from __future__ import annotations

from treadle._system import struct
from treadle_contract.frame_bounds import MAX_BYTES

_LENGTH = struct.Struct(">I")


class FrameError(Exception):
    """The bytes are not a frame, or a message is too large for one."""


def pack(body: bytes, most: int = MAX_BYTES) -> bytes:
    """Write a message as one frame: its length (big-endian, 4 bytes), then its bytes.

    Raises:
        FrameError: the frame would hold more than so many bytes.
    """
    if len(body) > most:
        raise FrameError(f"a message of {len(body)} bytes does not fit a frame")
    return _LENGTH.pack(len(body)) + body


class FrameReader:
    """Cuts a byte stream into messages, however its pieces arrive."""

    __slots__ = ("_buffer", "_most")

    def __init__(self, most: int = MAX_BYTES) -> None:
        self._buffer = bytearray()
        self._most = most

    @property
    def has_partial_frame(self) -> bool:
        """Whether the stream so far ends inside a frame."""
        return bool(self._buffer)

    def feed(self, data: bytes) -> list[bytes]:
        """Take the stream's next piece and give the messages that are complete with it.

        Raises:
            FrameError: a frame is too long.
        """
        self._buffer += data
        messages = []
        start = 0
        while len(self._buffer) - start >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(self._buffer, start)
            if length > self._most:
                raise FrameError(f"a frame of {length} bytes is over the limit")
            end = start + _LENGTH.size + length
            if len(self._buffer) < end:
                break
            messages.append(bytes(self._buffer[start + _LENGTH.size : end]))
            start = end
        del self._buffer[:start]
        return messages
