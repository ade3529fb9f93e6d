from __future__ import annotations

import pytest

from treadle_codeserver import defaults
from treadle_codeserver.load_progress import FrameError
from treadle_codeserver.loader_frames import FrameBuffer, parsed


def packed(body: bytes) -> bytes:
    return len(body).to_bytes(4, "big") + body


def test_frames_are_whole_however_the_bytes_arrive() -> None:
    stream = packed(b'{"a":1}') + packed(b"{}") + packed('{"b":"ä"}'.encode())

    for size in (1, 3, 5, len(stream)):
        buffer = FrameBuffer()
        pieces = [stream[start : start + size] for start in range(0, len(stream), size)]

        assert [parsed(frame) for piece in pieces for frame in buffer.feed(piece)] == [
            {"a": 1},
            {},
            {"b": "ä"},
        ]


@pytest.mark.parametrize("body", [b"[]", b"nonsense", b"\xff", b"[" * 100_000])
def test_what_is_no_object_is_refused(body: bytes) -> None:
    with pytest.raises(FrameError):
        parsed(body)


def test_a_frame_over_the_limit_is_refused_before_it_is_read() -> None:
    length = (defaults.FRAME_BYTES + 1).to_bytes(4, "big")

    with pytest.raises(FrameError, match="bytes"):
        list(FrameBuffer().feed(length))
