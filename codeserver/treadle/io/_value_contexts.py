"""What contexts of IO managers have in common: the job, the log, and what is refused by name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NoReturn

from treadle._dagster_names import not_in_value_context
from treadle._errors import did_you_mean

if TYPE_CHECKING:
    import logging

    from treadle.partitions._in_contexts import Partitions
    from treadle.partitions._time_windows import PartitionKeyRange, TimeWindow
    from treadle.steps._context import OpExecutionContext


class ValueContext:
    """The part of a context that does not say which value it is."""

    __slots__ = ()
    if TYPE_CHECKING:
        step_context: OpExecutionContext | None
        dagster_type: Any
        partitions: Partitions | None

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
        """Whether the step makes one partition."""
        of_step = self.step_context
        if of_step is None:
            return self.partitions is not None and len(self.partitions.keys) == 1
        return of_step.has_partition_key

    @property
    def partition_key(self) -> str:
        """The partition that the step makes.

        Raises:
            ContextError: it makes several, or none.
        """
        if self.step_context is None:
            return self.asset_partition_key
        return self.step_context.partition_key

    @property
    def has_asset_partitions(self) -> bool:
        """Whether the value is of partitions of an asset."""
        return self.partitions is not None

    @property
    def asset_partition_key(self) -> str:
        """The partition that the value is of.

        Raises:
            ContextError: it is of several, or of none.
        """
        return self._of_partitions().key("asset_partition_keys")

    @property
    def asset_partition_keys(self) -> Sequence[str]:
        """The partitions that the value is of, in the order of their definition.

        Raises:
            ContextError: it is of none.
        """
        return self._of_partitions().named()

    @property
    def asset_partition_key_range(self) -> PartitionKeyRange:
        """The first and the last partition that the value is of. Raises as `asset_partition_keys`."""
        return self._of_partitions().key_range()

    @property
    def asset_partitions_time_window(self) -> TimeWindow:
        """The time that the value is of.

        Raises:
            ContextError: it is of no partition, or of no time.
        """
        return self._of_partitions().time_window()

    def _of_partitions(self) -> Partitions:
        if self.partitions is None:
            from treadle.steps._context_answers import ContextError  # noqa: PLC0415 -- contexts of steps know this one

            raise ContextError(
                "The value is of no partition. Ask context.has_asset_partitions first."
            )
        return self.partitions

    def _tell(self, event: Any) -> None:
        """Tell the run something, by way of the step; of none, in a test, nobody."""
        if self.step_context is not None:
            self.step_context.log_event(event)
