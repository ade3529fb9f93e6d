"""PartitionsSubset: some partitions of a definition, as a user's own mapping takes and gives them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from treadle_contract.lazy_dataclasses import dataclass

if TYPE_CHECKING:
    from treadle.partitions._definition import PartitionsDefinition


@dataclass(frozen=True, slots=True)
class PartitionsSubset:
    """Some partitions of a definition, in the order in which they were named, each once."""

    partitions_def: PartitionsDefinition | None
    keys: tuple[str, ...] = ()

    def get_partition_keys(self) -> Iterable[str]:
        """Return the keys."""
        return self.keys

    def with_partition_keys(self, partition_keys: Iterable[str]) -> PartitionsSubset:
        """Return these and more."""
        return PartitionsSubset(
            self.partitions_def, tuple(dict.fromkeys((*self.keys, *partition_keys)))
        )

    def __or__(self, other: PartitionsSubset) -> PartitionsSubset:
        return self.with_partition_keys(other.keys)

    def __and__(self, other: PartitionsSubset) -> PartitionsSubset:
        return PartitionsSubset(
            self.partitions_def, tuple(key for key in self.keys if key in other.keys)
        )

    def __sub__(self, other: PartitionsSubset) -> PartitionsSubset:
        return PartitionsSubset(
            self.partitions_def, tuple(key for key in self.keys if key not in other.keys)
        )

    def __contains__(self, key: object) -> bool:
        return key in self.keys

    def __len__(self) -> int:
        return len(self.keys)

    def __iter__(self) -> Iterator[str]:
        return iter(self.keys)

    @property
    def is_empty(self) -> bool:
        """Whether there is none."""
        return not self.keys


class UpstreamPartitionsResult(NamedTuple):
    """What a user's own mapping gives: the partitions that are needed.

    `required_but_nonexistent_subset` are those that are needed and that there never are: a run that needs one is refused.
    """

    partitions_subset: PartitionsSubset
    required_but_nonexistent_subset: PartitionsSubset | None = None
