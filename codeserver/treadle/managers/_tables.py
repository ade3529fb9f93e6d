"""ParquetIOManager and ArrowIOManager: tables as files, a version for each run, in the form a reader declares.

Imports pydantic; pyarrow, pandas and polars are imported where a value is theirs.
"""

from __future__ import annotations

import uuid
from abc import abstractmethod
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from treadle._errors import ArgumentError, TreadleError
from treadle._metadata import MetadataValue
from treadle._source import user_line
from treadle._system import os
from treadle._table_schema import TableColumn, TableColumnConstraints, TableSchema
from treadle._value_words import a
from treadle.io._io_manager import InputContext, OutputContext
from treadle.managers._by_partition import loaded_by_partition, path_of, values_by_partition
from treadle.managers._table_forms import (
    READER,
    form_of_type,
    form_of_value,
    in_form,
    without_mark,
)
from treadle.managers._upath import StoredFileMissingError, _put_in_place
from treadle.resources._configurable import ConfigurableIOManager

if TYPE_CHECKING:
    import pyarrow as pa

_LATEST = "latest"


class NoTableError(TreadleError):
    """A manager of tables was given something else, or is to load as something else."""


class _TableIOManager(ConfigurableIOManager):
    """Tables below `base_dir`: those of an asset in a folder of its key, one file for each run."""

    base_dir: str

    suffix: ClassVar[str]
    _paths_are_keys: ClassVar[bool] = True

    def model_post_init(self, context: Any, /) -> None:
        """Look whether there is what reads and writes.

        Raises:
            ArgumentError: pyarrow is missing, or the folder is none of this machine.
        """
        super().model_post_init(context)
        owner = type(self).__name__
        if find_spec("pyarrow") is None:
            raise ArgumentError(
                f"{owner} needs the package pyarrow, which is not installed.",
                fix="Install treadle[arrow].",
                source=user_line(),
            )
        # A variable's name is read where the step runs.
        folder: object = self.base_dir
        if isinstance(folder, str) and "://" in folder:
            raise ArgumentError(
                f"{owner}: base_dir is {self.base_dir!r}, and it writes to folders of this machine.",
                fix="For an object store derive from UPathIOManager.",
                source=user_line(),
            )

    def handle_output(self, context: OutputContext, obj: Any) -> None:
        """Write a table to this run's file, whole, and say of what columns and how many rows it is."""
        for partition, table in values_by_partition(context, obj):
            self._store(context, table, partition)

    def _store(self, context: OutputContext, obj: Any, partition: str) -> None:
        form = form_of_value(obj)
        if form is None:
            raise NoTableError(
                f"{type(self).__name__} stores tables of pandas, polars and pyarrow, and output"
                f" {context.name!r} of {context.step_key!r} is {a(type(obj).__name__)}. Return a table, or"
                " name another manager for it: Out(io_manager_key=…), @asset(io_manager_key=…)."
            )
        path = self._folder(context, partition) / f"{context.run_id}{self.suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        with _put_in_place(path) as beside:
            schema, rows = self._write(form.as_batches(obj), beside)
        if context.has_asset_key:
            _point(path.with_name(_LATEST + self.suffix), path.name)
        context.add_output_metadata(
            {
                "path": MetadataValue.path(str(path)),
                "dagster/row_count": rows,
                "dagster/column_schema": MetadataValue.table_schema(_told(schema)),
            }
        )

    def load_input(self, context: InputContext) -> Any:
        """Read the table that the record names, as what the input declares; else as it was stored."""
        upstream = context.upstream_output
        if upstream is None:
            raise NoTableError(
                f"Input {context.name!r} of {context.step_key!r} is connected to nothing, and"
                f" {type(self).__name__} loads what was stored. Connect it."
            )
        runs = {}
        if context.partitions is not None:
            runs = dict(zip(context.partitions.named(), context.partitions.runs, strict=False))

        def load(key: str) -> Any:
            run_id = runs.get(key, upstream.run_id) or _LATEST
            return self._load(context, self._folder(upstream, key) / f"{run_id}{self.suffix}")

        return loaded_by_partition(context, load)

    def _load(self, context: InputContext, path: Path) -> Any:
        if not path.exists():
            raise StoredFileMissingError(f"input {context.name!r}", path)
        declared = context.dagster_type.typing_type
        form = form_of_type(declared)
        if form is None and declared is not Any and isinstance(declared, type):
            raise NoTableError(
                f"Input {context.name!r} of {context.step_key!r} is declared {declared!r}, and {path} is a"
                " table. Annotate it with pandas.DataFrame, polars.DataFrame, polars.LazyFrame,"
                " pyarrow.Table or pyarrow.RecordBatchReader, or with nothing to get what was stored."
            )
        return self._read(path, form)

    @abstractmethod
    def _write(self, batches: pa.RecordBatchReader, path: Path) -> tuple[pa.Schema, int]:
        """Write batches to a file, and return their schema and how many rows they are."""

    @abstractmethod
    def _read(self, path: Path, form: str | None) -> Any:
        """Read a file in a form, None for that of what was stored."""

    def _folder(self, context: OutputContext, partition: str) -> Path:
        if context.has_asset_key:
            return Path(self.base_dir, *context.asset_key.parts, *path_of(partition))
        return Path(self.base_dir, ".runs", context.run_id, context.step_key, context.name)


class ParquetIOManager(_TableIOManager):
    """Tables as Parquet files below `base_dir`.

    An asset's are in the folder of its key: `<run id>.parquet`, and `latest.parquet`, a link for other
    programs. What one run reads no other overwrites.
    """

    suffix: ClassVar[str] = ".parquet"
    compression: Literal["zstd", "snappy", "gzip", "lz4", "brotli", "none"] = "zstd"

    def _write(self, batches: pa.RecordBatchReader, path: Path) -> tuple[pa.Schema, int]:
        import pyarrow.parquet as pq  # noqa: PLC0415 -- heavy, and few have it

        rows = 0
        with pq.ParquetWriter(path, batches.schema, compression=self.compression) as writer:
            for batch in batches:
                writer.write_batch(batch)
                rows += batch.num_rows
        return batches.schema, rows

    def _read(self, path: Path, form: str | None) -> Any:
        import pyarrow.parquet as pq  # noqa: PLC0415 -- as above

        if form == "polars.LazyFrame":
            import polars as pl  # noqa: PLC0415 -- the reader has it

            return pl.scan_parquet(path)
        if form == READER:
            import pyarrow as pa  # noqa: PLC0415 -- as above

            file = pq.ParquetFile(path)
            schema = without_mark(file.schema_arrow)
            batches = (each.cast(schema) for each in file.iter_batches())
            return pa.RecordBatchReader.from_batches(schema, batches)
        return in_form(pq.ParquetFile(path).read(), form)


class ArrowIOManager(_TableIOManager):
    """Tables as Arrow IPC files below `base_dir`, which readers map into memory and do not copy.

    They lie as those of `ParquetIOManager` do, with the ending `.arrow`.
    """

    suffix: ClassVar[str] = ".arrow"

    def _write(self, batches: pa.RecordBatchReader, path: Path) -> tuple[pa.Schema, int]:
        import pyarrow as pa  # noqa: PLC0415 -- heavy, and few have it

        rows = 0
        with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, batches.schema) as writer:
            for batch in batches:
                writer.write_batch(batch)
                rows += batch.num_rows
        return batches.schema, rows

    def _read(self, path: Path, form: str | None) -> Any:
        import pyarrow as pa  # noqa: PLC0415 -- as above

        if form == "polars.LazyFrame":
            import polars as pl  # noqa: PLC0415 -- the reader has it

            return pl.scan_ipc(path)
        file = pa.ipc.open_file(pa.memory_map(str(path)))
        if form == READER:
            schema = without_mark(file.schema)
            batches = (file.get_batch(n).cast(schema) for n in range(file.num_record_batches))
            return pa.RecordBatchReader.from_batches(schema, batches)
        return in_form(file.read_all(), form)


def _point(link: Path, name: str) -> None:
    """Have a link name another file beside it, in one step."""
    fresh = link.with_name(f".{uuid.uuid4().hex}")
    fresh.symlink_to(name)
    os.replace(fresh, link)


def _told(schema: pa.Schema) -> TableSchema:
    return TableSchema(
        [
            TableColumn(
                each.name,
                str(each.type),
                constraints=TableColumnConstraints(nullable=each.nullable),
            )
            for each in schema
        ]
    )
