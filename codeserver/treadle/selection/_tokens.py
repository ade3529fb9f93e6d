"""The pieces that the text of a selection is made of, each with its place."""

from __future__ import annotations

import re
from enum import StrEnum

from treadle.selection._errors import SelectionSyntaxError
from treadle_contract.lazy_dataclasses import dataclass

KEYWORDS = frozenset({"and", "or", "not"})
_TOKEN = re.compile(
    r"(?P<space>\s+)"
    r"|(?P<word>[A-Za-z0-9_.\-/]+)"
    r'|(?P<quoted>"(?:[^"\\]|\\.)*")'
    r"|(?P<sign>[+*():=])",
    re.DOTALL,
)

_HINTS = {
    ",": "Write `or` between alternatives.",
    "|": "Write `or`.",
    "&": "Write `and`.",
    "!": "Write `not`.",
    "~": "Write `not`.",
    "'": "Use double quotes.",
    '"': "The quote is not closed.",
}
_QUOTE_HINT = 'Put names with other characters in double quotes: key:"…", owner:"…".'


class TokenKind(StrEnum):
    """What a piece is."""

    #: Letters, digits and "_.-/".
    WORD = "word"
    #: Text in double quotes.
    QUOTED = "quoted"
    #: One of "+*():=".
    SIGN = "sign"
    #: The end of the text.
    END = "end"


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """One piece: `text` as it was written, from character `start` up to `end`."""

    kind: TokenKind
    text: str
    start: int
    end: int

    @property
    def value(self) -> str:
        """The text without quotes and escapes."""
        if self.kind is TokenKind.QUOTED:
            return re.sub(r"\\(.)", r"\1", self.text[1:-1], flags=re.DOTALL)
        return self.text

    @property
    def is_name(self) -> bool:
        """Whether a key may stand as this word alone."""
        return self.kind is TokenKind.WORD and self.text.lower() not in KEYWORDS

    def is_sign(self, sign: str) -> bool:
        """Whether it is this sign."""
        return self.kind is TokenKind.SIGN and self.text == sign

    def is_word(self, word: str) -> bool:
        """Whether it is this word, in any case."""
        return self.kind is TokenKind.WORD and self.text.lower() == word


def tokenize(text: str) -> tuple[Token, ...]:
    """Split the text of a selection; the last piece is the END.

    Raises:
        SelectionSyntaxError: a character has no meaning in the language.
    """
    tokens = []
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            character = text[position]
            raise SelectionSyntaxError(
                f"{character!r} has no meaning in a selection. "
                f"{_HINTS.get(character, _QUOTE_HINT)}",
                text=text,
                position=position,
                names=(character,),
            )
        if match.lastgroup != "space":
            tokens.append(
                Token(
                    kind=TokenKind(match.lastgroup or ""),
                    text=match.group(),
                    start=position,
                    end=match.end(),
                )
            )
        position = match.end()
    tokens.append(Token(kind=TokenKind.END, text="", start=len(text), end=len(text)))
    return tuple(tokens)
