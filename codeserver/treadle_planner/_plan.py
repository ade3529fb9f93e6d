"""A plan: what would run, and why, for one request on one snapshot. plan.proto explains it.

Where the contract says that an empty text means "none", the field here is None.
"""

from __future__ import annotations

from enum import StrEnum

from treadle.lazy_dataclasses import dataclass
from treadle_contract.ids import KeyText, StepKey
from treadle_contract.plan import Siblings, UnselectedOutputs
from treadle_contract.policy import Limits, RetryPolicy


class Verdict(StrEnum):
    """What a plan says of a step."""

    RUN = "run"
    """It runs."""
    OMIT = "omit"
    """It is not needed."""
    REUSE = "reuse"
    """A re-execution takes its outputs from an earlier run."""


class ReexecutionKind(StrEnum):
    """Which steps of an earlier run run again."""

    FROM_FAILURE = "from_failure"
    """What failed, what never finished, and everything below either."""
    STEPS = "steps"
    """The steps that are named."""
    ALL = "all"
    """Every step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedStepOutput:
    """One output of one planned step."""

    step_key: StepKey
    output: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedSource:
    """Where one value that an input reads comes from: exactly one of the first two is set.

    `asset_key` is the asset that is read, also when a step of this run makes it. None for an
    intermediate, and for a sibling that runs as one.
    """

    step_output: PlannedStepOutput | None = None
    load_asset_key: KeyText | None = None
    asset_key: KeyText | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedInput:
    """One input of a step that runs. `name` is "" for an ordering that has no argument.

    What it orders after and does not run is left out of `sources`. Without sources, and
    needed, the op's default is used. `needed_by` are the selected outputs that need it, () for
    all.
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
    """One asset that an output produces, and the manager that stores it."""

    asset_key: KeyText
    selected: bool
    io_manager_key: str
    builtin_manager: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedOutput:
    """One output of a step that runs; the manager named here is the intermediate's.

    `is_read`: a step of this run reads its value.
    """

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

    What stands below `reason` is set unless it is omitted.
    """

    key: StepKey
    block: str
    op: str
    verdict: Verdict
    reason: str
    selected_outputs: tuple[str, ...] = ()
    selected_asset_keys: tuple[KeyText, ...] = ()
    inputs: tuple[PlannedInput, ...] = ()
    outputs: tuple[PlannedOutput, ...] = ()
    resource_keys: tuple[str, ...] = ()
    unselected_outputs: UnselectedOutputs | None = None
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
    """One stored asset that the plan reads; the launcher looks up which value of it.

    `io_manager_key` loads it for every reader that names no manager. `builtin_manager`: some
    reader loads it through Treadle's own manager, so that a record is needed. `sibling`: it
    belongs to the block of a reader.
    """

    asset_key: KeyText
    readers: tuple[PlannedInputRef, ...]
    external: bool
    io_manager_key: str
    builtin_manager: bool
    sibling: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Hazard:
    """A required output of a step that runs, not selected, that produces unselected assets."""

    step_key: StepKey
    output: str
    asset_keys: tuple[KeyText, ...]
    unselected_outputs: UnselectedOutputs


@dataclass(frozen=True, slots=True, kw_only=True)
class Reexecution:
    """The earlier run that is gone on from, and what of it runs again.

    `step_expressions` are set for STEPS only. `rerun_changed`: a succeeded step whose code or
    inputs changed since runs again too.
    """

    parent_run_id: str
    kind: ReexecutionKind
    step_expressions: tuple[str, ...] = ()
    rerun_changed: bool = False
    same_code: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reuse:
    """A step that does not run again. `skipped`: it was skipped, and is again."""

    step_key: StepKey
    from_run_id: str
    changed: bool = False
    skipped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What would run, and why.

    `selection`, `job` and the two options are as they were asked for. `missing_asset_keys` are
    the siblings that run because no run has stored them. `steps` are those of the selected
    blocks in topological order, ties by key; `loads` are sorted by key, `hazards` by step key
    and output, `reuses` by step key. `fingerprint` is SHA-256 in hexadecimal over the canonical
    form of the rest, but for `above` and `below`: where the selection goes on beyond the location.
    """

    digest: str
    fingerprint: str
    selection: tuple[str, ...]
    job: str
    unselected_outputs: UnselectedOutputs | None
    siblings: Siblings | None
    selected_asset_keys: tuple[KeyText, ...]
    missing_asset_keys: tuple[KeyText, ...]
    notes: tuple[str, ...]
    steps: tuple[PlannedStep, ...]
    loads: tuple[Load, ...]
    hazards: tuple[Hazard, ...]
    reexecution: Reexecution | None = None
    reuses: tuple[Reuse, ...] = ()
    above: tuple[KeyText, ...] = ()
    below: tuple[KeyText, ...] = ()
