"""A step to run, as data: what the inputs read and what becomes of the outputs.

The Python face of TaskStep in the host protocol. The worker decodes it, `treadle.execution`
runs it; nothing here holds a user object, a path or a process.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from treadle.policy import Limits
from treadle.snapshot import KeyText, MetadataEntry, StepKey, UnselectedOutputs


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueRef:
    """The name of one stored value: store, key inside it, codec, bytes, "algorithm:hex"."""

    store: str
    key: str
    codec: str
    size_bytes: int
    checksum: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskSource:
    """Where one value is. Without `value_ref` the IO manager loads it by name."""

    io_manager_key: str
    value_ref: ValueRef | None = None
    asset_key: KeyText | None = None
    run_id: str = ""
    step_key: str = ""
    output: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskInput:
    """What one argument of the op reads. `not_needed`: its default, else a NotLoaded."""

    name: str
    sources: tuple[TaskSource, ...] = ()
    fan_in: bool = False
    not_needed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskAsset:
    """One asset that an output produces; `value_key` is where the file manager puts it."""

    asset_key: KeyText
    selected: bool
    io_manager_key: str
    value_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskOutput:
    """What to do with one output of the op."""

    name: str
    selected: bool
    must_yield: bool
    nothing: bool = False
    assets: tuple[TaskAsset, ...] = ()
    store_intermediate: bool = False
    io_manager_key: str = "io_manager"
    value_key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskStep:
    """One step of a task, for one attempt (from 1). `timeout_ms` 0: it may take for ever."""

    step_key: StepKey
    attempt: int
    selected_outputs: frozenset[str] = frozenset()
    selected_asset_keys: frozenset[KeyText] = frozenset()
    inputs: tuple[TaskInput, ...] = ()
    outputs: tuple[TaskOutput, ...] = ()
    unselected_outputs: UnselectedOutputs = UnselectedOutputs.MATERIALIZE
    timeout_ms: int = 0
    limits: Limits | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRun:
    """What a step may know of its run."""

    run_id: str
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredOutput:
    """One stored value: an output as an intermediate (`asset_key` None) or as one asset."""

    output: str
    asset_key: KeyText | None
    value_ref: ValueRef | None
    io_manager_key: str
    metadata: tuple[MetadataEntry, ...] = ()
    unexpected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscardedOutput:
    """A yielded output that was dropped, with the assets that it would have made."""

    output: str
    asset_keys: tuple[KeyText, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StepResult:
    """What a step that ended well made: stored in the order of the op's outputs."""

    stored: tuple[StoredOutput, ...] = ()
    discarded: tuple[DiscardedOutput, ...] = ()
    yielded_outputs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedInput:
    """An input element that was loaded, or passed over because no selected output needs it."""

    input: str
    position: int
    source: TaskSource | None
    not_needed: bool = False
