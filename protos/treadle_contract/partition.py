"""Partitions: which keys an asset has, and which of another's keys each of them reads.

Generated from partition.proto by scripts/gen_protos.py: change that file, then `make protos`.
"""

from __future__ import annotations

from typing import TypeAlias

from treadle_contract.ids import KeyText
from treadle_contract.message import ContractEnum, ENUMS, EnumSchema, MESSAGES, Message


class MappingRule(ContractEnum):
    """A rule that takes nothing."""

    IDENTITY = "identity"
    """The same key."""
    ALL = "all"
    """All keys."""
    LAST = "last"
    """The last key."""


class PartitionsDefinition(Message):
    """The keys of assets that are made in parts. Equal definitions have equal ids."""

    __slots__ = __match_args__ = ('id', 'of')
    id: str
    """The first characters of the SHA-256 of the rest, in hexadecimal."""
    of: PartitionsDefinitionOf | None
    """What the keys are."""

    def __init__(
        self,
        *,
        id: str,
        of: PartitionsDefinitionOf | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, 'id', id)
        put(self, 'of', of)

    FIELDS = (
        ('id', 1, 'id', 'text', 'one', '', 'id', True, 1),
        ('static', 2, 'static', 'message', 'maybe', 'StaticPartitions', 'of', False, 0),
        ('time_windows', 3, 'timeWindows', 'message', 'maybe', 'TimeWindowPartitions', 'of', False, 0),
        ('dynamic', 4, 'dynamic', 'message', 'maybe', 'DynamicPartitions', 'of', False, 0),
        ('multi', 5, 'multi', 'message', 'maybe', 'MultiPartitions', 'of', False, 0),
    )
    ONEOFS = (('of', ('of',), True),)


class StaticPartitions(Message):
    """Keys that are listed."""

    __slots__ = __match_args__ = ('keys',)
    keys: tuple[str, ...]
    """The keys, in order, each once."""

    def __init__(
        self,
        *,
        keys: tuple[str, ...] = (),
    ) -> None:
        put = object.__setattr__
        put(self, 'keys', keys)

    FIELDS = (
        ('keys', 1, 'keys', 'text', 'many', '', 'keys', True, 30),
    )


class TimeWindowPartitions(Message):
    """One key for each window from a tick of a schedule to the next. The windows that have ended
    by now are there."""

    __slots__ = __match_args__ = ('cron_schedule', 'timezone', 'start', 'end', 'key_format', 'end_offset', 'excluded_schedules', 'excluded_moments')
    cron_schedule: str
    """Five fields of cron: minute, hour, day of the month, month, day of the week."""
    timezone: str
    """The time zone of the schedule and of the keys, by its name in the IANA database."""
    start: int
    """The first window begins at the first tick at or after this moment."""
    end: int | None
    """No window ends after this moment. Unset: there is no such moment."""
    key_format: str
    """A key is the begin of its window in this format of strftime. Where a local time comes twice,
    the second has its distance from UTC behind it, as %z."""
    end_offset: int
    """How many windows are there beyond those that have ended; negative: fewer."""
    excluded_schedules: tuple[str, ...]
    """A window that begins at a tick of one of these schedules is left out."""
    excluded_moments: tuple[int, ...]
    """A window that begins at one of these moments is left out. Sorted."""

    def __init__(
        self,
        *,
        cron_schedule: str,
        timezone: str,
        start: int = 0,
        end: int | None = None,
        key_format: str,
        end_offset: int = 0,
        excluded_schedules: tuple[str, ...] = (),
        excluded_moments: tuple[int, ...] = (),
    ) -> None:
        put = object.__setattr__
        put(self, 'cron_schedule', cron_schedule)
        put(self, 'timezone', timezone)
        put(self, 'start', start)
        put(self, 'end', end)
        put(self, 'key_format', key_format)
        put(self, 'end_offset', end_offset)
        put(self, 'excluded_schedules', excluded_schedules)
        put(self, 'excluded_moments', excluded_moments)

    FIELDS = (
        ('cron_schedule', 1, 'cronSchedule', 'text', 'one', '', 'cron_schedule', True, 1),
        ('timezone', 2, 'timezone', 'text', 'one', '', 'timezone', True, 1),
        ('start', 3, 'start', 'wide', 'one', '', 'start', False, 0),
        ('end', 4, 'end', 'wide', 'maybe', '', 'end', False, 0),
        ('key_format', 5, 'keyFormat', 'text', 'one', '', 'key_format', True, 1),
        ('end_offset', 6, 'endOffset', 'whole', 'one', '', 'end_offset', False, 0),
        ('excluded_schedules', 7, 'excludedSchedules', 'text', 'many', '', 'excluded_schedules', False, 1),
        ('excluded_moments', 8, 'excludedMoments', 'wide', 'many', '', 'excluded_moments', False, 0),
    )


class DynamicPartitions(Message):
    """Keys that the launcher was told: AddPartitions, RemovePartitions."""

    __slots__ = __match_args__ = ('name',)
    name: str
    """The name that they are added under."""

    def __init__(
        self,
        *,
        name: str,
    ) -> None:
        put = object.__setattr__
        put(self, 'name', name)

    FIELDS = (
        ('name', 1, 'name', 'text', 'one', '', 'name', True, 1),
    )


class MultiPartitions(Message):
    """Keys of which each part is one of another definition's, joined by "|"."""

    __slots__ = __match_args__ = ('dimensions',)
    dimensions: tuple[PartitionDimension, ...]
    """The parts, sorted by name: the order that they have in a key."""

    def __init__(
        self,
        *,
        dimensions: tuple[PartitionDimension, ...] = (),
    ) -> None:
        put = object.__setattr__
        put(self, 'dimensions', dimensions)

    FIELDS = (
        ('dimensions', 1, 'dimensions', 'message', 'many', 'PartitionDimension', 'dimensions', False, 0),
    )


class PartitionDimension(Message):
    """One part of the keys of MultiPartitions."""

    __slots__ = __match_args__ = ('name', 'of')
    name: str
    """The name, unique among the dimensions."""
    of: PartitionDimensionOf | None
    """What the keys are."""

    def __init__(
        self,
        *,
        name: str,
        of: PartitionDimensionOf | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, 'name', name)
        put(self, 'of', of)

    FIELDS = (
        ('name', 1, 'name', 'text', 'one', '', 'name', True, 1),
        ('static', 2, 'static', 'message', 'maybe', 'StaticPartitions', 'of', False, 0),
        ('time_windows', 3, 'timeWindows', 'message', 'maybe', 'TimeWindowPartitions', 'of', False, 0),
        ('dynamic', 4, 'dynamic', 'message', 'maybe', 'DynamicPartitions', 'of', False, 0),
    )
    ONEOFS = (('of', ('of',), True),)


class PartitionKeyRange(Message):
    """Keys that follow each other in the order of their definition."""

    __slots__ = __match_args__ = ('first', 'last')
    first: str
    """The first."""
    last: str
    """The last, which belongs to it."""

    def __init__(
        self,
        *,
        first: str,
        last: str,
    ) -> None:
        put = object.__setattr__
        put(self, 'first', first)
        put(self, 'last', last)

    FIELDS = (
        ('first', 1, 'first', 'text', 'one', '', 'first', True, 29),
        ('last', 2, 'last', 'text', 'one', '', 'last', True, 29),
    )


class PartitionMapping(Message):
    """Which keys of an asset a key of its reader needs."""

    __slots__ = __match_args__ = ('of',)
    of: PartitionMappingOf | None
    """How they are found."""

    def __init__(
        self,
        *,
        of: PartitionMappingOf | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, 'of', of)

    FIELDS = (
        ('plain', 1, 'plain', 'message', 'maybe', 'PlainMapping', 'of', False, 0),
        ('time_window', 2, 'timeWindow', 'message', 'maybe', 'TimeWindowMapping', 'of', False, 0),
        ('static', 3, 'static', 'message', 'maybe', 'StaticMapping', 'of', False, 0),
        ('multi_to_single', 4, 'multiToSingle', 'message', 'maybe', 'MultiToSingleMapping', 'of', False, 0),
        ('multi', 5, 'multi', 'message', 'maybe', 'MultiMapping', 'of', False, 0),
        ('specific', 6, 'specific', 'message', 'maybe', 'SpecificMapping', 'of', False, 0),
        ('user', 7, 'user', 'message', 'maybe', 'UserMapping', 'of', False, 0),
    )
    ONEOFS = (('of', ('of',), True),)


class PlainMapping(Message):
    """A mapping by a rule that takes nothing."""

    __slots__ = __match_args__ = ('rule',)
    rule: MappingRule
    """The rule."""

    def __init__(
        self,
        *,
        rule: MappingRule,
    ) -> None:
        put = object.__setattr__
        put(self, 'rule', rule)

    FIELDS = (
        ('rule', 1, 'rule', 'enum', 'one', 'MappingRule', 'rule', True, 0),
    )


class TimeWindowMapping(Message):
    """The windows that overlap the reader's, whose begin and end are moved before."""

    __slots__ = __match_args__ = ('start_offset', 'end_offset', 'allow_nonexistent_upstream_partitions')
    start_offset: int
    """By how many of the reader's windows its begin is moved."""
    end_offset: int
    """By how many of the reader's windows its end is moved."""
    allow_nonexistent_upstream_partitions: bool
    """What there is no window for is left out. False: it is refused."""

    def __init__(
        self,
        *,
        start_offset: int = 0,
        end_offset: int = 0,
        allow_nonexistent_upstream_partitions: bool = False,
    ) -> None:
        put = object.__setattr__
        put(self, 'start_offset', start_offset)
        put(self, 'end_offset', end_offset)
        put(self, 'allow_nonexistent_upstream_partitions', allow_nonexistent_upstream_partitions)

    FIELDS = (
        ('start_offset', 1, 'startOffset', 'whole', 'one', '', 'start_offset', False, 0),
        ('end_offset', 2, 'endOffset', 'whole', 'one', '', 'end_offset', False, 0),
        ('allow_nonexistent_upstream_partitions', 3, 'allowNonexistentUpstreamPartitions', 'flag', 'one', '', 'allow_nonexistent_upstream_partitions', False, 0),
    )


class StaticMapping(Message):
    """Keys as they are listed."""

    __slots__ = __match_args__ = ('entries',)
    entries: tuple[StaticMappingEntry, ...]
    """The pairs, in order."""

    def __init__(
        self,
        *,
        entries: tuple[StaticMappingEntry, ...] = (),
    ) -> None:
        put = object.__setattr__
        put(self, 'entries', entries)

    FIELDS = (
        ('entries', 1, 'entries', 'message', 'many', 'StaticMappingEntry', 'entries', False, 0),
    )


class StaticMappingEntry(Message):
    """One key of an asset, and who needs it."""

    __slots__ = __match_args__ = ('upstream_key', 'downstream_keys')
    upstream_key: str
    """The key of the asset that is read."""
    downstream_keys: tuple[str, ...]
    """The keys of the reader."""

    def __init__(
        self,
        *,
        upstream_key: str,
        downstream_keys: tuple[str, ...] = (),
    ) -> None:
        put = object.__setattr__
        put(self, 'upstream_key', upstream_key)
        put(self, 'downstream_keys', downstream_keys)

    FIELDS = (
        ('upstream_key', 1, 'upstreamKey', 'text', 'one', '', 'upstream_key', True, 29),
        ('downstream_keys', 2, 'downstreamKeys', 'text', 'many', '', 'downstream_keys', False, 0),
    )


class MultiToSingleMapping(Message):
    """One side has a single dimension, which is one of the other's."""

    __slots__ = __match_args__ = ('dimension',)
    dimension: str
    """The dimension. Empty: the one whose definition is that of the other side."""

    def __init__(
        self,
        *,
        dimension: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'dimension', dimension)

    FIELDS = (
        ('dimension', 1, 'dimension', 'text', 'one', '', 'dimension', False, 1),
    )


class MultiMapping(Message):
    """Dimension by dimension. Of a dimension that none stands for, all keys are read."""

    __slots__ = __match_args__ = ('dimensions',)
    dimensions: tuple[DimensionMapping, ...]
    """The pairs, sorted by the reader's dimension."""

    def __init__(
        self,
        *,
        dimensions: tuple[DimensionMapping, ...] = (),
    ) -> None:
        put = object.__setattr__
        put(self, 'dimensions', dimensions)

    FIELDS = (
        ('dimensions', 1, 'dimensions', 'message', 'many', 'DimensionMapping', 'dimensions', False, 0),
    )


class DimensionMapping(Message):
    """How one dimension of the reader's keys says a part of the keys that are read."""

    __slots__ = __match_args__ = ('downstream_dimension', 'upstream_dimension', 'of')
    downstream_dimension: str
    """The dimension of the reader."""
    upstream_dimension: str
    """The dimension of the asset that is read."""
    of: DimensionMappingOf | None
    """How they are found."""

    def __init__(
        self,
        *,
        downstream_dimension: str,
        upstream_dimension: str,
        of: DimensionMappingOf | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, 'downstream_dimension', downstream_dimension)
        put(self, 'upstream_dimension', upstream_dimension)
        put(self, 'of', of)

    FIELDS = (
        ('downstream_dimension', 1, 'downstreamDimension', 'text', 'one', '', 'downstream_dimension', True, 1),
        ('upstream_dimension', 2, 'upstreamDimension', 'text', 'one', '', 'upstream_dimension', True, 1),
        ('plain', 3, 'plain', 'message', 'maybe', 'PlainMapping', 'of', False, 0),
        ('time_window', 4, 'timeWindow', 'message', 'maybe', 'TimeWindowMapping', 'of', False, 0),
        ('static', 5, 'static', 'message', 'maybe', 'StaticMapping', 'of', False, 0),
        ('specific', 6, 'specific', 'message', 'maybe', 'SpecificMapping', 'of', False, 0),
    )
    ONEOFS = (('of', ('of',), True),)


class SpecificMapping(Message):
    """Always the same keys."""

    __slots__ = __match_args__ = ('keys',)
    keys: tuple[str, ...]
    """The keys, in order."""

    def __init__(
        self,
        *,
        keys: tuple[str, ...] = (),
    ) -> None:
        put = object.__setattr__
        put(self, 'keys', keys)

    FIELDS = (
        ('keys', 1, 'keys', 'text', 'many', '', 'keys', True, 30),
    )


class UserMapping(Message):
    """A function of the user's: a process beside the code server runs it."""

    __slots__ = __match_args__ = ('class_name', 'block', 'asset_key')
    class_name: str
    """The name of its class, for a person."""
    block: str
    """The node name of the reader's block, where the function is found. Empty: the mapping is of
    an asset that nothing here makes."""
    asset_key: KeyText
    """The asset that is read: the key under which the block has it."""

    def __init__(
        self,
        *,
        class_name: str = "",
        block: str = "",
        asset_key: KeyText = KeyText(""),
    ) -> None:
        put = object.__setattr__
        put(self, 'class_name', class_name)
        put(self, 'block', block)
        put(self, 'asset_key', asset_key)

    FIELDS = (
        ('class_name', 1, 'className', 'text', 'one', '', 'class_name', False, 1),
        ('block', 2, 'block', 'text', 'one', '', 'block', False, 1),
        ('asset_key', 3, 'assetKey', 'text', 'one', '', 'asset_key', False, 2),
    )


class UpstreamMapping(Message):
    """Which partitions of an asset those of its reader need."""

    __slots__ = __match_args__ = ('asset_key', 'mapping')
    asset_key: KeyText
    """The asset that is read."""
    mapping: PartitionMapping
    """Which of its partitions."""

    def __init__(
        self,
        *,
        asset_key: KeyText,
        mapping: PartitionMapping,
    ) -> None:
        put = object.__setattr__
        put(self, 'asset_key', asset_key)
        put(self, 'mapping', mapping)

    FIELDS = (
        ('asset_key', 1, 'assetKey', 'text', 'one', '', 'asset_key', True, 2),
        ('mapping', 2, 'mapping', 'message', 'one', 'PartitionMapping', 'mapping', True, 0),
    )


class BackfillPolicy(Message):
    """How many partitions a run of a backfill makes."""

    __slots__ = __match_args__ = ('max_partitions_per_run',)
    max_partitions_per_run: int
    """At most so many. 0: all of them, in one run."""

    def __init__(
        self,
        *,
        max_partitions_per_run: int = 0,
    ) -> None:
        put = object.__setattr__
        put(self, 'max_partitions_per_run', max_partitions_per_run)

    FIELDS = (
        ('max_partitions_per_run', 1, 'maxPartitionsPerRun', 'whole', 'one', '', 'max_partitions_per_run', False, 23),
    )


ENUMS['MappingRule'] = EnumSchema(MappingRule, 'MAPPING_RULE_', {0: 'unspecified', 1: 'identity', 2: 'all', 3: 'last'})
MESSAGES['PartitionsDefinition'] = PartitionsDefinition
MESSAGES['StaticPartitions'] = StaticPartitions
MESSAGES['TimeWindowPartitions'] = TimeWindowPartitions
MESSAGES['DynamicPartitions'] = DynamicPartitions
MESSAGES['MultiPartitions'] = MultiPartitions
MESSAGES['PartitionDimension'] = PartitionDimension
MESSAGES['PartitionKeyRange'] = PartitionKeyRange
MESSAGES['PartitionMapping'] = PartitionMapping
MESSAGES['PlainMapping'] = PlainMapping
MESSAGES['TimeWindowMapping'] = TimeWindowMapping
MESSAGES['StaticMapping'] = StaticMapping
MESSAGES['StaticMappingEntry'] = StaticMappingEntry
MESSAGES['MultiToSingleMapping'] = MultiToSingleMapping
MESSAGES['MultiMapping'] = MultiMapping
MESSAGES['DimensionMapping'] = DimensionMapping
MESSAGES['SpecificMapping'] = SpecificMapping
MESSAGES['UserMapping'] = UserMapping
MESSAGES['UpstreamMapping'] = UpstreamMapping
MESSAGES['BackfillPolicy'] = BackfillPolicy
PartitionsDefinitionOf: TypeAlias = StaticPartitions | TimeWindowPartitions | DynamicPartitions | MultiPartitions
PartitionDimensionOf: TypeAlias = StaticPartitions | TimeWindowPartitions | DynamicPartitions
PartitionMappingOf: TypeAlias = PlainMapping | TimeWindowMapping | StaticMapping | MultiToSingleMapping | MultiMapping | SpecificMapping | UserMapping
DimensionMappingOf: TypeAlias = PlainMapping | TimeWindowMapping | StaticMapping | SpecificMapping
