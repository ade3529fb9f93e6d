"""Metadata as people read it: a fact on one line, and what needs more lines below its name."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from treadle_client.text._metadata import Metadata, PlainValue
from treadle_client.text._table import Page, Table, render_text
from treadle_client.text._words import count, moment

#: How many rows of a table a page shows.
_MOST_ROWS: Final = 50


def facts_text(metadata: Metadata) -> list[str]:
    """Return facts as parts of a text, each by its name; a table or Markdown stands below that."""
    return [
        f"{name}:\n{render_text(page)}" if (page := below(value, rendering)) else f"{name}: {line}"
        for name, value, rendering, line in _facts(metadata)
    ]


def facts_rows(metadata: Metadata) -> tuple[tuple[str, str], ...]:
    """Return facts with their names, each as one line."""
    return tuple((name, " ".join(line.split("\n"))) for name, _, _, line in _facts(metadata))


def facts_below(metadata: Metadata) -> Iterator[tuple[str, Page]]:
    """Yield what of facts needs more than one line, with the name."""
    for name, value, rendering, _ in _facts(metadata):
        page = below(value, rendering)
        if page:
            yield name, page


def _facts(metadata: Metadata) -> Iterator[tuple[str, PlainValue, str, str]]:
    for name, value in metadata.items():
        rendering = metadata.rendering(name)
        yield name, value, rendering, fact_line(value, rendering)


def fact_line(value: PlainValue, rendering: str = "") -> str:
    """Return a fact as a line: times in this machine's zone, tables as what they are of."""
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, tuple | Mapping):
        table = _table(value) if rendering == "table" else None
        if table is not None:
            return f"{count(len(_rows(value)), 'row')} of {', '.join(table.columns)}"
        return json.dumps(value, default=_as_json, ensure_ascii=False)
    return str(value)


def below(value: PlainValue, rendering: str) -> Page:
    """Return what a fact needs lines of its own for: nothing for most."""
    if rendering == "markdown" and isinstance(value, str):
        return (value,)
    if not isinstance(value, Mapping):
        return ()
    find = {"table": _table, "table_schema": _schema, "table_column_lineage": _lineage}
    table = find[rendering](value) if rendering in find else None
    if table is None:
        return ()
    left = len(_rows(value)) - _MOST_ROWS if rendering == "table" else 0
    return (table,) if left <= 0 else (table, f"… and {left} more")


def _table(value: object) -> Table | None:
    """Lay out rows below the columns of their schema; None for what is no table."""
    names = [str(each["name"]) for each in _columns(_part(value, "schema"))]
    if not names:
        return None
    rows = _rows(value)[:_MOST_ROWS]
    return Table(
        columns=tuple(names),
        rows=tuple(tuple(fact_line(row.get(name), "") for name in names) for row in rows),
    )


def _schema(value: object) -> Table | None:
    columns = _columns(value)
    if not columns:
        return None
    return Table(
        columns=("column", "type", "holds", "description"),
        rows=tuple(
            (
                str(each["name"]),
                str(each.get("type", "")),
                _constraints(each.get("constraints")),
                str(each.get("description") or ""),
            )
            for each in columns
        ),
    )


def _constraints(value: PlainValue) -> str:
    if not isinstance(value, Mapping):
        return ""
    other = value.get("other")
    words = [
        *(["not null"] if value.get("nullable") is False else []),
        *(["unique"] if value.get("unique") is True else []),
        *(map(str, other) if isinstance(other, tuple) else ()),
    ]
    return ", ".join(words)


def _lineage(value: Mapping[str, PlainValue]) -> Table:
    return Table(
        columns=("column", "made from"),
        rows=tuple(
            (
                column,
                ", ".join(
                    f"{each.get('asset_key')}.{each.get('column_name')}" for each in _maps(deps)
                ),
            )
            for column, deps in value.items()
        ),
    )


def _part(value: object, name: str) -> object:
    return value.get(name) if isinstance(value, Mapping) else None


def _columns(value: object) -> list[Mapping[str, PlainValue]]:
    return [each for each in _maps(_part(value, "columns")) if "name" in each]


def _rows(value: object) -> list[Mapping[str, PlainValue]]:
    return _maps(_part(value, "records"))


def _maps(value: object) -> list[Mapping[str, PlainValue]]:
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, tuple) else []


def _as_json(value: object) -> object:
    return dict(value) if isinstance(value, Mapping) else str(value)
