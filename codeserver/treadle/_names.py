"""Names: which characters an op, an output, a group, a tag and an owner may have.

No word is reserved: an op may be called `conf`, `type` or `input`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from treadle._errors import ArgumentError, InvalidNameError
from treadle._source import user_line

_NAME = re.compile(r"[A-Za-z0-9_]+")


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
        ArgumentError: a value has no JSON form.
        InvalidNameError: a tag's key is not text, or empty.
    """
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
