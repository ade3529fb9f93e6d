"""A plan as the launcher holds it: the mirror of plan.proto, one dataclass a message.

Where the contract says that an empty text means "none", the field here is None.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from treadle_contract.ids import KeyText, RunId, StepKey
from treadle_contract.plan import Reexecution, Reuse
from treadle_contract.policy import Limits, RetryPolicy
from treadle_contract.value import ValueRef
from treadle_launcher.clock import TimeUs


class UnselectedOutputs(StrEnum):
    """What happens to a yielded output that produces an asset and is not selected."""

    MATERIALIZE = "materialize"
    """The asset is made; its event says unexpected."""
    DISCARD = "discard"
    """The value is dropped, with an event."""
    FAIL = "fail"
    """The step fails, and nothing of the attempt is committed."""


class Siblings(StrEnum):
    """What a read of an unselected asset of the same block does."""

    LOAD = "load"
    """The stored value is loaded."""
    RUN = "run"
    """What makes it runs again; its value is an intermediate."""


class UnrecordedLoads(StrEnum):
    """What happens to a load that the launcher has no record of."""

    REFUSE = "refuse"
    """The call is refused: NEVER_MATERIALIZED."""
    TRY = "try"
    """The run is launched; the reader fails, independent steps run."""


class Verdict(StrEnum):
    """What a plan says of a step."""

    RUN = "run"
    """It runs."""
    OMIT = "omit"
    """It is not needed."""
    REUSE = "reuse"
    """A re-execution takes its outputs from an earlier run."""


class LoadState(StrEnum):
    """How the launcher resolved a load."""

    RECORDED = "recorded"
    """The launcher's record names the materialization that is read."""
    UNRECORDED = "unrecorded"
    """Nothing that could be read is on record; the IO manager is tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanOptions:
    """What a caller chose. None: the block's own choice, for `unrecorded_loads` REFUSE."""

    unselected_outputs: UnselectedOutputs | None = None
    siblings: Siblings | None = None
    unrecorded_loads: UnrecordedLoads | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What is to be made: the union of expressions, else a job's, else every asset."""

    expressions: tuple[str, ...] = ()
    job: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedStepOutput:
    """One output of one planned step."""

    step_key: StepKey
    output: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedSource:
    """Where one value that an input reads comes from: exactly one of the first two is set.

    `asset_key` is the asset that the source reads, also when a step of this run makes it.
    """

    step_output: PlannedStepOutput | None = None
    load_asset_key: KeyText | None = None
    asset_key: KeyText | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedInput:
    """One input of a planned step. `name` is "" for an ordering that has no argument.

    `needed_by` are the selected outputs that need it, () for all.
    """

    name: str
    sources: tuple[PlannedSource, ...] = ()
    fan_in: bool = False
    nothing: bool = False
    not_needed: bool = False
    input_manager_key: str | None = None
    needed_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedAsset:
    """One asset that an output produces. `builtin_manager`: its manager is Treadle's own."""

    asset_key: KeyText
    selected: bool
    io_manager_key: str = "io_manager"
    builtin_manager: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedOutput:
    """One output of a planned step; the manager named here is the intermediate's."""

    name: str
    selected: bool
    is_required: bool = True
    nothing: bool = False
    assets: tuple[PlannedAsset, ...] = ()
    is_read: bool = False
    io_manager_key: str = "io_manager"
    builtin_manager: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedStep:
    """One op of a selected block, and what the plan does with it. Details are set unless OMIT."""

    key: StepKey
    block: str
    verdict: Verdict
    reason: str = ""
    selected_outputs: tuple[str, ...] = ()
    selected_asset_keys: tuple[KeyText, ...] = ()
    inputs: tuple[PlannedInput, ...] = ()
    outputs: tuple[PlannedOutput, ...] = ()
    resource_keys: tuple[str, ...] = ()
    unselected_outputs: UnselectedOutputs | None = None
    op: str = ""
    retry_policy: RetryPolicy | None = None
    timeout_ms: int = 0
    limits: Limits | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedInputRef:
    """One input of one planned step."""

    step_key: StepKey
    input: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """One stored asset that the plan reads.

    `state` is None until the launcher resolves it; the fields below it are set when RECORDED,
    `value_ref` only if the record has one. `gone` says, when UNRECORDED, why the value that a run
    made cannot be read.
    """

    asset_key: KeyText
    readers: tuple[PlannedInputRef, ...] = ()
    external: bool = False
    io_manager_key: str = "io_manager"
    builtin_manager: bool = True
    sibling: bool = False
    state: LoadState | None = None
    run_id: RunId | None = None
    step_key: StepKey | None = None
    value_ref: ValueRef | None = None
    store_sequence: int = 0
    materialized_at: TimeUs | None = None
    gone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hazard:
    """A required output that is not selected and produces only unselected assets."""

    step_key: StepKey
    output: str
    asset_keys: tuple[KeyText, ...]
    unselected_outputs: UnselectedOutputs


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What would run, and why. The fields up to `notes` are the contract's PlanHeader.

    `steps` are in topological order, ties by key; `loads` are sorted by key; `hazards` by
    step key and output; `reuses` by step key. `fingerprint` is over the plan before its loads
    and reuses are resolved. `above_asset_keys` and `below_asset_keys` are the header's too.
    """

    location: str
    digest: str
    fingerprint: str
    selection: Selection = field(default_factory=Selection)
    options: PlanOptions = field(default_factory=PlanOptions)
    selected_asset_keys: tuple[KeyText, ...] = ()
    selected_asset_count: int = 0
    missing_asset_keys: tuple[KeyText, ...] = ()
    notes: tuple[str, ...] = ()
    steps: tuple[PlannedStep, ...] = ()
    loads: tuple[Load, ...] = ()
    hazards: tuple[Hazard, ...] = ()
    reexecution: Reexecution | None = None
    reuses: tuple[Reuse, ...] = ()
    above_asset_keys: tuple[KeyText, ...] = ()
    below_asset_keys: tuple[KeyText, ...] = ()
