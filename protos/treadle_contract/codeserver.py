"""The code server: what is the graph, and what would run for this selection.

Generated from codeserver.proto by scripts/gen_protos.py: change that file, then `make protos`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias
from typing import TYPE_CHECKING

from treadle_contract.graph import CodeManifest, GraphPart, Location
from treadle_contract.ids import KeyText, RunId, StepKey
from treadle_contract.message import ContractEnum, ENUMS, EnumSchema, MESSAGES, Message, NO_ENTRIES, UserValue
from treadle_contract.partition import PartitionKeyRange, PartitionsDefinition
from treadle_contract.plan import ExplanationPart, FannedOut, PlanOptions, PlanPart, PlannedPartitions, PlannedSource, Reexecution, Selection
from treadle_contract.run import StepState
from treadle_contract.value import ResourceConfig

if TYPE_CHECKING:
    from datetime import datetime


class ImportScope(ContractEnum):
    """How long a host's import serves."""

    PER_LOAD = "per_load"
    """All runs of one generation."""
    PER_RUN = "per_run"
    """One run: a host MUST NOT be used by another."""


class GetLocationRequest(Message):
    """Asks for the location."""

    __slots__ = __match_args__ = ()

    def __init__(self) -> None:
        pass

    FIELDS = (
    )


class GetLocationResponse(Message):
    """The location."""

    __slots__ = __match_args__ = ('location',)
    location: Location
    """The location."""

    def __init__(
        self,
        *,
        location: Location,
    ) -> None:
        put = object.__setattr__
        put(self, 'location', location)

    FIELDS = (
        ('location', 1, 'location', 'message', 'one', 'Location', 'location', True, 0),
    )


class GetGraphRequest(Message):
    """Asks for the graph."""

    __slots__ = __match_args__ = ('known_digest',)
    known_digest: str
    """The digest of the graph that the caller has. Empty: it has none."""

    def __init__(
        self,
        *,
        known_digest: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'known_digest', known_digest)

    FIELDS = (
        ('known_digest', 1, 'knownDigest', 'text', 'one', '', 'known_digest', False, 1),
    )


class GetGraphResponse(Message):
    """A part of the graph."""

    __slots__ = __match_args__ = ('part', 'unchanged')
    part: GraphPart
    """The part."""
    unchanged: bool
    """The graph is that of known_digest: this is the only part, and has the location alone."""

    def __init__(
        self,
        *,
        part: GraphPart,
        unchanged: bool = False,
    ) -> None:
        put = object.__setattr__
        put(self, 'part', part)
        put(self, 'unchanged', unchanged)

    FIELDS = (
        ('part', 1, 'part', 'message', 'one', 'GraphPart', 'part', True, 0),
        ('unchanged', 2, 'unchanged', 'flag', 'one', '', 'unchanged', False, 0),
    )


class GetManifestRequest(Message):
    """Asks for the manifest."""

    __slots__ = __match_args__ = ()

    def __init__(self) -> None:
        pass

    FIELDS = (
    )


class GetManifestResponse(Message):
    """A part of the manifest: at most 500 entries. The whole is the concatenation of the parts."""

    __slots__ = __match_args__ = ('digest', 'manifest')
    digest: str
    """The digest it belongs to."""
    manifest: CodeManifest | None
    """The part."""

    def __init__(
        self,
        *,
        digest: str = "",
        manifest: CodeManifest | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, 'digest', digest)
        put(self, 'manifest', manifest)

    FIELDS = (
        ('digest', 1, 'digest', 'text', 'one', '', 'digest', False, 1),
        ('manifest', 2, 'manifest', 'message', 'maybe', 'CodeManifest', 'manifest', False, 0),
    )


class PlanRequest(Message):
    """Asks for a plan."""

    __slots__ = __match_args__ = ('selection', 'options', 'missing_asset_keys', 'joining_asset_keys', 'gone_values', 'brief', 'block_selections', 'now')
    selection: Selection | None
    """What is to be made."""
    options: PlanOptions | None
    """Choices."""
    missing_asset_keys: tuple[KeyText, ...]
    """Assets that have no stored value: siblings among them are run instead of loaded. Of this and
    of the next two a caller who is asked for what is stored (PlanOnRecord) says nothing here."""
    joining_asset_keys: tuple[KeyText, ...]
    """Assets that are selected besides, each with what its block makes whole or not at all,
    because nothing is stored of them: set for re-executions only."""
    gone_values: Mapping[str, str]
    """Why the value of one of these cannot be read, by key: the clause of Load.gone. An asset that
    is not in it was never made."""
    brief: bool
    """Say once what is the same for many steps: the plan has no steps that are omitted, but how
    many there are (PlanHeader.omitted_step_count), and what block_selections says. The
    fingerprint is the same."""
    block_selections: bool
    """Name what is selected of a block that has several steps once (PlanPart.block_selections),
    not at each of its steps: a plan of a block does not grow with its square. The fingerprint
    is the same."""
    now: datetime | None
    """When it is asked, for partitions that come as time goes on. Unset: now."""

    def __init__(
        self,
        *,
        selection: Selection | None = None,
        options: PlanOptions | None = None,
        missing_asset_keys: tuple[KeyText, ...] = (),
        joining_asset_keys: tuple[KeyText, ...] = (),
        gone_values: Mapping[str, str] = NO_ENTRIES,
        brief: bool = False,
        block_selections: bool = False,
        now: datetime | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, 'selection', selection)
        put(self, 'options', options)
        put(self, 'missing_asset_keys', missing_asset_keys)
        put(self, 'joining_asset_keys', joining_asset_keys)
        put(self, 'gone_values', gone_values)
        put(self, 'brief', brief)
        put(self, 'block_selections', block_selections)
        put(self, 'now', now)

    FIELDS = (
        ('selection', 1, 'selection', 'message', 'maybe', 'Selection', 'selection', False, 0),
        ('options', 2, 'options', 'message', 'maybe', 'PlanOptions', 'options', False, 0),
        ('missing_asset_keys', 3, 'missingAssetKeys', 'text', 'many', '', 'missing_asset_keys', False, 2),
        ('joining_asset_keys', 4, 'joiningAssetKeys', 'text', 'many', '', 'joining_asset_keys', False, 2),
        ('gone_values', 5, 'goneValues', 'text', 'map', '', 'gone_values', False, 5),
        ('brief', 6, 'brief', 'flag', 'one', '', 'brief', False, 0),
        ('block_selections', 7, 'blockSelections', 'flag', 'one', '', 'block_selections', False, 0),
        ('now', 8, 'now', 'time', 'maybe', '', 'now', False, 22),
    )


class PlanResponse(Message):
    """A part of a plan."""

    __slots__ = __match_args__ = ('part',)
    part: PlanPart
    """The part. Loads are not resolved."""

    def __init__(
        self,
        *,
        part: PlanPart,
    ) -> None:
        put = object.__setattr__
        put(self, 'part', part)

    FIELDS = (
        ('part', 1, 'part', 'message', 'one', 'PlanPart', 'part', True, 0),
    )


class PlanReexecutionRequest(Message):
    """A part of what a re-execution is planned from."""

    __slots__ = __match_args__ = ('plan', 'reexecution', 'earlier_steps')
    plan: PlanRequest | None
    """Selection, options and missing assets. Set in the first part only."""
    reexecution: Reexecution | None
    """What is asked for. Set in the first part only."""
    earlier_steps: tuple[EarlierStep, ...]
    """Steps of the earlier run, at most 500."""

    def __init__(
        self,
        *,
        plan: PlanRequest | None = None,
        reexecution: Reexecution | None = None,
        earlier_steps: tuple[EarlierStep, ...] = (),
    ) -> None:
        put = object.__setattr__
        put(self, 'plan', plan)
        put(self, 'reexecution', reexecution)
        put(self, 'earlier_steps', earlier_steps)

    FIELDS = (
        ('plan', 1, 'plan', 'message', 'maybe', 'PlanRequest', 'plan', False, 0),
        ('reexecution', 2, 'reexecution', 'message', 'maybe', 'Reexecution', 'reexecution', False, 0),
        ('earlier_steps', 3, 'earlierSteps', 'message', 'many', 'EarlierStep', 'earlier_steps', False, 0),
    )


class EarlierStep(Message):
    """A step of the earlier run."""

    __slots__ = __match_args__ = ('key', 'succeeded', 'from_run_id', 'stored_outputs', 'op_digest', 'state', 'lost_outputs', 'left_out_outputs', 'asset_keys', 'reads', 'renewed_step_keys', 'renewed_asset_keys', 'by_name', 'config', 'told_inputs', 'fanned_out', 'code_digest', 'code_parts', 'resource_config', 'selected_outputs', 'selected_asset_keys', 'selected_checks', 'output_versions', 'began_sequence', 'ended_sequence', 'partitions')
    key: StepKey
    """The step key."""
    succeeded: bool
    """It succeeded there, or was reused."""
    from_run_id: RunId
    """The run that made its values: the earlier run, or one that it reused them from."""
    stored_outputs: tuple[str, ...]
    """Its outputs whose values are still stored, or that carried none, sorted. Of a dynamic output
    each element stands for itself, as "output[mapping key]", here and in lost_outputs; the
    output stands here."""
    op_digest: str
    """The digest of its op's code when it ran. Empty: not known."""
    state: StepState | None
    """Its state there. SUCCEEDED also when it was reused."""
    lost_outputs: tuple[str, ...]
    """Outputs that it yielded and of which no value is stored, or none any more, sorted."""
    left_out_outputs: tuple[str, ...]
    """Outputs that were selected and that it did not yield, sorted: optional ones, and those that
    needed what was not yielded to it."""
    asset_keys: tuple[KeyText, ...]
    """The assets that it made, sorted: but those whose latest value it is and is gone."""
    reads: tuple[EarlierRead, ...]
    """What its inputs read when it ran, those without a source left out, in the op's order."""
    renewed_step_keys: tuple[StepKey, ...]
    """Steps that it read from and whose values in the earlier run are not those that it read,
    sorted."""
    renewed_asset_keys: tuple[KeyText, ...]
    """Assets that it loaded and of which a newer value is stored since, sorted."""
    by_name: Mapping[str, str]
    """Stored outputs that a manager of the user's loads by their names, each with its key."""
    config: UserValue
    """PlannedStep.config of the plan that it ran with. Null: it took none, or it is not known."""
    told_inputs: UserValue
    """PlannedStep.told_inputs of that plan."""
    fanned_out: tuple[FannedOut, ...]
    """The elements of its dynamic outputs, of those that it yielded."""
    code_digest: str
    """Set in answers to PlanQuestion.step_keys alone, as what follows: PlannedStep.code_digest of
    that plan."""
    code_parts: Mapping[str, str]
    """The digests of the definitions that it reached, by name, if they are known."""
    resource_config: tuple[ResourceConfig, ...]
    """PlannedStep.resource_config of that plan."""
    selected_outputs: tuple[str, ...]
    """PlannedStep.selected_outputs of that plan."""
    selected_asset_keys: tuple[KeyText, ...]
    """PlannedStep.selected_asset_keys of that plan."""
    selected_checks: tuple[str, ...]
    """PlannedStep.selected_checks of that plan."""
    output_versions: Mapping[str, str]
    """The version of what it yielded, by output: see AssetFact.version."""
    began_sequence: int
    """The store sequence of the start of the attempt that succeeded."""
    ended_sequence: int
    """The store sequence of that success."""
    partitions: PlannedPartitions | None
    """PlannedStep.partitions of that plan."""

    def __init__(
        self,
        *,
        key: StepKey,
        succeeded: bool = False,
        from_run_id: RunId = RunId(""),
        stored_outputs: tuple[str, ...] = (),
        op_digest: str = "",
        state: StepState | None = None,
        lost_outputs: tuple[str, ...] = (),
        left_out_outputs: tuple[str, ...] = (),
        asset_keys: tuple[KeyText, ...] = (),
        reads: tuple[EarlierRead, ...] = (),
        renewed_step_keys: tuple[StepKey, ...] = (),
        renewed_asset_keys: tuple[KeyText, ...] = (),
        by_name: Mapping[str, str] = NO_ENTRIES,
        config: UserValue = None,
        told_inputs: UserValue = None,
        fanned_out: tuple[FannedOut, ...] = (),
        code_digest: str = "",
        code_parts: Mapping[str, str] = NO_ENTRIES,
        resource_config: tuple[ResourceConfig, ...] = (),
        selected_outputs: tuple[str, ...] = (),
        selected_asset_keys: tuple[KeyText, ...] = (),
        selected_checks: tuple[str, ...] = (),
        output_versions: Mapping[str, str] = NO_ENTRIES,
        began_sequence: int = 0,
        ended_sequence: int = 0,
        partitions: PlannedPartitions | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, 'key', key)
        put(self, 'succeeded', succeeded)
        put(self, 'from_run_id', from_run_id)
        put(self, 'stored_outputs', stored_outputs)
        put(self, 'op_digest', op_digest)
        put(self, 'state', state)
        put(self, 'lost_outputs', lost_outputs)
        put(self, 'left_out_outputs', left_out_outputs)
        put(self, 'asset_keys', asset_keys)
        put(self, 'reads', reads)
        put(self, 'renewed_step_keys', renewed_step_keys)
        put(self, 'renewed_asset_keys', renewed_asset_keys)
        put(self, 'by_name', by_name)
        put(self, 'config', config)
        put(self, 'told_inputs', told_inputs)
        put(self, 'fanned_out', fanned_out)
        put(self, 'code_digest', code_digest)
        put(self, 'code_parts', code_parts)
        put(self, 'resource_config', resource_config)
        put(self, 'selected_outputs', selected_outputs)
        put(self, 'selected_asset_keys', selected_asset_keys)
        put(self, 'selected_checks', selected_checks)
        put(self, 'output_versions', output_versions)
        put(self, 'began_sequence', began_sequence)
        put(self, 'ended_sequence', ended_sequence)
        put(self, 'partitions', partitions)

    FIELDS = (
        ('key', 1, 'key', 'text', 'one', '', 'key', True, 4),
        ('succeeded', 2, 'succeeded', 'flag', 'one', '', 'succeeded', False, 0),
        ('from_run_id', 3, 'fromRunId', 'text', 'one', '', 'from_run_id', False, 1),
        ('stored_outputs', 4, 'storedOutputs', 'text', 'many', '', 'stored_outputs', False, 0),
        ('op_digest', 5, 'opDigest', 'text', 'one', '', 'op_digest', False, 0),
        ('state', 6, 'state', 'enum', 'maybe', 'StepState', 'state', False, 0),
        ('lost_outputs', 7, 'lostOutputs', 'text', 'many', '', 'lost_outputs', False, 0),
        ('left_out_outputs', 8, 'leftOutOutputs', 'text', 'many', '', 'left_out_outputs', False, 0),
        ('asset_keys', 9, 'assetKeys', 'text', 'many', '', 'asset_keys', False, 2),
        ('reads', 10, 'reads', 'message', 'many', 'EarlierRead', 'reads', False, 0),
        ('renewed_step_keys', 11, 'renewedStepKeys', 'text', 'many', '', 'renewed_step_keys', False, 0),
        ('renewed_asset_keys', 12, 'renewedAssetKeys', 'text', 'many', '', 'renewed_asset_keys', False, 0),
        ('by_name', 13, 'byName', 'text', 'map', '', 'by_name', False, 0),
        ('config', 14, 'config', 'value', 'one', '', 'config', False, 27),
        ('told_inputs', 15, 'toldInputs', 'value', 'one', '', 'told_inputs', False, 27),
        ('fanned_out', 16, 'fannedOut', 'message', 'many', 'FannedOut', 'fanned_out', False, 0),
        ('code_digest', 25, 'codeDigest', 'text', 'one', '', 'code_digest', False, 1),
        ('code_parts', 26, 'codeParts', 'text', 'map', '', 'code_parts', False, 0),
        ('resource_config', 27, 'resourceConfig', 'message', 'many', 'ResourceConfig', 'resource_config', False, 0),
        ('selected_outputs', 28, 'selectedOutputs', 'text', 'many', '', 'selected_outputs', False, 1),
        ('selected_asset_keys', 29, 'selectedAssetKeys', 'text', 'many', '', 'selected_asset_keys', False, 2),
        ('selected_checks', 30, 'selectedChecks', 'text', 'many', '', 'selected_checks', False, 5),
        ('output_versions', 31, 'outputVersions', 'text', 'map', '', 'output_versions', False, 0),
        ('began_sequence', 32, 'beganSequence', 'wide', 'one', '', 'began_sequence', False, 23),
        ('ended_sequence', 33, 'endedSequence', 'wide', 'one', '', 'ended_sequence', False, 23),
        ('partitions', 40, 'partitions', 'message', 'maybe', 'PlannedPartitions', 'partitions', False, 0),
    )


class EarlierRead(Message):
    """What one input of a step read."""

    __slots__ = __match_args__ = ('input', 'sources', 'versions')
    input: str
    """The input's name."""
    sources: tuple[PlannedSource, ...]
    """What it read, in order."""
    versions: tuple[str, ...]
    """The version of each of these as it was read, see AssetFact.version; of what is collected,
    each element's. Where mapping keys lead to it, they stand before: "k0/a: ". Set with
    EarlierStep.code_digest."""

    def __init__(
        self,
        *,
        input: str = "",
        sources: tuple[PlannedSource, ...] = (),
        versions: tuple[str, ...] = (),
    ) -> None:
        put = object.__setattr__
        put(self, 'input', input)
        put(self, 'sources', sources)
        put(self, 'versions', versions)

    FIELDS = (
        ('input', 1, 'input', 'text', 'one', '', 'input', False, 0),
        ('sources', 2, 'sources', 'message', 'many', 'PlannedSource', 'sources', False, 0),
        ('versions', 10, 'versions', 'text', 'many', '', 'versions', False, 5),
    )


class PlanReexecutionResponse(Message):
    """A part of a plan."""

    __slots__ = __match_args__ = ('part',)
    part: PlanPart
    """The part. Loads and reuses are not resolved."""

    def __init__(
        self,
        *,
        part: PlanPart,
    ) -> None:
        put = object.__setattr__
        put(self, 'part', part)

    FIELDS = (
        ('part', 1, 'part', 'message', 'one', 'PlanPart', 'part', True, 0),
    )


class SelectRequest(Message):
    """Asks what a selection names."""

    __slots__ = __match_args__ = ('selection',)
    selection: Selection | None
    """What is selected."""

    def __init__(
        self,
        *,
        selection: Selection | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, 'selection', selection)

    FIELDS = (
        ('selection', 1, 'selection', 'message', 'maybe', 'Selection', 'selection', False, 0),
    )


class SelectResponse(Message):
    """Some of what a selection names."""

    __slots__ = __match_args__ = ('asset_keys',)
    asset_keys: tuple[KeyText, ...]
    """The assets, at most 500 of them, sorted: all are made here."""

    def __init__(
        self,
        *,
        asset_keys: tuple[KeyText, ...] = (),
    ) -> None:
        put = object.__setattr__
        put(self, 'asset_keys', asset_keys)

    FIELDS = (
        ('asset_keys', 1, 'assetKeys', 'text', 'many', '', 'asset_keys', False, 2),
    )


class ExplainRequest(Message):
    """Asks why ops are in a plan."""

    __slots__ = __match_args__ = ('plan',)
    plan: PlanRequest | None
    """What the plan is asked for with."""

    def __init__(
        self,
        *,
        plan: PlanRequest | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, 'plan', plan)

    FIELDS = (
        ('plan', 1, 'plan', 'message', 'maybe', 'PlanRequest', 'plan', False, 0),
    )


class ExplainResponse(Message):
    """A part of an explanation."""

    __slots__ = __match_args__ = ('part',)
    part: ExplanationPart
    """The part. Loads are not resolved."""

    def __init__(
        self,
        *,
        part: ExplanationPart,
    ) -> None:
        put = object.__setattr__
        put(self, 'part', part)

    FIELDS = (
        ('part', 1, 'part', 'message', 'one', 'ExplanationPart', 'part', True, 0),
    )


class PlanOnRecordRequest(Message):
    """A part of what the caller of PlanOnRecord says."""

    __slots__ = __match_args__ = ('plan', 'reexecution', 'earlier_steps', 'facts', 'last', 'dynamic')
    plan: PlanRequest | None
    """Selection, options, and whether the plan is to be brief; nothing else is read. Set in the
    first part only."""
    reexecution: Reexecution | None
    """What is asked for of an earlier run. Unset: a first run. Set in the first part only."""
    earlier_steps: tuple[EarlierStep, ...]
    """Steps of the earlier run, at most 500, each once, before the first `last`. Then those that
    were asked for, as the runs that ran them last with success left them: several of one key,
    the newest first."""
    facts: tuple[AssetFact, ...]
    """What is known of assets, at most 500, each once. Before the first `last` those that the
    location makes and another one owns, with their owners; then those that were asked for."""
    last: bool
    """Nothing is to be added: it is the code server's turn."""
    dynamic: tuple[DynamicPartitionKeys, ...]
    """The keys of the dynamic partitions that were asked for. Of many, the rest is in the next
    ones of the same name."""

    def __init__(
        self,
        *,
        plan: PlanRequest | None = None,
        reexecution: Reexecution | None = None,
        earlier_steps: tuple[EarlierStep, ...] = (),
        facts: tuple[AssetFact, ...] = (),
        last: bool = False,
        dynamic: tuple[DynamicPartitionKeys, ...] = (),
    ) -> None:
        put = object.__setattr__
        put(self, 'plan', plan)
        put(self, 'reexecution', reexecution)
        put(self, 'earlier_steps', earlier_steps)
        put(self, 'facts', facts)
        put(self, 'last', last)
        put(self, 'dynamic', dynamic)

    FIELDS = (
        ('plan', 1, 'plan', 'message', 'maybe', 'PlanRequest', 'plan', False, 0),
        ('reexecution', 2, 'reexecution', 'message', 'maybe', 'Reexecution', 'reexecution', False, 0),
        ('earlier_steps', 3, 'earlierSteps', 'message', 'many', 'EarlierStep', 'earlier_steps', False, 0),
        ('facts', 4, 'facts', 'message', 'many', 'AssetFact', 'facts', False, 0),
        ('last', 5, 'last', 'flag', 'one', '', 'last', False, 0),
        ('dynamic', 10, 'dynamic', 'message', 'many', 'DynamicPartitionKeys', 'dynamic', False, 0),
    )


class DynamicPartitionKeys(Message):
    """Keys of dynamic partitions."""

    __slots__ = __match_args__ = ('name', 'keys')
    name: str
    """The name of their definition."""
    keys: tuple[str, ...]
    """The keys, in the order in which they were added."""

    def __init__(
        self,
        *,
        name: str,
        keys: tuple[str, ...] = (),
    ) -> None:
        put = object.__setattr__
        put(self, 'name', name)
        put(self, 'keys', keys)

    FIELDS = (
        ('name', 1, 'name', 'text', 'one', '', 'name', True, 1),
        ('keys', 2, 'keys', 'text', 'many', '', 'keys', False, 30),
    )


class AssetFact(Message):
    """What a launcher knows of an asset."""

    __slots__ = __match_args__ = ('asset_key', 'recorded', 'gone', 'owner', 'version', 'store_sequence', 'partitions')
    asset_key: KeyText
    """The asset."""
    recorded: bool
    """A run made it."""
    gone: str
    """Why Treadle's own manager cannot read what was made: the clause of Load.gone. Empty: it can."""
    owner: str
    """The other location that owns it. Empty: none does, or it was not asked."""
    version: str
    """What tells its latest value from others: values of one version are equal. It is the data
    version that was declared, else the checksum, else who made it and when. Set if it is
    recorded."""
    store_sequence: int
    """The store sequence of its latest materialization. Set if it is recorded."""
    partitions: tuple[PartitionFact, ...]
    """Of a partitioned asset, what is known of the partitions that were asked about: those that a
    run made."""

    def __init__(
        self,
        *,
        asset_key: KeyText,
        recorded: bool = False,
        gone: str = "",
        owner: str = "",
        version: str = "",
        store_sequence: int = 0,
        partitions: tuple[PartitionFact, ...] = (),
    ) -> None:
        put = object.__setattr__
        put(self, 'asset_key', asset_key)
        put(self, 'recorded', recorded)
        put(self, 'gone', gone)
        put(self, 'owner', owner)
        put(self, 'version', version)
        put(self, 'store_sequence', store_sequence)
        put(self, 'partitions', partitions)

    FIELDS = (
        ('asset_key', 1, 'assetKey', 'text', 'one', '', 'asset_key', True, 2),
        ('recorded', 2, 'recorded', 'flag', 'one', '', 'recorded', False, 0),
        ('gone', 3, 'gone', 'text', 'one', '', 'gone', False, 5),
        ('owner', 4, 'owner', 'text', 'one', '', 'owner', False, 1),
        ('version', 10, 'version', 'text', 'one', '', 'version', False, 5),
        ('store_sequence', 11, 'storeSequence', 'wide', 'one', '', 'store_sequence', False, 23),
        ('partitions', 5, 'partitions', 'message', 'many', 'PartitionFact', 'partitions', False, 0),
    )


class PartitionFact(Message):
    """What a launcher knows of some partitions of an asset: a run made each of them."""

    __slots__ = __match_args__ = ('keys', 'gone', 'version')
    keys: PartitionKeyRange
    """Their keys, in the order of the definition."""
    gone: str
    """Why Treadle's own manager cannot read what was made: the clause of Load.gone. Empty: it can."""
    version: str
    """AssetFact.version of the partition. Empty: it was not asked for, or the value is gone."""

    def __init__(
        self,
        *,
        keys: PartitionKeyRange,
        gone: str = "",
        version: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'keys', keys)
        put(self, 'gone', gone)
        put(self, 'version', version)

    FIELDS = (
        ('keys', 1, 'keys', 'message', 'one', 'PartitionKeyRange', 'keys', True, 0),
        ('gone', 2, 'gone', 'text', 'one', '', 'gone', False, 5),
        ('version', 3, 'version', 'text', 'one', '', 'version', False, 5),
    )


class PlanOnRecordResponse(Message):
    """What the code server says."""

    __slots__ = __match_args__ = ('answer', 'generation')
    answer: PlanOnRecordResponseAnswer | None
    """Exactly one is set."""
    generation: str
    """With a part of the plan: the generation that is served as this is said, see Location. Who
    has the LaunchSpec of that one need not ask for it. Empty: the code server names none."""

    def __init__(
        self,
        *,
        answer: PlanOnRecordResponseAnswer | None = None,
        generation: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'answer', answer)
        put(self, 'generation', generation)

    FIELDS = (
        ('part', 1, 'part', 'message', 'maybe', 'PlanPart', 'answer', False, 0),
        ('question', 2, 'question', 'message', 'maybe', 'PlanQuestion', 'answer', False, 0),
        ('generation', 3, 'generation', 'text', 'one', '', 'generation', False, 1),
    )
    ONEOFS = (('answer', ('answer',), True),)


class PlanQuestion(Message):
    """A part of a question: at most 500 keys."""

    __slots__ = __match_args__ = ('recorded_asset_keys', 'owned_asset_keys', 'last', 'step_keys', 'partitions', 'dynamic_names')
    recorded_asset_keys: tuple[KeyText, ...]
    """Of which of these a run made a value, and whether that can be read?"""
    owned_asset_keys: tuple[KeyText, ...]
    """Which of these does another location own?"""
    last: bool
    """That is the question: it is the caller's turn."""
    step_keys: tuple[StepKey, ...]
    """What did earlier runs of the location make of these steps? Asked with PlanOptions.reuse
    alone."""
    partitions: tuple[PartitionsQuestion, ...]
    """Which partitions of these did a run make, and can they be read?"""
    dynamic_names: tuple[str, ...]
    """Which keys do the dynamic partitions of these names have?"""

    def __init__(
        self,
        *,
        recorded_asset_keys: tuple[KeyText, ...] = (),
        owned_asset_keys: tuple[KeyText, ...] = (),
        last: bool = False,
        step_keys: tuple[StepKey, ...] = (),
        partitions: tuple[PartitionsQuestion, ...] = (),
        dynamic_names: tuple[str, ...] = (),
    ) -> None:
        put = object.__setattr__
        put(self, 'recorded_asset_keys', recorded_asset_keys)
        put(self, 'owned_asset_keys', owned_asset_keys)
        put(self, 'last', last)
        put(self, 'step_keys', step_keys)
        put(self, 'partitions', partitions)
        put(self, 'dynamic_names', dynamic_names)

    FIELDS = (
        ('recorded_asset_keys', 1, 'recordedAssetKeys', 'text', 'many', '', 'recorded_asset_keys', False, 2),
        ('owned_asset_keys', 2, 'ownedAssetKeys', 'text', 'many', '', 'owned_asset_keys', False, 2),
        ('last', 3, 'last', 'flag', 'one', '', 'last', False, 0),
        ('step_keys', 10, 'stepKeys', 'text', 'many', '', 'step_keys', False, 4),
        ('partitions', 4, 'partitions', 'message', 'many', 'PartitionsQuestion', 'partitions', False, 0),
        ('dynamic_names', 5, 'dynamicNames', 'text', 'many', '', 'dynamic_names', False, 1),
    )


class PartitionsQuestion(Message):
    """Asks for some partitions of an asset."""

    __slots__ = __match_args__ = ('asset_key', 'partitions', 'definition', 'versions')
    asset_key: KeyText
    """The asset."""
    partitions: PlannedPartitions | None
    """Those that it is asked for. Unset: all that a run made."""
    definition: PartitionsDefinition
    """The definition of the asset: what it has not is not told of."""
    versions: bool
    """Their versions are asked for: each is told of by itself."""

    def __init__(
        self,
        *,
        asset_key: KeyText,
        partitions: PlannedPartitions | None = None,
        definition: PartitionsDefinition,
        versions: bool = False,
    ) -> None:
        put = object.__setattr__
        put(self, 'asset_key', asset_key)
        put(self, 'partitions', partitions)
        put(self, 'definition', definition)
        put(self, 'versions', versions)

    FIELDS = (
        ('asset_key', 1, 'assetKey', 'text', 'one', '', 'asset_key', True, 2),
        ('partitions', 2, 'partitions', 'message', 'maybe', 'PlannedPartitions', 'partitions', False, 0),
        ('definition', 3, 'definition', 'message', 'one', 'PartitionsDefinition', 'definition', True, 0),
        ('versions', 4, 'versions', 'flag', 'one', '', 'versions', False, 0),
    )


class GetLaunchSpecRequest(Message):
    """Asks how a host is started."""

    __slots__ = __match_args__ = ()

    def __init__(self) -> None:
        pass

    FIELDS = (
    )


class LaunchSpec(Message):
    """How a host is started."""

    __slots__ = __match_args__ = ('interpreter', 'working_directory', 'targets', 'environment', 'digest', 'import_timeout_ms', 'generation', 'core_digest', 'generator_states', 'import_scope')
    interpreter: str
    """The interpreter, an absolute path."""
    working_directory: str
    """The working directory, an absolute path."""
    targets: tuple[LaunchTarget, ...]
    """What to load, in order."""
    environment: Mapping[str, str]
    """The environment variables of the process, whole."""
    digest: str
    """The digest that the host must find."""
    import_timeout_ms: int
    """The import timeout of one target, in milliseconds."""
    generation: str
    """The generation of what is served, see Location. A host MUST NOT run the plans of another
    one, unless they were made before it. Empty: the code server names none; the digest says
    all."""
    core_digest: str
    """SHA-256 in hexadecimal over what steps rest on alone: the digest without descriptions,
    metadata, tags, jobs and the values of defaults, which may be others at each import. A host
    that finds this one holds what was planned. Empty: nothing but the digest may be the same."""
    generator_states: tuple[str, ...]
    """Digests of the states that the load's import left generators of random numbers in. A host
    whose own import left one in another state MUST NOT have two steps draw the same from it."""
    import_scope: ImportScope | None
    """How long a host's import serves. UNSPECIFIED: as PER_LOAD."""

    def __init__(
        self,
        *,
        interpreter: str,
        working_directory: str,
        targets: tuple[LaunchTarget, ...] = (),
        environment: Mapping[str, str] = NO_ENTRIES,
        digest: str,
        import_timeout_ms: int,
        generation: str = "",
        core_digest: str = "",
        generator_states: tuple[str, ...] = (),
        import_scope: ImportScope | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, 'interpreter', interpreter)
        put(self, 'working_directory', working_directory)
        put(self, 'targets', targets)
        put(self, 'environment', environment)
        put(self, 'digest', digest)
        put(self, 'import_timeout_ms', import_timeout_ms)
        put(self, 'generation', generation)
        put(self, 'core_digest', core_digest)
        put(self, 'generator_states', generator_states)
        put(self, 'import_scope', import_scope)

    FIELDS = (
        ('interpreter', 1, 'interpreter', 'text', 'one', '', 'interpreter', True, 15),
        ('working_directory', 2, 'workingDirectory', 'text', 'one', '', 'working_directory', True, 15),
        ('targets', 3, 'targets', 'message', 'many', 'LaunchTarget', 'targets', True, 18),
        ('environment', 4, 'environment', 'text', 'map', '', 'environment', False, 17),
        ('digest', 5, 'digest', 'text', 'one', '', 'digest', True, 1),
        ('import_timeout_ms', 6, 'importTimeoutMs', 'wide', 'one', '', 'import_timeout_ms', True, 19),
        ('generation', 7, 'generation', 'text', 'one', '', 'generation', False, 1),
        ('core_digest', 8, 'coreDigest', 'text', 'one', '', 'core_digest', False, 1),
        ('generator_states', 9, 'generatorStates', 'text', 'many', '', 'generator_states', False, 6),
        ('import_scope', 10, 'importScope', 'enum', 'maybe', 'ImportScope', 'import_scope', False, 0),
    )


class LaunchTarget(Message):
    """One thing to load."""

    __slots__ = __match_args__ = ('file', 'module')
    file: str | None
    """A file, an absolute path."""
    module: str | None
    """A dotted module name."""

    def __init__(
        self,
        *,
        file: str | None = None,
        module: str | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, 'file', file)
        put(self, 'module', module)

    FIELDS = (
        ('file', 1, 'file', 'text', 'maybe', '', 'file', True, 15),
        ('module', 2, 'module', 'text', 'maybe', '', 'module', True, 26),
    )
    ONEOFS = (('target', ('file', 'module'), True),)


class GetLaunchSpecResponse(Message):
    """How a host is started."""

    __slots__ = __match_args__ = ('spec',)
    spec: LaunchSpec
    """The spec."""

    def __init__(
        self,
        *,
        spec: LaunchSpec,
    ) -> None:
        put = object.__setattr__
        put(self, 'spec', spec)

    FIELDS = (
        ('spec', 1, 'spec', 'message', 'one', 'LaunchSpec', 'spec', True, 0),
    )


class ReloadRequest(Message):
    """Asks for a reload."""

    __slots__ = __match_args__ = ()

    def __init__(self) -> None:
        pass

    FIELDS = (
    )


class ReloadResponse(Message):
    """How the reload went."""

    __slots__ = __match_args__ = ('location', 'swapped')
    location: Location
    """The location after it."""
    swapped: bool
    """The new snapshot is served."""

    def __init__(
        self,
        *,
        location: Location,
        swapped: bool = False,
    ) -> None:
        put = object.__setattr__
        put(self, 'location', location)
        put(self, 'swapped', swapped)

    FIELDS = (
        ('location', 1, 'location', 'message', 'one', 'Location', 'location', True, 0),
        ('swapped', 2, 'swapped', 'flag', 'one', '', 'swapped', False, 0),
    )


class WatchLocationRequest(Message):
    """Asks to follow the location."""

    __slots__ = __match_args__ = ()

    def __init__(self) -> None:
        pass

    FIELDS = (
    )


class WatchLocationResponse(Message):
    """The location after a change."""

    __slots__ = __match_args__ = ('location',)
    location: Location
    """The location."""

    def __init__(
        self,
        *,
        location: Location,
    ) -> None:
        put = object.__setattr__
        put(self, 'location', location)

    FIELDS = (
        ('location', 1, 'location', 'message', 'one', 'Location', 'location', True, 0),
    )


ENUMS['ImportScope'] = EnumSchema(ImportScope, 'IMPORT_SCOPE_', {0: 'unspecified', 1: 'per_load', 2: 'per_run'})
MESSAGES['GetLocationRequest'] = GetLocationRequest
MESSAGES['GetLocationResponse'] = GetLocationResponse
MESSAGES['GetGraphRequest'] = GetGraphRequest
MESSAGES['GetGraphResponse'] = GetGraphResponse
MESSAGES['GetManifestRequest'] = GetManifestRequest
MESSAGES['GetManifestResponse'] = GetManifestResponse
MESSAGES['PlanRequest'] = PlanRequest
MESSAGES['PlanResponse'] = PlanResponse
MESSAGES['PlanReexecutionRequest'] = PlanReexecutionRequest
MESSAGES['EarlierStep'] = EarlierStep
MESSAGES['EarlierRead'] = EarlierRead
MESSAGES['PlanReexecutionResponse'] = PlanReexecutionResponse
MESSAGES['SelectRequest'] = SelectRequest
MESSAGES['SelectResponse'] = SelectResponse
MESSAGES['ExplainRequest'] = ExplainRequest
MESSAGES['ExplainResponse'] = ExplainResponse
MESSAGES['PlanOnRecordRequest'] = PlanOnRecordRequest
MESSAGES['DynamicPartitionKeys'] = DynamicPartitionKeys
MESSAGES['AssetFact'] = AssetFact
MESSAGES['PartitionFact'] = PartitionFact
MESSAGES['PlanOnRecordResponse'] = PlanOnRecordResponse
MESSAGES['PlanQuestion'] = PlanQuestion
MESSAGES['PartitionsQuestion'] = PartitionsQuestion
MESSAGES['GetLaunchSpecRequest'] = GetLaunchSpecRequest
MESSAGES['LaunchSpec'] = LaunchSpec
MESSAGES['LaunchTarget'] = LaunchTarget
MESSAGES['GetLaunchSpecResponse'] = GetLaunchSpecResponse
MESSAGES['ReloadRequest'] = ReloadRequest
MESSAGES['ReloadResponse'] = ReloadResponse
MESSAGES['WatchLocationRequest'] = WatchLocationRequest
MESSAGES['WatchLocationResponse'] = WatchLocationResponse
PlanOnRecordResponseAnswer: TypeAlias = PlanPart | PlanQuestion
