"""Statements are compiled once, take values by name, and give rows by name."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Column, Connection, Integer, MetaData, Table, Text, bindparam, select

from treadle_launcher.durability import Durability
from treadle_launcher.store.connections import writing_engine
from treadle_launcher.store.errors import UnrecordableError, translated
from treadle_launcher.store.statements import Statement, added_to, among, listed, put_in

TABLE = Table("things", MetaData(), Column("name", Text, primary_key=True), Column("size", Integer))
ADD = Statement(added_to(TABLE))
PUT = Statement(put_in(TABLE))
LARGER = Statement(
    select(TABLE).where(TABLE.c.size > bindparam("than")).order_by(TABLE.c.name).limit(2)
)
THESE = Statement(select(TABLE.c.size).where(among(TABLE.c.name, "names")))
A_OR_B = Statement(select(TABLE.c.size).where(among(TABLE.c.name, "ab", ["a", "b"])))


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    engine = writing_engine(tmp_path / "db", Durability.PROCESS)
    with engine.begin() as connection:
        TABLE.metadata.create_all(connection)
        ADD.run_all(connection, [{"name": name, "size": i} for i, name in enumerate("abcd")])
        yield connection
    engine.dispose()


def test_rows_have_the_names_of_their_columns(connection: Connection) -> None:
    rows = LARGER.rows(connection, than=0)
    assert [(row.name, row.size) for row in rows] == [("b", 1), ("c", 2)]
    assert LARGER.row(connection, than=2) == ("d", 3)
    assert LARGER.column(connection, than=1) == ["c", "d"]
    assert LARGER.scalar(connection, than=1) == "c"


def test_what_is_not_found_is_none(connection: Connection) -> None:
    assert LARGER.rows(connection, than=9) == []
    assert LARGER.row(connection, than=9) is None
    assert LARGER.scalar(connection, than=9) is None


def test_a_list_is_one_value(connection: Connection) -> None:
    assert THESE.column(connection, names=listed(["d", "a", "unknown"])) == [0, 3]
    assert THESE.column(connection, names=listed(map(str, range(100_000)))) == []
    assert A_OR_B.column(connection) == [0, 1]


def test_a_row_is_put_in_the_place_of_the_one_with_its_key(connection: Connection) -> None:
    PUT.run(connection, name="a", size=10)
    PUT.run(connection, name="e", size=11)
    assert LARGER.column(connection, than=9) == ["a", "e"]


def test_a_value_that_is_missing_is_no_null(connection: Connection) -> None:
    with pytest.raises(KeyError, match="than"):
        LARGER.rows(connection)


def test_what_the_driver_refuses_is_a_store_error(connection: Connection) -> None:
    with pytest.raises(UnrecordableError, match="UNIQUE"), translated():
        ADD.run(connection, name="a", size=0)
    with pytest.raises(sqlite3.Error):
        ADD.run(connection, name="a", size=0)
