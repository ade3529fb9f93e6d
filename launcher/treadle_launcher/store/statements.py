"""Statements that are compiled once: SQLAlchemy writes their text, SQLite's driver runs it.

To have SQLAlchemy run one costs many times what SQLite needs for it: of these, each run many do.
"""

from __future__ import annotations

import json
import sqlite3
from collections import namedtuple
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from functools import cached_property
from typing import Any, Final, cast

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Delete,
    Insert,
    Select,
    Table,
    TextClause,
    Update,
    bindparam,
    func,
    insert,
    select,
)
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.dialects.sqlite.pysqlite import dialect
from sqlalchemy.sql.compiler import SQLCompiler

_DIALECT: Final = dialect()


class Statement:
    """A statement, with a name for each value that it is run with."""

    def __init__(self, statement: Select[Any] | Insert | Update | Delete | TextClause) -> None:
        self._statement = statement

    def run(self, connection: Connection, **values: Any) -> None:
        """Run one that returns nothing."""
        driver_of(connection).execute(self._text, self._in_order(values)).close()

    def run_all(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Run one that returns nothing, once for each."""
        if rows:
            driver_of(connection).executemany(self._text, map(self._in_order, rows)).close()

    def rows(self, connection: Connection, **values: Any) -> list[Any]:
        """Return what it finds, each column by its name."""
        return list(map(self._row, self._found(connection, values)))

    def row(self, connection: Connection, **values: Any) -> Any | None:
        """Return the first of what it finds."""
        found = self._found(connection, values)
        return self._row(found[0]) if found else None

    def column(self, connection: Connection, **values: Any) -> list[Any]:
        """Return what it finds in the first column."""
        return [row[0] for row in self._found(connection, values)]

    def scalar(self, connection: Connection, **values: Any) -> Any | None:
        """Return the first column of the first of what it finds."""
        found = self._found(connection, values)
        return found[0][0] if found else None

    def _found(self, connection: Connection, values: Mapping[str, Any]) -> list[Any]:
        # Read to its end, and closed: a cursor that is left open keeps an old state of the file.
        with closing(driver_of(connection).execute(self._text, self._in_order(values))) as cursor:
            return cursor.fetchall()

    @cached_property
    def _compiled(self) -> SQLCompiler:
        compiled = self._statement.compile(dialect=_DIALECT)
        assert isinstance(compiled, SQLCompiler)
        return compiled

    @cached_property
    def _text(self) -> str:
        return str(self._compiled)

    @cached_property
    def _names(self) -> tuple[str, ...]:
        return tuple(self._compiled.positiontup or ())

    @cached_property
    def _constants(self) -> Mapping[str, Any]:
        """What stands in the statement itself and is handed over as a value all the same."""
        values, binds = self._compiled.params, self._compiled.binds
        return {name: values[name] for name in self._names if not binds[name].required}

    def _in_order(self, values: Mapping[str, Any]) -> tuple[Any, ...]:
        whole = {**self._constants, **values} if self._constants else values
        return tuple([whole[name] for name in self._names])

    @cached_property
    def _row(self) -> Any:
        assert isinstance(self._statement, Select)
        names = [column.name for column in self._statement.selected_columns]
        # Any: its columns are known here alone.
        return cast(Any, namedtuple)("row", names)._make


def added_to(table: Table, *, without: Iterable[str] = ()) -> Insert:
    """Return the statement that adds a row, its values named as the columns are."""
    left_out = frozenset(without)
    names = [column.name for column in table.columns if column.name not in left_out]
    return insert(table).values({name: bindparam(name) for name in names})


def put_in(table: Table) -> Insert:
    """Return the statement that adds a row as `added_to`, in place of the one with the same key."""
    row = sqlite_insert(table).values({each.name: bindparam(each.name) for each in table.columns})
    others = {each.name: row.excluded[each.name] for each in table.columns if not each.primary_key}
    return row.on_conflict_do_update(index_elements=list(table.primary_key.columns), set_=others)


def among(
    column: ColumnElement[Any], name: str, texts: Iterable[str] | None = None
) -> ColumnElement[bool]:
    """Return that a column is one of these texts, or of those that the value `name` lists."""
    whole: BindParameter[Any] = bindparam(name) if texts is None else bindparam(name, listed(texts))
    each = func.json_each(whole).table_valued("value")
    return column.in_(select(each.c.value))


def listed(texts: Iterable[str]) -> str:
    """Return texts as the one value of a statement; there is no end to how many it takes."""
    return json.dumps(list(texts))


def driver_of(connection: Connection) -> sqlite3.Connection:
    """Return the driver's own connection."""
    return cast(sqlite3.Connection, connection.connection.dbapi_connection)
