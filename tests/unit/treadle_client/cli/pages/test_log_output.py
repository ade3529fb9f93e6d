from __future__ import annotations

from treadle_client._messages import LogChunk, LogStream
from treadle_client.cli.pages.log_output import TextPieces


def pieces_of(*chunks: tuple[int, bytes, int]) -> list[tuple[int, int, str]]:
    """Return offset, omitted bytes and text of what chunks of (offset, data, omitted) become."""
    cut = TextPieces()
    found = []
    for offset, data, omitted in chunks:
        chunk = LogChunk(stream=LogStream.STDOUT, offset=offset, data=data, omitted_bytes=omitted)
        found += cut.of(chunk)
    found += cut.rest()
    return [(each.offset, each.omitted_bytes, each.text) for each in found]


def test_a_character_in_two_chunks_is_told_whole_where_it_begins():
    assert pieces_of((0, b"a\xc3", 0), (2, b"\xb6b", 0)) == [(0, 0, "a"), (1, 0, "öb")]


def test_a_character_in_many_chunks_waits_for_all_of_them():
    bytes_ = "€".encode()

    assert pieces_of(*((n, bytes_[n : n + 1], 0) for n in range(3))) == [(0, 0, "€")]


def test_a_last_character_that_is_incomplete_is_not_lost():
    assert pieces_of((0, b"a\xe2\x82", 0)) == [(0, 0, "a"), (1, 0, "\ufffd")]


def test_a_gap_ends_a_character_that_was_begun():
    gap = (10, b"b", 8)

    assert pieces_of((0, b"a\xc3", 0), gap) == [(0, 0, "a"), (1, 0, "\ufffd"), (10, 8, "b")]


def test_a_reader_may_begin_anywhere():
    assert pieces_of((7, b"abc", 0), (10, b"d", 0)) == [(7, 0, "abc"), (10, 0, "d")]
