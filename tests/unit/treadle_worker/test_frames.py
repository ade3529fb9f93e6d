from __future__ import annotations

import json

import pytest

from treadle_worker import frames
from treadle_worker.frames import FrameError, FrameReader


def test_a_frame_is_four_bytes_of_length_and_json() -> None:
    packed = frames.pack({"commit": {"record": "7"}})

    assert int.from_bytes(packed[:4], "big") == len(packed) - 4
    assert json.loads(packed[4:]) == {"commit": {"record": "7"}}


def test_messages_are_whole_however_the_bytes_arrive() -> None:
    messages: list[dict[str, object]] = [{"a": 1}, {}, {"text": "ä" * 1000}]
    stream = b"".join(frames.pack(message) for message in messages)

    for size in (1, 2, 3, 7, len(stream)):
        reader = FrameReader()
        pieces = [stream[start : start + size] for start in range(0, len(stream), size)]

        assert [message for piece in pieces for message in reader.feed(piece)] == messages
        assert not reader.has_partial_frame


def test_an_unfinished_frame_is_noticed() -> None:
    reader = FrameReader()

    assert reader.feed(frames.pack({"a": 1})[:-1]) == []
    assert reader.has_partial_frame


def test_a_lone_surrogate_does_not_break_the_stream() -> None:
    (message,) = FrameReader().feed(frames.pack({"path": "a\udcffb"}))

    assert message == {"path": "a?b"}


def test_a_frame_over_the_limit_is_refused_before_it_is_read() -> None:
    with pytest.raises(FrameError, match="over the limit"):
        FrameReader().feed(b"\xff\xff\xff\xff")


def test_a_message_over_the_limit_is_not_packed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frames, "MAX_FRAME_BYTES", 10)

    with pytest.raises(FrameError, match="does not fit"):
        frames.pack({"text": "longer than ten bytes"})


@pytest.mark.parametrize("body", [b"[]", b"nonsense", b"\xff"])
def test_what_is_no_json_object_is_refused(body: bytes) -> None:
    with pytest.raises(FrameError):
        FrameReader().feed(len(body).to_bytes(4, "big") + body)
