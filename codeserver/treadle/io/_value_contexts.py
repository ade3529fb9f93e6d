"""What contexts of IO managers have in common: the job, the log, and what is refused by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from treadle._dagster_names import not_in_value_context
from treadle._errors import did_you_mean

if TYPE_CHECKING:
    import logging

    from treadle.steps._context import OpExecutionContext


class ValueContext:
    """The part of a context that does not say which value it is."""

    __slots__ = ()
    if TYPE_CHECKING:
        step_context: OpExecutionContext | None
        dagster_type: Any

    def __post_init__(self) -> None:
        from treadle.types._dagster_type import dagster_type_of  # noqa: PLC0415 -- what users' managers alone are told

        self.dagster_type = dagster_type_of(self.dagster_type)

    def __getattr__(self, name: str) -> NoReturn:
        from treadle.steps._context import NotInContextError  # noqa: PLC0415 -- contexts of steps know this one

        said = not_in_value_context(name)
        if said is not None:
            raise NotInContextError(said)
        # Python's own questions, and tools', are for private names.
        known = [each for each in dir(type(self)) if not each.startswith("_")]
        hint = "" if name.startswith("_") else did_you_mean(name, known)
        raise AttributeError(f"There is no context.{name}.{hint}")

    @property
    def job_name(self) -> str:
        """The job of the run, "" for none."""
        return "" if self.step_context is None else self.step_context.job_name

    @property
    def log(self) -> logging.Logger:
        """The step's logger."""
        from treadle.steps._step_logger import step_logger  # noqa: PLC0415 -- logging is not what a start waits for

        return step_logger()

    @property
    def has_partition_key(self) -> bool:
        """False: there are no partitions yet."""
        return False

    @property
    def has_asset_partitions(self) -> bool:
        """False: there are no partitions yet."""
        return False

    def _tell(self, event: Any) -> None:
        """Tell the run something, by way of the step; of none, in a test, nobody."""
        if self.step_context is not None:
            self.step_context.log_event(event)
