"""Partitions whose keys are listed, and those whose keys are added while time goes on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from treadle._arguments import checked_init, refuse_unsupported
from treadle._errors import ArgumentError
from treadle._names import checked_name
from treadle._source import user_line
from treadle.partitions._definition import PartitionsDefinition, checked_keys
from treadle_contract import partition as contract


@checked_init
class StaticPartitionsDefinition(PartitionsDefinition):
    """Partitions whose keys are listed, in their order.

    Raises:
        ArgumentError: there is no key, or one cannot be a key.
    """

    def __init__(self, partition_keys: Sequence[str]) -> None:
        keys = checked_keys(partition_keys, "StaticPartitionsDefinition")
        self._is(contract.StaticPartitions(keys=keys))


@checked_init
class DynamicPartitionsDefinition(PartitionsDefinition):
    """Partitions whose keys are added and removed while time goes on, under a name.

    Who runs them keeps the keys: `client.add_partitions`, `treadle partitions add`.

    Raises:
        ArgumentError: there is no name, or it cannot be one.
    """

    def __init__(
        self,
        partition_fn: Callable[[Any], Sequence[str]] | None = None,
        name: str | None = None,
    ) -> None:
        refuse_unsupported("DynamicPartitionsDefinition", {"partition_fn": partition_fn})
        if name is None:
            raise ArgumentError(
                "DynamicPartitionsDefinition has no name, under which its keys are kept.",
                fix='Write DynamicPartitionsDefinition(name="…").',
                source=user_line(),
            )
        self._is(
            contract.DynamicPartitions(
                name=checked_name(name, what="DynamicPartitionsDefinition: name")
            )
        )

    @property
    def name(self) -> str:
        """The name under which its keys are kept."""
        of = self.contract.of
        assert isinstance(of, contract.DynamicPartitions)
        return of.name
