"""What a re-execution is asked with: which steps run again, and what an earlier run made of each."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from treadle.lazy_dataclasses import dataclass, field
from treadle_contract.ids import KeyText, StepKey
from treadle_planner._plan import PlannedSource, Reexecution


class EarlierState(StrEnum):
    """How a step ended in the earlier run."""

    SUCCEEDED = "succeeded"
    """It ended well, or was reused."""
    FAILED = "failed"
    """It failed for good."""
    SKIPPED = "skipped"
    """An optional input was not yielded."""
    NOT_RUN = "not_run"
    """A step that it reads from failed, or the run did, or the plan left it out."""
    CANCELLED = "cancelled"
    """It was cancelled, before or while it ran."""


ENDINGS: Mapping[EarlierState, str] = {
    EarlierState.SUCCEEDED: "succeeded in",
    EarlierState.FAILED: "failed in",
    EarlierState.SKIPPED: "was skipped in",
    EarlierState.NOT_RUN: "did not run in",
    EarlierState.CANCELLED: "was cancelled in",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierRead:
    """What one input of a step read."""

    input: str
    sources: tuple[PlannedSource, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierStep:
    """A step of the earlier run: codeserver.proto explains the fields.

    `from_run_id` made its values: the earlier run, or one that it reused them from.
    """

    key: StepKey
    state: EarlierState
    from_run_id: str
    stored_outputs: frozenset[str] = frozenset()
    lost_outputs: frozenset[str] = frozenset()
    left_out_outputs: frozenset[str] = frozenset()
    asset_keys: frozenset[KeyText] = frozenset()
    op_digest: str = ""
    reads: tuple[EarlierRead, ...] = ()
    renewed_step_keys: frozenset[StepKey] = frozenset()
    renewed_asset_keys: frozenset[KeyText] = frozenset()
    by_name: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rerun:
    """A re-execution and the steps of the run that it goes on from, by key."""

    reexecution: Reexecution
    earlier: Mapping[StepKey, EarlierStep] = field(default_factory=dict)
