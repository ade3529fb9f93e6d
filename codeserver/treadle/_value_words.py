"""What a value is called in a message: never its repr, which is ours or the size of the value."""

from __future__ import annotations

from typing import Any, Final

#: Our own definitions, by class: what a user calls them. The name follows where there is one.
_OURS: Final = {
    "AssetChecksDefinition": "the check",
    "AssetJob": "the job",
    "AssetSpec": "the AssetSpec",
    "AssetsDefinition": "the asset",
    "Definitions": "a Definitions",
    "GraphDefinition": "the graph",
    "OpDefinition": "the op",
    "PendingInvocation": "the op or graph",
}
_PLAIN: Final = (bool, int, float, complex, str, bytes)
_LONGEST: Final = 60


def in_words(value: Any) -> str:
    """Return what a person calls the value: "the op 'load'", "the class Files", "a list"."""
    if value is None:
        return "None"
    if isinstance(value, _PLAIN):
        return f"{value!r:.{_LONGEST}}"
    if isinstance(value, type):
        return f"the class {value.__name__}"
    kind = type(value)
    if is_definition(value):
        called = _name_of(value)
        return f"{_OURS[kind.__name__]} {called!r}" if called else _OURS[kind.__name__]
    name: object = getattr(value, "__name__", None) if callable(value) else None
    return f"the function {name!r}" if isinstance(name, str) else a(kind.__name__)


def is_definition(value: Any) -> bool:
    """Whether the value is one of our definitions: what a decorator made."""
    kind = type(value)
    return kind.__module__.partition(".")[0] == "treadle" and kind.__name__ in _OURS


def a(noun: str) -> str:
    """Return the noun with its article: "an int", "a list"."""
    return f"an {noun}" if noun[:1].lower() in tuple("aeiou") else f"a {noun}"


def _name_of(value: Any) -> str:
    if hasattr(value, "check_keys") and not value.keys:  # a block of checks
        return ", ".join(sorted(key.text for key in value.check_keys))
    if hasattr(value, "keys"):  # a block
        return ", ".join(sorted(key.text for key in value.keys))
    node = getattr(value, "node", value)
    key = getattr(node, "key", None)
    return str(key) if key is not None else str(getattr(node, "name", ""))
