from __future__ import annotations

import ast
import json
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import treadle_client.cli
from treadle_client.cli.pages.pages import show_page
from treadle_client.text._table import Table
from treadle_client.text._visible import visible, visible_json

BIDI = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
ANY_TEXT = st.text(st.characters(), max_size=60)
#: Many of the characters that matter, which are few among all.
CONTROLS = st.text(
    st.one_of(st.characters(categories=["Cc", "Cf", "Cs", "Zl", "Zp"]), st.sampled_from("a\n\té")),
    max_size=60,
)
#: Where the command prints bytes of a program, or a page or a document that was made visible.
PRINTERS = {"say.py", "log_output.py", "pages.py", "machine.py"}


def does_something(character: str) -> bool:
    """Whether a terminal would do something at it, or could not be written to at all."""
    if character in "\n\t":
        return False
    return character in BIDI or unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"}


@given(st.one_of(ANY_TEXT, CONTROLS))
def test_nothing_that_a_terminal_acts_on_is_left(text: str):
    shown = visible(text)

    assert not any(map(does_something, shown))
    assert shown.count("\n") == text.count("\n")
    assert visible(shown) == shown


@given(st.text(st.characters(categories=["L", "M", "N", "P", "S", "Zs"]), max_size=60))
def test_what_people_write_is_unchanged(text: str):
    assert visible(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "déjà vu, e\u0301",
        "資産 を 作る 한국어",
        "שלום مرحبا",
        "می\u200cخواهم",  # noqa: RUF001 - words of a script
        "👩\u200d👩\u200d👧 🏳\ufe0f\u200d🌈 👍🏽",
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "a\tb\nc",
        r"C:\x1b\path",
    ],
)
def test_words_of_many_scripts_and_emoji_are_unchanged(text: str):
    assert visible(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2J", r"\x1b[2J"),
        ("\x1b]0;title\x07", r"\x1b]0;title\x07"),
        ("\x00\x7f\x9b2J", r"\x00\x7f\x9b2J"),
        ("50 %\r100 %\r\n", "50 %\\r100 %\\r\n"),
        ("abc\u202etxt.exe", r"abc\u202etxt.exe"),
        ("a\u200bb\ufeff\u2028", r"a\u200bb\ufeff\u2028"),
        ("\ud800", r"\ud800"),
        ("\U000e0001", r"\U000e0001"),
    ],
)
def test_a_control_is_shown_as_python_writes_it(text: str, shown: str):
    assert visible(text) == shown


@given(st.one_of(ANY_TEXT, CONTROLS))
def test_a_document_means_the_same_and_holds_no_control(text: str):
    document = visible_json(json.dumps({text: [text]}, ensure_ascii=False))

    # Two halves of a character that stand together are the character, in any JSON.
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
    assert json.loads(document) == {whole: [whole]}
    assert not any(map(does_something, document))


def test_a_character_beyond_the_plane_is_a_pair_in_json():
    assert visible_json('"\U000e0001"') == r'"\udb40\udc01"'


def test_lines_are_printed_only_where_controls_are_shown():
    folder = Path(treadle_client.cli.__file__).parent
    printing = {
        path.name
        for path in folder.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in {"click.echo", "print", "sys.stdout.write"}
    }

    assert printing == PRINTERS


def test_a_column_is_as_wide_as_what_is_shown_in_it(capsys: pytest.CaptureFixture[str]):
    show_page((Table(columns=("key", "why"), rows=(("a\x1b", "b"), ("c", "d"))), "\u202eend"))

    assert capsys.readouterr().out == "KEY    WHY\na\\x1b  b\nc      d\n\\u202eend\n"
