"""A plan: what would run, and why, for one selection on one snapshot."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from treadle_client._ids import AssetKey, RunId, StepKey
from treadle_client._plan_tables import plan_page
from treadle_client._policy import Limits, RetryPolicy
from treadle_client._reexecution import Reexecution, Reuse
from treadle_client._table import render_text
from treadle_client._value_ref import ValueRef


class UnselectedOutputs(StrEnum):
    """What happens to a yielded output that produces an asset which no selection needs."""

    #: The asset is made; its event says unexpected.
    MATERIALIZE = "materialize"
    #: The value is dropped, with an event.
    DISCARD = "discard"
    #: The step fails, and nothing of the attempt is committed.
    FAIL = "fail"


class Siblings(StrEnum):
    """What a read of an unselected asset of the same block does."""

    #: The stored value is loaded.
    LOAD = "load"
    #: What makes it runs again; its value is an intermediate and is not recorded.
    RUN = "run"


class UnrecordedLoads(StrEnum):
    """What happens to a load that the launcher has no record of."""

    #: The call is refused: NeverMaterializedError.
    REFUSE = "refuse"
    #: The run is launched; the reader fails, independent steps run.
    TRY = "try"


class Verdict(StrEnum):
    """What a plan says of a step."""

    #: It runs.
    RUN = "RUN"
    #: It is not needed.
    OMIT = "OMIT"
    #: A re-execution takes its outputs from an earlier run.
    REUSE = "REUSE"


class LoadState(StrEnum):
    """How a load was resolved."""

    #: The launcher's record names the materialization that is read.
    RECORDED = "RECORDED"
    #: There is no record; the IO manager is tried.
    UNRECORDED = "UNRECORDED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What is to be made: the union of expressions, or a job's selection; neither: every asset."""

    expressions: tuple[str, ...] = ()
    job: str = ""

    def __str__(self) -> str:
        if self.expressions:
            return " or ".join(self.expressions)
        return f"job {self.job}" if self.job else "every asset"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanOptions:
    """What a caller chose about a plan. None: the block's own choice, else the default."""

    unselected_outputs: UnselectedOutputs | None = None
    siblings: Siblings | None = None
    unrecorded_loads: UnrecordedLoads | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedSource:
    """Where one value of an input comes from: a step's output, or a load when `load` is set.

    `asset_key` is the asset that is read, if any, also when a step of this run makes it.
    """

    step_key: StepKey
    output: str
    load: AssetKey
    asset_key: AssetKey

    def __str__(self) -> str:
        return f"load {self.load}" if self.load else f"{self.step_key}:{self.output}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedInput:
    """One input of a planned step. `not_needed`: it is not loaded, the op gets its default.

    `needed_by` are the selected outputs that need it, () for all: when it is not yielded, the step
    runs for the others.
    """

    name: str
    sources: tuple[PlannedSource, ...]
    fan_in: bool
    nothing: bool
    not_needed: bool
    input_manager_key: str
    needed_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedAsset:
    """One asset that an output of a planned step produces, and whether it is selected."""

    asset_key: AssetKey
    selected: bool
    io_manager_key: str
    builtin_manager: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedOutput:
    """One output of a planned step."""

    name: str
    selected: bool
    is_required: bool
    nothing: bool
    assets: tuple[PlannedAsset, ...]
    is_read: bool
    io_manager_key: str
    builtin_manager: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedStep:
    """One op of a selected block, and what the plan does with it.

    All but `key`, `block`, `op`, `verdict` and `reason` is empty when the verdict is OMIT.
    """

    key: StepKey
    block: str
    op: str
    verdict: Verdict
    reason: str
    selected_outputs: tuple[str, ...]
    selected_asset_keys: tuple[AssetKey, ...]
    inputs: tuple[PlannedInput, ...]
    outputs: tuple[PlannedOutput, ...]
    resource_keys: tuple[str, ...]
    unselected_outputs: UnselectedOutputs | None
    #: When it is tried again, None: never by itself.
    retry_policy: RetryPolicy | None
    #: How long one attempt may take, None: no limit.
    timeout: timedelta | None
    #: What one attempt may use, None: no limit.
    limits: Limits | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedInputRef:
    """One input of one planned step."""

    step_key: StepKey
    input: str

    def __str__(self) -> str:
        return f"{self.step_key}.{self.input}" if self.input else self.step_key


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """One stored asset that the plan reads, and the run and step that made the value.

    `gone` says, when it is UNRECORDED, why the value that a run made cannot be read.
    """

    asset_key: AssetKey
    readers: tuple[PlannedInputRef, ...]
    external: bool
    sibling: bool
    io_manager_key: str
    builtin_manager: bool
    state: LoadState | None
    run_id: RunId
    step_key: StepKey
    value_ref: ValueRef | None
    store_sequence: int
    materialized_at: datetime | None
    gone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hazard:
    """A required output that is not selected and produces only unselected assets.

    The op will yield it all the same; `unselected_outputs` says what happens to it then.
    """

    step_key: StepKey
    output: str
    asset_keys: tuple[AssetKey, ...]
    unselected_outputs: UnselectedOutputs


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What would run for one selection on one snapshot. Prints as a table.

    `fingerprint` names the plan and `digest` the code it was made on: `materialize(plan=plan)`
    runs exactly this, or is refused with `StalePlanError`. `selected_asset_keys` and
    `missing_asset_keys` hold 500 keys at most, `selected_asset_count` the whole number.
    """

    location: str
    digest: str
    fingerprint: str
    selection: Selection
    options: PlanOptions
    selected_asset_keys: tuple[AssetKey, ...]
    selected_asset_count: int
    missing_asset_keys: tuple[AssetKey, ...]
    notes: tuple[str, ...]
    steps: tuple[PlannedStep, ...] = field(repr=False)
    loads: tuple[Load, ...] = field(repr=False)
    hazards: tuple[Hazard, ...] = field(repr=False)
    reexecution: Reexecution | None
    reuses: tuple[Reuse, ...] = field(repr=False)

    def __str__(self) -> str:
        return render_text(plan_page(self))
