"""Whether a text names a field of the contract, by its path: what is wrong is to be found by that."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from functools import cache

from google.protobuf.descriptor import Descriptor

import treadle_api.v1

_PATH = re.compile(r"[A-Za-z_]\w*(?:\[[^\]]*\])?(?:\.[A-Za-z_]\w*(?:\[[^\]]*\])?)*")
_INDEX = re.compile(r"\[[^\]]*\]")
# A limit that can be, and is met, is told as people call it: it is no lie.
_LIMIT = re.compile(r"raise (?:its|the import) timeout|of its process is \d+", re.IGNORECASE)
# What a step forged and its host could not read is told of the descriptor that it came on.
_GARBLED = re.compile("wrote to the descriptor that its process reports to Treadle on")
# A target can be anything: that it is no module is seen where it is imported.
_NO_MODULE = re.compile("could not be imported: ModuleNotFoundError: No module named")
_WHOLE = "HostFrame"
"""What cannot be read at all has no fields."""


def names_field(text: str) -> bool:
    """Tell whether a text holds the path of a field, or what was met that has none.

    A path is `Message.field`, `field.field`, `field[0]`.
    """
    is_met = _LIMIT.search(text) or _GARBLED.search(text) or _NO_MODULE.search(text)
    return bool(is_met) or any(_is_field(path) for path in _PATH.findall(text))


def _is_field(path: str) -> bool:
    if path == _WHOLE:
        return True
    messages, fields = _contract()
    first, *others = _INDEX.sub("", path).split(".")
    if not others:
        return first in fields and path != first
    return (first in messages or first in fields) and fields.issuperset(others)


@cache
def _contract() -> tuple[frozenset[str], frozenset[str]]:
    """Return the names of all messages, and of all fields."""
    messages = tuple(_messages())
    fields = frozenset(field.name for each in messages for field in each.fields)
    fields |= {oneof.name for each in messages for oneof in each.oneofs}
    fields |= {"seconds", "nanos"}  # of a Timestamp
    return frozenset(each.name for each in messages), fields


def _messages() -> Iterator[Descriptor]:
    for module in pkgutil.iter_modules(treadle_api.v1.__path__):
        if module.name.endswith("_pb2"):
            file = importlib.import_module(f"treadle_api.v1.{module.name}").DESCRIPTOR
            yield from file.message_types_by_name.values()
