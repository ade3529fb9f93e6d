"""Statements take values by name, and give rows by name."""

from __future__ import annotations

import importlib
import pkgutil
import sqlite3
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pytest

import treadle_launcher.store
from treadle_launcher.durability import Durability
from treadle_launcher.store.connections import opened, opened_to_write, transaction, uri_of
from treadle_launcher.store.errors import UnrecordableError, translated
from treadle_launcher.store.preparing import prepare
from treadle_launcher.store.schema import Table
from treadle_launcher.store.statements import (
    Statement,
    added_once,
    added_to,
    among,
    listed,
    one_of,
    put_in,
    where,
)

TABLE = Table(
    name="things",
    columns=("name", "size"),
    made_by=("CREATE TABLE things (name TEXT PRIMARY KEY, size INTEGER)",),
)
ADD = added_to(TABLE)
ONCE = added_once(TABLE)
PUT = put_in(TABLE, "name")
LARGER = Statement("SELECT * FROM things WHERE size > :than ORDER BY name LIMIT 2")
BETWEEN = Statement(
    "SELECT name FROM things WHERE name = :name OR name < :name AND size > :than ORDER BY name"
)
THESE = Statement(f"SELECT size FROM things WHERE {among('name', 'names')}")
A_OR_B = Statement(f"SELECT size FROM things WHERE {one_of('name', {'b', 'a'})}")
MOST = Statement("SELECT max(size) FROM things")


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with opened_to_write(tmp_path / "db", Durability.PROCESS) as connection:
        with transaction(connection):
            connection.execute(TABLE.made_by[0])
            ADD.run_all(connection, [{"name": name, "size": i} for i, name in enumerate("abcd")])
        yield connection


def test_rows_have_the_names_of_their_columns(connection: sqlite3.Connection) -> None:
    rows = LARGER.rows(connection, than=0)
    assert [(row.name, row.size) for row in rows] == [("b", 1), ("c", 2)]
    assert LARGER.row(connection, than=2) == ("d", 3)
    assert LARGER.column(connection, than=1) == ["c", "d"]
    assert LARGER.scalar(connection, than=1) == "c"
    assert MOST.scalar(connection) == 3


def test_a_value_may_stand_in_a_statement_twice(connection: sqlite3.Connection) -> None:
    assert BETWEEN.column(connection, than=1, name="d") == ["c", "d"]


def test_all_conditions_hold_or_none_is_said() -> None:
    assert where(["a = 1", "b = 2"]) == "WHERE a = 1 AND b = 2"
    assert where([]) == ""


def test_what_raises_in_a_transaction_writes_nothing(connection: sqlite3.Connection) -> None:
    def spoil() -> None:
        with transaction(connection):
            ADD.run(connection, name="e", size=9)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        spoil()

    assert LARGER.column(connection, than=3) == []


def test_what_is_not_found_is_none(connection: sqlite3.Connection) -> None:
    assert LARGER.rows(connection, than=9) == []
    assert LARGER.row(connection, than=9) is None
    assert LARGER.scalar(connection, than=9) is None


def test_a_list_is_one_value(connection: sqlite3.Connection) -> None:
    assert THESE.column(connection, names=listed(["d", "a", "unknown"])) == [0, 3]
    assert THESE.column(connection, names=listed(map(str, range(100_000)))) == []
    assert A_OR_B.column(connection) == [0, 1]


def test_a_row_is_put_in_the_place_of_the_one_with_its_key(connection: sqlite3.Connection) -> None:
    PUT.run(connection, name="a", size=10)
    PUT.run(connection, name="e", size=11)
    assert LARGER.column(connection, than=9) == ["a", "e"]


def test_a_value_that_is_missing_is_no_null(connection: sqlite3.Connection) -> None:
    with pytest.raises(KeyError, match="than"):
        LARGER.rows(connection)


def test_what_the_driver_refuses_is_a_store_error(connection: sqlite3.Connection) -> None:
    ONCE.run(connection, name="a", size=9)
    assert LARGER.column(connection, than=3) == []
    with pytest.raises(UnrecordableError, match="UNIQUE"), translated():
        ADD.run(connection, name="a", size=0)
    with pytest.raises(sqlite3.Error):
        ADD.run(connection, name="a", size=0)


def statements() -> Iterator[tuple[str, Statement]]:
    """Yield the store's statements, by module and name."""
    for each in pkgutil.iter_modules(treadle_launcher.store.__path__):
        module = importlib.import_module(f"{treadle_launcher.store.__name__}.{each.name}")
        for name, value in vars(module).items():
            for statement in value if isinstance(value, tuple) else (value,):
                if isinstance(statement, Statement):
                    yield f"{each.name}.{name}", statement
        if hasattr(module, "_page"):
            for count in range(len(module._LIMITS) + 1):
                for given in combinations(module._LIMITS, count):
                    yield f"{each.name}: {given}", module._page(frozenset(given))


def test_sqlite_understands_every_statement_of_the_store(tmp_path: Path) -> None:
    prepare(tmp_path / "db")
    found = dict(statements())

    with opened(uri_of(tmp_path / "db")) as connection:
        for statement in found.values():
            text = f"EXPLAIN {statement._text}"
            connection.execute(text, [None] * len(statement._names)).fetchall()

    assert len(found) > 50
