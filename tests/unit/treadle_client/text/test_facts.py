from __future__ import annotations

from datetime import UTC, datetime
from types import MappingProxyType

from treadle_client.text._facts import facts_below, facts_rows, facts_text
from treadle_client.text._metadata import Metadata, PlainValue
from treadle_client.text._table import render_text
from treadle_client.text._words import moment

AT = datetime(2026, 1, 2, tzinfo=UTC)


def mapping(**entries: PlainValue) -> PlainValue:
    return MappingProxyType(entries)


def column(name: str, **more: PlainValue) -> PlainValue:
    return mapping(name=name, type="int", **more)


TABLE = mapping(
    schema=mapping(columns=(column("id"), column("name"))),
    records=(mapping(id=1, name="a"), mapping(id=2)),
)
FACTS = Metadata(
    {
        "rows": 3,
        "at": AT,
        "sizes": mapping(a=(1, mapping(b=AT))),
        "first": TABLE,
        "columns": mapping(
            columns=(
                column("id", constraints=mapping(nullable=False, unique=True, other=("> 0",))),
                column("name", description="on the door"),
            )
        ),
        "from": mapping(id=(mapping(asset_key="raw/a", column_name="n"),), name=()),
        "notes": "# Title\n\nText",
        "odd": 4,
    },
    {
        "first": "table",
        "columns": "table_schema",
        "from": "table_column_lineage",
        "notes": "markdown",
        "odd": "table",
    },
)


def test_each_fact_is_one_line() -> None:
    assert facts_rows(FACTS)[:4] == (
        ("rows", "3"),
        ("at", moment(AT)),
        ("sizes", '{"a": [1, {"b": "2026-01-02 00:00:00+00:00"}]}'),
        ("first", "2 rows of id, name"),
    )
    assert dict(facts_rows(FACTS))["notes"] == "# Title  Text"


def test_tables_and_markdown_stand_below_whole() -> None:
    below = {name: render_text(page) for name, page in facts_below(FACTS)}

    assert below == {
        "first": "ID  NAME\n1   a\n2   None",
        "columns": (
            "COLUMN  TYPE  HOLDS                  DESCRIPTION\n"
            "id      int   not null, unique, > 0\n"
            "name    int                          on the door"
        ),
        "from": "COLUMN  MADE FROM\nid      raw/a.n\nname",
        "notes": "# Title\n\nText",
    }


def test_of_a_long_table_the_first_rows_are_shown() -> None:
    rows = tuple(mapping(id=number) for number in range(53))
    table = mapping(schema=mapping(columns=(column("id"),)), records=rows)

    ((_, page),) = facts_below(Metadata({"t": table}, {"t": "table"}))

    lines = render_text(page).split("\n")
    assert len(lines) == 52
    assert lines[-1] == "… and 3 more"


def test_what_is_told_of_a_failure_has_its_tables() -> None:
    facts = Metadata({"rows": 3, "bad": TABLE}, {"bad": "table"})

    assert facts_text(facts) == ["rows: 3", "bad:\nID  NAME\n1   a\n2   None"]
