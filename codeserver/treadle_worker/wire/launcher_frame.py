"""What a host gets, read from proto3-JSON of LauncherFrame."""

from __future__ import annotations

from enum import StrEnum

from treadle.policy import Limits
from treadle.snapshot import KeyText, StepKey, UnselectedOutputs
from treadle.task import TaskAsset, TaskInput, TaskOutput, TaskRun, TaskSource, TaskStep
from treadle_worker.messages import Cancel, Commit, Drain, LauncherFrame, Prepare, Task, TaskId
from treadle_worker.wire.fields import (
    JsonObject,
    WireError,
    child,
    children,
    flag,
    integer,
    member,
    text,
    text_map,
    texts,
)
from treadle_worker.wire.values import decode_value_ref


class _Unselected(StrEnum):
    """UnselectedOutputs by the names that plan.proto gives them."""

    MATERIALIZE = "UNSELECTED_OUTPUTS_MATERIALIZE"
    DISCARD = "UNSELECTED_OUTPUTS_DISCARD"
    FAIL = "UNSELECTED_OUTPUTS_FAIL"


def decode_launcher_frame(obj: JsonObject) -> LauncherFrame | None:
    """Read a frame from the launcher; None for a kind unknown here.

    Raises:
        WireError: a field is not what worker.proto says.
    """
    if (commit := child(obj, "commit")) is not None:
        return Commit(record=integer(commit, "record"))
    if (task := child(obj, "task")) is not None:
        return _decode_task(task)
    if (cancel := child(obj, "cancel")) is not None:
        return Cancel(
            task_id=TaskId(text(cancel, "taskId")),
            grace_ms=integer(cancel, "graceMs"),
            show_stacks=flag(cancel, "showStacks"),
        )
    if child(obj, "prepare") is not None:
        return Prepare()
    if (drain := child(obj, "drain")) is not None:
        return Drain(
            cancel_running=flag(drain, "cancelRunning"), grace_ms=integer(drain, "graceMs")
        )
    return None


def _decode_task(obj: JsonObject) -> Task:
    return Task(
        task_id=TaskId(text(obj, "taskId")),
        run=TaskRun(run_id=text(obj, "runId"), tags=text_map(obj, "runTags")),
        digest=text(obj, "digest"),
        steps=tuple(_decode_step(step) for step in children(obj, "steps")),
    )


def _decode_step(obj: JsonObject) -> TaskStep:
    unselected = member(obj, "unselectedOutputs", _Unselected)
    if unselected is None:
        raise WireError("unselectedOutputs must be MATERIALIZE, DISCARD or FAIL")
    return TaskStep(
        step_key=StepKey(text(obj, "stepKey")),
        attempt=integer(obj, "attempt"),
        selected_outputs=frozenset(texts(obj, "selectedOutputs")),
        selected_asset_keys=frozenset(KeyText(key) for key in texts(obj, "selectedAssetKeys")),
        inputs=tuple(_decode_input(each) for each in children(obj, "inputs")),
        outputs=tuple(_decode_output(each) for each in children(obj, "outputs")),
        unselected_outputs=UnselectedOutputs[unselected.name],
        timeout_ms=integer(obj, "timeoutMs"),
        limits=_decode_limits(obj),
    )


def _decode_limits(obj: JsonObject) -> Limits | None:
    limits = child(obj, "limits")
    if limits is None:
        return None
    return Limits(
        memory_bytes=integer(limits, "memoryBytes"),
        cpu_seconds=integer(limits, "cpuSeconds"),
        open_files=integer(limits, "openFiles"),
        niceness=integer(limits, "niceness"),
    )


def _decode_input(obj: JsonObject) -> TaskInput:
    return TaskInput(
        name=text(obj, "name"),
        sources=tuple(_decode_source(each) for each in children(obj, "sources")),
        fan_in=flag(obj, "fanIn"),
        not_needed=flag(obj, "notNeeded"),
    )


def _decode_source(obj: JsonObject) -> TaskSource:
    asset_key = text(obj, "assetKey")
    return TaskSource(
        io_manager_key=text(obj, "ioManagerKey"),
        value_ref=decode_value_ref(obj),
        asset_key=KeyText(asset_key) if asset_key else None,
        run_id=text(obj, "runId"),
        step_key=text(obj, "stepKey"),
        output=text(obj, "output"),
    )


def _decode_output(obj: JsonObject) -> TaskOutput:
    return TaskOutput(
        name=text(obj, "name"),
        selected=flag(obj, "selected"),
        must_yield=flag(obj, "mustYield"),
        nothing=flag(obj, "nothing"),
        assets=tuple(_decode_asset(each) for each in children(obj, "assets")),
        store_intermediate=flag(obj, "storeIntermediate"),
        io_manager_key=text(obj, "ioManagerKey"),
        value_key=text(obj, "valueKey"),
    )


def _decode_asset(obj: JsonObject) -> TaskAsset:
    return TaskAsset(
        asset_key=KeyText(text(obj, "assetKey")),
        selected=flag(obj, "selected"),
        io_manager_key=text(obj, "ioManagerKey"),
        value_key=text(obj, "valueKey"),
    )
