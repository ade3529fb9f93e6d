"""Dagster's executors, as far as they say which steps share a process: how many run at once, the launcher is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from treadle._errors import ArgumentError, ConflictError
from treadle._source import user_line
from treadle._value_words import in_words
from treadle.assets._block_options import mode
from treadle_contract.plan import Isolation

_AT_ONCE: Final = "How many steps run at once is said to the launcher: --max-steps N."


class ExecutorDefinition:
    """Which steps of a job share a process. `isolation` is that in Treadle's word, None for the launcher's."""

    __slots__ = ("isolation", "name")

    def __init__(self, name: str, isolation: Isolation | None) -> None:
        self.name = name
        self.isolation = isolation

    def configured(self, config_or_config_fn: Any, name: str | None = None) -> ExecutorDefinition:
        """Return it, where the config says nothing.

        Raises:
            ArgumentError: it does.
        """
        if config_or_config_fn:
            raise ArgumentError(
                f"{name or self.name} is configured with {in_words(config_or_config_fn)}.",
                fix=f"Leave that out. {_AT_ONCE} Ops have a retry_policy.",
                source=user_line(),
            )
        return self

    def __repr__(self) -> str:
        return f"<{self.name}>"


in_process_executor: Final = ExecutorDefinition("in_process_executor", Isolation.RUN)
multiprocess_executor: Final = ExecutorDefinition("multiprocess_executor", Isolation.OP)
multi_or_in_process_executor: Final = ExecutorDefinition("multi_or_in_process_executor", None)


def isolation_of(given: Mapping[str, Any], owner: str) -> Isolation | None:
    """Return which steps of a job share a process, as `isolation` or `executor_def` says it.

    Raises:
        ArgumentError: one of them is none.
        ConflictError: they say two things.
    """
    isolation, executor = mode(Isolation, "isolation", given, owner), given.get("executor_def")
    if executor is None:
        return isolation
    said = checked_executor(executor, f"{owner}: executor_def").isolation
    if isolation is not None and said not in {None, isolation}:
        raise ConflictError(
            f"{owner} has isolation={isolation.value!r}, and {executor!r}, which is {said!r}.",
            fix="Give one of them.",
            source=user_line(),
        )
    return isolation or said


def checked_executor(executor: object, what: str) -> ExecutorDefinition:
    """Return an executor.

    Raises:
        ArgumentError: it is none.
    """
    if isinstance(executor, ExecutorDefinition):
        return executor
    raise ArgumentError(
        f"{what} is {in_words(executor)}, and no executor.",
        fix=f"Give in_process_executor or multiprocess_executor, or leave it out. {_AT_ONCE}",
        source=user_line(),
    )


def refuse_executor(executor: object) -> None:
    """Refuse an executor of all definitions that would have steps of runs without a job share a process.

    Raises:
        ArgumentError: it would, or it is none.
    """
    if executor is None:
        return
    said = checked_executor(executor, "Definitions: executor").isolation
    if said not in {None, Isolation.OP}:
        raise ArgumentError(
            f"Definitions: executor is {executor!r}: definitions do not say it for runs of no job.",
            fix="Give it to jobs, define_asset_job(…, executor_def=…), or say it with a run: --isolation run.",
            source=user_line(),
        )
