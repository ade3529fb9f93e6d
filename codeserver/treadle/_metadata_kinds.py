"""The kinds of metadata by name: each is a `MetadataValue` that knows what it is of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from treadle._errors import ArgumentError
from treadle._keys import AssetKey, KeyLike, as_key
from treadle._metadata import MetadataValue, in_lists
from treadle._source import user_line
from treadle._system import os
from treadle._table_schema import (
    TableColumnLineage,
    TableRecord,
    TableSchema,
    schema_of,
)
from treadle._value_words import in_words
from treadle_contract.lazy_dataclasses import dataclass
from treadle_contract.value import MetadataEntry


class TextMetadataValue(MetadataValue):
    """Text, shown as it stands."""

    def __init__(self, text: str | None = None) -> None:
        super().__init__(text or "", "text")

    @property
    def text(self) -> str:  # type: ignore[override]  # of an instance it is the text, as in Dagster
        """The text."""
        return str(self.value)


class UrlMetadataValue(MetadataValue):
    """A link."""

    def __init__(self, url: str | None = None) -> None:
        super().__init__(url or "", "url")

    @property
    def url(self) -> str:  # type: ignore[override]  # as above
        """The link."""
        return str(self.value)


class PathMetadataValue(MetadataValue):
    """A place in a file system."""

    def __init__(self, path: str | os.PathLike[str] | None = None) -> None:
        super().__init__(os.fspath(path or ""), "path")

    @property
    def path(self) -> str:  # type: ignore[override]  # as above
        """The place."""
        return str(self.value)


class NotebookMetadataValue(MetadataValue):
    """A notebook's place in a file system."""

    def __init__(self, path: str | os.PathLike[str] | None = None) -> None:
        super().__init__(os.fspath(path or ""), "notebook")

    @property
    def path(self) -> str:  # type: ignore[override]  # as above
        """The place."""
        return str(self.value)


class JsonMetadataValue(MetadataValue):
    """Lists and mappings."""

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, "json")

    @property
    def data(self) -> Any:
        """The lists and mappings."""
        return self.value


class MarkdownMetadataValue(MetadataValue):
    """Markdown."""

    def __init__(self, md_str: str | None = None) -> None:
        super().__init__(md_str or "", "markdown")

    @property
    def md_str(self) -> str:
        """The Markdown."""
        return str(self.value)


class PythonArtifactMetadataValue(MetadataValue):
    """A class or function, by its module and name."""

    def __init__(self, module: str, name: str) -> None:
        super().__init__(f"{module}:{name}", "python_artifact")

    @staticmethod
    def of(artifact: Any) -> PythonArtifactMetadataValue:
        """Return what names a class or function."""
        name = getattr(artifact, "__name__", None)
        if not isinstance(name, str):
            raise ArgumentError(
                f"MetadataValue.python_artifact: {in_words(artifact)} has no name.",
                fix="Give a class or a function.",
                source=user_line(),
            )
        return PythonArtifactMetadataValue(str(artifact.__module__), name)

    @property
    def module(self) -> str:
        """The name of the module."""
        return str(self.value).partition(":")[0]

    @property
    def name(self) -> str:
        """The name in the module."""
        return str(self.value).partition(":")[2]


class IntMetadataValue(MetadataValue):
    """A whole number."""

    def __init__(self, value: int | None) -> None:
        super().__init__(None if value is None else int(value))


class FloatMetadataValue(MetadataValue):
    """A floating point number."""

    def __init__(self, value: float | None) -> None:
        super().__init__(None if value is None else float(value))


class BoolMetadataValue(MetadataValue):
    """A truth value."""

    def __init__(self, value: bool | None) -> None:
        super().__init__(None if value is None else bool(value))


class NullMetadataValue(MetadataValue):
    """Nothing: the name is all."""

    def __init__(self) -> None:
        super().__init__(None)


class TimestampMetadataValue(MetadataValue):
    """A moment: `value` is its seconds since 1970. It is kept, and comes back, as a datetime in UTC."""

    def __init__(self, value: float | datetime) -> None:
        if isinstance(value, datetime):
            if value.utcoffset() is None:
                raise ArgumentError(
                    f"MetadataValue.timestamp: {value.isoformat()} has no time zone.",
                    fix="Give datetime.now(UTC), or value.replace(tzinfo=…).",
                    source=user_line(),
                )
            value = value.timestamp()
        super().__init__(float(value), "timestamp")

    def as_data(self) -> datetime:
        """Return the moment."""
        return datetime.fromtimestamp(self.value, UTC)


class DagsterRunMetadataValue(MetadataValue):
    """A run, by its id."""

    def __init__(self, run_id: str) -> None:
        super().__init__(run_id, "run")

    @property
    def run_id(self) -> str:
        """The id."""
        return str(self.value)


class DagsterJobMetadataValue(MetadataValue):
    """A job of a location."""

    def __init__(
        self, job_name: str, location_name: str, repository_name: str | None = None
    ) -> None:
        if repository_name is not None:
            raise ArgumentError(
                "MetadataValue.job(repository_name=…): a location has no repositories.",
                fix="Leave it out.",
                source=user_line(),
            )
        super().__init__({"job": job_name, "location": location_name}, "job")

    @property
    def job_name(self) -> str:
        """The job's name."""
        return str(self.value["job"])

    @property
    def location_name(self) -> str:
        """The location's name."""
        return str(self.value["location"])


class DagsterAssetMetadataValue(MetadataValue):
    """Another asset: `value` is its key."""

    def __init__(self, asset_key: KeyLike) -> None:
        super().__init__(as_key(asset_key), "asset")

    @property
    def asset_key(self) -> AssetKey:
        """Its key."""
        key: AssetKey = self.value
        return key

    def as_data(self) -> str:
        """Return the key as text."""
        return self.asset_key.text


class TableMetadataValue(MetadataValue):
    """A small table: rows, and the schema that is given or that their values have."""

    def __init__(self, records: Sequence[TableRecord], schema: TableSchema | None = None) -> None:
        super().__init__((tuple(records), schema_of(records, schema)), "table")

    @property
    def records(self) -> Sequence[TableRecord]:
        """The rows."""
        rows: Sequence[TableRecord] = self.value[0]
        return rows

    @property
    def schema(self) -> TableSchema:
        """The columns."""
        found: TableSchema = self.value[1]
        return found

    def as_data(self) -> Mapping[str, Any]:
        """Return rows and schema."""
        return {
            "schema": self.schema.as_data(),
            "records": [dict(each.data) for each in self.records],
        }


class TableSchemaMetadataValue(MetadataValue):
    """The columns of a table."""

    def __init__(self, schema: TableSchema) -> None:
        schema_of((), schema)
        super().__init__(schema, "table_schema")

    @property
    def schema(self) -> TableSchema:
        """The columns."""
        found: TableSchema = self.value
        return found

    def as_data(self) -> Mapping[str, Any]:
        """Return the columns."""
        return self.schema.as_data()


class TableColumnLineageMetadataValue(MetadataValue):
    """Which columns of other assets those of an asset are made from."""

    def __init__(self, column_lineage: TableColumnLineage) -> None:
        if not isinstance(column_lineage, TableColumnLineage):
            raise ArgumentError(
                f"MetadataValue.column_lineage: it is {in_words(column_lineage)}.",
                fix="Give TableColumnLineage({column: [TableColumnDep(…)]}).",
                source=user_line(),
            )
        super().__init__(column_lineage, "table_column_lineage")

    @property
    def column_lineage(self) -> TableColumnLineage:  # type: ignore[override]  # as above
        """The columns."""
        found: TableColumnLineage = self.value
        return found

    def as_data(self) -> Mapping[str, Any]:
        """Return the columns."""
        return self.column_lineage.as_data()


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalFileCodeReference:
    """A line of a file on this machine."""

    file_path: str
    line_number: int | None = None
    label: str | None = None

    def as_data(self) -> Mapping[str, Any]:
        """Return it as plain data."""
        told = {"file_path": self.file_path, "line_number": self.line_number, "label": self.label}
        return {name: each for name, each in told.items() if each is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class UrlCodeReference:
    """A place of code in the web."""

    url: str
    label: str | None = None

    def as_data(self) -> Mapping[str, Any]:
        """Return it as plain data."""
        return {"url": self.url} | ({} if self.label is None else {"label": self.label})


class CodeReferencesMetadataValue(MetadataValue):
    """Where code is."""

    def __init__(
        self, *, code_references: Sequence[LocalFileCodeReference | UrlCodeReference]
    ) -> None:
        for each in code_references:
            if not isinstance(each, LocalFileCodeReference | UrlCodeReference):
                raise ArgumentError(
                    f"CodeReferencesMetadataValue: a reference is {in_words(each)}.",
                    fix="Give LocalFileCodeReference(file_path=…), or UrlCodeReference(url=…).",
                    source=user_line(),
                )
        super().__init__(tuple(code_references), "code_references")

    @property
    def code_references(self) -> Sequence[LocalFileCodeReference | UrlCodeReference]:
        """The places."""
        found: Sequence[LocalFileCodeReference | UrlCodeReference] = self.value
        return found

    def as_data(self) -> Sequence[Mapping[str, Any]]:
        """Return the places."""
        return [each.as_data() for each in self.code_references]


def value_of(value: Any, rendering: str) -> MetadataValue:
    """Return plain data as metadata of its kind, as far as that can be told from it."""
    by_rendering: Mapping[str, Callable[[Any], MetadataValue]] = {
        "text": TextMetadataValue,
        "url": UrlMetadataValue,
        "path": PathMetadataValue,
        "notebook": NotebookMetadataValue,
        "json": JsonMetadataValue,
        "markdown": MarkdownMetadataValue,
        "run": DagsterRunMetadataValue,
        "asset": DagsterAssetMetadataValue,
        "timestamp": TimestampMetadataValue,
        "python_artifact": lambda named: PythonArtifactMetadataValue(*named.split(":", 1)),
        "job": lambda named: DagsterJobMetadataValue(named["job"], named["location"]),
    }
    value = in_lists(value)
    if rendering:
        return by_rendering.get(rendering, lambda data: MetadataValue(data, rendering))(value)
    kinds: tuple[tuple[type, Callable[[Any], MetadataValue]], ...] = (
        (bool, BoolMetadataValue),
        (int, IntMetadataValue),
        (float, FloatMetadataValue),
        (str, TextMetadataValue),
        (datetime, TimestampMetadataValue),
    )
    if value is None:
        return NullMetadataValue()
    return next((make for kind, make in kinds if isinstance(value, kind)), JsonMetadataValue)(value)


def values_of(entries: Iterable[MetadataEntry]) -> dict[str, MetadataValue]:
    """Return the entries of a run by their names, each of its kind."""
    return {each.name: value_of(each.value, each.rendering) for each in entries}


def of_definition(value: object) -> MetadataValue | None:
    """Return what stands for a thing that users give as it is, None for any other."""
    match value:
        case TableSchema():
            return TableSchemaMetadataValue(value)
        case TableColumnLineage():
            return TableColumnLineageMetadataValue(value)
        case AssetKey():
            return DagsterAssetMetadataValue(value)
        case type():
            return PythonArtifactMetadataValue.of(value)
        case _:
            return None
