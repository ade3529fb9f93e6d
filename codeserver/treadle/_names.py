"""Names: which characters an op, an output, a group, a tag and an owner may have.

No word is reserved: an op may be called `conf`, `type` or `input`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from treadle._errors import ArgumentError, InvalidNameError
from treadle._source import user_line
from treadle._value_words import in_words
from treadle.locations.snapshot import SourceLine
from treadle_contract.kinds import KINDS, NAME, STEP_KEY, TAGS

_NAME = re.compile(r"[A-Za-z0-9_]+")
_GROUP = re.compile(r"[A-Za-z0-9_]+(/[A-Za-z0-9_]+)*")
_OWNER = re.compile(r"[^@\s]+@[^@\s]+|team:[A-Za-z0-9_./-]+")
# As in Dagster: what a selection and a page can name.
_TAG_KEY = re.compile(r"([A-Za-z0-9_.-]{1,63}/)?[A-Za-z0-9_.-]{1,63}")
_TAG_VALUE = re.compile(r"[A-Za-z0-9_.-]{0,63}")


#: The one empty set, of which thousands of definitions need no copy each.
NO_NAMES: Final[frozenset[str]] = frozenset()
MOST_NAME_BYTES = KINDS[NAME].max_bytes
_MOST_TAG_BYTES = KINDS[TAGS].max_total_bytes
#: Details of a step are named by its key and one more name.
_MOST_STEP_KEY_BYTES = KINDS[STEP_KEY].max_bytes - 4 * MOST_NAME_BYTES


def checked_name(name: object, *, what: str) -> str:
    """Return the name if a node, an output or a resource may have it.

    Raises:
        InvalidNameError: it is not text of letters, digits and underscores, or too long.
    """
    if isinstance(name, str) and _NAME.fullmatch(name):
        if len(name) <= MOST_NAME_BYTES:
            return name
        raise too_long(f"{what} {name[:40]}…", len(name))
    raise InvalidNameError(
        f"{what} {name!r} is not a valid name.",
        fix="Use letters A to Z, digits and underscores only, at least one.",
        source=user_line(),
    )


def too_long(what: str, size: int) -> InvalidNameError:
    """Return the error of a name that takes so many bytes, at the user's line."""
    return InvalidNameError(
        f"{what} takes {size:,} bytes.",
        fix=f"Give it a name of at most {MOST_NAME_BYTES:,} bytes.",
        source=user_line(),
    )


def refuse_long_step_key(key: str, *, owner: str, others: tuple[SourceLine, ...]) -> None:
    """Refuse a step so deep in nested graphs that its key is too long for the contract.

    Raises:
        InvalidNameError: it is.
    """
    if len(key) > _MOST_STEP_KEY_BYTES:
        raise InvalidNameError(
            f"{owner}: the key of a step in it, {key[:40]}…, takes {len(key):,} bytes.",
            fix="Give the nested graphs shorter names, or nest fewer: the names together may take"
            f" {_MOST_STEP_KEY_BYTES:,} bytes.",
            source=user_line(),
            others=others,
        )


def checked_tags(tags: Mapping[Any, Any], *, owner: str) -> dict[str, str]:
    """Return the tags with every value as text: text as it is, anything else as JSON.

    Raises:
        ArgumentError: they are no mapping, or a value has no JSON form.
        InvalidNameError: a tag's key has other characters than a key may have.
    """
    if not isinstance(tags, (dict, Mapping)):
        raise ArgumentError(
            f"{owner}: tags={in_words(tags)} is not a mapping.",
            fix="Give {name: value}.",
            source=user_line(),
        )
    checked: dict[str, str] = {}
    if not tags:
        return checked
    from treadle._json import dumps  # noqa: PLC0415 -- not what a start waits for

    for key, value in tags.items():
        if not isinstance(key, str) or not _TAG_KEY.fullmatch(key):
            raise InvalidNameError(
                f"{owner}: {in_words(key)} is not a valid key of a tag.",
                fix='Use up to 63 letters, digits, "_", "-" and ".", and before them, if need be,'
                ' such a prefix and "/".',
                source=user_line(),
            )
        try:
            checked[key] = value if isinstance(value, str) else dumps(value, sort_keys=True)
        except TypeError:
            raise ArgumentError(
                f"{owner}: tag {key!r} has a value of type {type(value).__name__}.",
                fix="Use text, or something that JSON can hold.",
                source=user_line(),
            ) from None
    size = sum(len(key.encode()) + len(value.encode()) for key, value in checked.items())
    if size > _MOST_TAG_BYTES:
        raise ArgumentError(
            f"{owner}: its tags take {size:,} bytes, names and values together.",
            fix=f"Give tags of at most {_MOST_TAG_BYTES:,} bytes; metadata takes more.",
            source=user_line(),
        )
    return checked


def checked_asset_tags(tags: Mapping[Any, Any], *, owner: str) -> dict[str, str]:
    """Return the tags of an asset, whose values a selection can name.

    Raises:
        ArgumentError: they are no mapping.
        InvalidNameError: a key or a value has other characters than it may have.
    """
    checked = checked_tags(tags, owner=owner)
    for key in checked:
        value = tags[key]
        if not isinstance(value, str) or not _TAG_VALUE.fullmatch(value):
            raise InvalidNameError(
                f"{owner}: tag {key!r} has the value {in_words(value)}, which no asset's tag has.",
                fix='Use text of up to 63 letters, digits, "_", "-" and "."; metadata takes more.',
                source=user_line(),
            )
    return checked


def checked_group(group: object) -> str:
    """Return the group's name if a group may have it: names separated by "/".

    Raises:
        InvalidNameError: it may not.
    """
    if isinstance(group, str) and _GROUP.fullmatch(group):
        if len(group) <= MOST_NAME_BYTES:
            return group
        raise too_long(f"Group {group[:40]}…", len(group))
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
    for each in owners:
        if not isinstance(each, str) or not _OWNER.fullmatch(each):
            raise InvalidNameError(
                f"{owner}: {in_words(each)} is not a valid owner.",
                fix='Give an e-mail address, or a team as "team:name".',
                source=user_line(),
            )
        if len(each.encode(errors="replace")) > MOST_NAME_BYTES:
            raise too_long(f"{owner}: owner {each[:40]}…", len(each.encode(errors="replace")))
        checked[each] = None
    return tuple(checked)


def checked_kinds(kinds: Iterable[object], *, owner: str) -> frozenset[str]:
    """Return the kinds.

    Raises:
        InvalidNameError: one is not text that a tag's key could be.
    """
    checked: set[str] = set()
    if not kinds:
        return NO_NAMES
    for each in kinds:
        if not isinstance(each, str) or not _TAG_VALUE.fullmatch(each) or not each:
            raise InvalidNameError(
                f"{owner}: {in_words(each)} is not a valid kind.",
                fix='Use up to 63 letters, digits, "_", "-" and ".".',
                source=user_line(),
            )
        checked.add(each)
    return frozenset(checked)
