"""Output for machines: this package's own types as JSON."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import Enum
from typing import TypeAlias

import click

from treadle_client._errors import RequestError, TreadleClientError
from treadle_client._messages import Event
from treadle_client._result import RunResult
from treadle_client.text._text import Text
from treadle_client.text._visible import visible_json

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"


def plain(thing: object) -> Json:  # noqa: PLR0911 - a case a type
    """Turn a thing of this package into JSON's types.

    The names are those of the SDK's attributes. Times are ISO 8601, durations seconds, texts
    shortened as `str()` does; NaN and infinities, which JSON lacks, are their names.
    """
    match thing:
        case Enum():
            return plain(thing.value)
        case None | bool() | int() | str():
            return thing
        case float():
            return thing if math.isfinite(thing) else str(thing)
        case datetime():
            return thing.isoformat()
        case timedelta():
            return thing.total_seconds()
        case Text():
            return str(thing)
        case Mapping():
            return {str(key): plain(value) for key, value in thing.items()}
        case tuple() | list():
            return [plain(item) for item in thing]
        case _:
            return _fields(thing)


def _fields(thing: object) -> Json:
    if not dataclasses.is_dataclass(thing):
        raise TypeError(f"{type(thing).__name__} has no JSON form")
    head: dict[str, Json] = {}
    if isinstance(thing, Event):
        head["kind"] = thing.kind.value
    if isinstance(thing, RunResult):
        head = {"kind": "result", "succeeded": thing.succeeded}
    fields = (field.name for field in dataclasses.fields(thing) if field.compare)
    return head | {name: plain(getattr(thing, name)) for name in fields}


def plain_error(error: TreadleClientError) -> Json:
    """Turn an error into what a script needs of it."""
    body: dict[str, Json] = {"type": type(error).__name__, "message": error.message}
    if isinstance(error, RequestError):
        refusal = plain(error.refusal)
        assert isinstance(refusal, dict)
        body |= refusal
    return {"error": body}


def print_line(document: Json) -> None:
    """Print a document on a line of its own, at once."""
    click.echo(visible_json(json.dumps(document, ensure_ascii=False, allow_nan=False)))


def print_document(document: Json) -> None:
    """Print a document for people to read too."""
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, indent=2)
    click.echo(visible_json(text))
