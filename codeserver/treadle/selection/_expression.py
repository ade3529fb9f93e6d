"""The expression tree of a selection: frozen values that print as text and parse back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import TypeAlias

from treadle.selection._tokens import KEYWORDS
from treadle_contract.ids import KeyText
from treadle_contract.lazy_dataclasses import dataclass, replace

_BARE = re.compile(r"[A-Za-z0-9_.\-/]+")


class End(StrEnum):
    """Which end of a selected part of the graph."""

    #: The members that no other member is made from, directly or not.
    SINKS = "sinks"
    #: The members that are made from no other member, directly or not.
    ROOTS = "roots"


class OnRecord(StrEnum):
    """What is on record of an asset, which a launcher knows alone."""

    #: No run made it.
    MISSING = "missing"
    #: The last run that was to make it failed to.
    FAILED = "failed"
    #: It was made, and would be made otherwise now, or is below such an asset.
    STALE = "stale"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """Every asset of which this is on record."""

    state: OnRecord

    def __str__(self) -> str:
        return f"{self.state}()"


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One asset by its key."""

    key: KeyText

    def __str__(self) -> str:
        plain = _is_bare(self.key) and not self.key.isdigit()
        return self.key if plain else f"key:{_quoted(self.key)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """Every asset whose key is like this text, in which "*" stands for any characters."""

    pattern: str

    def __str__(self) -> str:
        return f"key:{_pattern(self.pattern)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Every asset of a group."""

    name: str

    def __str__(self) -> str:
        return f"group:{_value(self.name)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """Every asset of a kind."""

    name: str

    def __str__(self) -> str:
        return f"kind:{_value(self.name)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Every asset of an owner."""

    name: str

    def __str__(self) -> str:
        return f"owner:{_value(self.name)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """Every asset that has the tag with this very value."""

    name: str
    value: str

    def __str__(self) -> str:
        value = f"={_value(self.value)}" if self.value else ""
        return f"tag:{_value(self.name)}{value}"


@dataclass(frozen=True, slots=True, kw_only=True)
class InBlock:
    """Every asset and every check that the block of this name makes."""

    name: str

    def __str__(self) -> str:
        return f"block:{_value(self.name)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class InGraph:
    """Every asset and every check that an op makes within the graph of this dotted path."""

    path: str

    def __str__(self) -> str:
        return f"graph:{_value(self.path)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """No asset, and every check whose asset and name are like these, in which "*" is anything."""

    asset: str
    name: str = "*"

    def __str__(self) -> str:
        name = "" if self.name == "*" else f":{_pattern(self.name)}"
        return f"check:{_pattern(self.asset)}{name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecksOf:
    """No asset, and every check of those that `of` selects."""

    of: Expression

    def __str__(self) -> str:
        return f"checks({self.of})"


@dataclass(frozen=True, slots=True, kw_only=True)
class WithoutChecks:
    """The assets that `of` selects, and no check."""

    of: Expression

    def __str__(self) -> str:
        return f"without_checks({self.of})"


@dataclass(frozen=True, slots=True)
class Everything:
    """Every asset."""

    def __str__(self) -> str:
        return "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What `of` selects and the assets up to `up` levels above and `down` levels below it.

    None is all the way, 0 is not at all; one of the two is not 0.
    """

    of: Expression
    up: int | None = 0
    down: int | None = 0

    def __str__(self) -> str:
        before = "" if self.up == 0 else f"{self.up or ''}+"
        after = "" if self.down == 0 else f"+{self.down or ''}"
        return f"{before}{_operand(self.of, within=Reach)}{after}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ends:
    """The sinks or roots of what `of` selects."""

    end: End
    of: Expression

    def __str__(self) -> str:
        return f"{self.end}({self.of})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Not:
    """Every asset but those of `of`."""

    of: Expression

    def __str__(self) -> str:
        return f"not {_operand(self.of, within=Not)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class And:
    """What all of two or more parts select."""

    parts: tuple[Expression, ...]

    def __str__(self) -> str:
        return " and ".join(_operand(part, within=And) for part in self.parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Or:
    """What any of two or more parts selects."""

    parts: tuple[Expression, ...]

    def __str__(self) -> str:
        return " or ".join(_operand(part, within=Or) for part in self.parts)


Expression: TypeAlias = (
    "Key | Pattern | Group | Kind | Owner | Tag | InBlock | InGraph | Check | Everything | Reach"
    " | Ends | ChecksOf | WithoutChecks | Recorded | Not | And | Or"
)

# Loosest first. What stands inside a tighter one needs parentheses.
_BINDING: dict[type, int] = {Or: 1, And: 2, Not: 3, Reach: 4}


def union(expressions: Iterable[Expression]) -> Expression:
    """Return one expression for the union of one or more; what is there twice counts once."""
    parts: list[Expression] = []
    for expression in expressions:
        parts.extend(expression.parts if isinstance(expression, Or) else (expression,))
    parts = list(dict.fromkeys(parts))
    return parts[0] if len(parts) == 1 else Or(parts=tuple(parts))


def walk(expression: Expression) -> Iterator[Expression]:
    """Yield the expression and every one within it, from left to right."""
    yield expression
    match expression:
        case And(parts=parts) | Or(parts=parts):
            for part in parts:
                yield from walk(part)
        case Not(of=of) | Reach(of=of) | Ends(of=of) | ChecksOf(of=of) | WithoutChecks(of=of):
            yield from walk(of)


def with_recorded(
    expression: Expression, known: Mapping[OnRecord, Iterable[KeyText]]
) -> Expression:
    """Return the expression with the assets themselves where it says what is on record of them."""
    match expression:
        case Recorded(state=state):
            if state not in known:
                return expression
            keys = tuple(Key(key=key) for key in known[state])
            return union(keys) if keys else _NOTHING
        case And(parts=parts):
            return And(parts=tuple(with_recorded(part, known) for part in parts))
        case Or(parts=parts):
            return union([with_recorded(part, known) for part in parts])
        case Not() | Reach() | Ends() | ChecksOf() | WithoutChecks():
            return replace(expression, of=with_recorded(expression.of, known))
    return expression


def says_recorded(expression: Expression, state: OnRecord) -> bool:
    """Tell whether an expression says this of the record."""
    return any(isinstance(part, Recorded) and part.state is state for part in walk(expression))


_NOTHING = And(parts=(Everything(), Not(of=Everything())))


def bare_reaches(expression: Expression) -> tuple[str, ...]:
    """Return every `+b`, `b+` and `+b+` on a plain key: Dagster's jobs meant one level there."""
    return tuple(
        str(part)
        for part in walk(expression)
        if isinstance(part, Reach)
        and isinstance(part.of, Key)
        and None in {part.up, part.down}
        and {part.up, part.down} <= {None, 0}
    )


def older_meaning(job: str, reach: str) -> str:
    """Say of a `+b` or `b+` of a job's that it meant less in Dagster, and what to write for that."""
    return (
        f"Job {job!r} selects {reach}: all the way, where Dagster went one level. Write"
        " 1+x or x+1 for one level."
    )


def _operand(expression: Expression, *, within: type) -> str:
    mine, outer = _BINDING.get(type(expression), 5), _BINDING[within]
    # `not not a` reads well; an equal neighbour elsewhere would be flattened or misread.
    fits = mine > outer or (mine == outer and within is Not)
    return str(expression) if fits else f"({expression})"


def _is_bare(text: str) -> bool:
    return _BARE.fullmatch(text) is not None and text.lower() not in KEYWORDS


def _pattern(text: str) -> str:
    bare = re.fullmatch(r"[A-Za-z0-9_.\-/*]+", text)
    return text if bare else _quoted(text)


def _value(text: str) -> str:
    return text if _is_bare(text) else _quoted(text)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
