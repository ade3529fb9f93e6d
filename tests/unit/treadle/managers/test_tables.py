"""Tables of pandas, polars and pyarrow: stored once, loaded as what the reader declares."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import treadle
from treadle import (
    ArgumentError,
    ArrowIOManager,
    ParquetIOManager,
    asset,
    build_input_context,
    build_output_context,
)
from treadle.managers import _tables
from treadle.managers._table_forms import form_of_type
from treadle.managers._tables import NoTableError
from treadle.managers._upath import StoredFileMissingError

ROWS = {"a": [1, 2, 3], "b": ["x", None, "z"]}
TABLE = pa.table(ROWS)
FORMS: dict[str, Any] = {
    "pandas": pd.DataFrame(ROWS),
    "polars": pl.DataFrame(ROWS),
    "lazy": pl.LazyFrame(ROWS),
    "table": TABLE,
    "batch": TABLE.to_batches()[0],
    "reader": TABLE.to_reader(),
}


def rows(value: Any) -> dict[str, list[Any]]:
    if isinstance(value, pl.LazyFrame):
        value = value.collect()
    if isinstance(value, pl.DataFrame):
        return value.to_dict(as_series=False)
    if isinstance(value, pd.DataFrame):
        value = pa.Table.from_pandas(value)
    if isinstance(value, pa.RecordBatchReader):
        value = value.read_all()
    return value.to_pydict()


@pytest.fixture(params=[ParquetIOManager, ArrowIOManager])
def manager(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    return request.param(base_dir=str(tmp_path))


@pytest.mark.parametrize("stored", FORMS)
def test_every_form_is_loaded_as_every_other(manager: Any, stored: str) -> None:
    output = build_output_context(asset_key="a", run_id="r")
    value = TABLE.to_reader() if stored == "reader" else FORMS[stored]
    manager.handle_output(output, value)

    for declared in map(type, FORMS.values()):
        context = build_input_context(upstream_output=output, dagster_type=declared)
        loaded = manager.load_input(context)
        assert type(loaded) is declared
        assert rows(loaded) == ROWS
    unsaid = manager.load_input(build_input_context(upstream_output=output))
    assert type(unsaid) is type(value)
    assert rows(unsaid) == ROWS


def test_what_a_library_alone_has_comes_back_to_it(manager: Any) -> None:
    frame = pd.DataFrame({"n": [1.5, None]}, index=pd.Index(["x", "y"], name="key"))
    empty = pa.RecordBatch.from_pylist([], schema=TABLE.schema)
    days = pl.DataFrame({"c": ["u", "v", "u"]}, schema={"c": pl.Categorical})

    for number, value in enumerate((frame, days, TABLE.slice(0, 0), empty)):
        output = build_output_context(asset_key=f"a{number}", run_id="r")
        manager.handle_output(output, value)
        loaded = manager.load_input(build_input_context(upstream_output=output))
        assert type(loaded) is type(value)
        assert loaded.equals(value)


def test_columns_and_rows_are_told(manager: Any, tmp_path: Path) -> None:
    output = build_output_context(asset_key="a/b", run_id="r")
    manager.handle_output(output, TABLE)

    told = {each.name: each.value for each in output.added_entries}
    assert told["dagster/row_count"] == 3
    assert [(each["name"], each["type"]) for each in told["dagster/column_schema"]["columns"]] == [
        ("a", "int64"),
        ("b", "string"),
    ]
    assert told["path"] == str(tmp_path / "a" / "b" / f"r{manager.suffix}")


def test_a_run_reads_what_the_record_names_whatever_was_written_since(tmp_path: Path) -> None:
    manager = ParquetIOManager(base_dir=str(tmp_path))
    contexts = [build_output_context(asset_key="a", run_id=run) for run in ("r1", "r2")]
    for number, context in enumerate(contexts):
        manager.handle_output(context, pa.table({"n": [number]}))

    for number, context in enumerate(contexts):
        loaded = manager.load_input(build_input_context(upstream_output=context))
        assert rows(loaded) == {"n": [number]}
    # Nobody is on record: what was written last, which other programs read, too.
    unrecorded = build_input_context(upstream_output=build_output_context(asset_key="a", run_id=""))
    assert rows(manager.load_input(unrecorded)) == {"n": [1]}
    assert pq.read_table(tmp_path / "a" / "latest.parquet").to_pydict() == {"n": [1]}
    assert sorted(each.name for each in (tmp_path / "a").iterdir()) == [
        "latest.parquet",
        "r1.parquet",
        "r2.parquet",
    ]


def test_a_table_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    def broken():
        yield TABLE.to_batches()[0]
        raise OSError("the source is gone")

    manager = ParquetIOManager(base_dir=str(tmp_path))
    output = build_output_context(asset_key="a", run_id="r")
    manager.handle_output(output, TABLE)

    with pytest.raises(OSError, match="the source is gone"):
        manager.handle_output(output, pa.RecordBatchReader.from_batches(TABLE.schema, broken()))
    assert rows(manager.load_input(build_input_context(upstream_output=output))) == ROWS
    assert len(list((tmp_path / "a").iterdir())) == 2


def test_assets_are_loaded_by_their_annotations(tmp_path: Path) -> None:
    @asset
    def sales():
        return pd.DataFrame(ROWS)

    @asset
    def lazy(sales: pl.LazyFrame):
        return sales.filter(pl.col("a") > 1)

    @asset
    def total(lazy: pa.RecordBatchReader, sales: pd.DataFrame | None):
        return pa.table({"n": [lazy.read_all().num_rows, len(sales)]})

    result = treadle.materialize(
        [sales, lazy, total], resources={"io_manager": ParquetIOManager(base_dir=str(tmp_path))}
    )

    assert rows(result.asset_value("total")) == {"n": [2, 3]}
    assert sorted(each.name for each in tmp_path.iterdir()) == ["lazy", "sales", "total"]


def test_what_is_no_table_is_refused_with_what_to_do(tmp_path: Path) -> None:
    manager = ParquetIOManager(base_dir=str(tmp_path))
    output = build_output_context(asset_key="a", run_id="r")

    with pytest.raises(NoTableError, match=r"is a list\. Return a table.*io_manager_key"):
        manager.handle_output(output, [1])
    with pytest.raises(StoredFileMissingError, match=r"a/r\.parquet does not exist"):
        manager.load_input(build_input_context(upstream_output=output))
    manager.handle_output(output, TABLE)
    with pytest.raises(NoTableError, match=r"declared <class 'list'>.*pandas\.DataFrame"):
        manager.load_input(build_input_context(upstream_output=output, dagster_type=list))
    with pytest.raises(NoTableError, match="connected to nothing"):
        treadle.managers._tables.ParquetIOManager.load_input(
            manager, treadle.InputContext(name="x")
        )


def test_what_cannot_work_is_refused_where_it_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ArgumentError, match="derive from UPathIOManager"):
        ParquetIOManager(base_dir="s3://bucket")
    with pytest.raises(ValueError, match="compression"):
        ParquetIOManager(base_dir="x", compression="zip")  # type: ignore[arg-type]
    monkeypatch.setattr(_tables, "find_spec", lambda name: None)
    with pytest.raises(ArgumentError, match=r"Install treadle\[arrow\]"):
        ParquetIOManager(base_dir="x")


def test_annotations_say_which_form() -> None:
    class Mine(pd.DataFrame):
        pass

    assert form_of_type(Mine) == "pandas.DataFrame"
    assert form_of_type(Annotated[pl.DataFrame | None, "said"]) == "polars.DataFrame"
    assert form_of_type(dict) is None
    assert form_of_type(Any) is None
