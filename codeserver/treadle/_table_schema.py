"""What a table is made of, as metadata tells it: columns, constraints, rows, and where columns come from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from treadle._arguments import checked_init
from treadle._errors import ArgumentError, did_you_mean, listed
from treadle._keys import AssetKey, KeyLike, as_key
from treadle._source import user_line
from treadle._value_words import in_words
from treadle_contract.lazy_dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class TableConstraints:
    """What holds of a table as a whole, in words."""

    other: Sequence[str] = ()

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {"other": list(self.other)}


@checked_init
@dataclass(frozen=True, slots=True, init=False)
class TableColumnConstraints:
    """What holds of a column: whether it may lack values or repeat them, and more in words."""

    nullable: bool
    unique: bool
    other: Sequence[str]

    def __init__(
        self, nullable: bool = True, unique: bool = False, other: Sequence[str] | None = None
    ) -> None:
        put = object.__setattr__
        put(self, "nullable", nullable)
        put(self, "unique", unique)
        put(self, "other", tuple(other or ()))

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {"nullable": self.nullable, "unique": self.unique, "other": list(self.other)}


@checked_init
@dataclass(frozen=True, slots=True, init=False)
class TableColumn:
    """A column: its name, its type as a person calls it, and what else is known of it."""

    name: str
    type: str
    description: str | None
    constraints: TableColumnConstraints
    tags: Mapping[str, str]

    def __init__(
        self,
        name: str,
        type: str = "string",
        description: str | None = None,
        constraints: TableColumnConstraints | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        _expect(constraints, TableColumnConstraints | None, "TableColumn: constraints")
        put = object.__setattr__
        put(self, "name", name)
        put(self, "type", type)
        put(self, "description", description)
        put(self, "constraints", constraints or TableColumnConstraints())
        put(self, "tags", dict(tags or {}))

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data; what is not said of it is left out."""
        data: dict[str, Any] = {"name": self.name, "type": self.type}
        if self.description is not None:
            data["description"] = self.description
        if self.constraints != TableColumnConstraints():
            data["constraints"] = self.constraints.as_data()
        return data | ({"tags": dict(self.tags)} if self.tags else {})


@checked_init
@dataclass(frozen=True, slots=True, init=False)
class TableSchema:
    """The columns of a table, in order, and what holds of it as a whole."""

    columns: Sequence[TableColumn]
    constraints: TableConstraints

    def __init__(
        self, columns: Sequence[TableColumn], constraints: TableConstraints | None = None
    ) -> None:
        for each in columns:
            _expect(each, TableColumn, "TableSchema: a column")
        _expect(constraints, TableConstraints | None, "TableSchema: constraints")
        put = object.__setattr__
        put(self, "columns", tuple(columns))
        put(self, "constraints", constraints or TableConstraints())

    @staticmethod
    def from_name_type_dict(name_type_dict: Mapping[str, str]) -> TableSchema:
        """Return the schema of columns of which only names and types are known."""
        return TableSchema([TableColumn(name, type) for name, type in name_type_dict.items()])

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        data: dict[str, Any] = {"columns": [each.as_data() for each in self.columns]}
        return data | (
            {"constraints": self.constraints.as_data()} if self.constraints.other else {}
        )


@dataclass(frozen=True, slots=True)
class TableRecord:
    """A row: values by the names of columns."""

    data: Mapping[str, str | int | float | bool]

    def __post_init__(self) -> None:
        _expect(self.data, Mapping, "TableRecord: data")


@dataclass(frozen=True, slots=True, init=False)
class TableColumnDep:
    """A column of an asset that another is made from."""

    asset_key: AssetKey
    column_name: str

    def __init__(self, asset_key: KeyLike, column_name: str) -> None:
        object.__setattr__(self, "asset_key", as_key(asset_key))
        object.__setattr__(self, "column_name", column_name)


@dataclass(frozen=True, slots=True)
class TableColumnLineage:
    """For each column of an asset, the columns of others that it is made from."""

    deps_by_column: Mapping[str, Sequence[TableColumnDep]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for deps in self.deps_by_column.values():
            for each in deps:
                _expect(each, TableColumnDep, "TableColumnLineage: a dependency")

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            column: [
                {"asset_key": each.asset_key.text, "column_name": each.column_name} for each in deps
            ]
            for column, deps in self.deps_by_column.items()
        }


def schema_of(records: Sequence[TableRecord], schema: TableSchema | None) -> TableSchema:
    """Return the schema of rows: that which is given, else what their values are.

    Raises:
        ArgumentError: a row is none, or has another's columns; or there is nothing to go by.
    """
    for each in records:
        _expect(each, TableRecord, "MetadataValue.table: a record")
    if schema is None and not records:
        raise ArgumentError(
            "MetadataValue.table: there are no records, and no schema.",
            fix="Give schema=TableSchema([TableColumn(…)]).",
            source=user_line(),
        )
    _expect(schema, TableSchema | None, "MetadataValue.table: schema")
    found = schema or TableSchema(
        [TableColumn(name, _type_of(records, name)) for name in records[0].data]
    )
    names = [each.name for each in found.columns]
    for each in records:
        for name in each.data:
            if name not in names:
                raise ArgumentError(
                    f"MetadataValue.table: a record has the column {name!r}, and the table"
                    f" {listed(names)}.{did_you_mean(name, names)}",
                    fix="Give all records the same columns, and schema=… all of them.",
                    source=user_line(),
                )
    return found


def _type_of(records: Sequence[TableRecord], name: str) -> str:
    values = [each.data[name] for each in records if each.data.get(name) is not None]
    for kind, said in ((bool, "bool"), (int, "int"), (float, "float")):
        if values and all(isinstance(value, kind) for value in values):
            return said
    return "string"


def _expect(value: object, kind: Any, what: str) -> None:
    if isinstance(value, kind):
        return
    wanted = str(getattr(kind, "__name__", kind)).rpartition(".")[2]
    named = next((each.__name__ for each in getattr(kind, "__args__", ())), wanted)
    raise ArgumentError(
        f"{what} is {in_words(value)}.", fix=f"Give {named}(…).", source=user_line()
    )
