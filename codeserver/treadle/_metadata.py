"""Metadata: what a user attaches to an asset or an output, as entries of plain data."""

# Few modules make a value of a kind, and what imports this starts fast.
# ruff: noqa: PLC0415

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from treadle._errors import ArgumentError
from treadle._plain import (
    TEXT_BYTES,
    TOTAL_BYTES,
    NotPlainError,
    TooLongError,
    plain_name,
    plain_value,
    size_of,
    values_in,
)
from treadle._source import user_line
from treadle._system import os
from treadle_contract.lazy_dataclasses import dataclass
from treadle_contract.value import MetadataEntry

if TYPE_CHECKING:
    from datetime import datetime

    from treadle._keys import KeyLike
    from treadle._metadata_kinds import (
        BoolMetadataValue,
        DagsterAssetMetadataValue,
        DagsterJobMetadataValue,
        DagsterRunMetadataValue,
        FloatMetadataValue,
        IntMetadataValue,
        JsonMetadataValue,
        MarkdownMetadataValue,
        NotebookMetadataValue,
        NullMetadataValue,
        PathMetadataValue,
        PythonArtifactMetadataValue,
        TableColumnLineageMetadataValue,
        TableMetadataValue,
        TableSchemaMetadataValue,
        TextMetadataValue,
        TimestampMetadataValue,
        UrlMetadataValue,
    )
    from treadle._table_schema import TableColumnLineage, TableRecord, TableSchema

_TOO_MUCH: Final = f"Keep all of it below {TOTAL_BYTES}; what is larger belongs in an asset."
_NAMES_TOLD: Final = 5

_Str: TypeAlias = str
_Int: TypeAlias = int
_Float: TypeAlias = float
_Bool: TypeAlias = bool


@dataclass(frozen=True, slots=True)
class MetadataValue:
    """A value together with how a person wants to see it. What makes it are functions by kind."""

    value: Any
    rendering: _Str = ""

    def __eq__(self, other: object) -> _Bool:
        """Whether the other is the same value shown the same way, or the plain value of this one.

        Plain lists and tuples are equal: the client has tuples where metadata was given in lists.
        """
        if isinstance(other, MetadataValue):
            return (self.value, self.rendering) == (other.value, other.rendering)
        plain = in_lists(other)
        return bool(in_lists(self.value) == plain or in_lists(self.as_data()) == plain)

    def __hash__(self) -> _Int:
        return hash(self.value)

    def as_data(self) -> Any:
        """Return what is kept of it."""
        return self.value

    @staticmethod
    def text(text: _Str) -> TextMetadataValue:
        """Make a value that is shown as text, as it stands."""
        from treadle._metadata_kinds import TextMetadataValue

        return TextMetadataValue(text)

    @staticmethod
    def url(url: _Str) -> UrlMetadataValue:
        """Make a value that is shown as a link."""
        from treadle._metadata_kinds import UrlMetadataValue

        return UrlMetadataValue(url)

    @staticmethod
    def path(path: _Str | os.PathLike[_Str]) -> PathMetadataValue:
        """Make a value that is shown as a place in a file system."""
        from treadle._metadata_kinds import PathMetadataValue

        return PathMetadataValue(path)

    @staticmethod
    def notebook(path: _Str | os.PathLike[_Str]) -> NotebookMetadataValue:
        """Make a value that is a notebook's place in a file system."""
        from treadle._metadata_kinds import NotebookMetadataValue

        return NotebookMetadataValue(path)

    @staticmethod
    def md(data: _Str) -> MarkdownMetadataValue:
        """Make a value that is Markdown."""
        from treadle._metadata_kinds import MarkdownMetadataValue

        return MarkdownMetadataValue(data)

    @staticmethod
    def json(data: Any) -> JsonMetadataValue:
        """Make a value of lists, mappings with text keys, text, numbers, booleans and None."""
        from treadle._metadata_kinds import JsonMetadataValue

        return JsonMetadataValue(data)

    @staticmethod
    def python_artifact(python_artifact: Any) -> PythonArtifactMetadataValue:
        """Make a value that names a class or a function."""
        from treadle._metadata_kinds import PythonArtifactMetadataValue

        return PythonArtifactMetadataValue.of(python_artifact)

    @staticmethod
    def int(value: _Int) -> IntMetadataValue:
        """Make a whole number."""
        from treadle._metadata_kinds import IntMetadataValue

        return IntMetadataValue(value)

    @staticmethod
    def float(value: _Float) -> FloatMetadataValue:
        """Make a floating point number."""
        from treadle._metadata_kinds import FloatMetadataValue

        return FloatMetadataValue(value)

    @staticmethod
    def bool(value: _Bool) -> BoolMetadataValue:
        """Make a truth value."""
        from treadle._metadata_kinds import BoolMetadataValue

        return BoolMetadataValue(value)

    @staticmethod
    def null() -> NullMetadataValue:
        """Make a value that is nothing."""
        from treadle._metadata_kinds import NullMetadataValue

        return NullMetadataValue()

    @staticmethod
    def timestamp(value: _Float | datetime) -> TimestampMetadataValue:
        """Make a moment, of seconds since 1970 or of a datetime that has a time zone."""
        from treadle._metadata_kinds import TimestampMetadataValue

        return TimestampMetadataValue(value)

    @staticmethod
    def dagster_run(run_id: _Str) -> DagsterRunMetadataValue:
        """Make a value that names a run."""
        from treadle._metadata_kinds import DagsterRunMetadataValue

        return DagsterRunMetadataValue(run_id)

    @staticmethod
    def job(
        job_name: _Str, location_name: _Str, *, repository_name: _Str | None = None
    ) -> DagsterJobMetadataValue:
        """Make a value that names a job of a location; there are no repositories."""
        from treadle._metadata_kinds import DagsterJobMetadataValue

        return DagsterJobMetadataValue(job_name, location_name, repository_name)

    @staticmethod
    def asset(asset_key: KeyLike) -> DagsterAssetMetadataValue:
        """Make a value that names an asset."""
        from treadle._metadata_kinds import DagsterAssetMetadataValue

        return DagsterAssetMetadataValue(asset_key)

    @staticmethod
    def table(
        records: Sequence[TableRecord], schema: TableSchema | None = None
    ) -> TableMetadataValue:
        """Make a small table of rows; without a schema, it has the one of their values."""
        from treadle._metadata_kinds import TableMetadataValue

        return TableMetadataValue(records, schema)

    @staticmethod
    def table_schema(schema: TableSchema) -> TableSchemaMetadataValue:
        """Make a value that is the columns of a table."""
        from treadle._metadata_kinds import TableSchemaMetadataValue

        return TableSchemaMetadataValue(schema)

    @staticmethod
    def column_lineage(lineage: TableColumnLineage) -> TableColumnLineageMetadataValue:
        """Make a value that says which columns others are made from."""
        from treadle._metadata_kinds import TableColumnLineageMetadataValue

        return TableColumnLineageMetadataValue(lineage)


def in_lists(data: Any) -> Any:
    """Return plain data with lists for its tuples, as it was given and as JSON has it."""
    if isinstance(data, Mapping):
        return {name: in_lists(each) for name, each in data.items()}
    return [in_lists(each) for each in data] if isinstance(data, list | tuple) else data


def metadata_entries(
    metadata: Mapping[str, Any] | None, *, owner: str
) -> tuple[MetadataEntry, ...]:
    """Return the entries of a definition, in the order given. `owner` is what they belong to.

    Values are None, bool, whole numbers of 64 bits, float, text of at most 32 KiB, lists and
    tuples, mappings, or a `MetadataValue`. A datetime with a time zone is a moment. Keys that are numbers, a path, a
    date and any other time become text; a schema, a key and a class are of their kind; a value that knows its plain form by an `item` method, as NumPy's scalars do, becomes
    that. All entries together hold at most 512 KiB.

    Raises:
        ArgumentError: a value is none of these, a name is not text, or it is too much.
    """
    entries = []
    for name, value in (metadata or {}).items():
        try:
            entries.append(_entry(name, value))
        except NotPlainError as error:
            problem = f"{owner}: metadata {_shown(name)} {error.problem}."
            raise ArgumentError(problem, fix=error.fix, source=user_line()) from error
    total = entries_size(entries)
    if total > TOTAL_BYTES:
        problem = f"{owner}: its metadata has {total} bytes."
        raise ArgumentError(problem, fix=_TOO_MUCH, source=user_line())
    return tuple(entries)


def kept_entries(
    metadata: Mapping[str, Any] | None,
    *,
    owner: str,
    before: Iterable[MetadataEntry] = (),
) -> tuple[MetadataEntry, ...]:
    """Return what was said before, and what of the metadata of a run can be kept beside it.

    Of equal names the last entry stays, in the first's place. What cannot be kept never costs the
    work: it is left out, or cut when it is plain text, and a warning says which and why.
    """
    keeping = _Keeping(owner, before)
    for name, value in _items(metadata, keeping):
        keeping.take(name, value)
    keeping.tell()
    return tuple(keeping.kept.values())


def merged_entries(*groups: tuple[MetadataEntry, ...], owner: str) -> tuple[MetadataEntry, ...]:
    """Return the entries of all groups, as `kept_entries` does, as far as they can be kept."""
    keeping = _Keeping(owner)
    for group in groups:
        for entry in group:
            keeping.add(entry)
    keeping.tell()
    return tuple(keeping.kept.values())


def entries_size(entries: Iterable[MetadataEntry]) -> int:
    """Return how many bytes entries take together."""
    return sum(map(_size, entries))


def entries_values(entries: Iterable[MetadataEntry]) -> int:
    """Return how many values entries have together; a list, a mapping or an entry counts as two."""
    return sum(2 + values_in(entry.value) for entry in entries)


class _Keeping:
    """What is kept so far of what one owner is said to have, and what is not."""

    def __init__(self, owner: str, before: Iterable[MetadataEntry] = ()) -> None:
        self._owner = owner
        self._lost: dict[tuple[str, str], list[tuple[str, str]]] = {}
        self.kept = {entry.name: entry for entry in before}
        self._bytes = entries_size(self.kept.values())

    def take(self, name: Any, value: Any) -> None:
        try:
            self.add(_entry(name, value))
        except TooLongError as error:
            if _is_plain_text(value):
                self.add(MetadataEntry(name=plain_name(name), value=_cut(error.text)))
                self.lose(name, error, "cut")
            else:
                self.lose(name, error)
        except NotPlainError as error:
            self.lose(name, error)

    def add(self, entry: MetadataEntry) -> None:
        replaced = self.kept.get(entry.name)
        size = self._bytes + _size(entry) - (0 if replaced is None else _size(replaced))
        if size > TOTAL_BYTES:
            self.lose(entry.name, NotPlainError(f"has {_size(entry)} bytes", _TOO_MUCH))
        else:
            self.kept[entry.name], self._bytes = entry, size

    def lose(self, name: Any, error: NotPlainError, how: str = "left out") -> None:
        self._lost.setdefault((how, error.fix), []).append((_shown(name), error.problem))

    def tell(self) -> None:
        from treadle.steps._step_logger import step_logger

        for (how, fix), lost in self._lost.items():
            (name, problem), *others = lost
            also = f", and so {_are([other for other, _ in others])}" if others else ""
            step_logger().warning(
                "%s: metadata %s is %s: it %s%s. %s", self._owner, name, how, problem, also, fix
            )


def _are(names: list[str]) -> str:
    told = ", ".join(names[:_NAMES_TOLD])
    more = f" and {len(names) - _NAMES_TOLD} more" if len(names) > _NAMES_TOLD else ""
    return f"{'is' if len(names) == 1 else 'are'} {told}{more}"


def _items(metadata: Mapping[str, Any] | None, keeping: _Keeping) -> list[tuple[Any, Any]]:
    try:
        return list((metadata or {}).items())
    # A mapping of the user's class may raise anything when it is read.
    except Exception as error:  # noqa: BLE001
        problem = f"cannot be read ({type(error).__name__})"
        keeping.lose("all", NotPlainError(problem, "Give a dict."))
        return []


def _entry(name: Any, value: Any) -> MetadataEntry:
    text = plain_name(name)
    if not isinstance(value, MetadataValue):
        value = _as_kind(value)
    if isinstance(value, MetadataValue):
        return MetadataEntry(
            name=text, value=plain_value(value.as_data()), rendering=value.rendering
        )
    rendering = "path" if isinstance(value, os.PathLike) else ""
    return MetadataEntry(name=text, value=plain_value(value), rendering=rendering)


def _as_kind(value: Any) -> Any:
    """Return a schema, a lineage, a key or a class as metadata of its kind, anything else as it is."""
    kind = type(value)
    if not (kind.__module__.startswith("treadle.") or isinstance(value, type)):
        return value
    from treadle._metadata_kinds import of_definition

    return of_definition(value) or value


def _size(entry: MetadataEntry) -> int:
    return size_of(entry.name, entry.value)


def _is_plain_text(value: Any) -> bool:
    """Tell whether a beginning is of use: of a picture, a link or a table it is none."""
    return isinstance(value, str) or (
        isinstance(value, MetadataValue)
        and value.rendering == "text"
        and isinstance(value.value, str)
    )


def _cut(text: str) -> str:
    kept = text.encode()[: TEXT_BYTES - 64].decode(errors="ignore")
    return f"{kept}\n[{len(text.encode()) - len(kept.encode())} bytes left out]"


def _shown(name: object) -> str:
    try:
        return f"{name!r:.80}"
    # The user's class, again.
    except Exception:  # noqa: BLE001
        return f"of a {type(name).__name__}"
