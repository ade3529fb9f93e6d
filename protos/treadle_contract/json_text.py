"""The text of JSON objects, by the interpreter's own code alone.

The `json` module is the user's to change where this runs beside the user's code; what is below it
is not.
"""

from __future__ import annotations

from _json import encode_basestring, make_encoder, make_scanner
from typing import Any, Final, NoReturn

from treadle_contract.message import ContractError, shown

_BLANKS: Final = " \t\n\r"


def _refused(value: object) -> NoReturn:
    raise TypeError(f"{type(value).__name__} is nothing that JSON has")


class _Scanning:
    """How JSON is read: what `json.JSONDecoder()` tells the scanner."""

    strict = True
    object_hook = None
    object_pairs_hook = None
    parse_float = float
    parse_int = int
    parse_constant = float


# Any: the first takes no `json.JSONDecoder`, the other is asked for strings and yields them.
_scan: Final[Any] = make_scanner(_Scanning)  # type: ignore[arg-type]  # has its attributes
_chunks: Final[Any] = make_encoder(
    None, _refused, encode_basestring, None, ":", ",", False, False, True
)


def written(obj: dict[str, Any]) -> bytes:
    """Return an object as compact JSON in UTF-8, on one line.

    Half of a surrogate pair, as names of files have it that are no text, becomes "?".
    """
    text: str = "".join(_chunks(obj, 0))
    return text.encode("utf-8", "replace")


def parsed(text: bytes, owner: str) -> dict[str, Any]:
    """Return the object that a JSON text in UTF-8 holds. `owner` is what it is to be, for errors.

    Raises:
        ContractError: it is no JSON, or holds something else.
    """
    try:
        content = text.decode().strip(_BLANKS)
        obj, end = _scan(content, 0)
    except StopIteration:
        raise ContractError(owner, "is no JSON: it begins as no value does") from None
    except (ValueError, RecursionError) as error:
        raise ContractError(owner, f"is no JSON: {error}") from error
    if end != len(content):
        raise ContractError(owner, f"is no JSON: there is more after character {end}")
    if type(obj) is not dict:
        raise ContractError(owner, f"is {shown(obj)}; it must be an object")
    return obj
