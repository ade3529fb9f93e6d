from __future__ import annotations

import pytest

from treadle_worker import frames
from treadle_worker.frames import FrameError, FrameReader


def test_a_frame_is_four_bytes_of_length_and_the_message() -> None:
    packed = frames.pack(b"{}")

    assert int.from_bytes(packed[:4], "big") == len(packed) - 4
    assert packed[4:] == b"{}"


def test_messages_are_whole_however_the_bytes_arrive() -> None:
    messages = [b'{"a":1}', b"", b"x" * 1000]
    stream = b"".join(frames.pack(message) for message in messages)

    for size in (1, 2, 3, 7, len(stream)):
        reader = FrameReader()
        pieces = [stream[start : start + size] for start in range(0, len(stream), size)]

        assert [message for piece in pieces for message in reader.feed(piece)] == messages
        assert not reader.has_partial_frame


def test_an_unfinished_frame_is_noticed() -> None:
    reader = FrameReader()

    assert reader.feed(frames.pack(b"{}")[:-1]) == []
    assert reader.has_partial_frame


def test_a_frame_over_the_limit_is_refused_before_it_is_read() -> None:
    with pytest.raises(FrameError, match="over the limit"):
        FrameReader().feed(b"\xff\xff\xff\xff")


def test_a_message_over_the_limit_is_not_packed() -> None:
    with pytest.raises(FrameError, match="does not fit"):
        frames.pack(b"longer than ten bytes", 10)
