"""The forms a table has in memory: pandas', polars' and pyarrow's, told by the names of their classes."""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from treadle_contract.lazy_dataclasses import dataclass

if TYPE_CHECKING:
    import pyarrow as pa

READER: Final = "pyarrow.RecordBatchReader"
#: In a file's schema: the form that was stored.
_MARK: Final = b"treadle.form"


@dataclass(frozen=True, slots=True)
class Form:
    """A form: its class as a person imports it, and how a table comes from it and becomes it."""

    name: str
    from_value: Callable[[Any], Any]
    from_table: Callable[[Any], Any]

    def as_batches(self, value: Any) -> pa.RecordBatchReader:
        """Return a value as batches, their schema marked with the form."""
        import pyarrow as pa  # noqa: PLC0415 -- heavy, and few have it

        found = self.from_value(value)
        schema = found.schema.with_metadata(
            {**(found.schema.metadata or {}), _MARK: self.name.encode()}
        )
        if isinstance(found, pa.Table):
            return found.replace_schema_metadata(schema.metadata).to_reader()
        batches = (each.replace_schema_metadata(schema.metadata) for each in found)
        return pa.RecordBatchReader.from_batches(schema, batches)


def form_of_value(value: object) -> Form | None:
    """Return the form that a value has, None if it is no table."""
    return _form_of_class(type(value))


def form_of_type(declared: Any) -> str | None:
    """Return the name of the form that an annotation asks for, of alternatives the first; None for none."""
    if isinstance(declared, type):
        found = _form_of_class(declared)
        return None if found is None else found.name
    if typing.get_origin(declared) in {typing.Union, types.UnionType, typing.Annotated}:
        asked = map(form_of_type, typing.get_args(declared))
        return next(filter(None, asked), None)
    return None


def in_form(table: pa.Table, form: str | None) -> Any:
    """Return a table in a form; None: in that which was stored."""
    stored = (table.schema.metadata or {}).get(_MARK, b"pyarrow.Table").decode()
    plain = table.replace_schema_metadata(without_mark(table.schema).metadata)
    return _FORMS[form or stored].from_table(plain)


def without_mark(schema: pa.Schema) -> pa.Schema:
    """Return a schema as it was before it was stored."""
    kept = {key: value for key, value in (schema.metadata or {}).items() if key != _MARK}
    return schema.with_metadata(kept or None)


def _form_of_class(cls: type) -> Form | None:
    for base in cls.__mro__:
        package = base.__module__.partition(".")[0]
        found = _FORMS.get(f"{package}.{base.__qualname__}")
        if found is not None:
            return found
    return None


def _from_pandas(value: Any) -> Any:
    import pyarrow as pa  # noqa: PLC0415 -- as above

    return pa.Table.from_pandas(value)


def _from_batch(value: Any) -> Any:
    import pyarrow as pa  # noqa: PLC0415 -- as above

    return pa.Table.from_batches([value])


def _to_batch(table: Any) -> Any:
    import pyarrow as pa  # noqa: PLC0415 -- as above

    whole = table.combine_chunks().to_batches()
    return whole[0] if whole else pa.RecordBatch.from_pylist([], schema=table.schema)


def _to_polars(table: Any) -> Any:
    import polars as pl  # noqa: PLC0415 -- who declares it has it

    return pl.from_arrow(table)


_FORMS: Final[Mapping[str, Form]] = {
    each.name: each
    for each in (
        Form("pandas.DataFrame", _from_pandas, lambda table: table.to_pandas()),
        Form("polars.DataFrame", lambda value: value.to_arrow(), _to_polars),
        Form(
            "polars.LazyFrame",
            lambda value: value.collect().to_arrow(),
            lambda table: _to_polars(table).lazy(),
        ),
        Form("pyarrow.Table", lambda value: value, lambda table: table),
        Form("pyarrow.RecordBatch", _from_batch, _to_batch),
        Form(READER, lambda value: value, lambda table: table.to_reader()),
    )
}
