"""AssetKey: the name of an asset, one or more components."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeAlias

from treadle._arguments import checked_init
from treadle._errors import InvalidNameError
from treadle._names import MOST_NAME_BYTES, too_long
from treadle._source import user_line
from treadle._value_words import in_words
from treadle_contract.ids import KeyText
from treadle_contract.lazy_dataclasses import dataclass

_COMPONENT = re.compile(r"[A-Za-z0-9_.-]+")
_NOT_IN_NODE_NAMES = str.maketrans("-.", "__")


@checked_init
@dataclass(frozen=True, slots=True, order=True, init=False)
class AssetKey:
    """The name of an asset: components of letters, digits, "_", "-" and ".".

    Text is the components joined by "/": `AssetKey("a/b")` equals `AssetKey(["a", "b"])`.

    Raises:
        InvalidNameError: there is no component, or one has other characters.
    """

    #: The components.
    parts: tuple[str, ...]

    def __init__(self, path: str | Sequence[str]) -> None:
        parts: tuple[object, ...] = ()
        if isinstance(path, str):
            parts = tuple(path.split("/"))
        elif isinstance(path, Sequence):
            parts = tuple(path)
        if not parts or not all(_is_component(part) for part in parts):
            raise InvalidNameError(
                f"{_shown(path)} is not a valid asset key.",
                fix='Use components of letters, digits, "_", "-" and ".": "a/b" or ["a", "b"].',
                source=user_line(),
            )
        object.__setattr__(self, "parts", parts)
        # A step made for the asset has this name.
        if len(self.node_name) > MOST_NAME_BYTES:
            raise too_long(f"Asset key {self.text[:40]}…", len(self.node_name))

    @property
    def text(self) -> KeyText:
        """The components joined by "/"."""
        return KeyText("/".join(self.parts))

    @property
    def node_name(self) -> str:
        """What a step made for this asset is called: components joined by "__"."""
        return "__".join(self.parts).translate(_NOT_IN_NODE_NAMES)

    @property
    def prefix(self) -> tuple[str, ...]:
        """All components but the last."""
        return self.parts[:-1]

    @staticmethod
    def from_user_string(text: str) -> AssetKey:
        """Return the key that this text names."""
        return AssetKey(text)

    def to_user_string(self) -> str:
        """Return the components joined by "/"."""
        return self.text

    def to_python_identifier(self, suffix: str | None = None) -> str:
        """Return the components joined by "__", and the suffix likewise."""
        return self.node_name if suffix is None else f"{self.node_name}__{suffix}"

    @property
    def path(self) -> list[str]:
        """The components, in a list of the caller's own."""
        return list(self.parts)

    @staticmethod
    def from_coercible(arg: KeyLike) -> AssetKey:
        """Return the key that is meant by a key, its text, or its components."""
        return as_key(arg)

    def has_prefix(self, prefix: Sequence[str]) -> bool:
        """Whether the key begins with these components."""
        return self.parts[: len(prefix)] == tuple(prefix)

    def with_prefix(self, prefix: str | Sequence[str]) -> AssetKey:
        """Return the key with these components before its own."""
        return AssetKey((*key_parts(prefix), *self.parts))

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"AssetKey({list(self.parts)!r})"


#: What may be given for a key: the key, its text, or its components.
KeyLike: TypeAlias = "AssetKey | str | Sequence[str]"


def as_key(key: KeyLike) -> AssetKey:
    """Return the key that is meant.

    Raises:
        InvalidNameError: no key can be made of it.
    """
    return key if isinstance(key, AssetKey) else AssetKey(key)


def key_of_name(name: str) -> AssetKey:
    """Return the key of one component; most are seen to be valid at a glance.

    Raises:
        InvalidNameError: it is not.
    """
    if len(name) > MOST_NAME_BYTES or not (name.isascii() and name.isidentifier()):
        return AssetKey((name,))
    key = object.__new__(AssetKey)
    object.__setattr__(key, "parts", (name,))
    return key


def key_parts(prefix: str | Sequence[str] | None) -> tuple[str, ...]:
    """Return the components of a key prefix, none for None and for an empty one."""
    return AssetKey(prefix).parts if prefix else ()


def _is_component(part: object) -> bool:
    return isinstance(part, str) and _COMPONENT.fullmatch(part) is not None


def _shown(path: object) -> str:
    """Return what was given, in words: one name as itself."""
    given = path[0] if isinstance(path, tuple) and len(path) == 1 else path
    return f"{given!r:.60}" if isinstance(given, list | tuple) else in_words(given)
