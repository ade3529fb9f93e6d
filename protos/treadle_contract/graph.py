"""The graph of a code location: what the user defined, flattened to steps.

Generated from graph.proto by scripts/gen_protos.py: change that file, then `make protos`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from treadle_contract.ids import KeyText, StepKey
from treadle_contract.message import ContractEnum, ENUMS, EnumSchema, MESSAGES, Message, NO_ENTRIES, UserValue
from treadle_contract.partition import BackfillPolicy, PartitionMapping, PartitionsDefinition, UpstreamMapping
from treadle_contract.policy import Limits, RetryPolicy
from treadle_contract.value import ConfigPlace, MetadataEntry, SourceLocation, Text

if TYPE_CHECKING:
    from datetime import datetime
    from datetime import timedelta


class LocationState(ContractEnum):
    """Whether a code location can be planned on."""

    LOADING = "loading"
    """The first load is under way; there is no snapshot yet."""
    SERVING = "serving"
    """A snapshot is served and the last load succeeded."""
    SERVING_LAST_GOOD = "serving_last_good"
    """A snapshot is served, but the last reload failed: see Location.modules for why."""
    FAILED = "failed"
    """No load has succeeded, or no two imports define the same: there is nothing to plan on."""
    UNREACHABLE = "unreachable"
    """The launcher cannot reach the code server now. Sent by the launcher only."""


class ModuleState(ContractEnum):
    """How the load of one target ended."""

    LOADED = "loaded"
    """Imported, and its definitions are valid."""
    RAISED = "raised"
    """The import raised, or a definition in it was refused."""
    EXITED = "exited"
    """The interpreter ended while importing it (os._exit, a crash, a signal)."""
    HUNG = "hung"
    """The import did not end within the import timeout; it was killed."""
    NOT_REACHED = "not_reached"
    """An earlier target ended the load before this one was reached."""


class ModuleReport(Message):
    """How the load of one target went."""

    __slots__ = __match_args__ = ('target', 'state', 'problem', 'source', 'duration')
    target: str
    """The target as it was given: a file path or a dotted module name."""
    state: ModuleState | None
    """How the load ended."""
    problem: Text | None
    """What went wrong, with the user's traceback where there is one. Set unless LOADED."""
    source: SourceLocation | None
    """Where it went wrong. Set when the user's traceback or a refused definition names a line."""
    duration: timedelta | None
    """Wall time of the import."""

    def __init__(
        self,
        *,
        target: str = "",
        state: ModuleState | None = None,
        problem: Text | None = None,
        source: SourceLocation | None = None,
        duration: timedelta | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, 'target', target)
        put(self, 'state', state)
        put(self, 'problem', problem)
        put(self, 'source', source)
        put(self, 'duration', duration)

    FIELDS = (
        ('target', 1, 'target', 'text', 'one', '', 'target', False, 5),
        ('state', 2, 'state', 'enum', 'maybe', 'ModuleState', 'state', False, 0),
        ('problem', 3, 'problem', 'message', 'maybe', 'Text', 'problem', False, 0),
        ('source', 4, 'source', 'message', 'maybe', 'SourceLocation', 'source', False, 0),
        ('duration', 5, 'duration', 'span', 'maybe', '', 'duration', False, 0),
    )


class NamedDigest(Message):
    """A named content hash: one op, one source file or one installed distribution."""

    __slots__ = __match_args__ = ('name', 'digest')
    name: str
    """The op's name, the file's module name, or the distribution's name."""
    digest: str
    """SHA-256 in hexadecimal, or the version of a distribution."""

    def __init__(
        self,
        *,
        name: str = "",
        digest: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'name', name)
        put(self, 'digest', digest)

    FIELDS = (
        ('name', 1, 'name', 'text', 'one', '', 'name', False, 5),
        ('digest', 2, 'digest', 'text', 'one', '', 'digest', False, 1),
    )


class CodeManifest(Message):
    """What a digest is made of, so that two digests can be compared by name."""

    __slots__ = __match_args__ = ('ops', 'files', 'distributions', 'definitions', 'details', 'reached')
    ops: tuple[NamedDigest, ...]
    """One entry an op: its code and defaults."""
    files: tuple[NamedDigest, ...]
    """One entry a user source file that the load imported or that such a file names."""
    distributions: tuple[NamedDigest, ...]
    """One entry an installed distribution."""
    definitions: tuple[NamedDigest, ...]
    """One entry an asset, block, job and resource: its definition."""
    details: tuple[NamedDigest, ...]
    """One entry a part of those, and of the ops, that may differ alone, named "<definition>:
    <part>": descriptions, entries of metadata, values of defaults."""
    reached: tuple[ReachedCode, ...]
    """One entry a step whose outcome rests on more than its op's code. It is no part of the
    location's digest: a constant may have another value at each import."""

    def __init__(
        self,
        *,
        ops: tuple[NamedDigest, ...] = (),
        files: tuple[NamedDigest, ...] = (),
        distributions: tuple[NamedDigest, ...] = (),
        definitions: tuple[NamedDigest, ...] = (),
        details: tuple[NamedDigest, ...] = (),
        reached: tuple[ReachedCode, ...] = (),
    ) -> None:
        put = object.__setattr__
        put(self, 'ops', ops)
        put(self, 'files', files)
        put(self, 'distributions', distributions)
        put(self, 'definitions', definitions)
        put(self, 'details', details)
        put(self, 'reached', reached)

    FIELDS = (
        ('ops', 1, 'ops', 'message', 'many', 'NamedDigest', 'ops', False, 0),
        ('files', 2, 'files', 'message', 'many', 'NamedDigest', 'files', False, 0),
        ('distributions', 3, 'distributions', 'message', 'many', 'NamedDigest', 'distributions', False, 0),
        ('definitions', 4, 'definitions', 'message', 'many', 'NamedDigest', 'definitions', False, 0),
        ('details', 5, 'details', 'message', 'many', 'NamedDigest', 'details', False, 0),
        ('reached', 6, 'reached', 'message', 'many', 'ReachedCode', 'reached', False, 0),
    )


class ReachedCode(Message):
    """What the outcome of a step rests on beside inputs and config."""

    __slots__ = __match_args__ = ('step_key', 'digest', 'parts')
    step_key: StepKey
    """The step."""
    digest: str
    """PlannedStep.code_digest."""
    parts: Mapping[str, str]
    """Short digests of the definitions that it reaches, by name: "module.name"."""

    def __init__(
        self,
        *,
        step_key: StepKey,
        digest: str,
        parts: Mapping[str, str] = NO_ENTRIES,
    ) -> None:
        put = object.__setattr__
        put(self, 'step_key', step_key)
        put(self, 'digest', digest)
        put(self, 'parts', parts)

    FIELDS = (
        ('step_key', 1, 'stepKey', 'text', 'one', '', 'step_key', True, 4),
        ('digest', 2, 'digest', 'text', 'one', '', 'digest', True, 1),
        ('parts', 3, 'parts', 'text', 'map', '', 'parts', False, 0),
    )


class Location(Message):
    """A code location: one code server's view of one set of targets."""

    __slots__ = __match_args__ = ('name', 'state', 'digest', 'python_version', 'loaded_at', 'modules', 'warnings', 'asset_count', 'step_count', 'generation', 'address', 'since', 'problem')
    name: str
    """The name, unique in a launcher."""
    state: LocationState | None
    """Whether it can be planned on."""
    digest: str
    """SHA-256 in hexadecimal over structure, code, files and Python version of the snapshot that
    is served. Empty when there is none."""
    python_version: str
    """Python's version on the user-code side, for example "3.11"."""
    loaded_at: datetime | None
    """When the served snapshot was loaded. Unset when there is none."""
    modules: tuple[ModuleReport, ...]
    """How the last load went, one entry a target, in target order."""
    warnings: tuple[str, ...]
    """What the last load wants a person to know: shadowed files, renamed blocks, conflicts."""
    asset_count: int
    """How many assets the snapshot makes."""
    step_count: int
    """How many steps the snapshot has."""
    generation: str
    """Which load the served snapshot comes from: another text after each load that succeeded, also
    when the digest stays the same, and after a restart of the code server. Empty when there is
    none."""
    address: str
    """Where the launcher looks for the code server. Sent by the launcher only, as what follows."""
    since: datetime | None
    """Since when the launcher reaches the code server; when UNREACHABLE, since when it does not.
    Unset by a code server."""
    problem: str
    """Why the launcher does not reach the code server, for a person. Set when UNREACHABLE only."""

    def __init__(
        self,
        *,
        name: str,
        state: LocationState | None = None,
        digest: str = "",
        python_version: str = "",
        loaded_at: datetime | None = None,
        modules: tuple[ModuleReport, ...] = (),
        warnings: tuple[str, ...] = (),
        asset_count: int = 0,
        step_count: int = 0,
        generation: str = "",
        address: str = "",
        since: datetime | None = None,
        problem: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'name', name)
        put(self, 'state', state)
        put(self, 'digest', digest)
        put(self, 'python_version', python_version)
        put(self, 'loaded_at', loaded_at)
        put(self, 'modules', modules)
        put(self, 'warnings', warnings)
        put(self, 'asset_count', asset_count)
        put(self, 'step_count', step_count)
        put(self, 'generation', generation)
        put(self, 'address', address)
        put(self, 'since', since)
        put(self, 'problem', problem)

    FIELDS = (
        ('name', 1, 'name', 'text', 'one', '', 'name', True, 1),
        ('state', 2, 'state', 'enum', 'maybe', 'LocationState', 'state', False, 0),
        ('digest', 3, 'digest', 'text', 'one', '', 'digest', False, 1),
        ('python_version', 4, 'pythonVersion', 'text', 'one', '', 'python_version', False, 1),
        ('loaded_at', 5, 'loadedAt', 'time', 'maybe', '', 'loaded_at', False, 0),
        ('modules', 6, 'modules', 'message', 'many', 'ModuleReport', 'modules', False, 0),
        ('warnings', 7, 'warnings', 'text', 'many', '', 'warnings', False, 0),
        ('asset_count', 8, 'assetCount', 'whole', 'one', '', 'asset_count', False, 23),
        ('step_count', 9, 'stepCount', 'whole', 'one', '', 'step_count', False, 23),
        ('generation', 10, 'generation', 'text', 'one', '', 'generation', False, 1),
        ('address', 11, 'address', 'text', 'one', '', 'address', False, 0),
        ('since', 12, 'since', 'time', 'maybe', '', 'since', False, 0),
        ('problem', 13, 'problem', 'text', 'one', '', 'problem', False, 0),
    )


class Asset(Message):
    """An asset: made by a block, or declared and made elsewhere."""

    __slots__ = __match_args__ = ('key', 'block', 'step_key', 'output', 'upstream_keys', 'description', 'group', 'metadata', 'tags', 'kinds', 'owners', 'code_version', 'io_manager_key', 'source', 'conflict', 'keep_versions', 'partitions', 'upstream_mappings', 'backfill_policy', 'observed_by')
    key: str
    """The key."""
    block: str
    """The node name of the block that makes it. Empty: external, declared with AssetSpec."""
    step_key: StepKey
    """The step whose output produces it. Empty: external."""
    output: str
    """The output of that step. Empty: external."""
    upstream_keys: tuple[str, ...]
    """The assets that it is made from, derived from the op wiring, sorted by key."""
    description: str
    """The description, "" if none."""
    group: str
    """The group, "default" unless given."""
    metadata: tuple[MetadataEntry, ...]
    """Definition metadata."""
    tags: Mapping[str, str]
    """Tags."""
    kinds: tuple[str, ...]
    """Kinds, sorted."""
    owners: tuple[str, ...]
    """Owners, in the order given."""
    code_version: str
    """The code version, "" if none."""
    io_manager_key: str
    """The resource key of the IO manager that stores and loads it."""
    source: SourceLocation | None
    """Where it was defined. Unset: not known."""
    conflict: bool
    """Sent by the launcher only: another location owns this key, and this one does not make it."""
    keep_versions: int
    """How many versions of it are kept. 0: as many as the launcher keeps of each."""
    partitions: str
    """The id of what its partitions are, one of GraphPart.partitions. Empty: it has none."""
    upstream_mappings: tuple[UpstreamMapping, ...]
    """Which partitions of others its own need, where that is said, sorted by key; of the rest it
    follows from the definitions of both (treadle_partitions.default_mapping)."""
    backfill_policy: BackfillPolicy | None
    """How many partitions a run of a backfill makes. Unset: one."""
    observed_by: str
    """The node name of the block that looks at it, of an external one. Empty: none does."""

    def __init__(
        self,
        *,
        key: str,
        block: str = "",
        step_key: StepKey = StepKey(""),
        output: str = "",
        upstream_keys: tuple[str, ...] = (),
        description: str = "",
        group: str = "",
        metadata: tuple[MetadataEntry, ...] = (),
        tags: Mapping[str, str] = NO_ENTRIES,
        kinds: tuple[str, ...] = (),
        owners: tuple[str, ...] = (),
        code_version: str = "",
        io_manager_key: str = "",
        source: SourceLocation | None = None,
        conflict: bool = False,
        keep_versions: int = 0,
        partitions: str = "",
        upstream_mappings: tuple[UpstreamMapping, ...] = (),
        backfill_policy: BackfillPolicy | None = None,
        observed_by: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'key', key)
        put(self, 'block', block)
        put(self, 'step_key', step_key)
        put(self, 'output', output)
        put(self, 'upstream_keys', upstream_keys)
        put(self, 'description', description)
        put(self, 'group', group)
        put(self, 'metadata', metadata)
        put(self, 'tags', tags)
        put(self, 'kinds', kinds)
        put(self, 'owners', owners)
        put(self, 'code_version', code_version)
        put(self, 'io_manager_key', io_manager_key)
        put(self, 'source', source)
        put(self, 'conflict', conflict)
        put(self, 'keep_versions', keep_versions)
        put(self, 'partitions', partitions)
        put(self, 'upstream_mappings', upstream_mappings)
        put(self, 'backfill_policy', backfill_policy)
        put(self, 'observed_by', observed_by)

    FIELDS = (
        ('key', 1, 'key', 'text', 'one', '', 'key', True, 2),
        ('block', 2, 'block', 'text', 'one', '', 'block', False, 1),
        ('step_key', 3, 'stepKey', 'text', 'one', '', 'step_key', False, 4),
        ('output', 4, 'output', 'text', 'one', '', 'output', False, 1),
        ('upstream_keys', 5, 'upstreamKeys', 'text', 'many', '', 'upstream_keys', False, 0),
        ('description', 6, 'description', 'text', 'one', '', 'description', False, 0),
        ('group', 7, 'group', 'text', 'one', '', 'group', False, 0),
        ('metadata', 8, 'metadata', 'message', 'many', 'MetadataEntry', 'metadata', False, 14),
        ('tags', 9, 'tags', 'text', 'map', '', 'tags', False, 0),
        ('kinds', 10, 'kinds', 'text', 'many', '', 'kinds', False, 0),
        ('owners', 11, 'owners', 'text', 'many', '', 'owners', False, 0),
        ('code_version', 12, 'codeVersion', 'text', 'one', '', 'code_version', False, 0),
        ('io_manager_key', 13, 'ioManagerKey', 'text', 'one', '', 'io_manager_key', False, 0),
        ('source', 14, 'source', 'message', 'maybe', 'SourceLocation', 'source', False, 0),
        ('conflict', 15, 'conflict', 'flag', 'one', '', 'conflict', False, 0),
        ('keep_versions', 16, 'keepVersions', 'whole', 'one', '', 'keep_versions', False, 23),
        ('partitions', 17, 'partitions', 'text', 'one', '', 'partitions', False, 1),
        ('upstream_mappings', 18, 'upstreamMappings', 'message', 'many', 'UpstreamMapping', 'upstream_mappings', False, 0),
        ('backfill_policy', 19, 'backfillPolicy', 'message', 'maybe', 'BackfillPolicy', 'backfill_policy', False, 0),
        ('observed_by', 20, 'observedBy', 'text', 'one', '', 'observed_by', False, 1),
    )


class Block(Message):
    """What one decorator made: one op, or a graph of ops, producing one or more assets."""

    __slots__ = __match_args__ = ('name', 'asset_keys', 'can_subset', 'is_graph', 'description', 'source', 'checks', 'observed_keys')
    name: str
    """The node name, the first component of its step keys."""
    asset_keys: tuple[KeyText, ...]
    """The keys that it makes, sorted."""
    can_subset: bool
    """Whether its assets may be selected one by one."""
    is_graph: bool
    """True: a graph of ops. False: one op."""
    description: str
    """The description, "" if none."""
    source: SourceLocation | None
    """Where it was defined. Unset: not known."""
    checks: tuple[str, ...]
    """The checks that it evaluates, "asset:name", sorted."""
    observed_keys: tuple[str, ...]
    """The external assets that it looks at, sorted. It makes none."""

    def __init__(
        self,
        *,
        name: str,
        asset_keys: tuple[KeyText, ...] = (),
        can_subset: bool = False,
        is_graph: bool = False,
        description: str = "",
        source: SourceLocation | None = None,
        checks: tuple[str, ...] = (),
        observed_keys: tuple[str, ...] = (),
    ) -> None:
        put = object.__setattr__
        put(self, 'name', name)
        put(self, 'asset_keys', asset_keys)
        put(self, 'can_subset', can_subset)
        put(self, 'is_graph', is_graph)
        put(self, 'description', description)
        put(self, 'source', source)
        put(self, 'checks', checks)
        put(self, 'observed_keys', observed_keys)

    FIELDS = (
        ('name', 1, 'name', 'text', 'one', '', 'name', True, 1),
        ('asset_keys', 2, 'assetKeys', 'text', 'many', '', 'asset_keys', False, 0),
        ('can_subset', 3, 'canSubset', 'flag', 'one', '', 'can_subset', False, 0),
        ('is_graph', 4, 'isGraph', 'flag', 'one', '', 'is_graph', False, 0),
        ('description', 5, 'description', 'text', 'one', '', 'description', False, 0),
        ('source', 6, 'source', 'message', 'maybe', 'SourceLocation', 'source', False, 0),
        ('checks', 7, 'checks', 'text', 'many', '', 'checks', False, 0),
        ('observed_keys', 8, 'observedKeys', 'text', 'many', '', 'observed_keys', False, 0),
    )


class AssetCheck(Message):
    """A check of an asset: an output of a step, which gives its result."""

    __slots__ = __match_args__ = ('asset_key', 'name', 'block', 'step_key', 'output', 'description', 'blocking', 'metadata', 'upstream_keys', 'source')
    asset_key: KeyText
    """The asset."""
    name: str
    """The name, unique among the checks of the asset."""
    block: str
    """The node name of the block that evaluates it: the asset's own, or one of checks alone."""
    step_key: StepKey
    """The step that evaluates it."""
    output: str
    """The output of that step."""
    description: str
    """The description, "" if none."""
    blocking: bool
    """Where it does not hold, its step fails, and what reads the asset does not run."""
    metadata: tuple[MetadataEntry, ...]
    """Definition metadata."""
    upstream_keys: tuple[str, ...]
    """What else it says that it rests on, beside the asset, sorted by key."""
    source: SourceLocation | None
    """Where it was defined. Unset: not known."""

    def __init__(
        self,
        *,
        asset_key: KeyText,
        name: str,
        block: str = "",
        step_key: StepKey,
        output: str,
        description: str = "",
        blocking: bool = False,
        metadata: tuple[MetadataEntry, ...] = (),
        upstream_keys: tuple[str, ...] = (),
        source: SourceLocation | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, 'asset_key', asset_key)
        put(self, 'name', name)
        put(self, 'block', block)
        put(self, 'step_key', step_key)
        put(self, 'output', output)
        put(self, 'description', description)
        put(self, 'blocking', blocking)
        put(self, 'metadata', metadata)
        put(self, 'upstream_keys', upstream_keys)
        put(self, 'source', source)

    FIELDS = (
        ('asset_key', 1, 'assetKey', 'text', 'one', '', 'asset_key', True, 2),
        ('name', 2, 'name', 'text', 'one', '', 'name', True, 1),
        ('block', 3, 'block', 'text', 'one', '', 'block', False, 1),
        ('step_key', 4, 'stepKey', 'text', 'one', '', 'step_key', True, 4),
        ('output', 5, 'output', 'text', 'one', '', 'output', True, 1),
        ('description', 6, 'description', 'text', 'one', '', 'description', False, 0),
        ('blocking', 7, 'blocking', 'flag', 'one', '', 'blocking', False, 0),
        ('metadata', 8, 'metadata', 'message', 'many', 'MetadataEntry', 'metadata', False, 14),
        ('upstream_keys', 9, 'upstreamKeys', 'text', 'many', '', 'upstream_keys', False, 0),
        ('source', 10, 'source', 'message', 'maybe', 'SourceLocation', 'source', False, 0),
    )


class Source(Message):
    """A place a step's input takes a value from."""

    __slots__ = __match_args__ = ('step_output', 'asset_key', 'mapping')
    step_output: StepOutput | None
    """An output of a step of the same block; of an ordering, also a blocking check of any."""
    asset_key: KeyText | None
    """An asset: of another block, or external."""
    mapping: PartitionMapping | None
    """Of an asset: which partitions of it. Unset: what follows from the definitions of both."""

    def __init__(
        self,
        *,
        step_output: StepOutput | None = None,
        asset_key: KeyText | None = None,
        mapping: PartitionMapping | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, 'step_output', step_output)
        put(self, 'asset_key', asset_key)
        put(self, 'mapping', mapping)

    FIELDS = (
        ('step_output', 1, 'stepOutput', 'message', 'maybe', 'StepOutput', 'step_output', False, 0),
        ('asset_key', 2, 'assetKey', 'text', 'maybe', '', 'asset_key', False, 0),
        ('mapping', 3, 'mapping', 'message', 'maybe', 'PartitionMapping', 'mapping', False, 0),
    )
    ONEOFS = (('from', ('step_output', 'asset_key'), False),)


class StepOutput(Message):
    """One output of one step."""

    __slots__ = __match_args__ = ('step_key', 'output', 'mapping_key', 'collected')
    step_key: StepKey
    """The step."""
    output: str
    """The output's name."""
    mapping_key: str
    """"?": an element of a dynamic output, or, where it is collected, all of them. Empty: it is
    not dynamic."""
    collected: int
    """How many levels of fan-outs are collected to a list. 0: none."""

    def __init__(
        self,
        *,
        step_key: StepKey = StepKey(""),
        output: str = "",
        mapping_key: str = "",
        collected: int = 0,
    ) -> None:
        put = object.__setattr__
        put(self, 'step_key', step_key)
        put(self, 'output', output)
        put(self, 'mapping_key', mapping_key)
        put(self, 'collected', collected)

    FIELDS = (
        ('step_key', 1, 'stepKey', 'text', 'one', '', 'step_key', False, 0),
        ('output', 2, 'output', 'text', 'one', '', 'output', False, 0),
        ('mapping_key', 3, 'mappingKey', 'text', 'one', '', 'mapping_key', False, 0),
        ('collected', 4, 'collected', 'whole', 'one', '', 'collected', False, 0),
    )


class StepInputDefinition(Message):
    """One input of a step as defined."""

    __slots__ = __match_args__ = ('name', 'sources', 'fan_in', 'nothing', 'has_default')
    name: str
    """The name of the op's argument."""
    sources: tuple[Source, ...]
    """What it reads, in order. More than one, or fan_in: the op gets a list."""
    fan_in: bool
    """The op gets a list, also when there is one source."""
    nothing: bool
    """It orders and carries no value."""
    has_default: bool
    """The op's own default is used when nothing is connected."""

    def __init__(
        self,
        *,
        name: str = "",
        sources: tuple[Source, ...] = (),
        fan_in: bool = False,
        nothing: bool = False,
        has_default: bool = False,
    ) -> None:
        put = object.__setattr__
        put(self, 'name', name)
        put(self, 'sources', sources)
        put(self, 'fan_in', fan_in)
        put(self, 'nothing', nothing)
        put(self, 'has_default', has_default)

    FIELDS = (
        ('name', 1, 'name', 'text', 'one', '', 'name', False, 0),
        ('sources', 2, 'sources', 'message', 'many', 'Source', 'sources', False, 0),
        ('fan_in', 3, 'fanIn', 'flag', 'one', '', 'fan_in', False, 0),
        ('nothing', 4, 'nothing', 'flag', 'one', '', 'nothing', False, 0),
        ('has_default', 5, 'hasDefault', 'flag', 'one', '', 'has_default', False, 0),
    )


class StepOutputDefinition(Message):
    """One output of a step as defined."""

    __slots__ = __match_args__ = ('name', 'is_required', 'nothing', 'asset_keys', 'io_manager_key', 'check', 'dynamic')
    name: str
    """The name."""
    is_required: bool
    """The op must yield it when it is selected."""
    nothing: bool
    """It orders and carries no value."""
    asset_keys: tuple[KeyText, ...]
    """The assets it produces, sorted. Empty: an intermediate."""
    io_manager_key: str
    """The resource key of the IO manager of an intermediate."""
    check: str
    """The check that it evaluates, "asset:name". Empty: none."""
    dynamic: bool
    """The op yields any number of elements for it, each with a mapping key."""

    def __init__(
        self,
        *,
        name: str = "",
        is_required: bool = False,
        nothing: bool = False,
        asset_keys: tuple[KeyText, ...] = (),
        io_manager_key: str = "",
        check: str = "",
        dynamic: bool = False,
    ) -> None:
        put = object.__setattr__
        put(self, 'name', name)
        put(self, 'is_required', is_required)
        put(self, 'nothing', nothing)
        put(self, 'asset_keys', asset_keys)
        put(self, 'io_manager_key', io_manager_key)
        put(self, 'check', check)
        put(self, 'dynamic', dynamic)

    FIELDS = (
        ('name', 1, 'name', 'text', 'one', '', 'name', False, 0),
        ('is_required', 2, 'isRequired', 'flag', 'one', '', 'is_required', False, 0),
        ('nothing', 3, 'nothing', 'flag', 'one', '', 'nothing', False, 0),
        ('asset_keys', 4, 'assetKeys', 'text', 'many', '', 'asset_keys', False, 0),
        ('io_manager_key', 5, 'ioManagerKey', 'text', 'one', '', 'io_manager_key', False, 0),
        ('check', 6, 'check', 'text', 'one', '', 'check', False, 0),
        ('dynamic', 7, 'dynamic', 'flag', 'one', '', 'dynamic', False, 0),
    )


class StepDefinition(Message):
    """One op invocation."""

    __slots__ = __match_args__ = ('key', 'block', 'op', 'inputs', 'outputs', 'resource_keys', 'description', 'tags', 'source', 'retry_policy', 'timeout_ms', 'limits', 'config', 'told_inputs')
    key: str
    """The step key: the dotted path of node names; for each fan-out that it is mapped over, "[?]"."""
    block: str
    """The node name of its block."""
    op: str
    """The name of the op."""
    inputs: tuple[StepInputDefinition, ...]
    """The inputs, in the order of the op's arguments."""
    outputs: tuple[StepOutputDefinition, ...]
    """The outputs, in the order they were declared."""
    resource_keys: tuple[str, ...]
    """Resource keys it needs, sorted."""
    description: str
    """The description, "" if none."""
    tags: Mapping[str, str]
    """Tags."""
    source: SourceLocation | None
    """Where the op was defined. Unset: not known."""
    retry_policy: RetryPolicy | None
    """When it is tried again. Unset: never by itself."""
    timeout_ms: int
    """How long one attempt may take, in milliseconds. 0: no limit."""
    limits: Limits | None
    """What one attempt may use. Unset: no limit."""
    config: ConfigPlace | None
    """Where its config stands: that of its op, or of a graph around it that maps its own to its
    ops. Unset: it takes none."""
    told_inputs: ConfigPlace | None
    """Where a run tells the values of inputs that nothing is connected to, a map by their names.
    Unset: it has none."""

    def __init__(
        self,
        *,
        key: str,
        block: str = "",
        op: str = "",
        inputs: tuple[StepInputDefinition, ...] = (),
        outputs: tuple[StepOutputDefinition, ...] = (),
        resource_keys: tuple[str, ...] = (),
        description: str = "",
        tags: Mapping[str, str] = NO_ENTRIES,
        source: SourceLocation | None = None,
        retry_policy: RetryPolicy | None = None,
        timeout_ms: int = 0,
        limits: Limits | None = None,
        config: ConfigPlace | None = None,
        told_inputs: ConfigPlace | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, 'key', key)
        put(self, 'block', block)
        put(self, 'op', op)
        put(self, 'inputs', inputs)
        put(self, 'outputs', outputs)
        put(self, 'resource_keys', resource_keys)
        put(self, 'description', description)
        put(self, 'tags', tags)
        put(self, 'source', source)
        put(self, 'retry_policy', retry_policy)
        put(self, 'timeout_ms', timeout_ms)
        put(self, 'limits', limits)
        put(self, 'config', config)
        put(self, 'told_inputs', told_inputs)

    FIELDS = (
        ('key', 1, 'key', 'text', 'one', '', 'key', True, 4),
        ('block', 2, 'block', 'text', 'one', '', 'block', False, 0),
        ('op', 3, 'op', 'text', 'one', '', 'op', False, 0),
        ('inputs', 4, 'inputs', 'message', 'many', 'StepInputDefinition', 'inputs', False, 0),
        ('outputs', 5, 'outputs', 'message', 'many', 'StepOutputDefinition', 'outputs', False, 0),
        ('resource_keys', 6, 'resourceKeys', 'text', 'many', '', 'resource_keys', False, 0),
        ('description', 7, 'description', 'text', 'one', '', 'description', False, 0),
        ('tags', 8, 'tags', 'text', 'map', '', 'tags', False, 0),
        ('source', 9, 'source', 'message', 'maybe', 'SourceLocation', 'source', False, 0),
        ('retry_policy', 10, 'retryPolicy', 'message', 'maybe', 'RetryPolicy', 'retry_policy', False, 0),
        ('timeout_ms', 11, 'timeoutMs', 'wide', 'one', '', 'timeout_ms', False, 19),
        ('limits', 12, 'limits', 'message', 'maybe', 'Limits', 'limits', False, 0),
        ('config', 13, 'config', 'message', 'maybe', 'ConfigPlace', 'config', False, 0),
        ('told_inputs', 14, 'toldInputs', 'message', 'maybe', 'ConfigPlace', 'told_inputs', False, 0),
    )


class Job(Message):
    """A named selection of assets."""

    __slots__ = __match_args__ = ('name', 'selection', 'asset_keys', 'description', 'tags', 'retry_policy', 'config', 'partitions')
    name: str
    """The name, unique in a location."""
    selection: str
    """The selection, in the selection language."""
    asset_keys: tuple[KeyText, ...]
    """The assets it selects, sorted."""
    description: str
    """The description, "" if none."""
    tags: Mapping[str, str]
    """Tags that its runs get."""
    retry_policy: RetryPolicy | None
    """When its steps that have no policy of their own are tried again. Unset: never by itself."""
    config: UserValue
    """The config of its runs, under what a run says itself. Null: none."""
    partitions: str
    """The id of what the partitions of its runs are. Empty: those of what it selects."""

    def __init__(
        self,
        *,
        name: str,
        selection: str = "",
        asset_keys: tuple[KeyText, ...] = (),
        description: str = "",
        tags: Mapping[str, str] = NO_ENTRIES,
        retry_policy: RetryPolicy | None = None,
        config: UserValue = None,
        partitions: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'name', name)
        put(self, 'selection', selection)
        put(self, 'asset_keys', asset_keys)
        put(self, 'description', description)
        put(self, 'tags', tags)
        put(self, 'retry_policy', retry_policy)
        put(self, 'config', config)
        put(self, 'partitions', partitions)

    FIELDS = (
        ('name', 1, 'name', 'text', 'one', '', 'name', True, 1),
        ('selection', 2, 'selection', 'text', 'one', '', 'selection', False, 9),
        ('asset_keys', 3, 'assetKeys', 'text', 'many', '', 'asset_keys', False, 0),
        ('description', 4, 'description', 'text', 'one', '', 'description', False, 0),
        ('tags', 5, 'tags', 'text', 'map', '', 'tags', False, 10),
        ('retry_policy', 6, 'retryPolicy', 'message', 'maybe', 'RetryPolicy', 'retry_policy', False, 0),
        ('config', 7, 'config', 'value', 'one', '', 'config', False, 27),
        ('partitions', 8, 'partitions', 'text', 'one', '', 'partitions', False, 1),
    )


class Resource(Message):
    """A resource that ops receive by parameter name, or an IO manager."""

    __slots__ = __match_args__ = ('key', 'type_name', 'config', 'job')
    key: str
    """The key."""
    type_name: str
    """The name of its Python type."""
    config: ConfigPlace | None
    """Where a run may tell it something. Unset: it takes no config."""
    job: str
    """The job of ops that brings it for its own steps, where it wins over one of the key that all
    have. Empty: the steps of all blocks have it."""

    def __init__(
        self,
        *,
        key: str = "",
        type_name: str = "",
        config: ConfigPlace | None = None,
        job: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'key', key)
        put(self, 'type_name', type_name)
        put(self, 'config', config)
        put(self, 'job', job)

    FIELDS = (
        ('key', 1, 'key', 'text', 'one', '', 'key', False, 0),
        ('type_name', 2, 'typeName', 'text', 'one', '', 'type_name', False, 0),
        ('config', 3, 'config', 'message', 'maybe', 'ConfigPlace', 'config', False, 0),
        ('job', 4, 'job', 'text', 'one', '', 'job', False, 0),
    )


class GraphPart(Message):
    """One part of a graph. A graph is streamed in parts of at most 500 items or 1 MiB; the whole
    is the concatenation of the parts, each list in its own sort order."""

    __slots__ = __match_args__ = ('location', 'blocks', 'assets', 'steps', 'jobs', 'resources', 'checks', 'partitions')
    location: Location | None
    """The location. Set in the first part only."""
    blocks: tuple[Block, ...]
    """Blocks, sorted by name."""
    assets: tuple[Asset, ...]
    """Assets, sorted by key."""
    steps: tuple[StepDefinition, ...]
    """Steps, in topological order, ties by key."""
    jobs: tuple[Job, ...]
    """Jobs, sorted by name."""
    resources: tuple[Resource, ...]
    """Resources, sorted by key; of one key, what all have before what jobs bring."""
    checks: tuple[AssetCheck, ...]
    """Checks, sorted by asset and name."""
    partitions: tuple[PartitionsDefinition, ...]
    """What the partitions of assets and jobs are, sorted by id."""

    def __init__(
        self,
        *,
        location: Location | None = None,
        blocks: tuple[Block, ...] = (),
        assets: tuple[Asset, ...] = (),
        steps: tuple[StepDefinition, ...] = (),
        jobs: tuple[Job, ...] = (),
        resources: tuple[Resource, ...] = (),
        checks: tuple[AssetCheck, ...] = (),
        partitions: tuple[PartitionsDefinition, ...] = (),
    ) -> None:
        put = object.__setattr__
        put(self, 'location', location)
        put(self, 'blocks', blocks)
        put(self, 'assets', assets)
        put(self, 'steps', steps)
        put(self, 'jobs', jobs)
        put(self, 'resources', resources)
        put(self, 'checks', checks)
        put(self, 'partitions', partitions)

    FIELDS = (
        ('location', 1, 'location', 'message', 'maybe', 'Location', 'location', False, 0),
        ('blocks', 2, 'blocks', 'message', 'many', 'Block', 'blocks', False, 0),
        ('assets', 3, 'assets', 'message', 'many', 'Asset', 'assets', False, 0),
        ('steps', 4, 'steps', 'message', 'many', 'StepDefinition', 'steps', False, 0),
        ('jobs', 5, 'jobs', 'message', 'many', 'Job', 'jobs', False, 0),
        ('resources', 6, 'resources', 'message', 'many', 'Resource', 'resources', False, 0),
        ('checks', 7, 'checks', 'message', 'many', 'AssetCheck', 'checks', False, 0),
        ('partitions', 8, 'partitions', 'message', 'many', 'PartitionsDefinition', 'partitions', False, 0),
    )


ENUMS['LocationState'] = EnumSchema(LocationState, 'LOCATION_STATE_', {0: 'unspecified', 1: 'loading', 2: 'serving', 3: 'serving_last_good', 4: 'failed', 5: 'unreachable'})
ENUMS['ModuleState'] = EnumSchema(ModuleState, 'MODULE_STATE_', {0: 'unspecified', 1: 'loaded', 2: 'raised', 3: 'exited', 4: 'hung', 5: 'not_reached'})
MESSAGES['ModuleReport'] = ModuleReport
MESSAGES['NamedDigest'] = NamedDigest
MESSAGES['CodeManifest'] = CodeManifest
MESSAGES['ReachedCode'] = ReachedCode
MESSAGES['Location'] = Location
MESSAGES['Asset'] = Asset
MESSAGES['Block'] = Block
MESSAGES['AssetCheck'] = AssetCheck
MESSAGES['Source'] = Source
MESSAGES['StepOutput'] = StepOutput
MESSAGES['StepInputDefinition'] = StepInputDefinition
MESSAGES['StepOutputDefinition'] = StepOutputDefinition
MESSAGES['StepDefinition'] = StepDefinition
MESSAGES['Job'] = Job
MESSAGES['Resource'] = Resource
MESSAGES['GraphPart'] = GraphPart
