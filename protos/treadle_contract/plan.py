"""A plan: what would run, and why, for one selection on one snapshot.

Generated from plan.proto by scripts/gen_protos.py: change that file, then `make protos`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from treadle_contract.ids import KeyText, RunId, StepKey
from treadle_contract.message import ContractEnum, ENUMS, EnumSchema, MESSAGES, Message, UserValue
from treadle_contract.partition import PartitionKeyRange, PartitionsDefinition
from treadle_contract.policy import Limits, RetryPolicy
from treadle_contract.value import ResourceConfig, ValueRef

if TYPE_CHECKING:
    from datetime import datetime


class UnselectedOutputs(ContractEnum):
    """What happens to an output that is yielded though no selected asset needs it and that
    produces an asset."""

    MATERIALIZE = "materialize"
    """The asset is made; its event says unexpected."""
    DISCARD = "discard"
    """The value is dropped, with an event."""
    FAIL = "fail"
    """The step fails, and nothing of the attempt is committed."""


class Siblings(ContractEnum):
    """What a read of an unselected asset of the same block does."""

    LOAD = "load"
    """The stored value is loaded."""
    RUN = "run"
    """What makes it runs again, its value is an intermediate and is not recorded."""


class Isolation(ContractEnum):
    """Which steps share a process, a task."""

    OP = "op"
    """None: each attempt has a process of its own."""
    ASSET = "asset"
    """Those of one block."""
    RUN = "run"
    """All of the run."""


class UnrecordedLoads(ContractEnum):
    """What happens to a load that the launcher has no record of."""

    REFUSE = "refuse"
    """The call is refused: NEVER_MATERIALIZED."""
    TRY = "try"
    """The run is launched; the reader fails, independent steps run."""


class ReuseMode(ContractEnum):
    """Which steps of a first run are not run, because an earlier run did the same work."""

    NEVER = "never"
    """None: each runs."""
    UNCHANGED = "unchanged"
    """Those that an earlier run ran with the same code, config, resources and values of inputs, as
    far as what they made is still stored."""


class ReexecutionKind(ContractEnum):
    """Which steps of an earlier run run again."""

    FROM_FAILURE = "from_failure"
    """What failed, what never finished, and everything below either."""
    STEPS = "steps"
    """The steps that are named."""
    ALL = "all"
    """Every step."""


class Verdict(ContractEnum):
    """What a plan says of a step."""

    RUN = "run"
    """It runs."""
    OMIT = "omit"
    """It is not needed."""
    REUSE = "reuse"
    """Its outputs are taken from an earlier run."""


class ChangeKind(ContractEnum):
    """What of a step differs from the last run that ran it."""

    NEW = "new"
    """No earlier run that is known ran it with success."""
    CODE = "code"
    """Code that it reaches, a resource or a declared version: `name` is the definition."""
    CONFIG = "config"
    """Its config: `name` is the key, with dots."""
    INPUT = "input"
    """What it reads: `name` is the input."""
    SELECTION = "selection"
    """What is selected of its outputs, of its block or of its checks."""
    VALUE = "value"
    """What it made is stored no more, or is not what is stored last: `name` is the output."""
    FAN_OUT = "fan_out"
    """It is mapped over a fan-out whose elements are not known yet: `name` is the fan-out's step."""
    PARTITION = "partition"
    """It makes or reads partitions: such a step is never taken from an earlier run."""
    VARIABLE = "variable"
    """It may read an environment variable by an EnvVar: such a step is never taken from an earlier
    run. `name` is the variable, or empty where only its code tells it."""


class LoadState(ContractEnum):
    """How a load was resolved."""

    RECORDED = "recorded"
    """The launcher's record names the materialization that is read."""
    UNRECORDED = "unrecorded"
    """There is no record; the IO manager is tried."""


class PlanOptions(Message):
    """What a caller may choose about a plan."""

    __slots__ = __match_args__ = ('unselected_outputs', 'siblings', 'unrecorded_loads', 'isolation', 'config', 'reuse', 'partitions')
    unselected_outputs: UnselectedOutputs | None
    """What happens to outputs that no selected asset needs."""
    siblings: Siblings | None
    """What reads of unselected siblings do."""
    unrecorded_loads: UnrecordedLoads | None
    """What unrecorded loads do. Read by the launcher only."""
    isolation: Isolation | None
    """Which steps share a process."""
    config: UserValue
    """The config of the run, a map: what ConfigPlace says the paths of lead from here. It is laid
    over the job's, which is laid over what the definitions have. Null: none."""
    reuse: ReuseMode | None
    """Which steps are taken from earlier runs instead of being run. Of no effect on a
    re-execution."""
    partitions: tuple[PartitionKeyRange, ...]
    """The partitions that are made, of the one definition among those of the selected assets that
    has them all: assets of others get theirs through the mappings. Empty: none, which a
    selection with a partitioned asset is refused for."""

    def __init__(
        self,
        *,
        unselected_outputs: UnselectedOutputs | None = None,
        siblings: Siblings | None = None,
        unrecorded_loads: UnrecordedLoads | None = None,
        isolation: Isolation | None = None,
        config: UserValue = None,
        reuse: ReuseMode | None = None,
        partitions: tuple[PartitionKeyRange, ...] = (),
    ) -> None:
        put = object.__setattr__
        put(self, 'unselected_outputs', unselected_outputs)
        put(self, 'siblings', siblings)
        put(self, 'unrecorded_loads', unrecorded_loads)
        put(self, 'isolation', isolation)
        put(self, 'config', config)
        put(self, 'reuse', reuse)
        put(self, 'partitions', partitions)

    FIELDS = (
        ('unselected_outputs', 1, 'unselectedOutputs', 'enum', 'maybe', 'UnselectedOutputs', 'unselected_outputs', False, 0),
        ('siblings', 2, 'siblings', 'enum', 'maybe', 'Siblings', 'siblings', False, 0),
        ('unrecorded_loads', 3, 'unrecordedLoads', 'enum', 'maybe', 'UnrecordedLoads', 'unrecorded_loads', False, 0),
        ('isolation', 4, 'isolation', 'enum', 'maybe', 'Isolation', 'isolation', False, 0),
        ('config', 5, 'config', 'value', 'one', '', 'config', False, 27),
        ('reuse', 20, 'reuse', 'enum', 'maybe', 'ReuseMode', 'reuse', False, 0),
        ('partitions', 7, 'partitions', 'message', 'many', 'PartitionKeyRange', 'partitions', False, 0),
    )


class PlannedPartitions(Message):
    """Some partitions of one definition."""

    __slots__ = __match_args__ = ('definition_id', 'ranges', 'count')
    definition_id: str
    """The definition's id."""
    ranges: tuple[PartitionKeyRange, ...]
    """Their keys, in the definition's order. Of dynamic partitions each range is of one key."""
    count: int
    """How many they are."""

    def __init__(
        self,
        *,
        definition_id: str,
        ranges: tuple[PartitionKeyRange, ...] = (),
        count: int = 0,
    ) -> None:
        put = object.__setattr__
        put(self, 'definition_id', definition_id)
        put(self, 'ranges', ranges)
        put(self, 'count', count)

    FIELDS = (
        ('definition_id', 1, 'definitionId', 'text', 'one', '', 'definition_id', True, 1),
        ('ranges', 2, 'ranges', 'message', 'many', 'PartitionKeyRange', 'ranges', False, 0),
        ('count', 3, 'count', 'wide', 'one', '', 'count', False, 23),
    )


class Reexecution(Message):
    """A new run with an earlier one's selection and options, planned anew on the current snapshot."""

    __slots__ = __match_args__ = ('parent_run_id', 'kind', 'step_expressions', 'rerun_changed', 'same_code', 'config')
    parent_run_id: RunId
    """The earlier run."""
    kind: ReexecutionKind | None
    """Which of its steps run again."""
    step_expressions: tuple[str, ...]
    """Expressions over steps: a step key, a graph's dotted path, or an asset's key, each with "+"
    on either side; their union runs. Set for STEPS only."""
    rerun_changed: bool
    """A succeeded step whose code or inputs changed since runs again too."""
    same_code: bool
    """The digest must be the earlier run's."""
    config: UserValue
    """Config, a map, that is laid over the earlier run's. Null: none."""

    def __init__(
        self,
        *,
        parent_run_id: RunId = RunId(""),
        kind: ReexecutionKind | None = None,
        step_expressions: tuple[str, ...] = (),
        rerun_changed: bool = False,
        same_code: bool = False,
        config: UserValue = None,
    ) -> None:
        put = object.__setattr__
        put(self, 'parent_run_id', parent_run_id)
        put(self, 'kind', kind)
        put(self, 'step_expressions', step_expressions)
        put(self, 'rerun_changed', rerun_changed)
        put(self, 'same_code', same_code)
        put(self, 'config', config)

    FIELDS = (
        ('parent_run_id', 1, 'parentRunId', 'text', 'one', '', 'parent_run_id', False, 1),
        ('kind', 2, 'kind', 'enum', 'maybe', 'ReexecutionKind', 'kind', False, 0),
        ('step_expressions', 3, 'stepExpressions', 'text', 'many', '', 'step_expressions', False, 9),
        ('rerun_changed', 4, 'rerunChanged', 'flag', 'one', '', 'rerun_changed', False, 0),
        ('same_code', 5, 'sameCode', 'flag', 'one', '', 'same_code', False, 0),
        ('config', 6, 'config', 'value', 'one', '', 'config', False, 27),
    )


class Selection(Message):
    """What is to be made."""

    __slots__ = __match_args__ = ('expressions', 'job', 'op_selection', 'allow_empty', 'recorded')
    expressions: tuple[str, ...]
    """Expressions of the selection language; their union is selected. Empty: see job."""
    job: str
    """The name of a job whose selection is taken. Empty with no expressions: every asset."""
    op_selection: tuple[str, ...]
    """Of a job of ops, the ops that run, each clause as "a", "*a", "a*", "+a", "a+" or "inner.a".
    What others would have given, inputs have by default or are told by config. Empty: all ops."""
    allow_empty: bool
    """A group, tag, kind, owner or wildcard that matches nothing selects nothing, and so may all
    of it: then no step runs. Keys have to be there all the same. False: that is refused."""
    recorded: RecordedAssets | None
    """What missing() and failed() in the expressions stand for. Set by the launcher, from its
    record at the time; a re-execution means the same assets."""

    def __init__(
        self,
        *,
        expressions: tuple[str, ...] = (),
        job: str = "",
        op_selection: tuple[str, ...] = (),
        allow_empty: bool = False,
        recorded: RecordedAssets | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, 'expressions', expressions)
        put(self, 'job', job)
        put(self, 'op_selection', op_selection)
        put(self, 'allow_empty', allow_empty)
        put(self, 'recorded', recorded)

    FIELDS = (
        ('expressions', 1, 'expressions', 'text', 'many', '', 'expressions', False, 9),
        ('job', 2, 'job', 'text', 'one', '', 'job', False, 1),
        ('op_selection', 3, 'opSelection', 'text', 'many', '', 'op_selection', False, 9),
        ('allow_empty', 30, 'allowEmpty', 'flag', 'one', '', 'allow_empty', False, 0),
        ('recorded', 31, 'recorded', 'message', 'maybe', 'RecordedAssets', 'recorded', False, 0),
    )


class RecordedAssets(Message):
    """Assets by what is on record of them."""

    __slots__ = __match_args__ = ('missing_asset_keys', 'failed_asset_keys')
    missing_asset_keys: tuple[KeyText, ...]
    """Those that no run made; of a partitioned asset, some partition. Sorted."""
    failed_asset_keys: tuple[KeyText, ...]
    """Those that the last run which was to make them failed to make; of a partitioned asset, some
    partition. Sorted."""

    def __init__(
        self,
        *,
        missing_asset_keys: tuple[KeyText, ...] = (),
        failed_asset_keys: tuple[KeyText, ...] = (),
    ) -> None:
        put = object.__setattr__
        put(self, 'missing_asset_keys', missing_asset_keys)
        put(self, 'failed_asset_keys', failed_asset_keys)

    FIELDS = (
        ('missing_asset_keys', 1, 'missingAssetKeys', 'text', 'many', '', 'missing_asset_keys', False, 2),
        ('failed_asset_keys', 2, 'failedAssetKeys', 'text', 'many', '', 'failed_asset_keys', False, 2),
    )


class PlannedSource(Message):
    """Where one value that a planned input reads comes from."""

    __slots__ = __match_args__ = ('step_output', 'load_asset_key', 'asset_key', 'partitions', 'by_partition', 'every_partition', 'loaded_partitions')
    step_output: PlannedStepOutput | None
    """A step of this run makes it."""
    load_asset_key: KeyText | None
    """It is loaded: see the Load of this key. Of partitions, there is none where none is needed."""
    asset_key: KeyText
    """The asset this source reads, when the reader names an asset or a sibling's. Set also beside
    step_output when a step of this run makes the asset."""
    partitions: PlannedPartitions | None
    """The partitions of the asset that are read. Unset: it has none, or see every_partition."""
    by_partition: bool
    """The op gets a mapping of partition key to value."""
    every_partition: bool
    """All partitions that a run has made are read, those that this run makes included."""
    loaded_partitions: PlannedPartitions | None
    """Beside step_output: those of the partitions that this run does not make. They are loaded:
    see the Load of asset_key. Unset: none."""

    def __init__(
        self,
        *,
        step_output: PlannedStepOutput | None = None,
        load_asset_key: KeyText | None = None,
        asset_key: KeyText = KeyText(""),
        partitions: PlannedPartitions | None = None,
        by_partition: bool = False,
        every_partition: bool = False,
        loaded_partitions: PlannedPartitions | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, 'step_output', step_output)
        put(self, 'load_asset_key', load_asset_key)
        put(self, 'asset_key', asset_key)
        put(self, 'partitions', partitions)
        put(self, 'by_partition', by_partition)
        put(self, 'every_partition', every_partition)
        put(self, 'loaded_partitions', loaded_partitions)

    FIELDS = (
        ('step_output', 1, 'stepOutput', 'message', 'maybe', 'PlannedStepOutput', 'step_output', False, 0),
        ('load_asset_key', 2, 'loadAssetKey', 'text', 'maybe', '', 'load_asset_key', True, 2),
        ('asset_key', 3, 'assetKey', 'text', 'one', '', 'asset_key', False, 2),
        ('partitions', 4, 'partitions', 'message', 'maybe', 'PlannedPartitions', 'partitions', False, 0),
        ('by_partition', 5, 'byPartition', 'flag', 'one', '', 'by_partition', False, 0),
        ('every_partition', 6, 'everyPartition', 'flag', 'one', '', 'every_partition', False, 0),
        ('loaded_partitions', 7, 'loadedPartitions', 'message', 'maybe', 'PlannedPartitions', 'loaded_partitions', False, 0),
    )
    ONEOFS = (('from', ('step_output', 'load_asset_key'), True),)


class PlannedStepOutput(Message):
    """One output of one planned step."""

    __slots__ = __match_args__ = ('step_key', 'output', 'mapping_key', 'collected')
    step_key: StepKey
    """The step."""
    output: str
    """The output's name."""
    mapping_key: str
    """Of a dynamic output: the mapping key of the element. "?": not known yet, or, where it is
    collected, all of them. Empty: it is not dynamic."""
    collected: int
    """How many levels of fan-outs are collected, from the innermost: the values of all elements in
    the order they were yielded, in a list. 0: it is one value."""

    def __init__(
        self,
        *,
        step_key: StepKey,
        output: str,
        mapping_key: str = "",
        collected: int = 0,
    ) -> None:
        put = object.__setattr__
        put(self, 'step_key', step_key)
        put(self, 'output', output)
        put(self, 'mapping_key', mapping_key)
        put(self, 'collected', collected)

    FIELDS = (
        ('step_key', 1, 'stepKey', 'text', 'one', '', 'step_key', True, 4),
        ('output', 2, 'output', 'text', 'one', '', 'output', True, 1),
        ('mapping_key', 3, 'mappingKey', 'text', 'one', '', 'mapping_key', False, 1),
        ('collected', 4, 'collected', 'whole', 'one', '', 'collected', False, 23),
    )


class FannedOut(Message):
    """The elements of one dynamic output."""

    __slots__ = __match_args__ = ('output', 'mapping_keys')
    output: str
    """The output's name."""
    mapping_keys: tuple[str, ...]
    """The mapping keys, in yield order, each once: letters, digits and "_"."""

    def __init__(
        self,
        *,
        output: str,
        mapping_keys: tuple[str, ...] = (),
    ) -> None:
        put = object.__setattr__
        put(self, 'output', output)
        put(self, 'mapping_keys', mapping_keys)

    FIELDS = (
        ('output', 1, 'output', 'text', 'one', '', 'output', True, 1),
        ('mapping_keys', 2, 'mappingKeys', 'text', 'many', '', 'mapping_keys', False, 1),
    )


class PlannedInput(Message):
    """One input of a planned step."""

    __slots__ = __match_args__ = ('name', 'sources', 'fan_in', 'nothing', 'not_needed', 'input_manager_key', 'needed_by')
    name: str
    """The name of the op's argument. For an ordering that has no argument: ""."""
    sources: tuple[PlannedSource, ...]
    """What it reads, in order. Boundaries that load nothing are left out."""
    fan_in: bool
    """The op gets a list, also when there is one source."""
    nothing: bool
    """It orders and carries no value."""
    not_needed: bool
    """No selected output needs it: it is not loaded, has no sources, and the op gets its default,
    else what fails when it is used."""
    input_manager_key: str
    """The resource key of the manager that loads it instead of the producer's. Empty: the
    producer's."""
    needed_by: tuple[str, ...]
    """The selected outputs that need it, sorted: when it is not yielded, the step runs for the
    others. Empty: all of them do."""

    def __init__(
        self,
        *,
        name: str = "",
        sources: tuple[PlannedSource, ...] = (),
        fan_in: bool = False,
        nothing: bool = False,
        not_needed: bool = False,
        input_manager_key: str = "",
        needed_by: tuple[str, ...] = (),
    ) -> None:
        put = object.__setattr__
        put(self, 'name', name)
        put(self, 'sources', sources)
        put(self, 'fan_in', fan_in)
        put(self, 'nothing', nothing)
        put(self, 'not_needed', not_needed)
        put(self, 'input_manager_key', input_manager_key)
        put(self, 'needed_by', needed_by)

    FIELDS = (
        ('name', 1, 'name', 'text', 'one', '', 'name', False, 1),
        ('sources', 2, 'sources', 'message', 'many', 'PlannedSource', 'sources', False, 0),
        ('fan_in', 3, 'fanIn', 'flag', 'one', '', 'fan_in', False, 0),
        ('nothing', 4, 'nothing', 'flag', 'one', '', 'nothing', False, 0),
        ('not_needed', 5, 'notNeeded', 'flag', 'one', '', 'not_needed', False, 0),
        ('input_manager_key', 6, 'inputManagerKey', 'text', 'one', '', 'input_manager_key', False, 1),
        ('needed_by', 7, 'neededBy', 'text', 'many', '', 'needed_by', False, 1),
    )


class PlannedAsset(Message):
    """One asset that an output of a planned step produces."""

    __slots__ = __match_args__ = ('asset_key', 'selected', 'io_manager_key', 'builtin_manager', 'keep_versions', 'partitions')
    asset_key: KeyText
    """The key."""
    selected: bool
    """It is selected: yielding the output materializes it."""
    io_manager_key: str
    """The resource key of the IO manager that stores it."""
    builtin_manager: bool
    """That manager is Treadle's own: its values are ValueRefs in the record."""
    keep_versions: int
    """How many versions of it are kept. 0: as many as the launcher keeps of each."""
    partitions: PlannedPartitions | None
    """The partitions of it that the run makes. Unset: it has none."""

    def __init__(
        self,
        *,
        asset_key: KeyText,
        selected: bool = False,
        io_manager_key: str,
        builtin_manager: bool = False,
        keep_versions: int = 0,
        partitions: PlannedPartitions | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, 'asset_key', asset_key)
        put(self, 'selected', selected)
        put(self, 'io_manager_key', io_manager_key)
        put(self, 'builtin_manager', builtin_manager)
        put(self, 'keep_versions', keep_versions)
        put(self, 'partitions', partitions)

    FIELDS = (
        ('asset_key', 1, 'assetKey', 'text', 'one', '', 'asset_key', True, 2),
        ('selected', 2, 'selected', 'flag', 'one', '', 'selected', False, 0),
        ('io_manager_key', 3, 'ioManagerKey', 'text', 'one', '', 'io_manager_key', True, 1),
        ('builtin_manager', 4, 'builtinManager', 'flag', 'one', '', 'builtin_manager', False, 0),
        ('keep_versions', 5, 'keepVersions', 'whole', 'one', '', 'keep_versions', False, 23),
        ('partitions', 6, 'partitions', 'message', 'maybe', 'PlannedPartitions', 'partitions', False, 0),
    )


class PlannedCheck(Message):
    """The check of an asset that an output of a planned step evaluates."""

    __slots__ = __match_args__ = ('asset_key', 'name', 'blocking')
    asset_key: KeyText
    """The asset."""
    name: str
    """The check's name."""
    blocking: bool
    """Where it does not hold, its step fails, and what reads the asset does not run."""

    def __init__(
        self,
        *,
        asset_key: KeyText,
        name: str,
        blocking: bool = False,
    ) -> None:
        put = object.__setattr__
        put(self, 'asset_key', asset_key)
        put(self, 'name', name)
        put(self, 'blocking', blocking)

    FIELDS = (
        ('asset_key', 1, 'assetKey', 'text', 'one', '', 'asset_key', True, 2),
        ('name', 2, 'name', 'text', 'one', '', 'name', True, 1),
        ('blocking', 3, 'blocking', 'flag', 'one', '', 'blocking', False, 0),
    )


class PlannedOutput(Message):
    """One output of a planned step."""

    __slots__ = __match_args__ = ('name', 'selected', 'is_required', 'nothing', 'assets', 'is_read', 'io_manager_key', 'builtin_manager', 'checkpoint', 'check', 'dynamic')
    name: str
    """The name."""
    selected: bool
    """It is in context.selected_output_names."""
    is_required: bool
    """The op must yield it, if it is selected or a step of this run reads it."""
    nothing: bool
    """It orders and carries no value."""
    assets: tuple[PlannedAsset, ...]
    """The assets that it produces, sorted by key."""
    is_read: bool
    """A step of this run reads its value."""
    io_manager_key: str
    """The resource key of the IO manager of the intermediate."""
    builtin_manager: bool
    """That manager is Treadle's own."""
    checkpoint: bool
    """Its value is stored also where it passes in memory."""
    check: PlannedCheck | None
    """The check that it evaluates, if it is selected. Unset: none, as of what carries a value."""
    dynamic: bool
    """The op yields any number of elements for it, each with a mapping key of its own. Not to be
    yielded at all is well, if it is required: there are no elements."""

    def __init__(
        self,
        *,
        name: str,
        selected: bool = False,
        is_required: bool = False,
        nothing: bool = False,
        assets: tuple[PlannedAsset, ...] = (),
        is_read: bool = False,
        io_manager_key: str = "",
        builtin_manager: bool = False,
        checkpoint: bool = False,
        check: PlannedCheck | None = None,
        dynamic: bool = False,
    ) -> None:
        put = object.__setattr__
        put(self, 'name', name)
        put(self, 'selected', selected)
        put(self, 'is_required', is_required)
        put(self, 'nothing', nothing)
        put(self, 'assets', assets)
        put(self, 'is_read', is_read)
        put(self, 'io_manager_key', io_manager_key)
        put(self, 'builtin_manager', builtin_manager)
        put(self, 'checkpoint', checkpoint)
        put(self, 'check', check)
        put(self, 'dynamic', dynamic)

    FIELDS = (
        ('name', 1, 'name', 'text', 'one', '', 'name', True, 1),
        ('selected', 2, 'selected', 'flag', 'one', '', 'selected', False, 0),
        ('is_required', 3, 'isRequired', 'flag', 'one', '', 'is_required', False, 0),
        ('nothing', 4, 'nothing', 'flag', 'one', '', 'nothing', False, 0),
        ('assets', 5, 'assets', 'message', 'many', 'PlannedAsset', 'assets', False, 0),
        ('is_read', 6, 'isRead', 'flag', 'one', '', 'is_read', False, 0),
        ('io_manager_key', 7, 'ioManagerKey', 'text', 'one', '', 'io_manager_key', False, 1),
        ('builtin_manager', 8, 'builtinManager', 'flag', 'one', '', 'builtin_manager', False, 0),
        ('checkpoint', 9, 'checkpoint', 'flag', 'one', '', 'checkpoint', False, 0),
        ('check', 10, 'check', 'message', 'maybe', 'PlannedCheck', 'check', False, 0),
        ('dynamic', 11, 'dynamic', 'flag', 'one', '', 'dynamic', False, 0),
    )


class PlannedStep(Message):
    """One op of a selected block, and what the plan does with it."""

    __slots__ = __match_args__ = ('key', 'block', 'verdict', 'reason', 'selected_outputs', 'selected_asset_keys', 'inputs', 'outputs', 'resource_keys', 'unselected_outputs', 'op', 'retry_policy', 'timeout_ms', 'limits', 'task', 'config', 'resource_config', 'selected_checks', 'told_inputs', 'mapped_over', 'code_digest', 'changes', 'partitions')
    key: StepKey
    """The step key."""
    block: str
    """The node name of its block."""
    verdict: Verdict
    """Whether it runs."""
    reason: str
    """Why, in one sentence for a person."""
    selected_outputs: tuple[str, ...]
    """context.selected_output_names, sorted. Empty when OMIT, as what follows."""
    selected_asset_keys: tuple[KeyText, ...]
    """context.selected_asset_keys: the selected keys of its block, sorted."""
    inputs: tuple[PlannedInput, ...]
    """The inputs. For REUSE: what it would read."""
    outputs: tuple[PlannedOutput, ...]
    """The outputs."""
    resource_keys: tuple[str, ...]
    """Resource keys it needs, IO managers' included, sorted."""
    unselected_outputs: UnselectedOutputs | None
    """What happens to its unselected outputs: never UNSPECIFIED."""
    op: str
    """The name of the op."""
    retry_policy: RetryPolicy | None
    """When it is tried again. Unset: never by itself."""
    timeout_ms: int
    """How long one attempt may take, in milliseconds. 0: no limit."""
    limits: Limits | None
    """What one attempt may use. Unset: no limit."""
    task: str
    """The task that it is part of, by the key of its first step: steps with equal text share a
    process and run in it in the order of the plan. Empty: it has one of its own."""
    config: UserValue
    """The effective config: what is at StepDefinition.config.path, with all defaults. Secrets
    stand as the name of their variable. Null: it takes none."""
    resource_config: tuple[ResourceConfig, ...]
    """What the run tells the resources that it needs, sorted by key: those alone that it tells
    something."""
    selected_checks: tuple[str, ...]
    """context.selected_asset_check_keys: the selected checks of its block, "asset:name", sorted."""
    told_inputs: UserValue
    """The values of inputs that nothing is connected to, a map by their names. Null: none is told."""
    mapped_over: tuple[PlannedStepOutput, ...]
    """The dynamic outputs that it is mapped over and whose mapping keys are not known yet, from
    the outermost: for each, its key has a "[?]". When the first of them is expanded, one step
    for each mapping key takes its place. Empty: it runs as it is."""
    code_digest: str
    """SHA-256 in hexadecimal over what its outcome rests on beside inputs and config: of the
    user's code, of resources, of declared versions. Empty: the digest of its op in the manifest
    says all."""
    changes: tuple[StepChange, ...]
    """What is not as it was when it ran last, if it runs though what is unchanged is reused."""
    partitions: PlannedPartitions | None
    """context.partition_keys: the partitions of its block that the run makes. Unset: the block has
    none, or its assets have others of their own."""

    def __init__(
        self,
        *,
        key: StepKey,
        block: str = "",
        verdict: Verdict,
        reason: str = "",
        selected_outputs: tuple[str, ...] = (),
        selected_asset_keys: tuple[KeyText, ...] = (),
        inputs: tuple[PlannedInput, ...] = (),
        outputs: tuple[PlannedOutput, ...] = (),
        resource_keys: tuple[str, ...] = (),
        unselected_outputs: UnselectedOutputs | None = None,
        op: str = "",
        retry_policy: RetryPolicy | None = None,
        timeout_ms: int = 0,
        limits: Limits | None = None,
        task: str = "",
        config: UserValue = None,
        resource_config: tuple[ResourceConfig, ...] = (),
        selected_checks: tuple[str, ...] = (),
        told_inputs: UserValue = None,
        mapped_over: tuple[PlannedStepOutput, ...] = (),
        code_digest: str = "",
        changes: tuple[StepChange, ...] = (),
        partitions: PlannedPartitions | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, 'key', key)
        put(self, 'block', block)
        put(self, 'verdict', verdict)
        put(self, 'reason', reason)
        put(self, 'selected_outputs', selected_outputs)
        put(self, 'selected_asset_keys', selected_asset_keys)
        put(self, 'inputs', inputs)
        put(self, 'outputs', outputs)
        put(self, 'resource_keys', resource_keys)
        put(self, 'unselected_outputs', unselected_outputs)
        put(self, 'op', op)
        put(self, 'retry_policy', retry_policy)
        put(self, 'timeout_ms', timeout_ms)
        put(self, 'limits', limits)
        put(self, 'task', task)
        put(self, 'config', config)
        put(self, 'resource_config', resource_config)
        put(self, 'selected_checks', selected_checks)
        put(self, 'told_inputs', told_inputs)
        put(self, 'mapped_over', mapped_over)
        put(self, 'code_digest', code_digest)
        put(self, 'changes', changes)
        put(self, 'partitions', partitions)

    FIELDS = (
        ('key', 1, 'key', 'text', 'one', '', 'key', True, 4),
        ('block', 2, 'block', 'text', 'one', '', 'block', False, 1),
        ('verdict', 3, 'verdict', 'enum', 'one', 'Verdict', 'verdict', True, 0),
        ('reason', 4, 'reason', 'text', 'one', '', 'reason', False, 5),
        ('selected_outputs', 5, 'selectedOutputs', 'text', 'many', '', 'selected_outputs', False, 1),
        ('selected_asset_keys', 6, 'selectedAssetKeys', 'text', 'many', '', 'selected_asset_keys', False, 2),
        ('inputs', 7, 'inputs', 'message', 'many', 'PlannedInput', 'inputs', False, 0),
        ('outputs', 8, 'outputs', 'message', 'many', 'PlannedOutput', 'outputs', False, 0),
        ('resource_keys', 9, 'resourceKeys', 'text', 'many', '', 'resource_keys', False, 1),
        ('unselected_outputs', 10, 'unselectedOutputs', 'enum', 'maybe', 'UnselectedOutputs', 'unselected_outputs', False, 0),
        ('op', 11, 'op', 'text', 'one', '', 'op', False, 1),
        ('retry_policy', 12, 'retryPolicy', 'message', 'maybe', 'RetryPolicy', 'retry_policy', False, 0),
        ('timeout_ms', 13, 'timeoutMs', 'wide', 'one', '', 'timeout_ms', False, 19),
        ('limits', 14, 'limits', 'message', 'maybe', 'Limits', 'limits', False, 0),
        ('task', 15, 'task', 'text', 'one', '', 'task', False, 4),
        ('config', 16, 'config', 'value', 'one', '', 'config', False, 27),
        ('resource_config', 17, 'resourceConfig', 'message', 'many', 'ResourceConfig', 'resource_config', False, 0),
        ('selected_checks', 18, 'selectedChecks', 'text', 'many', '', 'selected_checks', False, 5),
        ('told_inputs', 19, 'toldInputs', 'value', 'one', '', 'told_inputs', False, 27),
        ('mapped_over', 20, 'mappedOver', 'message', 'many', 'PlannedStepOutput', 'mapped_over', False, 0),
        ('code_digest', 25, 'codeDigest', 'text', 'one', '', 'code_digest', False, 1),
        ('changes', 26, 'changes', 'message', 'many', 'StepChange', 'changes', False, 0),
        ('partitions', 27, 'partitions', 'message', 'maybe', 'PlannedPartitions', 'partitions', False, 0),
    )


class StepChange(Message):
    """One such difference."""

    __slots__ = __match_args__ = ('kind', 'name')
    kind: ChangeKind
    """Of what kind."""
    name: str
    """Which definition, key, input or output. Empty: it cannot be told."""

    def __init__(
        self,
        *,
        kind: ChangeKind,
        name: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'kind', kind)
        put(self, 'name', name)

    FIELDS = (
        ('kind', 1, 'kind', 'enum', 'one', 'ChangeKind', 'kind', True, 0),
        ('name', 2, 'name', 'text', 'one', '', 'name', False, 5),
    )


class Load(Message):
    """One stored asset that the plan reads."""

    __slots__ = __match_args__ = ('asset_key', 'readers', 'external', 'io_manager_key', 'builtin_manager', 'sibling', 'state', 'run_id', 'step_key', 'value_ref', 'store_sequence', 'materialized_at', 'gone', 'version', 'partitions', 'every_partition', 'loaded_partitions')
    asset_key: KeyText
    """The key."""
    readers: tuple[PlannedInputRef, ...]
    """Who reads it, sorted by step key and input."""
    external: bool
    """No block of this location makes it."""
    io_manager_key: str
    """The resource key of the manager that loads it."""
    builtin_manager: bool
    """That manager is Treadle's own."""
    sibling: bool
    """It belongs to the block of one of its readers."""
    state: LoadState | None
    """Set by the launcher: how it was resolved."""
    run_id: RunId
    """Set by the launcher when RECORDED: the run that made the value."""
    step_key: StepKey
    """Set by the launcher when RECORDED: the step that made the value."""
    value_ref: ValueRef | None
    """Set by the launcher when RECORDED and the record has one: the value."""
    store_sequence: int
    """Set by the launcher when RECORDED: the store sequence of the materialization."""
    materialized_at: datetime | None
    """Set by the launcher when RECORDED: when it was materialized."""
    gone: str
    """Set by the launcher when UNRECORDED though a run made the asset: why its value cannot be
    read, a clause: "its value is gone from the disk (/home/values/a)"."""
    version: str
    """Set by the launcher when RECORDED: AssetFact.version as the plan was made."""
    partitions: PlannedPartitions | None
    """The partitions of it that must be stored. Unset: it has none, or see every_partition."""
    every_partition: bool
    """All its partitions that a run has made are loaded, as many as they are."""
    loaded_partitions: tuple[LoadedPartition, ...]
    """Set by the launcher: what is loaded of each partition that is recorded, in place of run_id,
    step_key, value_ref, store_sequence and materialized_at. At most 10,000."""

    def __init__(
        self,
        *,
        asset_key: KeyText,
        readers: tuple[PlannedInputRef, ...] = (),
        external: bool = False,
        io_manager_key: str = "",
        builtin_manager: bool = False,
        sibling: bool = False,
        state: LoadState | None = None,
        run_id: RunId = RunId(""),
        step_key: StepKey = StepKey(""),
        value_ref: ValueRef | None = None,
        store_sequence: int = 0,
        materialized_at: datetime | None = None,
        gone: str = "",
        version: str = "",
        partitions: PlannedPartitions | None = None,
        every_partition: bool = False,
        loaded_partitions: tuple[LoadedPartition, ...] = (),
    ) -> None:
        put = object.__setattr__
        put(self, 'asset_key', asset_key)
        put(self, 'readers', readers)
        put(self, 'external', external)
        put(self, 'io_manager_key', io_manager_key)
        put(self, 'builtin_manager', builtin_manager)
        put(self, 'sibling', sibling)
        put(self, 'state', state)
        put(self, 'run_id', run_id)
        put(self, 'step_key', step_key)
        put(self, 'value_ref', value_ref)
        put(self, 'store_sequence', store_sequence)
        put(self, 'materialized_at', materialized_at)
        put(self, 'gone', gone)
        put(self, 'version', version)
        put(self, 'partitions', partitions)
        put(self, 'every_partition', every_partition)
        put(self, 'loaded_partitions', loaded_partitions)

    FIELDS = (
        ('asset_key', 1, 'assetKey', 'text', 'one', '', 'asset_key', True, 2),
        ('readers', 2, 'readers', 'message', 'many', 'PlannedInputRef', 'readers', False, 0),
        ('external', 3, 'external', 'flag', 'one', '', 'external', False, 0),
        ('io_manager_key', 4, 'ioManagerKey', 'text', 'one', '', 'io_manager_key', False, 1),
        ('builtin_manager', 5, 'builtinManager', 'flag', 'one', '', 'builtin_manager', False, 0),
        ('sibling', 6, 'sibling', 'flag', 'one', '', 'sibling', False, 0),
        ('state', 7, 'state', 'enum', 'maybe', 'LoadState', 'state', False, 0),
        ('run_id', 8, 'runId', 'text', 'one', '', 'run_id', False, 1),
        ('step_key', 9, 'stepKey', 'text', 'one', '', 'step_key', False, 4),
        ('value_ref', 10, 'valueRef', 'message', 'maybe', 'ValueRef', 'value_ref', False, 0),
        ('store_sequence', 11, 'storeSequence', 'wide', 'one', '', 'store_sequence', False, 23),
        ('materialized_at', 12, 'materializedAt', 'time', 'maybe', '', 'materialized_at', False, 0),
        ('gone', 13, 'gone', 'text', 'one', '', 'gone', False, 5),
        ('version', 20, 'version', 'text', 'one', '', 'version', False, 5),
        ('partitions', 14, 'partitions', 'message', 'maybe', 'PlannedPartitions', 'partitions', False, 0),
        ('every_partition', 15, 'everyPartition', 'flag', 'one', '', 'every_partition', False, 0),
        ('loaded_partitions', 16, 'loadedPartitions', 'message', 'many', 'LoadedPartition', 'loaded_partitions', False, 0),
    )


class LoadedPartition(Message):
    """What is on record of one partition that is loaded."""

    __slots__ = __match_args__ = ('partition_key', 'run_id', 'step_key', 'value_ref', 'store_sequence', 'materialized_at', 'version')
    partition_key: str
    """The partition's key."""
    run_id: RunId
    """The run that made the value."""
    step_key: StepKey
    """The step that made the value."""
    value_ref: ValueRef | None
    """The value. Unset: the record has none."""
    store_sequence: int
    """The store sequence of the materialization."""
    materialized_at: datetime | None
    """When it was materialized. Set by the launcher."""
    version: str
    """AssetFact.version of it as the plan was made."""

    def __init__(
        self,
        *,
        partition_key: str,
        run_id: RunId = RunId(""),
        step_key: StepKey = StepKey(""),
        value_ref: ValueRef | None = None,
        store_sequence: int = 0,
        materialized_at: datetime | None = None,
        version: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'partition_key', partition_key)
        put(self, 'run_id', run_id)
        put(self, 'step_key', step_key)
        put(self, 'value_ref', value_ref)
        put(self, 'store_sequence', store_sequence)
        put(self, 'materialized_at', materialized_at)
        put(self, 'version', version)

    FIELDS = (
        ('partition_key', 1, 'partitionKey', 'text', 'one', '', 'partition_key', True, 29),
        ('run_id', 2, 'runId', 'text', 'one', '', 'run_id', False, 1),
        ('step_key', 3, 'stepKey', 'text', 'one', '', 'step_key', False, 4),
        ('value_ref', 4, 'valueRef', 'message', 'maybe', 'ValueRef', 'value_ref', False, 0),
        ('store_sequence', 5, 'storeSequence', 'wide', 'one', '', 'store_sequence', False, 23),
        ('materialized_at', 6, 'materializedAt', 'time', 'maybe', '', 'materialized_at', False, 0),
        ('version', 7, 'version', 'text', 'one', '', 'version', False, 5),
    )


class PlannedInputRef(Message):
    """One input of one planned step."""

    __slots__ = __match_args__ = ('step_key', 'input')
    step_key: StepKey
    """The step."""
    input: str
    """The input's name."""

    def __init__(
        self,
        *,
        step_key: StepKey,
        input: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'step_key', step_key)
        put(self, 'input', input)

    FIELDS = (
        ('step_key', 1, 'stepKey', 'text', 'one', '', 'step_key', True, 4),
        ('input', 2, 'input', 'text', 'one', '', 'input', False, 1),
    )


class Hazard(Message):
    """A required output that is not selected and produces only unselected assets: the op will
    yield it all the same."""

    __slots__ = __match_args__ = ('step_key', 'output', 'asset_keys', 'unselected_outputs')
    step_key: StepKey
    """The step."""
    output: str
    """The output's name."""
    asset_keys: tuple[KeyText, ...]
    """The unselected assets that it produces, sorted."""
    unselected_outputs: UnselectedOutputs
    """What will happen to it: never UNSPECIFIED."""

    def __init__(
        self,
        *,
        step_key: StepKey,
        output: str,
        asset_keys: tuple[KeyText, ...] = (),
        unselected_outputs: UnselectedOutputs,
    ) -> None:
        put = object.__setattr__
        put(self, 'step_key', step_key)
        put(self, 'output', output)
        put(self, 'asset_keys', asset_keys)
        put(self, 'unselected_outputs', unselected_outputs)

    FIELDS = (
        ('step_key', 1, 'stepKey', 'text', 'one', '', 'step_key', True, 4),
        ('output', 2, 'output', 'text', 'one', '', 'output', True, 1),
        ('asset_keys', 3, 'assetKeys', 'text', 'many', '', 'asset_keys', False, 2),
        ('unselected_outputs', 4, 'unselectedOutputs', 'enum', 'one', 'UnselectedOutputs', 'unselected_outputs', True, 0),
    )


class PlanHeader(Message):
    """What a plan is of, and its identity."""

    __slots__ = __match_args__ = ('location', 'digest', 'fingerprint', 'selection', 'options', 'selected_asset_keys', 'selected_asset_count', 'missing_asset_keys', 'notes', 'reexecution', 'above_asset_keys', 'below_asset_keys', 'omitted_step_count', 'selected_checks', 'observed_asset_keys', 'partitions_definitions')
    location: str
    """The location's name."""
    digest: str
    """The digest of the snapshot it was made on."""
    fingerprint: str
    """SHA-256 in hexadecimal over the plan as the code server made it, before loads are resolved."""
    selection: Selection | None
    """The selection as it was asked for."""
    options: PlanOptions | None
    """The options as they were asked for."""
    selected_asset_keys: tuple[KeyText, ...]
    """The assets selected, sorted. At most 500; see selected_asset_count."""
    selected_asset_count: int
    """How many assets are selected."""
    missing_asset_keys: tuple[KeyText, ...]
    """Siblings that nothing is stored of and that run instead of being loaded, sorted. At most
    500."""
    notes: tuple[str, ...]
    """What a person should know, a sentence each."""
    reexecution: Reexecution | None
    """The earlier run that is gone on from. Unset: none."""
    above_asset_keys: tuple[KeyText, ...]
    """Assets that a "+x" of the selection reaches and that nothing in the location makes, sorted;
    no part of the fingerprint, as what follows. At most 500."""
    below_asset_keys: tuple[KeyText, ...]
    """Selected assets whose readers an "x+" of the selection reaches too, sorted. At most 500."""
    omitted_step_count: int
    """Of a brief plan: how many steps of the selected blocks are omitted, and are not in it."""
    selected_checks: tuple[str, ...]
    """The checks selected, "asset:name", sorted. At most 500."""
    observed_asset_keys: tuple[KeyText, ...]
    """The external assets that are looked at, sorted. At most 500."""
    partitions_definitions: tuple[PartitionsDefinition, ...]
    """The definitions that ranges of several partitions of the plan are of, sorted by id."""

    def __init__(
        self,
        *,
        location: str = "",
        digest: str,
        fingerprint: str,
        selection: Selection | None = None,
        options: PlanOptions | None = None,
        selected_asset_keys: tuple[KeyText, ...] = (),
        selected_asset_count: int = 0,
        missing_asset_keys: tuple[KeyText, ...] = (),
        notes: tuple[str, ...] = (),
        reexecution: Reexecution | None = None,
        above_asset_keys: tuple[KeyText, ...] = (),
        below_asset_keys: tuple[KeyText, ...] = (),
        omitted_step_count: int = 0,
        selected_checks: tuple[str, ...] = (),
        observed_asset_keys: tuple[KeyText, ...] = (),
        partitions_definitions: tuple[PartitionsDefinition, ...] = (),
    ) -> None:
        put = object.__setattr__
        put(self, 'location', location)
        put(self, 'digest', digest)
        put(self, 'fingerprint', fingerprint)
        put(self, 'selection', selection)
        put(self, 'options', options)
        put(self, 'selected_asset_keys', selected_asset_keys)
        put(self, 'selected_asset_count', selected_asset_count)
        put(self, 'missing_asset_keys', missing_asset_keys)
        put(self, 'notes', notes)
        put(self, 'reexecution', reexecution)
        put(self, 'above_asset_keys', above_asset_keys)
        put(self, 'below_asset_keys', below_asset_keys)
        put(self, 'omitted_step_count', omitted_step_count)
        put(self, 'selected_checks', selected_checks)
        put(self, 'observed_asset_keys', observed_asset_keys)
        put(self, 'partitions_definitions', partitions_definitions)

    FIELDS = (
        ('location', 1, 'location', 'text', 'one', '', 'location', False, 1),
        ('digest', 2, 'digest', 'text', 'one', '', 'digest', True, 1),
        ('fingerprint', 3, 'fingerprint', 'text', 'one', '', 'fingerprint', True, 1),
        ('selection', 4, 'selection', 'message', 'maybe', 'Selection', 'selection', False, 0),
        ('options', 5, 'options', 'message', 'maybe', 'PlanOptions', 'options', False, 0),
        ('selected_asset_keys', 6, 'selectedAssetKeys', 'text', 'many', '', 'selected_asset_keys', False, 3),
        ('selected_asset_count', 7, 'selectedAssetCount', 'whole', 'one', '', 'selected_asset_count', False, 23),
        ('missing_asset_keys', 8, 'missingAssetKeys', 'text', 'many', '', 'missing_asset_keys', False, 3),
        ('notes', 9, 'notes', 'text', 'many', '', 'notes', False, 6),
        ('reexecution', 10, 'reexecution', 'message', 'maybe', 'Reexecution', 'reexecution', False, 0),
        ('above_asset_keys', 11, 'aboveAssetKeys', 'text', 'many', '', 'above_asset_keys', False, 3),
        ('below_asset_keys', 12, 'belowAssetKeys', 'text', 'many', '', 'below_asset_keys', False, 3),
        ('omitted_step_count', 13, 'omittedStepCount', 'whole', 'one', '', 'omitted_step_count', False, 23),
        ('selected_checks', 14, 'selectedChecks', 'text', 'many', '', 'selected_checks', False, 5),
        ('observed_asset_keys', 15, 'observedAssetKeys', 'text', 'many', '', 'observed_asset_keys', False, 3),
        ('partitions_definitions', 20, 'partitionsDefinitions', 'message', 'many', 'PartitionsDefinition', 'partitions_definitions', False, 0),
    )


class BlockSelection(Message):
    """The selected assets of one block, in a plan that is brief, or asked for with
    block_selections."""

    __slots__ = __match_args__ = ('block', 'asset_keys')
    block: str
    """The node name of the block."""
    asset_keys: tuple[KeyText, ...]
    """context.selected_asset_keys of its steps, sorted. Of many, the rest is in the next ones of
    the same block."""

    def __init__(
        self,
        *,
        block: str,
        asset_keys: tuple[KeyText, ...] = (),
    ) -> None:
        put = object.__setattr__
        put(self, 'block', block)
        put(self, 'asset_keys', asset_keys)

    FIELDS = (
        ('block', 1, 'block', 'text', 'one', '', 'block', True, 1),
        ('asset_keys', 2, 'assetKeys', 'text', 'many', '', 'asset_keys', False, 2),
    )


class Reuse(Message):
    """A step that does not run again, and what an earlier run stored of it."""

    __slots__ = __match_args__ = ('step_key', 'from_run_id', 'outputs', 'changed', 'skipped')
    step_key: StepKey
    """The step."""
    from_run_id: RunId
    """The run that made the values: the parent, or a run that the parent reused them from."""
    outputs: tuple[ReusedOutput, ...]
    """What it yielded: an output whose value is gone, and that nothing here reads, stands here as
    Nothing does. Set by the launcher."""
    changed: bool
    """Its code, or what it read, is not what it was; the verdict's reason says which."""
    skipped: bool
    """It was skipped there: it has no outputs, and is skipped again."""

    def __init__(
        self,
        *,
        step_key: StepKey,
        from_run_id: RunId,
        outputs: tuple[ReusedOutput, ...] = (),
        changed: bool = False,
        skipped: bool = False,
    ) -> None:
        put = object.__setattr__
        put(self, 'step_key', step_key)
        put(self, 'from_run_id', from_run_id)
        put(self, 'outputs', outputs)
        put(self, 'changed', changed)
        put(self, 'skipped', skipped)

    FIELDS = (
        ('step_key', 1, 'stepKey', 'text', 'one', '', 'step_key', True, 4),
        ('from_run_id', 2, 'fromRunId', 'text', 'one', '', 'from_run_id', True, 1),
        ('outputs', 3, 'outputs', 'message', 'many', 'ReusedOutput', 'outputs', False, 0),
        ('changed', 4, 'changed', 'flag', 'one', '', 'changed', False, 0),
        ('skipped', 5, 'skipped', 'flag', 'one', '', 'skipped', False, 0),
    )


class ReusedOutput(Message):
    """One stored value of a reused step."""

    __slots__ = __match_args__ = ('output', 'asset_key', 'value_ref', 'io_manager_key', 'mapping_key', 'partition_key')
    output: str
    """The output's name."""
    asset_key: KeyText
    """The asset it was stored for. Empty: an intermediate."""
    value_ref: ValueRef | None
    """The value. Unset when an IO manager that is not Treadle's own stored it, or for Nothing."""
    io_manager_key: str
    """The resource key of the IO manager. Empty for Nothing."""
    mapping_key: str
    """The mapping key, of an element of a dynamic output. Empty: it is none."""
    partition_key: str
    """The partition of the asset. Empty: it has none."""

    def __init__(
        self,
        *,
        output: str,
        asset_key: KeyText = KeyText(""),
        value_ref: ValueRef | None = None,
        io_manager_key: str = "",
        mapping_key: str = "",
        partition_key: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'output', output)
        put(self, 'asset_key', asset_key)
        put(self, 'value_ref', value_ref)
        put(self, 'io_manager_key', io_manager_key)
        put(self, 'mapping_key', mapping_key)
        put(self, 'partition_key', partition_key)

    FIELDS = (
        ('output', 1, 'output', 'text', 'one', '', 'output', True, 1),
        ('asset_key', 2, 'assetKey', 'text', 'one', '', 'asset_key', False, 2),
        ('value_ref', 3, 'valueRef', 'message', 'maybe', 'ValueRef', 'value_ref', False, 0),
        ('io_manager_key', 4, 'ioManagerKey', 'text', 'one', '', 'io_manager_key', False, 1),
        ('mapping_key', 5, 'mappingKey', 'text', 'one', '', 'mapping_key', False, 1),
        ('partition_key', 6, 'partitionKey', 'text', 'one', '', 'partition_key', False, 29),
    )


class PlanPart(Message):
    """One part of a plan. A plan is streamed in parts of at most 500 items or 1 MiB; the whole is
    the concatenation of the parts."""

    __slots__ = __match_args__ = ('header', 'steps', 'loads', 'hazards', 'reuses', 'block_selections')
    header: PlanHeader | None
    """Set in the first part only."""
    steps: tuple[PlannedStep, ...]
    """Steps of the selected blocks, in topological order, ties by key."""
    loads: tuple[Load, ...]
    """Loads, sorted by key."""
    hazards: tuple[Hazard, ...]
    """Hazards, sorted by step key and output."""
    reuses: tuple[Reuse, ...]
    """Steps that are reused, sorted by key."""
    block_selections: tuple[BlockSelection, ...]
    """What is selected of blocks whose steps do not say it, sorted by name: in a plan that was
    asked for so. All steps of such a block have it that are not omitted."""

    def __init__(
        self,
        *,
        header: PlanHeader | None = None,
        steps: tuple[PlannedStep, ...] = (),
        loads: tuple[Load, ...] = (),
        hazards: tuple[Hazard, ...] = (),
        reuses: tuple[Reuse, ...] = (),
        block_selections: tuple[BlockSelection, ...] = (),
    ) -> None:
        put = object.__setattr__
        put(self, 'header', header)
        put(self, 'steps', steps)
        put(self, 'loads', loads)
        put(self, 'hazards', hazards)
        put(self, 'reuses', reuses)
        put(self, 'block_selections', block_selections)

    FIELDS = (
        ('header', 1, 'header', 'message', 'maybe', 'PlanHeader', 'header', False, 0),
        ('steps', 2, 'steps', 'message', 'many', 'PlannedStep', 'steps', False, 0),
        ('loads', 3, 'loads', 'message', 'many', 'Load', 'loads', False, 0),
        ('hazards', 4, 'hazards', 'message', 'many', 'Hazard', 'hazards', False, 0),
        ('reuses', 5, 'reuses', 'message', 'many', 'Reuse', 'reuses', False, 0),
        ('block_selections', 6, 'blockSelections', 'message', 'many', 'BlockSelection', 'block_selections', False, 0),
    )


class AssetExplanation(Message):
    """Why an asset is selected, or why it is not though a part of the expression names it."""

    __slots__ = __match_args__ = ('asset_key', 'selected', 'taken_in_by', 'left_out_by')
    asset_key: KeyText
    """The asset."""
    selected: bool
    """It is selected."""
    taken_in_by: tuple[str, ...]
    """The parts of the expression that take it in, as text of the language; behind one that
    reaches it along the graph, how: "+report: orders → revenue → report"."""
    left_out_by: tuple[str, ...]
    """If it is not selected: what leaves it out of what takes it in."""

    def __init__(
        self,
        *,
        asset_key: KeyText,
        selected: bool = False,
        taken_in_by: tuple[str, ...] = (),
        left_out_by: tuple[str, ...] = (),
    ) -> None:
        put = object.__setattr__
        put(self, 'asset_key', asset_key)
        put(self, 'selected', selected)
        put(self, 'taken_in_by', taken_in_by)
        put(self, 'left_out_by', left_out_by)

    FIELDS = (
        ('asset_key', 1, 'assetKey', 'text', 'one', '', 'asset_key', True, 2),
        ('selected', 2, 'selected', 'flag', 'one', '', 'selected', False, 0),
        ('taken_in_by', 3, 'takenInBy', 'text', 'many', '', 'taken_in_by', False, 6),
        ('left_out_by', 4, 'leftOutBy', 'text', 'many', '', 'left_out_by', False, 6),
    )


class CheckExplanation(Message):
    """Why a check is selected."""

    __slots__ = __match_args__ = ('check', 'taken_in_by')
    check: str
    """The check, "asset:name"."""
    taken_in_by: tuple[str, ...]
    """The parts of the expression that take it in, as text of the language."""

    def __init__(
        self,
        *,
        check: str,
        taken_in_by: tuple[str, ...] = (),
    ) -> None:
        put = object.__setattr__
        put(self, 'check', check)
        put(self, 'taken_in_by', taken_in_by)

    FIELDS = (
        ('check', 1, 'check', 'text', 'one', '', 'check', True, 5),
        ('taken_in_by', 2, 'takenInBy', 'text', 'many', '', 'taken_in_by', False, 6),
    )


class OpNeed(Message):
    """What an op that runs is needed for. Exactly one of the first three, or job, is set."""

    __slots__ = __match_args__ = ('asset_key', 'check', 'effect_step_key', 'step_keys', 'step_count', 'job')
    asset_key: KeyText
    """A selected asset. Empty: see what follows."""
    check: str
    """A selected check, "asset:name"."""
    effect_step_key: StepKey
    """An effect that runs along."""
    step_keys: tuple[StepKey, ...]
    """The steps from this one to the one that makes it, both included. Of a long way the first 50."""
    step_count: int
    """How many steps that way has."""
    job: str
    """A job of ops, all of which run: its name."""

    def __init__(
        self,
        *,
        asset_key: KeyText = KeyText(""),
        check: str = "",
        effect_step_key: StepKey = StepKey(""),
        step_keys: tuple[StepKey, ...] = (),
        step_count: int = 0,
        job: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'asset_key', asset_key)
        put(self, 'check', check)
        put(self, 'effect_step_key', effect_step_key)
        put(self, 'step_keys', step_keys)
        put(self, 'step_count', step_count)
        put(self, 'job', job)

    FIELDS = (
        ('asset_key', 1, 'assetKey', 'text', 'one', '', 'asset_key', False, 2),
        ('check', 2, 'check', 'text', 'one', '', 'check', False, 5),
        ('effect_step_key', 3, 'effectStepKey', 'text', 'one', '', 'effect_step_key', False, 4),
        ('step_keys', 4, 'stepKeys', 'text', 'many', '', 'step_keys', False, 4),
        ('step_count', 5, 'stepCount', 'whole', 'one', '', 'step_count', False, 23),
        ('job', 6, 'job', 'text', 'one', '', 'job', False, 1),
    )


class NotFollowed(Message):
    """What an op that runs reads and the plan does not follow to what makes it."""

    __slots__ = __match_args__ = ('input', 'source', 'reason')
    input: str
    """The input. Empty: an ordering that has no argument."""
    source: str
    """What it reads: an asset's key, a check, or a step's output, "step.output". Empty: all that
    it reads."""
    reason: str
    """Why, in one sentence for a person."""

    def __init__(
        self,
        *,
        input: str = "",
        source: str = "",
        reason: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'input', input)
        put(self, 'source', source)
        put(self, 'reason', reason)

    FIELDS = (
        ('input', 1, 'input', 'text', 'one', '', 'input', False, 1),
        ('source', 2, 'source', 'text', 'one', '', 'source', False, 5),
        ('reason', 3, 'reason', 'text', 'one', '', 'reason', False, 5),
    )


class OpExplanation(Message):
    """Why an op is in a plan, or not."""

    __slots__ = __match_args__ = ('step_key', 'block', 'op', 'verdict', 'reason', 'needed_for', 'not_followed', 'leads_to_asset_keys')
    step_key: StepKey
    """The step key."""
    block: str
    """The node name of its block."""
    op: str
    """The name of the op."""
    verdict: Verdict
    """RUN or OMIT."""
    reason: str
    """Why, in one sentence for a person."""
    needed_for: tuple[OpNeed, ...]
    """What it is needed for, nearest first: at most 20."""
    not_followed: tuple[NotFollowed, ...]
    """What it reads and is not followed."""
    leads_to_asset_keys: tuple[KeyText, ...]
    """Of an op that does not run: the assets of its block that it leads to, sorted, none of which
    is made by it in this plan. At most 20."""

    def __init__(
        self,
        *,
        step_key: StepKey,
        block: str = "",
        op: str = "",
        verdict: Verdict,
        reason: str = "",
        needed_for: tuple[OpNeed, ...] = (),
        not_followed: tuple[NotFollowed, ...] = (),
        leads_to_asset_keys: tuple[KeyText, ...] = (),
    ) -> None:
        put = object.__setattr__
        put(self, 'step_key', step_key)
        put(self, 'block', block)
        put(self, 'op', op)
        put(self, 'verdict', verdict)
        put(self, 'reason', reason)
        put(self, 'needed_for', needed_for)
        put(self, 'not_followed', not_followed)
        put(self, 'leads_to_asset_keys', leads_to_asset_keys)

    FIELDS = (
        ('step_key', 1, 'stepKey', 'text', 'one', '', 'step_key', True, 4),
        ('block', 2, 'block', 'text', 'one', '', 'block', False, 1),
        ('op', 3, 'op', 'text', 'one', '', 'op', False, 1),
        ('verdict', 4, 'verdict', 'enum', 'one', 'Verdict', 'verdict', True, 0),
        ('reason', 5, 'reason', 'text', 'one', '', 'reason', False, 5),
        ('needed_for', 6, 'neededFor', 'message', 'many', 'OpNeed', 'needed_for', False, 0),
        ('not_followed', 7, 'notFollowed', 'message', 'many', 'NotFollowed', 'not_followed', False, 0),
        ('leads_to_asset_keys', 8, 'leadsToAssetKeys', 'text', 'many', '', 'leads_to_asset_keys', False, 2),
    )


class ExplanationHeader(Message):
    """What an explanation is of."""

    __slots__ = __match_args__ = ('location', 'digest', 'fingerprint', 'selection', 'expression', 'missing_asset_keys', 'notes')
    location: str
    """The location's name."""
    digest: str
    """The digest of the snapshot."""
    fingerprint: str
    """The fingerprint of the plan that is explained."""
    selection: Selection | None
    """The selection as it was asked for."""
    expression: str
    """What that is as one expression: a job's, or the union of several."""
    missing_asset_keys: tuple[KeyText, ...]
    """Siblings that run because nothing is stored of them, sorted. At most 500."""
    notes: tuple[str, ...]
    """What a person should know, a sentence each."""

    def __init__(
        self,
        *,
        location: str = "",
        digest: str,
        fingerprint: str = "",
        selection: Selection | None = None,
        expression: str = "",
        missing_asset_keys: tuple[KeyText, ...] = (),
        notes: tuple[str, ...] = (),
    ) -> None:
        put = object.__setattr__
        put(self, 'location', location)
        put(self, 'digest', digest)
        put(self, 'fingerprint', fingerprint)
        put(self, 'selection', selection)
        put(self, 'expression', expression)
        put(self, 'missing_asset_keys', missing_asset_keys)
        put(self, 'notes', notes)

    FIELDS = (
        ('location', 1, 'location', 'text', 'one', '', 'location', False, 1),
        ('digest', 2, 'digest', 'text', 'one', '', 'digest', True, 1),
        ('fingerprint', 3, 'fingerprint', 'text', 'one', '', 'fingerprint', False, 1),
        ('selection', 4, 'selection', 'message', 'maybe', 'Selection', 'selection', False, 0),
        ('expression', 5, 'expression', 'text', 'one', '', 'expression', False, 9),
        ('missing_asset_keys', 6, 'missingAssetKeys', 'text', 'many', '', 'missing_asset_keys', False, 3),
        ('notes', 7, 'notes', 'text', 'many', '', 'notes', False, 6),
    )


class ExplanationPart(Message):
    """One part of an explanation: at most 500 items or 1 MiB; the whole is the concatenation of
    the parts."""

    __slots__ = __match_args__ = ('header', 'assets', 'checks', 'ops', 'hazards', 'loads')
    header: ExplanationHeader | None
    """Set in the first part only."""
    assets: tuple[AssetExplanation, ...]
    """Assets that are selected, or that a part of the expression names; sorted."""
    checks: tuple[CheckExplanation, ...]
    """Checks that are selected, sorted."""
    ops: tuple[OpExplanation, ...]
    """Every op of the location, in topological order, ties by key."""
    hazards: tuple[Hazard, ...]
    """The plan's hazards."""
    loads: tuple[Load, ...]
    """The plan's loads. Resolved by a launcher, as far as they are recorded."""

    def __init__(
        self,
        *,
        header: ExplanationHeader | None = None,
        assets: tuple[AssetExplanation, ...] = (),
        checks: tuple[CheckExplanation, ...] = (),
        ops: tuple[OpExplanation, ...] = (),
        hazards: tuple[Hazard, ...] = (),
        loads: tuple[Load, ...] = (),
    ) -> None:
        put = object.__setattr__
        put(self, 'header', header)
        put(self, 'assets', assets)
        put(self, 'checks', checks)
        put(self, 'ops', ops)
        put(self, 'hazards', hazards)
        put(self, 'loads', loads)

    FIELDS = (
        ('header', 1, 'header', 'message', 'maybe', 'ExplanationHeader', 'header', False, 0),
        ('assets', 2, 'assets', 'message', 'many', 'AssetExplanation', 'assets', False, 0),
        ('checks', 3, 'checks', 'message', 'many', 'CheckExplanation', 'checks', False, 0),
        ('ops', 4, 'ops', 'message', 'many', 'OpExplanation', 'ops', False, 0),
        ('hazards', 5, 'hazards', 'message', 'many', 'Hazard', 'hazards', False, 0),
        ('loads', 6, 'loads', 'message', 'many', 'Load', 'loads', False, 0),
    )


ENUMS['UnselectedOutputs'] = EnumSchema(UnselectedOutputs, 'UNSELECTED_OUTPUTS_', {0: 'unspecified', 1: 'materialize', 2: 'discard', 3: 'fail'})
ENUMS['Siblings'] = EnumSchema(Siblings, 'SIBLINGS_', {0: 'unspecified', 1: 'load', 2: 'run'})
ENUMS['Isolation'] = EnumSchema(Isolation, 'ISOLATION_', {0: 'unspecified', 1: 'op', 2: 'asset', 3: 'run'})
ENUMS['UnrecordedLoads'] = EnumSchema(UnrecordedLoads, 'UNRECORDED_LOADS_', {0: 'unspecified', 1: 'refuse', 2: 'try'})
ENUMS['ReuseMode'] = EnumSchema(ReuseMode, 'REUSE_MODE_', {0: 'unspecified', 1: 'never', 2: 'unchanged'})
ENUMS['ReexecutionKind'] = EnumSchema(ReexecutionKind, 'REEXECUTION_KIND_', {0: 'unspecified', 1: 'from_failure', 2: 'steps', 3: 'all'})
ENUMS['Verdict'] = EnumSchema(Verdict, 'VERDICT_', {0: 'unspecified', 1: 'run', 2: 'omit', 3: 'reuse'})
ENUMS['ChangeKind'] = EnumSchema(ChangeKind, 'CHANGE_KIND_', {0: 'unspecified', 1: 'new', 2: 'code', 3: 'config', 4: 'input', 5: 'selection', 6: 'value', 7: 'fan_out', 8: 'partition', 9: 'variable'})
ENUMS['LoadState'] = EnumSchema(LoadState, 'LOAD_STATE_', {0: 'unspecified', 1: 'recorded', 2: 'unrecorded'})
MESSAGES['PlanOptions'] = PlanOptions
MESSAGES['PlannedPartitions'] = PlannedPartitions
MESSAGES['Reexecution'] = Reexecution
MESSAGES['Selection'] = Selection
MESSAGES['RecordedAssets'] = RecordedAssets
MESSAGES['PlannedSource'] = PlannedSource
MESSAGES['PlannedStepOutput'] = PlannedStepOutput
MESSAGES['FannedOut'] = FannedOut
MESSAGES['PlannedInput'] = PlannedInput
MESSAGES['PlannedAsset'] = PlannedAsset
MESSAGES['PlannedCheck'] = PlannedCheck
MESSAGES['PlannedOutput'] = PlannedOutput
MESSAGES['PlannedStep'] = PlannedStep
MESSAGES['StepChange'] = StepChange
MESSAGES['Load'] = Load
MESSAGES['LoadedPartition'] = LoadedPartition
MESSAGES['PlannedInputRef'] = PlannedInputRef
MESSAGES['Hazard'] = Hazard
MESSAGES['PlanHeader'] = PlanHeader
MESSAGES['BlockSelection'] = BlockSelection
MESSAGES['Reuse'] = Reuse
MESSAGES['ReusedOutput'] = ReusedOutput
MESSAGES['PlanPart'] = PlanPart
MESSAGES['AssetExplanation'] = AssetExplanation
MESSAGES['CheckExplanation'] = CheckExplanation
MESSAGES['OpNeed'] = OpNeed
MESSAGES['NotFollowed'] = NotFollowed
MESSAGES['OpExplanation'] = OpExplanation
MESSAGES['ExplanationHeader'] = ExplanationHeader
MESSAGES['ExplanationPart'] = ExplanationPart
