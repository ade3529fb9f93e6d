"""Tasks: what a host is sent to run. The launcher's mirror of worker.proto's Task."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from treadle_launcher.ids import KeyText, RunId, StepKey, TaskId
from treadle_launcher.plan import UnselectedOutputs
from treadle_launcher.values import ValueRef


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskSource:
    """Where one value is. Without `value_ref` the IO manager loads it by name."""

    io_manager_key: str
    value_ref: ValueRef | None = None
    asset_key: KeyText | None = None
    run_id: RunId | None = None
    step_key: StepKey | None = None
    output: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskInput:
    """What one argument of the op reads; elements that were not yielded are left out."""

    name: str
    sources: tuple[TaskSource, ...] = ()
    fan_in: bool = False
    not_needed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskAsset:
    """One asset that an output produces. `value_key` is None if the manager is a user's."""

    asset_key: KeyText
    selected: bool
    io_manager_key: str
    value_key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskOutput:
    """What to do with one output. `value_key` is where the intermediate goes, if anywhere."""

    name: str
    selected: bool
    must_yield: bool
    nothing: bool = False
    assets: tuple[TaskAsset, ...] = ()
    store_intermediate: bool = False
    io_manager_key: str = "io_manager"
    value_key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskStep:
    """One step to run, for one attempt (from 1)."""

    step_key: StepKey
    attempt: int
    unselected_outputs: UnselectedOutputs
    selected_outputs: tuple[str, ...] = ()
    selected_asset_keys: tuple[KeyText, ...] = ()
    inputs: tuple[TaskInput, ...] = ()
    outputs: tuple[TaskOutput, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Work for one process. A host accepts an id once."""

    task_id: TaskId
    run_id: RunId
    digest: str
    run_tags: Mapping[str, str] = field(default_factory=dict)
    steps: tuple[TaskStep, ...] = ()
