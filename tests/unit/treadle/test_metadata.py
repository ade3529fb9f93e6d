from __future__ import annotations

import datetime
import enum
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from treadle import AssetKey
from treadle._errors import ArgumentError
from treadle._metadata import (
    MetadataValue,
    kept_entries,
    merged_entries,
    metadata_entries,
)
from treadle._metadata_kinds import (
    CodeReferencesMetadataValue,
    DagsterAssetMetadataValue,
    DagsterRunMetadataValue,
    LocalFileCodeReference,
    NotebookMetadataValue,
    NullMetadataValue,
    PythonArtifactMetadataValue,
    TableMetadataValue,
    TextMetadataValue,
    TimestampMetadataValue,
    UrlCodeReference,
)
from treadle._table_schema import (
    TableColumn,
    TableColumnConstraints,
    TableColumnDep,
    TableColumnLineage,
    TableConstraints,
    TableRecord,
    TableSchema,
)
from treadle_contract.value import MetadataEntry

AT = datetime.datetime(2013, 1, 1, tzinfo=datetime.UTC)
ROWS = [TableRecord({"id": 1, "name": "a"}), TableRecord({"id": 2, "name": "b"})]
COLUMNS = TableSchema(
    [
        TableColumn("id", "int", constraints=TableColumnConstraints(nullable=False, unique=True)),
        TableColumn("name", description="as on the door", tags={"pii": "yes"}),
    ],
    TableConstraints(["at least one row"]),
)
COLUMNS_DATA = {
    "columns": (
        {
            "name": "id",
            "type": "int",
            "constraints": {"nullable": False, "unique": True, "other": ()},
        },
        {
            "name": "name",
            "type": "string",
            "description": "as on the door",
            "tags": {"pii": "yes"},
        },
    ),
    "constraints": {"other": ("at least one row",)},
}
LINEAGE = TableColumnLineage({"id": [TableColumnDep(["raw", "people"], "number")]})
LINEAGE_DATA = {"id": ({"asset_key": "raw/people", "column_name": "number"},)}


class Colour(enum.StrEnum):
    RED = "red"


class Size(enum.IntEnum):
    BIG = 3


def value_of(value: Any) -> Any:
    (entry,) = metadata_entries({"fact": value}, owner="asset 'a'")
    return entry.value


@pytest.mark.parametrize(
    ("given", "plain"),
    [
        (None, None),
        (True, True),
        (3, 3),
        (0.5, 0.5),
        (math.inf, math.inf),
        ("text", "text"),
        (Colour.RED, "red"),
        (Size.BIG, 3),
        ([1, (2, "x")], (1, (2, "x"))),
        ({"a": {"b": [1]}}, {"a": {"b": (1,)}}),
        (datetime.datetime(2013, 1, 1, tzinfo=datetime.UTC), AT),
        (datetime.datetime(2013, 1, 1, 2, tzinfo=ZoneInfo("Africa/Cairo")), AT),
        (pd.Timestamp("2013-01-01", tz="UTC"), AT),
        ([datetime.datetime(2013, 1, 1, tzinfo=datetime.UTC)], (AT,)),
        ({datetime.datetime(2013, 1, 1, tzinfo=datetime.UTC): 1}, {"2013-01-01T00:00:00+00:00": 1}),
        (datetime.datetime(2013, 1, 1), "2013-01-01T00:00:00"),
        (pd.NaT, "NaT"),
        (datetime.date(2013, 1, 1), "2013-01-01"),
        (np.int32(4), 4),
        (np.float32(0.5), 0.5),
        (np.float64(0.5), 0.5),
        (np.bool_(True), True),
        (np.str_("x"), "x"),
        (np.array(7), 7),
        (np.datetime64("2013-01-01"), "2013-01-01"),
        (pd.Timestamp("2013-01-01"), "2013-01-01T00:00:00"),
    ],
    ids=repr,
)
def test_each_supported_value_becomes_plain_data(given: Any, plain: Any) -> None:
    found = value_of(given)

    assert found == plain
    assert type(found) is type(plain)
    json.dumps(found, default=datetime.datetime.isoformat)


def test_a_float_that_is_no_number_stays_one() -> None:
    assert math.isnan(value_of(float("nan")))


@pytest.mark.parametrize(
    ("given", "value", "rendering"),
    [
        (Path("/data/x.csv"), "/data/x.csv", "path"),
        (MetadataValue.text("t"), "t", "text"),
        (MetadataValue.url("https://example.org"), "https://example.org", "url"),
        (MetadataValue.path(Path("/data")), "/data", "path"),
        (MetadataValue.md("# Title"), "# Title", "markdown"),
        (MetadataValue.json({"rows": [1, 2]}), {"rows": (1, 2)}, "json"),
        (MetadataValue.int(np.int64(3)), 3, ""),
        (MetadataValue.float(1), 1.0, ""),
        (MetadataValue.bool(1), True, ""),
        (MetadataValue.null(), None, ""),
        (MetadataValue.notebook(Path("/n.ipynb")), "/n.ipynb", "notebook"),
        (MetadataValue.timestamp(AT), AT, "timestamp"),
        (MetadataValue.timestamp(1356998400.0), AT, "timestamp"),
        (MetadataValue.dagster_run("r1"), "r1", "run"),
        (MetadataValue.job("j", "l"), {"job": "j", "location": "l"}, "job"),
        (MetadataValue.asset(AssetKey(["a", "b"])), "a/b", "asset"),
        (AssetKey(["a", "b"]), "a/b", "asset"),
        (MetadataValue.python_artifact(Colour), f"{__name__}:Colour", "python_artifact"),
        (Colour, f"{__name__}:Colour", "python_artifact"),
        (MetadataValue.table_schema(COLUMNS), COLUMNS_DATA, "table_schema"),
        (COLUMNS, COLUMNS_DATA, "table_schema"),
        (MetadataValue.column_lineage(LINEAGE), LINEAGE_DATA, "table_column_lineage"),
        (LINEAGE, LINEAGE_DATA, "table_column_lineage"),
        (
            MetadataValue.table(ROWS),
            {
                "schema": {
                    "columns": (
                        {"name": "id", "type": "int"},
                        {"name": "name", "type": "string"},
                    )
                },
                "records": ({"id": 1, "name": "a"}, {"id": 2, "name": "b"}),
            },
            "table",
        ),
        (
            CodeReferencesMetadataValue(
                code_references=[
                    LocalFileCodeReference(file_path="/a.py", line_number=3),
                    UrlCodeReference(url="https://x.test/a", label="here"),
                ]
            ),
            (
                {"file_path": "/a.py", "line_number": 3},
                {"url": "https://x.test/a", "label": "here"},
            ),
            "code_references",
        ),
    ],
    ids=repr,
)
def test_a_rendering_is_kept(given: Any, value: Any, rendering: str) -> None:
    found = metadata_entries({"fact": given}, owner="asset 'a'")

    assert found == (MetadataEntry(name="fact", value=value, rendering=rendering),)


def test_a_value_of_a_kind_tells_what_it_is_of_by_the_names_of_that_kind() -> None:
    text, table = MetadataValue.text("t"), MetadataValue.table(ROWS, COLUMNS)
    key, run, artifact = (
        DagsterAssetMetadataValue("a"),
        DagsterRunMetadataValue("r"),
        PythonArtifactMetadataValue("m", "n"),
    )

    assert isinstance(text, TextMetadataValue)
    assert (text.text, text.value) == ("t", "t")
    assert text == TextMetadataValue("t")
    assert isinstance(table, TableMetadataValue)
    assert (table.records, table.schema) == (tuple(ROWS), COLUMNS)
    assert (key.asset_key, key.value) == (AssetKey("a"), AssetKey("a"))
    assert (run.run_id, artifact.module, artifact.name) == ("r", "m", "n")
    assert NotebookMetadataValue(Path("/n")).path == "/n"
    assert TimestampMetadataValue(AT).value == AT.timestamp()
    assert NullMetadataValue().value is None


@pytest.mark.parametrize(
    ("make", "problem", "fix"),
    [
        (
            lambda: MetadataValue.timestamp(datetime.datetime(2013, 1, 1)),
            "no time zone",
            "now(UTC)",
        ),
        (lambda: MetadataValue.table([]), "no records, and no schema", "Give schema="),
        (lambda: MetadataValue.table([{"id": 1}]), "a record is a dict", "TableRecord(…)"),  # type: ignore[list-item]
        (lambda: MetadataValue.table(ROWS, {"a": 1}), "schema is a dict", "TableSchema(…)"),  # type: ignore[arg-type]
        (
            lambda: MetadataValue.table([*ROWS, TableRecord({"nam": "c"})]),
            "the column 'nam', and the table 'id', 'name'. Did you mean 'name'?",
            "the same columns",
        ),
        (lambda: TableSchema([{"name": "id"}]), "a column is a dict", "TableColumn(…)"),  # type: ignore[list-item]
        (lambda: TableColumnLineage({"a": ["b"]}), "a dependency is 'b'", "TableColumnDep(…)"),  # type: ignore[list-item]
        (lambda: MetadataValue.python_artifact(3), "3 has no name", "a class or a function"),
        (lambda: MetadataValue.job("j", "l", repository_name="r"), "no repositories", "Leave"),
    ],
)
def test_what_is_no_such_value_is_refused_where_it_is_made(
    make: Callable[[], object], problem: str, fix: str
) -> None:
    with pytest.raises(ArgumentError) as error:
        make()

    assert problem in error.value.problem
    assert fix in (error.value.fix or "")
    assert error.value.source is not None
    assert error.value.source.file == __file__


def test_a_schema_can_be_made_of_names_and_types() -> None:
    made = TableSchema.from_name_type_dict({"id": "int"})

    assert made == TableSchema([TableColumn("id", "int")])


@given(names=st.lists(st.text(max_size=5), unique=True))
def test_entries_keep_the_order_given(names: list[str]) -> None:
    found = metadata_entries(dict.fromkeys(names, 1), owner="asset 'a'")

    assert [entry.name for entry in found] == names


def nested(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        (object(), "has a value of type object"),
        ({1, 2}, "has a value of type set"),
        (np.zeros(3), "has a value of type ndarray"),
        (1 + 2j, "has a value of type complex"),
        ({(1, 2): "x"}, "has a key of type tuple"),
        ({1: "x", "1": "y"}, "has two keys that are '1' as text"),
        (2**63, "more than 64 bits"),
        ("x" * 40_000, "has text of 40000 bytes"),
        ("\ud800", "characters that UTF-8 cannot hold"),
        (nested(30), "nested deeper than 20 levels"),
        (["x" * 30_000] * 20, "its metadata has 600"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_cannot_be_kept_is_refused_by_name_of_owner_and_entry(
    given: Any, problem: str
) -> None:
    with pytest.raises(ArgumentError, match=problem) as error:
        metadata_entries({"fact": given}, owner="asset 'a'")

    assert error.value.problem.startswith("asset 'a': ")
    assert error.value.source.file == __file__


def test_a_name_that_is_no_text_is_refused() -> None:
    bad: Any = {(1, 2): "x"}

    with pytest.raises(ArgumentError, match="has a name of type tuple"):
        metadata_entries(bad, owner="asset 'a'")


class Hostile:
    """A user's object that cannot be looked at."""

    def __repr__(self) -> str:
        raise RuntimeError("no")

    def item(self) -> Any:
        raise LookupError("no")


def test_keys_that_are_no_text_become_text_as_json_writes_them() -> None:
    given: Any = {2024: {1.5: "a", True: "b", None: "c", np.int64(7): "d", Colour.RED: "e"}}
    given = {"years": given, 3: "x"}

    found = metadata_entries(given, owner="op")

    assert [(entry.name, entry.value) for entry in found] == [
        ("years", {"2024": {"1.5": "a", "true": "b", "null": "c", "7": "d", "red": "e"}}),
        ("3", "x"),
    ]


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (object(), "it has a value of type object"),
        (Hostile(), "it cannot be read (LookupError)"),
        ({(1, 2): "x"}, "it has a key of type tuple"),
        (2**63, "it is a whole number of more than 64 bits"),
        (MetadataValue.md("x" * 40_000), "it has text of 40000 bytes"),
        ("\ud800", "it has text with characters that UTF-8 cannot hold"),
        (nested(10_000), "it is nested deeper than 20 levels"),
        (["x" * 30_000] * 20, "it has 600"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_in_a_run_what_cannot_be_kept_is_left_out_with_a_warning_and_the_rest_is_kept(
    given: Any, why: str, caplog: pytest.LogCaptureFixture
) -> None:
    found = kept_entries({"first": 1, "bad": given, "last": 2}, owner="Output 'a'")

    assert [(entry.name, entry.value) for entry in found] == [("first", 1), ("last", 2)]
    (told,) = caplog.messages
    assert told.startswith(f"Output 'a': metadata 'bad' is left out: {why}")


def test_in_a_run_plain_text_that_is_too_long_is_cut(caplog: pytest.LogCaptureFixture) -> None:
    (entry,) = kept_entries({"log": "é" * 30_000}, owner="Output 'a'")

    assert isinstance(entry.value, str)
    assert entry.value.startswith("éé")
    assert len(entry.value.encode()) <= 32 * 1024
    assert entry.value.endswith("bytes left out]")
    (told,) = caplog.messages
    assert told.startswith("Output 'a': metadata 'log' is cut: it has text of 60000 bytes.")


def test_in_a_run_many_entries_that_are_too_much_are_told_in_one_warning(
    caplog: pytest.LogCaptureFixture,
) -> None:
    found = kept_entries({f"row {n}": "x" * 1000 for n in range(22_000)}, owner="Output 'a'")

    assert 400 < len(found) < 530
    (told,) = caplog.messages
    assert len(told) < 1000


def test_of_equal_names_the_last_value_stays_in_the_first_place() -> None:
    first = metadata_entries({"rows": 1, "path": "p"}, owner="op")
    second = metadata_entries({"rows": 2}, owner="manager")

    found = merged_entries(first, second, owner="x")

    assert [(entry.name, entry.value) for entry in found] == [("rows", 2), ("path", "p")]
