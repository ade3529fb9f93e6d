"""Runs one step: loads its inputs, calls the op, checks and stores each output as it comes."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Any

from treadle._output import Output
from treadle._system import os
from treadle.io._run_store import ValueWriter
from treadle.io._values import ValueStore
from treadle.ops._op_params import CONFIG_NAME
from treadle.partitions._in_contexts import Partitions
from treadle.steps._config import as_plain_data, config_of
from treadle.steps._context import AssetExecutionContext, as_current
from treadle.steps._failures import StepFailedError, TaskMismatchError
from treadle.steps._interrupted import StepInterrupted
from treadle.steps._memory import TaskMemory
from treadle.steps._opened import with_resources
from treadle.steps._resources import Resources, UnknownResourceError
from treadle.steps._run_compute import computed
from treadle.steps._run_inputs import InputLoader, Opened, StepSource
from treadle.steps._run_outputs import OutputKeeper
from treadle.steps._step_code import StepCode
from treadle_contract.event import AssetObserved, ExpectationEvaluated, InputLoaded
from treadle_contract.lazy_dataclasses import dataclass
from treadle_contract.run import FailureWhere
from treadle_contract.worker import AttemptSucceeded, Task, TaskStep

if TYPE_CHECKING:
    from treadle._keys import AssetKey
    from treadle.steps._hooks import Hooked, StepHooks
    from treadle_contract.partition import PartitionsDefinition

__all__ = ["StepFailedError", "StepSource", "run_step"]


def run_step(  # noqa: PLR0913 -- what it runs with, each by name
    location: StepSource,
    step: TaskStep,
    task: Task,
    *,
    store: ValueStore,
    loaded: Callable[[InputLoaded], None],
    memory: TaskMemory | None = None,
    taken: Callable[[Output[Any]], None] | None = None,
    hooked: Hooked | None = None,
    told: Callable[[AssetObserved | ExpectationEvaluated], None] | None = None,
) -> AttemptSucceeded:
    """Run a step of a task here and return what it made, which nothing has committed yet.

    `loaded` is told of each input element when it is there, `taken` of each output, `hooked` of each
    hook that ran: its name, and why it failed, if it did, `told` of what the op says beside its outputs. The op's records go to the logger
    "treadle.step". What other steps of the task pass on is in `memory`. A process that the op forked and that leaves the op as this one does, by
    returning or by yielding, ends: this function returns only where it was called.

    A StepInterrupted may be raised at any moment of it: an op that yields hears it, too, while
    its output is stored.

    Raises:
        StepFailedError: the user's code failed, or what it gave cannot be taken. Whatever
            the attempt has stored by then must not be committed, unless it is in `made`.
        TaskMismatchError: the task is not of the code, which may have no such step.
        StepInterrupted: it was raised while this ran.
    """
    code, memory = _code_of(location, step), memory or TaskMemory()
    step = memory.with_places(step)
    hooks = (*code.hooks, *location.hooks_of_job(task.job))
    with with_resources(location, step, task) as opened:
        attempt = _Attempt(
            location=opened,
            code=code,
            step=step,
            task=task,
            store=store,
            memory=memory,
            told=told,
        )
        if not hooks:
            return attempt.run(loaded, taken)
        from treadle.steps._hooks import StepHooks  # noqa: PLC0415 -- few modules have hooks

        watching = StepHooks(
            hooks=tuple(dict.fromkeys(hooks)),
            location=opened,
            op=code.op,
            step=step,
            task=task,
            hooked=hooked or _tell_nobody,
        )
        try:
            made = attempt.run(loaded, taken, watching)
        except StepFailedError as error:
            watching.after_failure(error)
            raise
        watching.after_success()
        return made


def _tell_nobody(_hook: str, _failed: StepFailedError | None) -> None:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class _Attempt:
    """One attempt of a step: what it runs with."""

    location: Opened
    code: StepCode
    step: TaskStep
    task: Task
    store: ValueStore
    memory: TaskMemory
    told: Callable[[AssetObserved | ExpectationEvaluated], None] | None = None

    def run(
        self,
        loaded: Callable[[InputLoaded], None],
        taken: Callable[[Output[Any]], None] | None,
        watching: StepHooks | None = None,
    ) -> AttemptSucceeded:
        """Load, call, check and store, as `run_step` says."""
        pid = os.getpid()
        location, code, step, task = self.location, self.code, self.step, self.task
        config = config_of(code, step)
        if watching is not None:
            watching.configure(config)
        context = _context(location, code, step, task, as_plain_data(config))
        context._tell = self.told
        loader = InputLoader(
            location=location,
            code=code,
            step=step,
            task=task,
            store=self.store,
            loaded=loaded,
            memory=self.memory,
            step_context=context,
        )
        writer = ValueWriter(
            location=location,
            code=code,
            step_key=step.step_key,
            task=task,
            store=self.store,
            step_context=context,
        )
        keeper = OutputKeeper(code=code, step=step, context=context, writer=writer)
        keeper.check_task()
        given = {name: location.resources[name] for name in code.op.resource_params}
        if code.op.takes_config:
            given[CONFIG_NAME] = config
        arguments = {**given, **loader.arguments()}
        with as_current(context), closing(computed(code, context, arguments)) as outputs:
            del arguments  # what the op lets go of, the memory gets back
            for output in outputs:
                end_if_forked(pid, step.step_key)
                try:
                    if watching is not None:
                        watching.take(output, context)
                    keeper.take(output)
                    if taken is not None:
                        taken(output)
                except StepInterrupted as error:
                    outputs.throw(error)
                    raise
                del output  # the next one may need the memory
        end_if_forked(pid, step.step_key)
        made = keeper.result()
        self.memory.keep(step, keeper.in_memory, made)
        if made.checks:
            from treadle.steps._run_checks import refuse_blocked  # noqa: PLC0415 -- few ops evaluate checks

            refuse_blocked(made, step.step_key)
        return made


def _code_of(location: StepSource, step: TaskStep) -> StepCode:
    try:
        return location.step(step.step_key)
    except KeyError:
        problem = f"TaskStep.step_key is {step.step_key!r}; the code has no such step"
        raise TaskMismatchError(problem) from None


def _context(
    location: Opened, code: StepCode, step: TaskStep, task: Task, op_config: Any
) -> AssetExecutionContext:
    return AssetExecutionContext(
        run_id=task.run_id,
        step_key=step.step_key,
        resources=Resources(_resources(location, code, step)),
        run_tags=task.run_tags,
        retry_number=step.attempt - 1,
        op_config=op_config,
        job_name=task.job,
        _op=code.op,
        _selected_outputs=frozenset(step.selected_outputs),
        _selected_keys=step.selected_asset_key_lines or step.selected_asset_keys,
        _selected_checks=step.selected_checks,
        _checks=code.checks,
        _assets={**code.assets, **_observed(code)} if code.observes else code.assets,
        _inputs=step.inputs,
        _block=code.block,
        _run_config=partial(_run_config, location, task),
        _outputs=step.outputs,
        _partitions=Partitions.of(step.partitions, location.snapshot.partitions),
        _definitions=location.snapshot.partitions,
        _observed_partitions=_observed_partitions(location, code) if code.observes else {},
    )


def _run_config(location: Opened, task: Task) -> dict[str, Any]:
    from treadle.steps._run_config import run_config_of  # noqa: PLC0415 -- few ops ask

    return run_config_of(location.snapshot, task)


def _observed(code: StepCode) -> dict[str, tuple[AssetKey, ...]]:
    return {name: (key,) for name, key in code.observes.items()}


def _observed_partitions(location: Opened, code: StepCode) -> dict[AssetKey, PartitionsDefinition]:
    keys = {key.text: key for key in code.observes.values()}
    definitions = {each.id: each for each in location.snapshot.partitions}
    return {
        keys[each.key]: definitions[each.partitions]
        for each in location.snapshot.assets
        if each.key in keys and each.partitions
    }


def _resources(location: Opened, code: StepCode, step: TaskStep) -> dict[str, Any]:
    """Return the resources that the op asks for, and no others."""
    asked_for = code.op.resource_keys
    missing = [key for key in asked_for if key not in location.resources]
    if missing:
        problem = UnknownResourceError(missing[0], location.resources)
        raise StepFailedError(FailureWhere.RESOURCE, f"Step {step.step_key!r}: {problem}")
    return {key: location.resources[key] for key in asked_for}


# As of a process that an exception ended: it did what it must not.
_STATUS = 1


def end_if_forked(pid: int, step_key: str) -> None:
    """End this process at once, and say why on stderr, unless it is the one with that id.

    What a fork returns is not what the op returns: it would be stored in the op's place.
    """
    if os.getpid() == pid:
        return
    words = (
        f"Treadle: process {os.getpid()}, which {step_key} forked, came to the end of the op. It "
        "is ended here: nothing of it is stored or reported, and no atexit handler runs. End it "
        "with os._exit in the op, or start it with multiprocessing or subprocess."
    )
    # Either may be closed, or be anything else by now.
    with contextlib.suppress(Exception):
        print(words, file=sys.stderr, flush=True)
    with contextlib.suppress(Exception):
        sys.stdout.flush()
    os._exit(_STATUS)
