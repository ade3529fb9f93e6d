"""What contexts tell of partitions: those that a step makes, and those that a value is of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from treadle._errors import did_you_mean, listed
from treadle._keys import AssetKey, KeyLike, as_key
from treadle._metadata import kept_entries
from treadle.steps._context_answers import ContextError
from treadle_contract.lazy_dataclasses import dataclass
from treadle_contract.partition import MultiPartitions

if TYPE_CHECKING:
    from treadle.locations.snapshot import Asset
    from treadle.partitions._definition import PartitionsDefinition as Definition
    from treadle.partitions._time_windows import PartitionKeyRange, TimeWindow
    from treadle_contract.partition import PartitionsDefinition
    from treadle_contract.plan import PlannedPartitions
    from treadle_contract.value import MetadataEntry
    from treadle_contract.worker import TaskInput, TaskOutput, TaskSource


_TOLD: Final = 5
_Entries: TypeAlias = "tuple[MetadataEntry, ...]"
EntriesOfPartitions: TypeAlias = "dict[tuple[str, str], _Entries]"
"""What was said of partitions, by output and key."""


@dataclass(frozen=True, slots=True)
class Partitions:
    """Some partitions of one definition, in its order. Of none that is known where a test made them.

    Of what is read, `runs` are those that made each, "" where no record says, and `by_key` is whether
    the op gets a mapping of key to value, of one partition too. With `is_open`, `keys` are the ends of a
    range that a test told, and what is between them a definition says.
    """

    keys: tuple[str, ...]
    definition: PartitionsDefinition | None = None
    runs: tuple[str, ...] = ()
    by_key: bool = False
    is_open: bool = False

    @classmethod
    def of(
        cls, planned: PlannedPartitions | None, definitions: Sequence[PartitionsDefinition]
    ) -> Partitions | None:
        """Read those that a plan names; None for None. `definitions` are those of the location."""
        if planned is None:
            return None
        keys = keys_in(planned, definitions)
        return cls(keys, definition_of(planned.definition_id, definitions))

    @classmethod
    def read_by(
        cls,
        source: TaskSource,
        definitions: Sequence[PartitionsDefinition],
        asset: Asset | None = None,
    ) -> Partitions | None:
        """Return those that an input reads of an asset; None: it has none."""
        if not source.partitions:
            return None
        return cls(
            keys=tuple([each.partition_key for each in source.partitions]),
            definition=definition_of(
                asset.partitions if asset is not None else source.partitions_definition_id,
                definitions,
            ),
            runs=tuple([each.run_id for each in source.partitions]),
            by_key=source.by_partition,
        )

    def key(self, instead: str) -> str:
        """Return the only one. `instead` is what to ask for where there are several.

        Raises:
            ContextError: there are several, or none.
        """
        if len(self.keys) != 1:
            told = f"There are {told_keys(self.keys)}" if self.keys else "There are no partitions"
            raise ContextError(f"{told} here, not one. Use context.{instead}.")
        return self.named()[0]

    def named(self) -> tuple[str, ...]:
        """Return the keys; of several dimensions each knows its parts.

        Raises:
            ContextError: a test told a range, and nothing says of which definition.
        """
        if self.is_open and len(self.keys) > 1:
            raise ContextError(
                f"Nothing says which partitions there are from {self.keys[0]} to {self.keys[-1]}. Call an asset"
                " that has a partitions_def with this context, or ask context.partition_key_range."
            )
        if self.definition is None or not isinstance(self.definition.of, MultiPartitions):
            return self.keys
        from treadle.partitions._multi import MultiPartitionKey  # noqa: PLC0415 -- few modules have them

        names = [each.name for each in self.definition.of.dimensions]
        return tuple(
            [MultiPartitionKey(dict(zip(names, key.split("|"), strict=True))) for key in self.keys]
        )

    def said(self) -> Definition:
        """Return the definition as users have it.

        Raises:
            ContextError: a test did not say which it is.
        """
        from treadle.partitions._reading_back import definition_of as read_back  # noqa: PLC0415 -- few ops ask

        if self.definition is None:
            raise ContextError("Nothing says which definition these partitions are of.")
        return read_back(self.definition)

    def key_range(self) -> PartitionKeyRange:
        """Return the first and the last of them.

        Raises:
            ContextError: there is none.
        """
        from treadle.partitions._time_windows import PartitionKeyRange  # noqa: PLC0415 -- few ops ask

        if not self.keys:
            raise ContextError("There are no partitions here.")
        return PartitionKeyRange(self.keys[0], self.keys[-1])

    def time_window(self) -> TimeWindow:
        """Return the time from the begin of the first to the end of the last.

        Raises:
            ContextError: they are of no time, or a test did not say of which.
        """
        from datetime import UTC, datetime  # noqa: PLC0415 -- few ops ask

        from treadle.partitions._time_windows import TimeWindow  # noqa: PLC0415 -- as above
        from treadle_partitions import NoTimeWindow, time_window  # noqa: PLC0415 -- as above

        if self.definition is None or not self.keys:
            raise ContextError("Nothing says of which time these partitions are.")
        now = datetime.now(UTC)
        try:
            begin, _ = time_window(self.definition, self.keys[0], now=now)
            _, end = time_window(self.definition, self.keys[-1], now=now)
        except NoTimeWindow as error:
            raise ContextError(f"{error} Use context.partition_key.") from error
        return TimeWindow(begin, end)


def definition_of(
    definition_id: str, definitions: Sequence[PartitionsDefinition]
) -> PartitionsDefinition | None:
    """Return the definition with an id, None if there is none."""
    return next((each for each in definitions if each.id == definition_id), None)


class PartitionAnswers:
    """What the context of a step tells of partitions."""

    __slots__ = ()
    if TYPE_CHECKING:
        step_key: str
        _partitions: Partitions | None
        _assets: Mapping[str, tuple[AssetKey, ...]]
        _inputs: Sequence[TaskInput]
        _outputs: Sequence[TaskOutput]
        _definitions: Sequence[PartitionsDefinition]
        _yielded: set[str]
        _of_partition: EntriesOfPartitions

    @property
    def has_partition_key(self) -> bool:
        """Whether the step makes one partition."""
        return self._partitions is not None and len(self._partitions.keys) == 1

    @property
    def has_partitions(self) -> bool:
        """Whether the step makes partitions, one or several."""
        return self._partitions is not None

    @property
    def has_partition_key_range(self) -> bool:
        """Whether the step makes several partitions."""
        return self._partitions is not None and len(self._partitions.keys) > 1

    @property
    def partition_key(self) -> str:
        """The partition that the step makes.

        Raises:
            ContextError: it makes several, or its block has none.
        """
        return self._made().key("partition_keys")

    @property
    def partition_keys(self) -> Sequence[str]:
        """The partitions that the step makes, in the order of their definition.

        Raises:
            ContextError: its block has none.
        """
        return self._made().named()

    @property
    def partition_key_range(self) -> PartitionKeyRange:
        """The first and the last partition that the step makes.

        Raises:
            ContextError: its block has none.
        """
        return self._made().key_range()

    @property
    def partition_time_window(self) -> TimeWindow:
        """The time that the partitions are of which the step makes.

        Raises:
            ContextError: its block has none, or they are of no time.
        """
        return self._made().time_window()

    @property
    def all_partition_keys(self) -> tuple[str, ...]:
        """The partitions that the step makes; none where its block has none."""
        return () if self._partitions is None else self._partitions.keys

    def partitions_of(self, asset_key: KeyLike, keys: tuple[str, ...]) -> Partitions:
        """Return some partitions of an asset that the step makes."""
        return Partitions(keys, self._of_asset(as_key(asset_key).text).definition)

    def add_partition_metadata(
        self, metadata: Mapping[str, Any], output_name: str, partition_key: str
    ) -> None:
        """Say something of one partition of an output's asset, which is still to be yielded.

        Raises:
            ContextError: the step does not make that partition, or the output was yielded.
        """
        made = self._of_output(output_name).keys
        if partition_key not in made:
            raise ContextError(
                f"Partition {partition_key!r} is not made here.{did_you_mean(partition_key, made)}"
                f" Made are {told_keys(made)}."
            )
        if output_name in self._yielded:
            raise ContextError(
                f"Output {output_name!r} was yielded; nothing more can be said of it. Call"
                " add_asset_metadata before, or give Output(metadata=…)."
            )
        place = output_name, partition_key
        owner = f"output {output_name!r} of {self.step_key!r}"
        before = self._of_partition.get(place, ())
        self._of_partition[place] = kept_entries(metadata, owner=owner, before=before)

    def partition_metadata(self, output_name: str, partition_key: str) -> _Entries:
        """Return what was said of one partition alone."""
        return self._of_partition.get((output_name, partition_key), ())

    def asset_partition_key_for_output(self, output_name: str = "result") -> str:
        """Return the partition that is made of the asset of an output.

        Raises:
            ContextError: several are made, the asset has none, or the output is no asset.
        """
        return self._of_output(output_name).key(f"asset_partition_keys_for_output({output_name!r})")

    def asset_partition_keys_for_output(self, output_name: str = "result") -> Sequence[str]:
        """Return the partitions that are made of the asset of an output.

        Raises:
            ContextError: the asset has none, or the output is no asset.
        """
        return self._of_output(output_name).named()

    def asset_partition_key_range_for_output(
        self, output_name: str = "result"
    ) -> PartitionKeyRange:
        """Return the first and the last of `asset_partition_keys_for_output`, and raise as it does."""
        return self._of_output(output_name).key_range()

    def asset_partitions_time_window_for_output(self, output_name: str = "result") -> TimeWindow:
        """Return the time of `asset_partition_keys_for_output`, and raise as it does, and if it is of none."""
        return self._of_output(output_name).time_window()

    def asset_partition_key_for_input(self, input_name: str) -> str:
        """Return the partition that an input reads.

        Raises:
            ContextError: it reads several, or no asset with partitions.
        """
        return self._of_input(input_name).key(f"asset_partition_keys_for_input({input_name!r})")

    def asset_partition_keys_for_input(self, input_name: str) -> Sequence[str]:
        """Return the partitions that an input reads.

        Raises:
            ContextError: it reads no asset with partitions.
        """
        return self._of_input(input_name).named()

    def asset_partition_key_range_for_input(self, input_name: str) -> PartitionKeyRange:
        """Return the first and the last of `asset_partition_keys_for_input`, and raise as it does."""
        return self._of_input(input_name).key_range()

    def asset_partitions_time_window_for_input(self, input_name: str) -> TimeWindow:
        """Return the time of `asset_partition_keys_for_input`, and raise as it does, and if it is of none."""
        return self._of_input(input_name).time_window()

    def asset_partitions_def_for_output(self, output_name: str = "result") -> Definition:
        """Return the definition of partitions of the asset of an output.

        Raises:
            ContextError: the asset has none, or the output is no asset.
        """
        return self._of_output(output_name).said()

    def asset_partitions_def_for_input(self, input_name: str) -> Definition:
        """Return the definition of partitions of the asset that an input reads.

        Raises:
            ContextError: it reads no asset with partitions.
        """
        return self._of_input(input_name).said()

    def _made(self) -> Partitions:
        if self._partitions is None:
            raise ContextError(
                f"{self.step_key!r} makes no partitions: no asset of its block has a partitions_def, or they"
                " differ. Ask context.has_partition_key first, or"
                " asset_partition_key_for_output(name) of one asset."
            )
        return self._partitions

    def _of_output(self, name: str) -> Partitions:
        keys = self._assets.get(name, ())
        if len(keys) != 1:
            raise ContextError(
                f"Output {name!r} produces {listed(key.text for key in keys)}."
                + did_you_mean(name, self._assets)
            )
        return self._of_asset(keys[0].text)

    def _of_asset(self, key: str) -> Partitions:
        for output in self._outputs:
            for asset in output.assets:
                found = Partitions.of(asset.partitions, self._definitions)
                if asset.asset_key == key and found is not None:
                    return found
        if self._partitions is not None and not self._outputs:
            return self._partitions
        raise ContextError(f"Asset {key!r} has no partitions.")

    def _of_input(self, name: str) -> Partitions:
        read = [source for each in self._inputs if each.name == name for source in each.sources]
        found = Partitions.read_by(read[0], self._definitions) if len(read) == 1 else None
        if found is None:
            raise ContextError(
                f"Input {name!r} of {self.step_key!r} reads no asset with partitions, or several assets."
                + did_you_mean(name, [each.name for each in self._inputs])
            )
        return found


def keys_in(
    partitions: PlannedPartitions | None, definitions: Sequence[PartitionsDefinition]
) -> tuple[str, ...]:
    """Return the keys that a plan names, () for None; `definitions` are those of the location."""
    ranges = () if partitions is None else partitions.ranges
    if all(each.first == each.last for each in ranges):
        return tuple([each.first for each in ranges])
    from treadle_partitions import planned_keys  # noqa: PLC0415 -- few runs make several at once

    return planned_keys(partitions, definitions)


def told_keys(keys: Sequence[str]) -> str:
    """Return some keys as people read them: of many the first and the last."""
    if len(keys) > _TOLD:
        return f"{len(keys)} partitions, {keys[0]} to {keys[-1]}"
    word = "partition" if len(keys) == 1 else "partitions"
    return f"{word} {', '.join(keys)}"
