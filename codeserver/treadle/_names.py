"""Names: which characters an op, an output, a group, a tag and an owner may have.

No word is reserved: an op may be called `conf`, `type` or `input`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from treadle._errors import ArgumentError, InvalidNameError
from treadle._source import user_line

_NAME = re.compile(r"[A-Za-z0-9_]+")
_GROUP = re.compile(r"[A-Za-z0-9_]+(/[A-Za-z0-9_]+)*")
_OWNER = re.compile(r"[^@\s]+@[^@\s]+|team:\S+")


def checked_name(name: object, *, what: str) -> str:
    """Return the name if a node, an output or a resource may have it.

    Raises:
        InvalidNameError: it is no text of letters, digits and underscores.
    """
    if isinstance(name, str) and _NAME.fullmatch(name):
        return name
    raise InvalidNameError(
        f"{what} {name!r} is not a valid name.",
        fix="Use letters A to Z, digits and underscores only, at least one.",
        source=user_line(),
    )


def checked_tags(tags: Mapping[Any, Any], *, owner: str) -> dict[str, str]:
    """Return the tags with every value as text: text as it is, anything else as JSON.

    Raises:
        ArgumentError: they are no mapping, or a value has no JSON form.
        InvalidNameError: a tag's key is not text, or empty.
    """
    if not isinstance(tags, Mapping):
        raise ArgumentError(
            f"{owner}: tags={tags!r:.80} is no mapping.",
            fix="Give {name: value}.",
            source=user_line(),
        )
    checked: dict[str, str] = {}
    for key, value in tags.items():
        if not isinstance(key, str) or not key:
            raise InvalidNameError(
                f"{owner}: tag {key!r} has no valid key.",
                fix="Use a text that is not empty.",
                source=user_line(),
            )
        try:
            checked[key] = value if isinstance(value, str) else json.dumps(value, sort_keys=True)
        except TypeError:
            raise ArgumentError(
                f"{owner}: tag {key!r} has a value of type {type(value).__name__}.",
                fix="Use text, or something that JSON can hold.",
                source=user_line(),
            ) from None
    return checked


def checked_group(group: object) -> str:
    """Return the group's name if a group may have it: names separated by "/".

    Raises:
        InvalidNameError: it may not.
    """
    if isinstance(group, str) and _GROUP.fullmatch(group):
        return group
    raise InvalidNameError(
        f"{group!r} is not a valid group name.",
        fix='Use names of letters, digits and underscores, separated by "/".',
        source=user_line(),
    )


def checked_owners(owners: Iterable[object], *, owner: str) -> tuple[str, ...]:
    """Return the owners, in the order given, each once.

    Raises:
        InvalidNameError: one is neither an e-mail address nor a team.
    """
    checked: dict[str, None] = {}
    for each in _items(owners, owner, "owners"):
        if not isinstance(each, str) or not _OWNER.fullmatch(each):
            raise InvalidNameError(
                f"{owner}: {each!r} is not a valid owner.",
                fix='Give an e-mail address, or a team as "team:name".',
                source=user_line(),
            )
        checked[each] = None
    return tuple(checked)


def checked_kinds(kinds: Iterable[object], *, owner: str) -> frozenset[str]:
    """Return the kinds.

    Raises:
        InvalidNameError: one is not text, or empty.
    """
    checked: set[str] = set()
    for each in _items(kinds, owner, "kinds"):
        if not isinstance(each, str) or not each:
            raise InvalidNameError(
                f"{owner}: {each!r} is not a valid kind.",
                fix="Use a text that is not empty.",
                source=user_line(),
            )
        checked.add(each)
    return frozenset(checked)


def _items(items: Iterable[object], owner: str, name: str) -> Iterable[object]:
    if isinstance(items, str):
        raise ArgumentError(
            f"{owner}: {name}={items!r} is one text.",
            fix=f"Give several: {name}=[{items!r}].",
            source=user_line(),
        )
    return items
