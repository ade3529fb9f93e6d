"""Runs the hooks of a step, in its process, when its outcome is known and not told yet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from treadle._output import Output
from treadle._system import os
from treadle.hooks._hook import HookDefinition, HookTrigger
from treadle.hooks._hook_context import HookContext
from treadle.ops._fan_out import DynamicOutput
from treadle.ops._op import OpDefinition
from treadle.steps._config import as_plain_data
from treadle.steps._context import OpExecutionContext
from treadle.steps._failures import StepFailedError, user_code
from treadle.steps._resources import Resources
from treadle.steps._run_inputs import Opened
from treadle.steps.execution import end_if_forked
from treadle_contract.fan_outs import element, node_names
from treadle_contract.lazy_dataclasses import dataclass, field, replace
from treadle_contract.run import FailureWhere
from treadle_contract.worker import Task, TaskStep

#: Told of a hook that ran, by its name, and why it failed, if it did.
Hooked: TypeAlias = Callable[[str, StepFailedError | None], None]


@dataclass(slots=True, kw_only=True)
class StepHooks:
    """The hooks of one step, and what they may ask of it. `location` has the step's resources."""

    hooks: tuple[HookDefinition, ...]
    location: Opened
    op: OpDefinition
    step: TaskStep
    task: Task
    hooked: Hooked
    _config: Any = None
    _pid: int = field(default_factory=os.getpid, init=False)
    _values: dict[str, Any] = field(default_factory=dict, init=False)
    _metadata: dict[str, dict[str, Any]] = field(default_factory=dict, init=False)

    def configure(self, config: object) -> None:
        """Take note of what the op is told."""
        self._config = as_plain_data(config)

    def take(self, output: Output[Any], context: OpExecutionContext) -> None:
        """Take note of an output that the op gave, whatever becomes of it."""
        name = output.output_name
        if isinstance(output, DynamicOutput):
            key = output.mapping_key
            before = context.get_output_metadata(element(name, key))
            self._values.setdefault(name, {})[key] = output.value
            self._metadata.setdefault(name, {})[key] = {**before, **output.metadata}
            return
        self._values[name] = output.value
        self._metadata[name] = {**context.get_output_metadata(name), **(output.metadata or {})}

    def after_success(self) -> None:
        """Run those that wait for a success."""
        self._run(HookTrigger.SUCCESS, None)

    def after_failure(self, error: StepFailedError) -> None:
        """Run those that wait for a failure, unless the step is tried again."""
        # A process that the op forked says nothing of the step.
        if os.getpid() == self._pid and is_final(self.step, error):
            self._run(HookTrigger.FAILURE, error.__cause__ or error)

    def _run(self, trigger: HookTrigger, raised: BaseException | None) -> None:
        for hook in self.hooks:
            if hook.trigger is not trigger:
                continue
            subject = f"Hook {hook.name!r} of {self.step.step_key!r}"
            failed = None
            try:
                with user_code(FailureWhere.HOOK, subject):
                    hook.fn(self._context(hook, raised))
            except StepFailedError as error:
                failed = error
            end_if_forked(self._pid, self.step.step_key)
            self.hooked(hook.name, failed)

    def _context(self, hook: HookDefinition, raised: BaseException | None) -> HookContext:
        resources = self.location.resources
        return HookContext(
            run_id=self.task.run_id,
            step_key=self.step.step_key,
            job_name=self.task.job,
            run_tags=self.task.run_tags,
            retry_number=self.step.attempt - 1,
            resources=Resources({key: resources[key] for key in hook.required_resource_keys}),
            op_config=self._config,
            op_exception=raised,
            op_output_values=dict(self._values),
            op_output_metadata=dict(self._metadata),
            _hook=hook,
            _op=replace(self.op, name=node_names(self.step.step_key)[-1]),
        )


def is_final(step: TaskStep, error: StepFailedError) -> bool:
    """Tell whether a step that raised is not tried again, as its launcher will see it."""
    if error.stale or not error.allow_retries:
        return True
    most = step.max_retries if error.retry is None else error.retry.max_retries
    return step.retries_so_far >= most
