"""AssetSelection: a selection written in Python. It prints as text of the language and parses back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias, cast

from treadle._absent_attributes import SaysWhatIsAbsent
from treadle._arguments import checked
from treadle._errors import ArgumentError
from treadle._keys import AssetKey, KeyLike, as_key, key_parts
from treadle._source import user_line
from treadle._value_words import in_words
from treadle.assets._asset_spec import AssetSpec, HasAssetKeys
from treadle.assets._assets import AssetsDefinition
from treadle.checks._check_spec import AssetCheckKey
from treadle.selection._errors import SelectionError
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
    Owner,
    Pattern,
    Reach,
    Tag,
    WithoutChecks,
    union,
)
from treadle.selection._parser import parse

#: What names assets in Python: a key, or what a decorator made.
Named: TypeAlias = "KeyLike | AssetsDefinition | AssetSpec | HasAssetKeys"


class AssetSelection(SaysWhatIsAbsent):
    """Which assets are meant. Two are joined by `|`, narrowed by `&` and `-`, turned round by `~`.

    `str()` of it is text of the selection language, which says just the same.
    """

    __slots__ = ("expression",)

    def __init__(self, expression: Expression) -> None:
        self.expression = expression

    @staticmethod
    @checked
    def all() -> AssetSelection:
        """Select every asset."""
        return AssetSelection(Everything())

    @staticmethod
    @checked
    def assets(*assets: Named) -> AssetSelection:
        """Select assets by their keys, or what decorators made.

        Raises:
            ArgumentError: one names no asset, or there is none.
        """
        return AssetSelection(_union(_named(assets), "assets"))

    @staticmethod
    @checked
    def keys(*keys: Named) -> AssetSelection:
        """Select assets by their keys, as `assets` does."""
        return AssetSelection(_union(_named(keys), "keys"))

    @staticmethod
    @checked
    def checks(*checks: AssetCheckKey | AssetsDefinition) -> AssetSelection:
        """Select checks alone, by their keys, or what check decorators made.

        Raises:
            ArgumentError: one names no check, or there is none.
        """
        return AssetSelection(_union(_named_checks(checks), "checks"))

    @staticmethod
    @checked
    def checks_for_assets(*assets: Named) -> AssetSelection:
        """Select the checks of assets, without these."""
        return AssetSelection(ChecksOf(of=_union(_named(assets), "checks_for_assets")))

    @staticmethod
    @checked
    def all_asset_checks() -> AssetSelection:
        """Select every check, and no asset."""
        return AssetSelection(ChecksOf(of=Everything()))

    @staticmethod
    @checked
    def key_prefixes(*prefixes: str | Sequence[str]) -> AssetSelection:
        """Select the assets below each prefix: of "a", those with keys such as "a/b"."""
        joined = ("/".join(key_parts(each)) for each in prefixes)
        return AssetSelection(
            _union((Pattern(pattern=f"{each}/*") for each in joined), "key_prefixes")
        )

    @staticmethod
    @checked
    def key_substring(key_substring: str) -> AssetSelection:
        """Select the assets in whose key a text stands."""
        return AssetSelection(Pattern(pattern=f"*{key_substring}*"))

    @staticmethod
    @checked
    def groups(*group_strs: str) -> AssetSelection:
        """Select the assets of each group."""
        return AssetSelection(_union((Group(name=each) for each in group_strs), "groups"))

    @staticmethod
    @checked
    def blocks(*names: str) -> AssetSelection:
        """Select what each block makes: all assets and checks of one decorator, by its name."""
        return AssetSelection(_union((InBlock(name=each) for each in names), "blocks"))

    @staticmethod
    @checked
    def graphs(*paths: str) -> AssetSelection:
        """Select what ops make within each graph: "g", or "g.inner" for a graph in a graph."""
        return AssetSelection(_union((InGraph(path=each) for each in paths), "graphs"))

    @staticmethod
    @checked
    def tag(key: str, value: str = "") -> AssetSelection:
        """Select the assets that have a tag with this very value."""
        return AssetSelection(Tag(name=key, value=value))

    @staticmethod
    @checked
    def tag_string(string: str) -> AssetSelection:
        """Select by a tag as text: "tier=gold", or "tier" for a tag without a value."""
        name, _, value = string.partition("=")
        return AssetSelection(Tag(name=name, value=value))

    @staticmethod
    @checked
    def kind(kind: str) -> AssetSelection:
        """Select the assets of a kind."""
        return AssetSelection(Kind(name=kind))

    @staticmethod
    @checked
    def owner(owner: str) -> AssetSelection:
        """Select the assets of an owner."""
        return AssetSelection(Owner(name=owner))

    @staticmethod
    @checked
    def from_coercible(selection: object) -> AssetSelection:
        """Return the selection that is meant: itself, text of the language, or a sequence of what
        names assets.

        Raises:
            ArgumentError: it is none of these.
        """
        if isinstance(selection, AssetSelection):
            return selection
        if isinstance(selection, str):
            return AssetSelection.from_string(selection)
        if isinstance(selection, Sequence):
            return AssetSelection.assets(*selection)
        return AssetSelection.assets(cast("Named", selection))

    @staticmethod
    @checked
    def from_string(string: str) -> AssetSelection:
        """Read text of the selection language.

        Raises:
            ArgumentError: it is none.
        """
        try:
            return AssetSelection(parse(string))
        except SelectionError as error:
            raise ArgumentError(
                f"AssetSelection.from_string: {error}",
                fix="Write the selection as the message says.",
                source=user_line(),
            ) from error

    @checked
    def upstream(self, depth: int | None = None, include_self: bool = True) -> AssetSelection:
        """Select also what these are made from: all of it, or so many levels far."""
        return self._reached(up=_depth(depth), down=0, include_self=include_self)

    @checked
    def downstream(self, depth: int | None = None, include_self: bool = True) -> AssetSelection:
        """Select also what is made from these: all of it, or so many levels far."""
        return self._reached(up=0, down=_depth(depth), include_self=include_self)

    def sinks(self) -> AssetSelection:
        """Select those that no other one of these is made from."""
        return AssetSelection(Ends(end=End.SINKS, of=self.expression))

    def roots(self) -> AssetSelection:
        """Select those that are made from no other one of these."""
        return AssetSelection(Ends(end=End.ROOTS, of=self.expression))

    def without_checks(self) -> AssetSelection:
        """Select these assets without their checks."""
        return AssetSelection(WithoutChecks(of=self.expression))

    def to_selection_str(self) -> str:
        """Return text of the selection language that says the same."""
        return str(self)

    def _reached(self, *, up: int | None, down: int | None, include_self: bool) -> AssetSelection:
        reached = self
        if (up, down) != (0, 0):
            reached = AssetSelection(Reach(of=self.expression, up=up, down=down))
        return reached if include_self else reached - self

    def __or__(self, other: object) -> AssetSelection:
        if not isinstance(other, AssetSelection):
            return NotImplemented
        return AssetSelection(union((self.expression, other.expression)))

    def __and__(self, other: object) -> AssetSelection:
        if not isinstance(other, AssetSelection):
            return NotImplemented
        return AssetSelection(_both(self.expression, other.expression))

    def __sub__(self, other: object) -> AssetSelection:
        return self & ~other if isinstance(other, AssetSelection) else NotImplemented

    def __invert__(self) -> AssetSelection:
        return AssetSelection(Not(of=self.expression))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AssetSelection) and self.expression == other.expression

    def __hash__(self) -> int:
        return hash(self.expression)

    def __str__(self) -> str:
        return str(self.expression)

    def __repr__(self) -> str:
        return f"AssetSelection.from_string({str(self)!r})"


def _named(assets: Iterable[Named]) -> Iterator[Expression]:
    for each in assets:
        if isinstance(each, AssetsDefinition) and each.keys:
            yield from (Key(key=key.text) for key in sorted(each.keys))
        elif isinstance(each, AssetSpec):
            yield Key(key=each.key.text)
        elif not isinstance(each, AssetsDefinition) and isinstance(each, HasAssetKeys):
            yield from (Key(key=key.text) for key in sorted(each.keys))
        elif isinstance(each, AssetKey | str | Sequence):
            yield Key(key=as_key(each).text)
        else:
            raise ArgumentError(
                f"AssetSelection has {in_words(each)}, which names no asset.",
                fix="Give an AssetKey, its text, or what an asset decorator made; a check to"
                " AssetSelection.checks(…).",
                source=user_line(),
            )


def _named_checks(checks: Iterable[object]) -> Iterator[Expression]:
    for each in checks:
        if isinstance(each, AssetCheckKey):
            yield Check(asset=each.asset_key.text, name=each.name)
        elif isinstance(each, AssetsDefinition) and each.check_specs:
            keys = sorted(each.check_keys)
            yield from (Check(asset=key.asset_key.text, name=key.name) for key in keys)
        else:
            raise ArgumentError(
                f"AssetSelection has {in_words(each)}, which names no check.",
                fix="Give an AssetCheckKey, or what @asset_check made.",
                source=user_line(),
            )


def _union(parts: Iterable[Expression], name: str) -> Expression:
    found = tuple(parts)
    if not found:
        raise ArgumentError(
            f"AssetSelection.{name}() selects nothing.",
            fix="Give at least one.",
            source=user_line(),
        )
    return union(found)


def _both(first: Expression, second: Expression) -> Expression:
    parts: list[Expression] = []
    for each in (first, second):
        parts.extend(each.parts if isinstance(each, And) else (each,))
    parts = list(dict.fromkeys(parts))
    return parts[0] if len(parts) == 1 else And(parts=tuple(parts))


def _depth(depth: int | None) -> int | None:
    if depth is None or (type(depth) is int and depth >= 0):
        return depth
    raise ArgumentError(
        f"AssetSelection: depth={in_words(depth)} is no number of levels.",
        fix="Give 0, 1, 2, …, or leave it out for all the way.",
        source=user_line(),
    )
