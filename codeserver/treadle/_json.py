"""JSON as ours is written and read, whatever the user's code does to the json module."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from treadle._system import private_module

_Encoder = private_module("json.encoder").JSONEncoder
_DECODER = private_module("json.decoder").JSONDecoder()


def writer(**options: Any) -> Callable[[object], str]:
    """Return what writes JSON; the options are those of `json.JSONEncoder`."""
    write: Callable[[object], str] = _Encoder(**options).encode
    return write


def dumps(data: object, **options: Any) -> str:
    """Write JSON; the options are those of `json.JSONEncoder`."""
    return writer(**options)(data)


def loads(text: str | bytes | bytearray) -> Any:
    """Read JSON, whose bytes are UTF-8.

    Raises:
        ValueError: it is none.
    """
    if not isinstance(text, str):
        text = text.decode("utf-8", "surrogatepass")
    return _DECODER.decode(text)
