"""Text of the selection language to an expression tree, by recursive descent."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn

from treadle.selection._errors import SelectionSyntaxError
from treadle.selection._expression import (
    And,
    Check,
    ChecksOf,
    End,
    Ends,
    Everything,
    Expression,
    Group,
    InBlock,
    InGraph,
    Key,
    Kind,
    Not,
    OnRecord,
    Or,
    Owner,
    Pattern,
    Reach,
    Recorded,
    Tag,
    WithoutChecks,
)
from treadle.selection._older_forms import pluses, stars
from treadle.selection._tokens import Token, TokenKind, tokenize
from treadle_contract.ids import KeyText

_BY_NAME: dict[str, Callable[[str], Expression]] = {
    "group": lambda name: Group(name=name),
    "kind": lambda name: Kind(name=name),
    "owner": lambda name: Owner(name=name),
    "block": lambda name: InBlock(name=name),
    "graph": lambda path: InGraph(path=path),
}
_ATTRIBUTES = ("key", "tag", *_BY_NAME, "check")
_FUNCTIONS = (*End, "checks", "without_checks", *OnRecord)
# Deep enough for people and programs, and far from Python's own limit: each level takes up to
# ten calls, on top of those of the caller.
_MAX_NESTING = 50
# More digits than any graph has levels.
_MAX_DIGITS = 9


def parse(text: str) -> Expression:
    """Parse one expression of the selection language.

    Raises:
        SelectionSyntaxError: the text is not of the language; says where and what to write.
        AmbiguousSelectionError: an older form; `suggestions` are its two meanings.
    """
    return _Parser(text).parse()


class _Parser:
    """A position in the tokens of one text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = tokenize(text)
        self._position = 0
        self._nesting = 0

    def parse(self) -> Expression:
        if self._peek().kind is TokenKind.END:
            self._fail("The selection is empty. Name an asset, or write * for every asset.")
        expression = self._union()
        if self._peek().kind is not TokenKind.END:
            self._fail(f"{self._peek().text!r} is not expected here. {self._joining_hint()}")
        return expression

    # Loosest to tightest: or, and, not, +.

    def _union(self) -> Expression:
        parts = self._chain("or", self._intersection)
        return parts[0] if len(parts) == 1 else Or(parts=parts)

    def _intersection(self) -> Expression:
        parts = self._chain("and", self._complement)
        return parts[0] if len(parts) == 1 else And(parts=parts)

    def _chain(self, word: str, part: Callable[[], Expression]) -> tuple[Expression, ...]:
        parts = [part()]
        while self._peek().is_word(word):
            self._take()
            parts.append(part())
        return tuple(parts)

    def _complement(self) -> Expression:
        if not self._peek().is_word("not"):
            return self._reach()
        self._take()
        return Not(of=self._nested(self._complement))

    def _reach(self) -> Expression:
        up = self._up()
        start = self._peek()
        of = self._operand()
        self._refuse_star_after(start)
        down = self._down(of, start)
        return of if up == 0 and down == 0 else Reach(of=of, up=up, down=down)

    def _up(self) -> int | None:
        first, second, third = self._peek(), self._peek(1), self._peek(2)
        if first.is_sign("+"):
            if second.is_sign("+") and first.end == second.start:
                self._refuse_pluses_before(first)
            self._take()
            return None
        counted = first.text.isdigit() and second.is_sign("+")
        joined = first.end == second.start and second.end == third.start
        if counted and joined and (third.kind is TokenKind.WORD or third.text in {"*", "("}):
            self._take()
            self._take()
            return self._levels(first)
        return 0

    def _down(self, of: Expression, start: Token) -> int | None:
        if not self._peek().is_sign("+"):
            return 0
        plus = self._take()
        follower = self._peek()
        if plus.end != follower.start:
            return None
        if follower.is_sign("+"):
            count = 1 + self._take_pluses()
            raise pluses(of, before=0, after=count, text=self._text, position=start.start)
        if not follower.text.isdigit():
            return None
        self._take()
        return self._levels(follower)

    def _levels(self, number: Token) -> int:
        if len(number.text) > _MAX_DIGITS:
            self._fail("That many levels no graph has: write + alone for all the way.", at=number)
        if int(number.text) == 0:
            self._fail("Levels are counted from 1.", at=number)
        return int(number.text)

    def _operand(self) -> Expression:
        token = self._peek()
        if token.is_sign("("):
            return self._parenthesized()
        if token.is_sign("*"):
            self._refuse_star_before(token)
            self._take()
            return Everything()
        if not token.is_name:
            self._fail_operand(token)
        follower = self._peek(1)
        if follower.is_sign(":"):
            return self._attribute()
        if follower.is_sign("(") and token.end == follower.start:
            return self._ends()
        return Key(key=KeyText(self._take().text))

    def _parenthesized(self) -> Expression:
        opening = self._take()
        expression = self._nested(self._union)
        if not self._peek().is_sign(")"):
            if self._peek().kind is TokenKind.END:
                self._fail("This parenthesis is not closed.", at=opening)
            self._fail(f"{self._peek().text!r} is not expected here. {self._joining_hint()}")
        self._take()
        return expression

    def _ends(self) -> Expression:
        name = self._take()
        if name.text not in _FUNCTIONS:
            self._fail_unknown(name, _FUNCTIONS, "(…)")
        if name.text in set(OnRecord):
            return self._recorded(name)
        if self._peek(1).is_sign(")"):
            self._fail(f"{name.text}() needs a selection: {name.text}(*), for example.", at=name)
        of = self._parenthesized()
        match name.text:
            case "checks":
                return ChecksOf(of=of)
            case "without_checks":
                return WithoutChecks(of=of)
        return Ends(end=End(name.text), of=of)

    def _recorded(self, name: Token) -> Expression:
        self._take()
        if not self._peek().is_sign(")"):
            self._fail(f"{name.text}() takes nothing: write `a+ and {name.text}()`.", at=name)
        self._take()
        return Recorded(state=OnRecord(name.text))

    def _attribute(self) -> Expression:
        name = self._take()
        self._take()
        if name.text in _BY_NAME:
            return _BY_NAME[name.text](self._value(name))
        match name.text:
            case "key":
                return self._key_value()
            case "tag":
                return self._tag(name)
            case "check":
                return self._check()
        self._fail_unknown(name, _ATTRIBUTES, ":")

    def _tag(self, attribute: Token) -> Expression:
        name = self._value(attribute)
        if not self._peek().is_sign("="):
            return Tag(name=name, value="")
        self._take()
        return Tag(name=name, value=self._value(attribute))

    def _check(self) -> Expression:
        asset = self._pattern(
            "An asset's key is expected after `check:`: check:a/b, check:a/b:rows."
        )
        if not self._peek().is_sign(":"):
            return Check(asset=asset)
        self._take()
        name = self._pattern("A check's name is expected: check:a/b:rows, or check:a/b for all.")
        return Check(asset=asset, name=name)

    def _key_value(self) -> Expression:
        text = self._pattern('A key is expected after `key:`: key:a/b, key:"a/b" or key:a*.')
        return Pattern(pattern=text) if "*" in text else Key(key=KeyText(text))

    def _pattern(self, expected: str) -> str:
        if self._peek().kind is TokenKind.QUOTED:
            text = self._take().value
        else:
            text = ""
            end = self._peek().start
            while self._is_key_part(self._peek()) and self._peek().start == end:
                token = self._take()
                text, end = text + token.text, token.end
        if not text:
            self._fail(expected)
        return text

    def _is_key_part(self, token: Token) -> bool:
        return token.kind is TokenKind.WORD or token.is_sign("*")

    def _value(self, attribute: Token) -> str:
        if self._peek().kind not in {TokenKind.WORD, TokenKind.QUOTED}:
            self._fail(f'A value is expected: {attribute.text}:name or {attribute.text}:"a name".')
        value = self._take()
        if self._peek().is_sign(":"):
            self._fail(f'Put the value in double quotes: {attribute.text}:"{value.value}:…".')
        return value.value

    # Older forms.

    def _refuse_pluses_before(self, first: Token) -> NoReturn:
        count = self._take_pluses()
        of = self._operand()
        raise pluses(of, before=count, after=0, text=self._text, position=first.start)

    def _refuse_star_before(self, star: Token) -> None:
        word, after = self._peek(1), self._peek(2)
        if not word.is_name or word.start != star.end:
            return
        both = after.is_sign("*") and after.start == word.end
        raise stars(word.text, before=True, after=both, text=self._text, position=star.start)

    def _refuse_star_after(self, operand: Token) -> None:
        star, after = self._peek(), self._peek(1)
        if not star.is_sign("*") or not operand.is_name or star.start != operand.end:
            return
        if after.kind is TokenKind.WORD and after.start == star.end:
            form = f"{operand.text}*{after.text}"
            self._fail(
                f"A wildcard stands inside key: only. Write key:{form}.",
                at=star,
                names=(form,),
                suggestions=(f"key:{form}",),
            )
        raise stars(operand.text, before=False, after=True, text=self._text, position=operand.start)

    # Tokens.

    def _peek(self, ahead: int = 0) -> Token:
        return self._tokens[min(self._position + ahead, len(self._tokens) - 1)]

    def _take(self) -> Token:
        token = self._peek()
        self._position += 1
        return token

    def _take_pluses(self) -> int:
        count = 0
        while self._peek().is_sign("+"):
            self._take()
            count += 1
        return count

    def _nested(self, part: Callable[[], Expression]) -> Expression:
        self._nesting += 1
        if self._nesting > _MAX_NESTING:
            self._fail(f"The selection is nested more than {_MAX_NESTING} deep. Make it flatter.")
        expression = part()
        self._nesting -= 1
        return expression

    # Refusals.

    def _joining_hint(self) -> str:
        if self._peek().text == ")":
            return "No parenthesis is open."
        if self._peek().text == "-":
            return "Write `and not`."
        if self._peek().text.lower() == "not":
            return "Write `and not` or `or not`."
        return "Write `or`, `and` or `and not` between two selections."

    def _fail_operand(self, token: Token) -> NoReturn:
        if token.kind is TokenKind.END:
            self._fail("Something is missing at the end: an asset key, for example.")
        if token.kind is TokenKind.QUOTED:
            self._fail(
                f"A name in quotes needs its attribute. Write key:{token.text}.",
                names=(token.text,),
                suggestions=(f"key:{token.text}",),
            )
        if token.kind is TokenKind.WORD:
            self._fail(
                f"{token.text!r} joins selections; one is missing here. "
                f'An asset of this name is key:"{token.text}".'
            )
        self._fail(f"{token.text!r} is not expected here: a selection starts with a name.")

    def _fail_unknown(self, name: Token, known: tuple[str, ...], sign: str) -> NoReturn:
        from difflib import get_close_matches  # noqa: PLC0415 -- not what a start waits for

        near = get_close_matches(name.text, known, n=2)
        meant = " or ".join(f"{each}{sign}" for each in near or known)
        self._fail(
            f"{name.text}{sign} is not of the selection language. Did you mean {meant}?",
            at=name,
            names=(name.text,),
            suggestions=tuple(map(str, near)),
        )

    def _fail(
        self,
        problem: str,
        *,
        at: Token | None = None,
        names: tuple[str, ...] = (),
        suggestions: tuple[str, ...] = (),
    ) -> NoReturn:
        place = at or self._peek()
        raise SelectionSyntaxError(
            problem,
            text=self._text,
            position=place.start,
            names=names,
            suggestions=suggestions,
        )
