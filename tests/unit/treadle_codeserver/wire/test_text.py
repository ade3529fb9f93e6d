from __future__ import annotations

from treadle_codeserver.wire.text import cut, printable, source_of, text_of
from treadle_contract.value import SourceLocation


def test_what_is_no_unicode_becomes_a_question_mark() -> None:
    assert printable("a\udcffä") == "a?ä"
    assert source_of(SourceLocation(file="/\udcff.py", line=3)) == SourceLocation(
        file="/?.py", line=3
    )
    assert source_of(None) is None


def test_a_long_text_keeps_its_ends() -> None:
    text = text_of("a" * 50 + "ä" * 50 + "z" * 50, limit=21)

    assert text.head == "a" * 10
    assert text.tail == "z" * 10
    assert text.omitted_bytes == 180


def test_a_cut_is_named() -> None:
    assert cut("x" * 100, limit=100) == "x" * 100
    assert cut("ä" * 50, limit=100) == "ä" * 50
    assert len(cut("x" * 1000, limit=100).encode()) <= 100
    assert "bytes left out" in cut("x" * 1000, limit=100)
