"""What the classes of `_messages` have in common: frozen values, some of which read as text."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeAlias

from treadle_client._errors import LoadError
from treadle_contract.message import ContractEnum, Message

if TYPE_CHECKING:
    from treadle_client._messages import PartitionKeyRange, PartitionStretch

_THINGS = ("message", "many")

NO_COUNTS: Final[Mapping[Any, int]] = MappingProxyType({})
NO_TIME: Final = timedelta()

Rows: TypeAlias = tuple[tuple[int, str, str, str, Any], ...]
"""Of each field: number, attribute, kind, whether there is one, "maybe" or "many", and of what class."""


class View(Message):
    """A message of a launcher's, as people read it. `TABLE` says how each field is read."""

    __slots__ = ()
    TABLE: ClassVar[Rows] = ()

    def __str__(self) -> str:
        # Imported here: the texts of plans and graphs need what lays out tables.
        from treadle_client.text._told import TELLERS  # noqa: PLC0415 (see above)

        tell = TELLERS.get(type(self).__name__)
        return repr(self) if tell is None else tell(self)


class FinalState(ContractEnum):
    """States of which some change no more."""

    @property
    def is_final(self) -> bool:
        """Whether the state can change no more."""
        return self.value in {"SUCCEEDED", "FAILED", "CANCELLED"}


class Streamed(View):
    """What may hold thousands of things: its repr leaves them out."""

    __slots__ = ()

    def __repr__(self) -> str:
        left_out = {slot for _, slot, kind, label, _ in self.TABLE if (kind, label) == _THINGS}
        names: tuple[str, ...] = self.__match_args__
        told = (f"{name}={getattr(self, name)!r}" for name in names if name not in left_out)
        return f"{type(self).__name__}({', '.join(told)})"


class Stretches(Streamed):
    """What became of the partitions of an asset, one stretch of them after the other."""

    __slots__ = ()
    stretches: tuple[PartitionStretch, ...]

    @property
    def made(self) -> tuple[PartitionKeyRange, ...]:
        """The ranges of partitions that were made, in order."""
        return self._of("MADE")

    @property
    def failed(self) -> tuple[PartitionKeyRange, ...]:
        """The ranges of partitions that the last run failed to make, in order."""
        return self._of("FAILED")

    @property
    def missing(self) -> tuple[PartitionKeyRange, ...]:
        """The ranges of partitions that no run made or failed to make, in order."""
        return self._of("MISSING")

    def _of(self, state: str) -> tuple[PartitionKeyRange, ...]:
        return tuple(
            each.keys for each in self.stretches if each.state == state and each.keys is not None
        )


class Reloaded(View):
    """What became of a reload."""

    __slots__ = ()
    location: Any
    swapped: bool

    def raise_for_failure(self) -> None:
        """Do nothing if the new code is served.

        Raises:
            LoadError: it did not load, and what was served before is served still.
        """
        if not self.swapped:
            raise LoadError(self.location)


class Chunk(View):
    """Bytes of a stream."""

    __slots__ = ()
    offset: int
    data: bytes

    @property
    def end(self) -> int:
        """The offset at which the next chunk of the stream begins."""
        return self.offset + len(self.data)
