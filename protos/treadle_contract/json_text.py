"""The text of JSON objects, by the interpreter's own code alone.

The `json` module is the user's to change where this runs beside the user's code; what is below it
is not.
"""

from __future__ import annotations

from _json import encode_basestring, make_encoder, make_scanner
from itertools import accumulate
from typing import Any, Final, NamedTuple, NoReturn

from treadle_contract.message import ContractError, shown

_BLANKS: Final = " \t\n\r"
_STEPS: Final = dict(zip(b"[{]}", (1, 1, -1, -1), strict=True))
_NO_BRACKETS: Final = bytes(set(range(256)) - set(_STEPS))
_MAX_DIGITS: Final = 100
"""No number of the contract has more, and what reads thousands takes long."""

MAX_LEVELS: Final = 128
"""How many lists and objects may lie in each other: metadata that is as deep as it may be takes 80."""


class Shape(NamedTuple):
    """What a text holds at most: values (by its commas and brackets), and levels of them."""

    values: int
    levels: int = MAX_LEVELS


_ANY: Final = Shape(values=1 << 62)


def _refused(value: object) -> NoReturn:
    raise TypeError(f"{type(value).__name__} is nothing that JSON has")


def _whole(digits: str) -> int:
    if len(digits) > _MAX_DIGITS:
        raise ValueError(f"a number has {len(digits):,} digits")
    return int(digits)


class _Scanning:
    """How JSON is read: what `json.JSONDecoder()` tells the scanner."""

    strict = True
    object_hook = None
    object_pairs_hook = None
    parse_float = float
    parse_int = staticmethod(_whole)
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


def parsed(text: bytes, owner: str, most: Shape = _ANY) -> dict[str, Any]:
    """Return the object that a JSON text in UTF-8 holds. `owner` is what it is to be, for errors.

    Raises:
        ContractError: it is not JSON, holds something else, or more than it may.
    """
    check_shape(text, owner, most)
    try:
        content = text.decode().strip(_BLANKS)
        obj, end = _scan(content, 0)
    except StopIteration:
        raise ContractError(owner, "is not JSON: it begins as no value does") from None
    except (ValueError, RecursionError) as error:
        raise ContractError(owner, f"is not JSON: {error}") from error
    if end != len(content):
        raise ContractError(owner, f"is not JSON: there is more after character {end}")
    if type(obj) is not dict:
        raise ContractError(owner, f"is {shown(obj)}; it must be an object")
    return obj


def check_shape(text: bytes, owner: str, most: Shape) -> None:
    """Refuse a JSON text that holds more than it may, before anything is made of it.

    Raises:
        ContractError: it does.
    """
    opened = text.count(b"[") + text.count(b"{")
    if opened <= most.levels and opened + text.count(b",") <= most.values:
        return
    # A field with a text has four quotation marks, and a comma or a bracket.
    marks = text.count(b'"') - text.count(b'\\"')
    if marks > 4 * most.values:
        raise ContractError(owner, f"has more than {most.values:,} values, which is the most")
    bare = _outside_strings(text)
    values = bare.count(b",") + bare.count(b"[") + bare.count(b"{")
    if values > most.values:
        raise ContractError(owner, f"has {values:,} values, and {most.values:,} is the most")
    brackets = bare.translate(None, _NO_BRACKETS)
    if max(accumulate(map(_STEPS.__getitem__, brackets)), default=0) > most.levels:
        problem = f"has values nested deeper than the {most.levels} levels that may be"
        raise ContractError(owner, problem)


def _outside_strings(text: bytes) -> bytes:
    if b"\\" in text:
        text = text.replace(b"\\\\", b"").replace(b'\\"', b"")
    return b"".join(text.split(b'"')[::2])
