"""Metadata: named facts about an asset, an output or a materialization, as Python objects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import TypeAlias

PlainValue: TypeAlias = (
    "bool | int | float | str | datetime | tuple[PlainValue, ...] | Mapping[str, PlainValue] | None"
)
"""A value that a user wrote. Lists arrive as tuples, moments in time as aware datetimes."""

NO_RENDERINGS: Mapping[str, str] = MappingProxyType({})


class Metadata(Mapping[str, PlainValue]):
    """A read-only mapping from a fact's name to its value, in the order it was recorded."""

    __slots__ = ("_renderings", "_values")

    def __init__(
        self, values: Mapping[str, PlainValue], renderings: Mapping[str, str] = NO_RENDERINGS
    ) -> None:
        self._values = dict(values)
        self._renderings = dict(renderings)

    def rendering(self, name: str) -> str:
        """Say how a person wants to see a fact: "url", "markdown", "table", …; "" as it is.

        `MetadataEntry.rendering` in value.proto has all of them.
        """
        return self._renderings.get(name, "")

    def __getitem__(self, name: str) -> PlainValue:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Metadata):
            return self._values == other._values and self._renderings == other._renderings
        return NotImplemented if not isinstance(other, Mapping) else self._values == other

    def __hash__(self) -> int:
        return hash(tuple(self._values))

    def __repr__(self) -> str:
        return f"Metadata({self._values!r})"


NO_METADATA = Metadata({})
