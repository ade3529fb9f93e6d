"""PartitionsDefinition: what every definition of partitions can say of its keys."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeAlias

from treadle._errors import ArgumentError, listed
from treadle._source import user_line
from treadle._system import hashlib
from treadle._value_words import in_words
from treadle.locations import canonical
from treadle_contract import partition as contract
from treadle_contract.kinds import KINDS, PARTITION_KEYS

if TYPE_CHECKING:
    from datetime import datetime

    from treadle.partitions._subset import PartitionsSubset
    from treadle.partitions._time_windows import PartitionKeyRange
    from treadle_partitions import PartitionKeys

#: What a definition is in the contract.
Of: TypeAlias = (
    contract.StaticPartitions
    | contract.TimeWindowPartitions
    | contract.DynamicPartitions
    | contract.MultiPartitions
)
_ID_CHARACTERS: Final = 16
#: What a graph may hold of the keys of one definition.
_MOST_BYTES: Final = KINDS[PARTITION_KEYS].max_total_bytes


class PartitionsDefinition:
    """The partitions of an asset: which keys there are. Definitions that say the same are equal.

    It is the base of StaticPartitionsDefinition, DailyPartitionsDefinition and the like.
    """

    #: What is written to make one, for messages.
    _written: ClassVar[str] = (
        "StaticPartitionsDefinition([…]) or DailyPartitionsDefinition(start_date=…)"
    )

    def __init__(self) -> None:
        raise ArgumentError(
            f"{type(self).__name__} says no keys.",
            fix=f"Write {self._written}.",
            source=user_line(),
        )

    def _is(self, of: Of) -> None:
        """Set what it says."""
        text = canonical.encode(of)
        kind = type(of).__name__.encode()
        self._contract = contract.PartitionsDefinition(
            id=hashlib.sha256(kind + text).hexdigest()[:_ID_CHARACTERS], of=of
        )

    @property
    def contract(self) -> contract.PartitionsDefinition:
        """The definition as it stands in a graph."""
        return self._contract

    def get_partition_keys(
        self, current_time: datetime | None = None, dynamic_partitions_store: Any = None
    ) -> Sequence[str]:
        """Return the keys that there are at a time, now unless it is given, in order.

        They are computed when they are asked for, however many there are.
        `dynamic_partitions_store` says which dynamic keys were added: a mapping from the name of
        their definition, or a DagsterInstance.
        """
        return self._keys(current_time, dynamic_partitions_store)

    def has_partition_key(
        self,
        partition_key: str,
        current_time: datetime | None = None,
        dynamic_partitions_store: Any = None,
    ) -> bool:
        """Tell whether there is a key."""
        return partition_key in self._keys(current_time, dynamic_partitions_store)

    def get_num_partitions(
        self, current_time: datetime | None = None, dynamic_partitions_store: Any = None
    ) -> int:
        """Return how many keys there are."""
        return len(self._keys(current_time, dynamic_partitions_store))

    def get_first_partition_key(
        self, current_time: datetime | None = None, dynamic_partitions_store: Any = None
    ) -> str | None:
        """Return the first key; None if there is none."""
        keys = self._keys(current_time, dynamic_partitions_store)
        return keys[0] if len(keys) else None

    def get_last_partition_key(
        self, current_time: datetime | None = None, dynamic_partitions_store: Any = None
    ) -> str | None:
        """Return the last key; None if there is none."""
        keys = self._keys(current_time, dynamic_partitions_store)
        return keys[len(keys) - 1] if len(keys) else None

    def get_partition_keys_in_range(
        self, partition_key_range: PartitionKeyRange, dynamic_partitions_store: Any = None
    ) -> Sequence[str]:
        """Return the keys from the first of a range to its last.

        Raises:
            LookupError: one of them is not there, or they are the other way round.
        """
        from treadle_partitions import KeySet  # noqa: PLC0415 -- few modules have partitions

        keys = self._keys(None, dynamic_partitions_store)
        asked = contract.PartitionKeyRange(
            first=partition_key_range.start, last=partition_key_range.end
        )
        return tuple(KeySet.of_ranges(keys, (asked,)))

    def _keys(self, now: datetime | None, store: Any) -> PartitionKeys:
        from datetime import UTC, datetime  # noqa: PLC0415 -- who defines needs no time

        from treadle_partitions import dynamic_names, keys_of  # noqa: PLC0415 -- as above

        moment = now or datetime.now(UTC)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        names = dynamic_names(self._contract)
        return keys_of(
            self._contract, now=moment, dynamic={name: _added(store, name) for name in names}
        )

    def subset_with_partition_keys(self, partition_keys: Iterable[str]) -> PartitionsSubset:
        """Return some of its partitions, for a mapping of your own to give."""
        from treadle.partitions._subset import PartitionsSubset  # noqa: PLC0415 -- few write a mapping

        return PartitionsSubset(self, tuple(dict.fromkeys(partition_keys)))

    def empty_subset(self) -> PartitionsSubset:
        """Return none of its partitions."""
        return self.subset_with_partition_keys(())

    def subset_with_all_partitions(
        self, current_time: datetime | None = None, dynamic_partitions_store: Any = None
    ) -> PartitionsSubset:
        """Return all of its partitions that there are at a time."""
        return self.subset_with_partition_keys(self._keys(current_time, dynamic_partitions_store))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, PartitionsDefinition):
            return NotImplemented
        return self._contract == other._contract

    def __hash__(self) -> int:
        return hash(self._contract.id)

    def __str__(self) -> str:
        from treadle_partitions import described  # noqa: PLC0415 -- as above

        return described(self._contract.of)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self}>"


def maps_nothing(value: object) -> bool:
    """Tell whether what was given is no mapping, or an empty one."""
    return not isinstance(value, Mapping) or not value


def _added(store: Any, name: str) -> tuple[str, ...]:
    if store is None:
        raise ArgumentError(
            f"The keys of DynamicPartitionsDefinition(name={name!r}) are kept where runs are recorded.",
            fix=f"Give dynamic_partitions_store={{{name!r}: [key, …]}} or an instance that has them.",
            source=user_line(),
        )
    if hasattr(store, "get_dynamic_partitions"):
        return tuple(store.get_dynamic_partitions(name))
    return tuple(store.get(name, ()))


def checked_keys(keys: object, owner: str) -> tuple[str, ...]:
    """Return keys that a user wrote.

    Raises:
        ArgumentError: there is none, one of them is not text, is twice, or cannot be a key.
    """
    if isinstance(keys, str) or not isinstance(keys, Sequence | set | frozenset):
        raise ArgumentError(
            f"{owner}: {in_words(keys)} is not a list of keys.",
            fix='Give a list of texts: ["a", "b"].',
            source=user_line(),
        )
    from treadle_partitions import key_problem  # noqa: PLC0415 -- few modules have partitions

    found = tuple(keys)
    for key in found:
        problem = key_problem(key) if isinstance(key, str) else "is not text"
        if problem:
            raise ArgumentError(
                f"{owner}: the key {key!r} {problem}.", fix="Give it another.", source=user_line()
            )
    size = sum(len(key.encode()) for key in found)
    if size > _MOST_BYTES:
        raise ArgumentError(
            f"{owner}: {len(found):,} keys take {size:,} bytes, and {_MOST_BYTES:,} is the most.",
            fix="Give DynamicPartitionsDefinition(name=…), whose keys the launcher keeps, or time windows.",
            source=user_line(),
        )
    twice = sorted(key for key, times in Counter(found).items() if times > 1)
    if twice or not found:
        raise ArgumentError(
            f"{owner}: the key {listed(twice)} is there twice."
            if twice
            else f"{owner}: there is no key.",
            fix="Leave one out." if twice else "Give at least one.",
            source=user_line(),
        )
    return found
