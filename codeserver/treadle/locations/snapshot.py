"""The snapshot: everything planning needs to know of a code location, as plain frozen data.

Built by the loader beside the user's code, sent to the code server as canonical JSON, and
read by the planner. It holds no user object. An asset key is its text here: the components
joined by "/".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from treadle.locations.reach import Reach
from treadle_contract.ids import KeyText, StepKey
from treadle_contract.lazy_dataclasses import dataclass, field
from treadle_contract.message import UserValue
from treadle_contract.partition import (
    BackfillPolicy,
    PartitionMapping,
    PartitionsDefinition,
    UpstreamMapping,
)
from treadle_contract.plan import Isolation, ReuseMode, Siblings, UnselectedOutputs
from treadle_contract.policy import Limits, RetryPolicy
from treadle_contract.value import ConfigPlace, MetadataEntry, SourceLocation


class SourceLine(SourceLocation):
    """A place in the user's source: an absolute path and a line counted from 1 (0: unknown).

    Never part of a digest: moving a file changes no meaning.
    """

    __slots__ = ()

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputSource:
    """An input reads an output of a step of the same block; an ordering, also what any is told by.

    `mapping_key` is "?" for a dynamic output, of which it reads an element; `collected`: all elements
    of so many fan-outs, the innermost ones, in a list.
    """

    step_key: StepKey
    output: str
    mapping_key: str = ""
    collected: int = 0

    @property
    def step_output(self) -> OutputSource:
        """The output, as the contract's `Source` has it."""
        return self

    @property
    def asset_key(self) -> None:
        """None: it reads no asset."""

    @property
    def mapping(self) -> None:
        """None: it reads no asset."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetSource:
    """An input reads an asset of another block, or an external one.

    `mapping` says which of its partitions; None: what follows from the definitions of both.
    `is_earlier`: it is the step's own asset, of which it reads partitions before those that it makes.
    """

    asset_key: KeyText
    mapping: PartitionMapping | None = None
    is_earlier: bool = False

    @property
    def step_output(self) -> None:
        """None: it reads no output of a step."""


Source: TypeAlias = OutputSource | AssetSource


@dataclass(frozen=True, slots=True, kw_only=True)
class StepInput:
    """One input of a step.

    `name` is the op's argument, "" for an ordering that no argument stands for (`deps`).
    Without sources the op's default is used. `manager_key` is the explicit
    `input_manager_key`, if any; `manager_builtin` says whether that manager, or without one
    the reader's default `io_manager`, is Treadle's own file manager. `arguments`: where nothing is connected
    to it, the arguments of graphs that it stands for, from the innermost: the step key of the graph, ".", the name.
    `schema` is the JSON Schema of what a run may tell it that leaves out what makes it, "" for nothing.
    """

    name: str
    sources: tuple[Source, ...] = ()
    fan_in: bool = False
    nothing: bool = False
    has_default: bool = False
    manager_key: str | None = None
    manager_builtin: bool = True
    arguments: tuple[str, ...] = ()
    schema: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepOutput:
    """One output of a step, and the assets that it produces (sorted; none: an intermediate).

    `manager_key` is the IO manager of the intermediate; an asset's own stands at the asset.
    `input_names`, on an op-backed block with `internal_asset_deps`, are the inputs that this
    output needs; None: all of them. `checkpoint`: it is stored also where it passes in memory.
    `check` is the check that it evaluates, "asset:name", `observes` the asset of elsewhere that it looks
    at; "" for none. `dynamic`: any number of elements is yielded for it.
    """

    name: str
    is_required: bool = True
    nothing: bool = False
    asset_keys: tuple[KeyText, ...] = ()
    manager_key: str = "io_manager"
    manager_builtin: bool = True
    input_names: tuple[str, ...] | None = None
    checkpoint: bool = False
    check: str = ""
    dynamic: bool = False
    observes: KeyText = KeyText("")

    @property
    def is_told(self) -> bool:
        """Whether it carries nothing, and says what came of a check, or that an asset was looked at."""
        return bool(self.check or self.observes)

    @property
    def io_manager_key(self) -> str:
        """`manager_key`, by its name in the contract."""
        return self.manager_key


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One op invocation. `key` depends on the definitions alone.

    `node` is the key under which the loaded code finds the op: the same as `key` but for the
    pieces of a block that was cut (`b_2` runs node `b`). `resource_keys` are the resources
    that the op asks for, and those that these ask for, sorted. `mapped_over` are the dynamic outputs that
    it is mapped over, from the outermost: for each, its key has a "[?]". `timeout_ms` 0: one attempt may take any time.
    """

    key: StepKey
    node: str
    block: str
    op: str
    inputs: tuple[StepInput, ...] = ()
    outputs: tuple[StepOutput, ...] = ()
    resource_keys: tuple[str, ...] = ()
    description: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    code_version: str = ""
    retry_policy: RetryPolicy | None = None
    timeout_ms: int = 0
    limits: Limits | None = None
    config: ConfigPlace | None = None
    source: SourceLine | None = None
    told_inputs: ConfigPlace | None = None
    mapped_over: tuple[OutputSource, ...] = ()

    @property
    def manager_keys(self) -> tuple[str, ...]:
        """The keys of the IO managers that it may need."""
        ends = [
            *(each.manager_key for each in self.inputs),
            *(each.manager_key for each in self.outputs),
        ]
        return tuple(key for key in ends if key is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """What one decorator made. `name` is the node name, the first component of its step keys.

    It makes assets, or evaluates checks ("asset:name", sorted), or both, or observes assets that are
    made elsewhere; else it is a job of ops.
    """

    name: str
    asset_keys: tuple[KeyText, ...]
    can_subset: bool = False
    is_graph: bool = False
    unselected_outputs: UnselectedOutputs | None = None
    siblings: Siblings | None = None
    isolation: Isolation | None = None
    reuse: ReuseMode | None = None
    description: str = ""
    source: SourceLine | None = None
    checks: tuple[str, ...] = ()
    observed_keys: tuple[KeyText, ...] = ()

    @property
    def own_keys(self) -> tuple[KeyText, ...]:
        """The assets that it makes, or observes."""
        return self.asset_keys or self.observed_keys

    @property
    def is_op_job(self) -> bool:
        """Whether it is run whole, by the job of its name, and makes nothing that lasts."""
        return not (self.asset_keys or self.checks or self.observed_keys)


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetCheck:
    """A check of an asset: an output of a step, which gives its result.

    `upstream_keys` is what it says that it rests on beside the asset, sorted.
    """

    asset_key: KeyText
    name: str
    block: str
    step_key: StepKey
    output: str
    description: str = ""
    blocking: bool = False
    metadata: tuple[MetadataEntry, ...] = ()
    upstream_keys: tuple[KeyText, ...] = ()
    source: SourceLine | None = None

    @property
    def text(self) -> str:
        """The asset's key and the name, joined by ":"."""
        return f"{self.asset_key}:{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """An asset: made by an output of a step, or external (`block`, `step_key`, `output` None).

    `upstream_keys` is its lineage: derived from the op wiring, or stated with
    `internal_asset_deps`; sorted. `keep_versions`: 0 leaves that to the launcher. `partitions` is the
    id of one of the snapshot's; `upstream_mappings` are those that are said, sorted by key.
    `observed_by` is the block that looks at an external one, "" for none.
    """

    key: KeyText
    block: str | None = None
    step_key: StepKey | None = None
    output: str | None = None
    upstream_keys: tuple[KeyText, ...] = ()
    description: str = ""
    group: str = "default"
    metadata: tuple[MetadataEntry, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    kinds: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    code_version: str = ""
    manager_key: str = "io_manager"
    manager_builtin: bool = True
    keep_versions: int = 0
    source: SourceLine | None = None
    partitions: str = ""
    upstream_mappings: tuple[UpstreamMapping, ...] = ()
    backfill_policy: BackfillPolicy | None = None
    observed_by: str = ""

    @property
    def is_external(self) -> bool:
        """Whether no block of this location makes it."""
        return self.block is None

    @property
    def io_manager_key(self) -> str:
        """`manager_key`, by its name in the contract."""
        return self.manager_key


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A named selection. `selection` is text of the selection language, checked at load.

    `retry_policy` is for steps that have none of their own, `isolation` and `reuse` for blocks. `resource_keys`
    are what its hooks need in each step. `left_out` are ops of its graph that it does not run, and arguments that
    these alone read: the step key, and ":" before the name of an argument of the graph.
    """

    name: str
    selection: str
    description: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    retry_policy: RetryPolicy | None = None
    isolation: Isolation | None = None
    reuse: ReuseMode | None = None
    config: UserValue = None
    resource_keys: tuple[str, ...] = ()
    source: SourceLine | None = None
    partitions: str = ""
    left_out: tuple[str, ...] = ()
    has_partitioned_config: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """A resource by key, with the name of its Python type. `job`: the job of ops that alone has it, "": all do."""

    key: str
    type_name: str
    config: ConfigPlace | None = None
    job: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourcesByBlock:
    """The resources that the steps of each block have: those of all, unless its job of ops brings others."""

    of_all: Mapping[str, Resource]
    of_jobs: Mapping[str, Mapping[str, Resource]]

    @classmethod
    def of(cls, resources: Iterable[Resource]) -> ResourcesByBlock:
        """Sort the resources of a snapshot."""
        resources = tuple(resources)
        of_all = {each.key: each for each in resources if not each.job}
        of_jobs: dict[str, dict[str, Resource]] = {}
        for each in resources:
            if each.job:
                of_jobs.setdefault(each.job, dict(of_all))[each.key] = each
        return cls(of_all=of_all, of_jobs=of_jobs)

    def owner(self, block: str) -> str:
        """Return the name of a block that has some of its own, else ""."""
        return block if block in self.of_jobs else ""

    def __getitem__(self, block: str) -> Mapping[str, Resource]:
        return self.of_jobs.get(block, self.of_all)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a digest is made of: name to SHA-256 (hexadecimal), for distributions to version.

    `code` is that of the ops without the values of defaults, `values` are those. The definitions stand
    in the snapshot itself (`treadle.locations.digest.named_digests`).
    """

    ops: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    distributions: Mapping[str, str] = field(default_factory=dict)
    code: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A whole code location. Blocks, assets, jobs, resources, checks and partitions are sorted by name, key
    or id (of one key, what all have comes before what jobs have); steps are in topological order, ties
    by key.

    `digest` is SHA-256 in hexadecimal over structure, code, files and Python's minor version
    (`treadle.locations.digest`); `warnings` and source lines are not part of it. `core_digest` is over
    what steps rest on alone: two imports that differ in nothing else run each other's plans.
    `generator_states` tell generators of random numbers that were seeded from others: part of
    neither. Nor is `reach`.
    """

    blocks: tuple[Block, ...] = ()
    steps: tuple[Step, ...] = ()
    assets: tuple[Asset, ...] = ()
    jobs: tuple[Job, ...] = ()
    resources: tuple[Resource, ...] = ()
    checks: tuple[AssetCheck, ...] = ()
    partitions: tuple[PartitionsDefinition, ...] = ()
    python_version: str = ""
    digest: str = ""
    core_digest: str = ""
    manifest: Manifest = field(default_factory=Manifest)
    warnings: tuple[str, ...] = ()
    generator_states: tuple[str, ...] = ()
    reach: Reach = field(default_factory=Reach)
