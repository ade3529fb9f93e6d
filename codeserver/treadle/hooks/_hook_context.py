"""The context of a hook: what it may know of the step that ended."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Any, NoReturn, cast

from treadle._arguments import checked, refuse_unsupported
from treadle._dagster_names import not_in_context
from treadle._errors import did_you_mean
from treadle.steps._context import NotInContextError
from treadle.steps._context_answers import ContextError
from treadle.steps._resources import Resources
from treadle_contract.lazy_dataclasses import dataclass, field, replace

if TYPE_CHECKING:
    import logging

    from treadle.graphs._composition import PendingInvocation
    from treadle.hooks._hook import HookDefinition
    from treadle.ops._op import OpDefinition


@dataclass(slots=True, kw_only=True, eq=False)
class HookContext:
    """What a hook may know of its step. Treadle makes it; a test calls `build_hook_context`.

    `op_output_values` and `op_output_metadata` are by output, of all that was yielded; `op_exception`
    is what the op raised, else why the step failed, None if it did not. `op_config` is plain data.
    """

    run_id: str
    step_key: str
    resources: Resources
    job_name: str = ""
    run_tags: Mapping[str, str] = field(default_factory=dict)
    retry_number: int = 0
    op_config: Any = None
    op_exception: BaseException | None = None
    op_output_values: Mapping[str, Any] = field(default_factory=dict)
    op_output_metadata: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    _hook: HookDefinition | None = None
    _op: OpDefinition | None = None

    def __getattr__(self, name: str) -> NoReturn:
        said = not_in_context(name)
        if said is None:
            # Python's own questions, and tools', are for private names.
            known = [each for each in dir(type(self)) if not each.startswith("_")]
            hint = "" if name.startswith("_") else did_you_mean(name, known)
            raise AttributeError(f"There is no context.{name} in a hook.{hint}")
        raise NotInContextError(said)

    @property
    def log(self) -> logging.Logger:
        """The step's logger; its records go to the run."""
        from treadle.steps._step_logger import step_logger  # noqa: PLC0415 -- logging is not what a start waits for

        return step_logger()

    @property
    def hook_def(self) -> HookDefinition:
        """The hook that runs.

        Raises:
            ContextError: the context was built for a test, and no hook was called with it.
        """
        if self._hook is None:
            raise ContextError("Call the hook with the context: my_hook(build_hook_context(…)).")
        return self._hook

    @property
    def op(self) -> OpDefinition:
        """The op that ran. Its name is that of its node: the alias, where it has one.

        Raises:
            ContextError: the context was built for a test that names none.
        """
        if self._op is None:
            raise ContextError("This context names no op. Give build_hook_context(op=…).")
        return self._op

    @property
    def required_resource_keys(self) -> AbstractSet[str]:
        """The resources that the hook asks for."""
        return self.hook_def.required_resource_keys


def bound(context: HookContext, hook: HookDefinition) -> HookContext:
    """Return the context as this hook gets it."""
    return replace(context, _hook=hook)


@checked
def build_hook_context(  # noqa: PLR0913, PLR0917 -- Dagster's parameters, in Dagster's order, then ours
    resources: Mapping[str, Any] | None = None,
    op: OpDefinition | PendingInvocation | None = None,
    run_id: str | None = None,
    job_name: str | None = None,
    op_exception: BaseException | None = None,
    instance: object = None,
    *,
    step_key: str = "test",
    op_config: Any = None,
    op_output_values: Mapping[str, Any] | None = None,
    op_output_metadata: Mapping[str, Any] | None = None,
    run_tags: Mapping[str, str] | None = None,
) -> HookContext:
    """Make a context to call a hook with in a test: `my_hook(build_hook_context(…))`.

    The parameters are Dagster's, then what a run's context has besides.
    """
    refuse_unsupported("build_hook_context", {"instance": instance})
    return HookContext(
        run_id=run_id or "EPHEMERAL",
        step_key=step_key,
        resources=Resources(resources or {}),
        job_name=job_name or "",
        run_tags=dict(run_tags or {}),
        op_config=op_config,
        op_exception=op_exception,
        op_output_values=dict(op_output_values or {}),
        op_output_metadata=dict(op_output_metadata or {}),
        _op=_op_of(op),
    )


def _op_of(op: OpDefinition | PendingInvocation | None) -> OpDefinition | None:
    invoked: Any = getattr(op, "node", op)
    return None if invoked is None else cast("OpDefinition", invoked)
