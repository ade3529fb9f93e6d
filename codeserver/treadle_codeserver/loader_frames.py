"""The loader's frames: messages as JSON objects, each behind four bytes of length."""

from __future__ import annotations

import json
from collections.abc import Iterator

from treadle.locations.canonical import Json
from treadle_codeserver import defaults
from treadle_codeserver.load_progress import FrameError

_LENGTH_BYTES = 4


class FrameBuffer:
    """Cuts a byte stream into frames, however its pieces arrive."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Take the next piece and give the frames that are complete with it, not parsed yet.

        Raises:
            FrameError: these are no frames.
        """
        self._buffer += data
        while len(self._buffer) >= _LENGTH_BYTES:
            length = int.from_bytes(self._buffer[:_LENGTH_BYTES], "big")
            if length > defaults.FRAME_BYTES:
                raise FrameError(f"a frame of {length} bytes")
            end = _LENGTH_BYTES + length
            if len(self._buffer) < end:
                return
            body = bytes(self._buffer[_LENGTH_BYTES:end])
            del self._buffer[:end]
            yield body


def parsed(body: bytes) -> dict[str, Json]:
    """Return the message in a frame.

    Raises:
        FrameError: it holds no JSON object.
    """
    try:
        frame = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise FrameError(f"not JSON: {error}") from error
    if not isinstance(frame, dict):
        raise FrameError("a frame is an object")
    return frame
