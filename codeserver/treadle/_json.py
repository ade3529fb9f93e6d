"""JSON as ours is written and read, whatever the user's code does to the json module."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from treadle._system import private_module

if TYPE_CHECKING:
    from json import JSONEncoder

_Encoder = private_module("json.encoder").JSONEncoder
_DECODER = private_module("json.decoder").JSONDecoder()


def writer(**options: Any) -> JSONEncoder:
    """Return what writes JSON, by its `encode`; the options are those of `json.JSONEncoder`."""
    made: JSONEncoder = _Encoder(**options)
    return made


def dumps(data: object, **options: Any) -> str:
    """Write JSON; the options are those of `json.JSONEncoder`."""
    return writer(**options).encode(data)


def loads(text: str | bytes | bytearray) -> Any:
    """Read JSON, whose bytes are UTF-8.

    Raises:
        ValueError: it is none.
    """
    if not isinstance(text, str):
        text = text.decode("utf-8", "surrogatepass")
    return _DECODER.decode(text)
