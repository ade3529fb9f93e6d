"""The keys of a definition, in order: a sequence that computes what it is asked for."""

from __future__ import annotations

from abc import abstractmethod
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from operator import eq
from typing import Final, TypeAlias, overload

from treadle_contract.partition import (
    DynamicPartitions,
    MultiPartitions,
    PartitionDimension,
    PartitionsDefinition,
    StaticPartitions,
    TimeWindowPartitions,
)
from treadle_contract.suggestions import nearest

#: What keys there are, of an asset or of one dimension.
Definition: TypeAlias = PartitionsDefinition | PartitionDimension
#: What `of` is in either.
Of: TypeAlias = StaticPartitions | TimeWindowPartitions | DynamicPartitions | MultiPartitions
#: Between the parts of a key of several dimensions.
SEPARATOR = "|"
#: Between the first key of a range and the last.
RANGE = ".."


class UnknownPartition(LookupError, ValueError):
    """A definition has no such key. `nearest` are up to three keys that it has and that look like it."""

    def __init__(self, key: str, near: Sequence[str] = (), problem: str = "") -> None:
        self.key = key
        self.nearest = tuple(near)
        said = f"There is no partition {key!r}" + (f": {problem}." if problem else ".")
        if near:
            said += f" Nearest: {', '.join(near)}."
        super().__init__(said)


class PartitionKeys(Sequence[str]):
    """The keys of a definition at one moment, in order. Each is there once.

    They equal a list or tuple of the same keys.
    """

    def __init__(self, of: Of) -> None:
        self.of = of

    @abstractmethod
    def __len__(self) -> int: ...

    @abstractmethod
    def _key(self, index: int) -> str:
        """Return the key at an index that is there."""

    @abstractmethod
    def find(self, key: str) -> int | None:
        """Return where a key is; None if it is not there."""

    @abstractmethod
    def near(self, key: str) -> tuple[str, ...]:
        """Return up to three keys that look like one that is not there."""

    @overload
    def __getitem__(self, index: int) -> str: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[str, ...]: ...

    def __getitem__(self, index: int | slice) -> str | tuple[str, ...]:
        if isinstance(index, slice):
            return tuple(map(self._key, range(*index.indices(len(self)))))
        count = len(self)
        if not -count <= index < count:
            raise IndexError(f"there are {count} keys")
        return self._key(index % count)

    def __iter__(self) -> Iterator[str]:
        return map(self._key, range(len(self)))

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and self.find(key) is not None

    def index(self, value: str, start: int = 0, stop: int | None = None) -> int:
        """Return where a key is.

        Raises:
            UnknownPartition: it is not there; with the nearest that are.
        """
        found = self.find(value)
        if found is None or found not in range(len(self))[start:stop]:
            raise UnknownPartition(value, self.near(value))
        return found

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, PartitionKeys | list | tuple):
            return NotImplemented
        return self is other or (len(self) == len(other) and all(map(eq, self, other)))

    __hash__ = None  # type: ignore[assignment] # as a list has none

    def __repr__(self) -> str:
        shown = [*self[:3], "…", *self[-1:]] if len(self) > 4 else list(self)  # noqa: PLR2004 -- more are shown
        return f"<{len(self)} keys: {', '.join(shown)}>"


def key_problem(key: str) -> str:
    """Say why a text is no key of a listed partition, "" if it is one."""
    if not key or key != key.strip():
        return "is empty, or begins or ends with a blank"
    if not key.isprintable():
        return "has a character that cannot be printed"
    if len(key.encode(errors="replace")) > 1024:  # noqa: PLR2004 -- bounds.proto: KIND_PARTITION_KEY
        return "has more than 1024 bytes"
    return f"has {RANGE!r}, which stands between keys" if RANGE in key else ""


class ListedKeys(PartitionKeys):
    """Keys that are listed: static ones, and those that were added."""

    def __init__(self, of: Of, keys: Sequence[str]) -> None:
        super().__init__(of)
        self._keys = keys
        self._places: Mapping[str, int] | None = None

    def __len__(self) -> int:
        return len(self._keys)

    def _key(self, index: int) -> str:
        return self._keys[index]

    def find(self, key: str) -> int | None:
        """Return where a key is; None if it is not there."""
        if self._places is None:
            is_kept = isinstance(self.of, StaticPartitions) and len(self._keys) > _MANY
            self._places = (_kept_places if is_kept else _places)(self._keys)
        return self._places.get(key)

    def near(self, key: str) -> tuple[str, ...]:
        """Return up to three keys that look like one that is not there."""
        # Comparing with a hundred thousand takes seconds.
        return nearest(key, self._keys[:2000])


_MANY: Final = 1000
_KEPT: Final = 8
#: The places of the long lists that were asked about last, by the identity of a list, which is held.
_known: OrderedDict[int, tuple[Sequence[str], Mapping[str, int]]] = OrderedDict()


def _places(keys: Sequence[str]) -> Mapping[str, int]:
    return {each: index for index, each in enumerate(keys)}


def _kept_places(keys: Sequence[str]) -> Mapping[str, int]:
    """Return where each key is. A graph's list is asked about by each plan: it is looked up once."""
    found = _known.get(id(keys))
    if found is not None and found[0] is keys:
        return found[1]
    places = _places(keys)
    _known[id(keys)] = keys, places
    while len(_known) > _KEPT:
        # Another thread may have taken it.
        with suppress(KeyError):
            _known.popitem(last=False)
    return places


class MultiKeys(PartitionKeys):
    """Combinations: the last dimension turns fastest."""

    def __init__(self, of: MultiPartitions, dimensions: Sequence[PartitionKeys]) -> None:
        super().__init__(of)
        self.names = tuple(each.name for each in of.dimensions)
        self.dimensions = tuple(dimensions)

    def __len__(self) -> int:
        count = 1
        for each in self.dimensions:
            count *= len(each)
        return count

    def _key(self, index: int) -> str:
        parts = []
        for keys in reversed(self.dimensions):
            index, place = divmod(index, len(keys))
            parts.append(keys[place])
        return SEPARATOR.join(reversed(parts))

    def find(self, key: str) -> int | None:
        """Return where a key is; None if it is not there."""
        parts = key.split(SEPARATOR)
        if len(parts) != len(self.dimensions):
            return None
        index = 0
        for part, keys in zip(parts, self.dimensions, strict=True):
            place = keys.find(part)
            if place is None:
                return None
            index = index * len(keys) + place
        return index

    def near(self, key: str) -> tuple[str, ...]:
        """Return up to three keys that look like one that is not there."""
        parts = key.split(SEPARATOR)
        if len(parts) != len(self.dimensions):
            return self[:1]
        mended = []
        for part, keys in zip(parts, self.dimensions, strict=True):
            near = (part,) if part in keys else keys.near(part)
            if not near:
                return ()
            mended.append(near[0])
        return (SEPARATOR.join(mended),)
