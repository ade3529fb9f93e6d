"""Statements of the store: SQL with a name for each value, and rows with the names of their columns."""

from __future__ import annotations

import json
import re
from collections import namedtuple
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from functools import cached_property
from sqlite3 import Connection, Cursor
from typing import Any, Final, cast

from treadle_launcher.store.schema import Table

_VALUE: Final = re.compile(r":(\w+)")


class Statement:
    """A statement, with `:name` for each value that it is run with."""

    def __init__(self, text: str) -> None:
        self._named = text
        self._make: Any = None

    def run(self, connection: Connection, **values: Any) -> None:
        """Run one that returns nothing."""
        connection.execute(self._text, self._in_order(values)).close()

    def run_all(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Run one that returns nothing, once for each."""
        if rows:
            connection.executemany(self._text, map(self._in_order, rows)).close()

    def rows(self, connection: Connection, **values: Any) -> list[Any]:
        """Return what it finds, each column by its name."""
        with self._found(connection, values) as cursor:
            return list(map(self._row(cursor), cursor))

    def row(self, connection: Connection, **values: Any) -> Any | None:
        """Return the first of what it finds."""
        found = self.rows(connection, **values)
        return found[0] if found else None

    def column(self, connection: Connection, **values: Any) -> list[Any]:
        """Return what it finds in the first column."""
        with self._found(connection, values) as cursor:
            return [row[0] for row in cursor]

    def scalar(self, connection: Connection, **values: Any) -> Any | None:
        """Return the first column of the first of what it finds."""
        found = self.column(connection, **values)
        return found[0] if found else None

    def _found(self, connection: Connection, values: Mapping[str, Any]) -> closing[Cursor]:
        # Read to its end, and closed: a cursor that is left open keeps an old state of the file.
        return closing(connection.execute(self._text, self._in_order(values)))

    @cached_property
    def _text(self) -> str:
        return _VALUE.sub("?", self._named)

    @cached_property
    def _names(self) -> tuple[str, ...]:
        return tuple(_VALUE.findall(self._named))

    def _in_order(self, values: Mapping[str, Any]) -> tuple[Any, ...]:
        return tuple([values[name] for name in self._names])

    def _row(self, cursor: Cursor) -> Any:
        if self._make is None:
            names = [column[0] for column in cursor.description]
            # Any: its columns are known here alone.
            self._make = cast(Any, namedtuple)("row", names)._make
        return self._make


def is_there(connection: Connection, table: Table) -> bool:
    """Tell whether a file has a table: one that is only read may be older than the table."""
    return _NAMED.scalar(connection, name=table.name) is not None


_NAMED: Final = Statement("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = :name")


def added_to(table: Table, *, how: str = "INSERT", without: Iterable[str] = ()) -> Statement:
    """Return the statement that adds a row, its values named as the columns are."""
    left_out = frozenset(without)
    names = [name for name in table.columns if name not in left_out]
    return Statement(_added(table, how, names))


def added_once(table: Table) -> Statement:
    """Return the statement that adds a row as `added_to`, unless there is one with the same key."""
    return Statement(f"{_added(table, 'INSERT', table.columns)} ON CONFLICT DO NOTHING")


def put_in(table: Table, key: str) -> Statement:
    """Return the statement that adds a row as `added_to`, in place of the one with the same key."""
    others = ", ".join(f"{name} = excluded.{name}" for name in table.columns if name != key)
    added = _added(table, "INSERT", table.columns)
    return Statement(f"{added} ON CONFLICT ({key}) DO UPDATE SET {others}")


def _added(table: Table, how: str, names: Sequence[str]) -> str:
    values = ", ".join(f":{name}" for name in names)
    return f"{how} INTO {table.name} ({', '.join(names)}) VALUES ({values})"


def among(column: str, name: str) -> str:
    """Return that a column is one of the texts that the value `name` lists."""
    return f"{column} IN (SELECT value FROM json_each(:{name}))"


def one_of(column: str, texts: Iterable[str]) -> str:
    """Return that a column is one of these words of ours."""
    words = ", ".join(f"'{text}'" for text in sorted(set(texts)))
    return f"{column} IN ({words})"


def where(conditions: Iterable[str]) -> str:
    """Return the part of a statement that says which rows are meant: all, without conditions."""
    every = " AND ".join(conditions)
    return f"WHERE {every}" if every else ""


def listed(texts: Iterable[str] | Iterable[int]) -> str:
    """Return texts, or whole numbers, as the one value of a statement; there is no end to how many it takes."""
    return json.dumps(list(texts))
