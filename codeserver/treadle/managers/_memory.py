"""InMemoryIOManager: values kept in the process that made them, for runs in process and tests."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any, Final

from treadle._errors import TreadleError
from treadle.io._io_manager import InputContext, IOManager, OutputContext
from treadle.managers._by_partition import loaded_by_partition, values_by_partition
from treadle.resources._manager_definitions import IOManagerDefinition
from treadle.resources._openable import InitResourceContext
from treadle.steps._own_process import runs_in_own_process

#: Of so many runs the values of `mem_io_manager` are kept, the latest.
_RUNS: Final = 16


class NotInMemoryError(TreadleError):
    """A value was asked for that this process does not keep."""


class InMemoryIOManager(IOManager):
    """Keeps values in this process. Steps that the services run have one each, so it refuses to store there."""

    def __init__(self) -> None:
        self.values: dict[tuple[object, ...], Any] = {}

    def handle_output(self, context: OutputContext, obj: Any) -> None:
        """Keep a value.

        Raises:
            NotInMemoryError: it would be gone with the process of the step.
        """
        if runs_in_own_process():
            raise NotInMemoryError(
                "The in-memory IO manager keeps values in the process that makes them, and this step's process"
                " ends with its task: nobody could read the value. Leave the manager out, and Treadle stores"
                " the value, or give FilesystemIOManager(base_dir=…). In treadle.materialize(…), where all"
                " steps run in one process, it works."
            )
        for partition, value in values_by_partition(context, obj):
            self.values[_place(context, partition)] = value

    def load_input(self, context: InputContext) -> Any:
        """Return a value that was kept.

        Raises:
            NotInMemoryError: there is none.
        """
        return loaded_by_partition(context, lambda each: self._value(_place(context, each)))

    def _value(self, key: tuple[object, ...]) -> Any:
        if key not in self.values:
            named = "/".join(map(str, key))
            raise NotInMemoryError(
                f"The in-memory IO manager has no value of {named}: this process has not made it. Make it"
                " in the same run."
            )
        return self.values[key]


def _place(context: InputContext | OutputContext, partition: str) -> tuple[object, ...]:
    """Return under what a value is kept."""
    if not partition:
        return tuple(context.get_identifier())
    return (*context.asset_key.parts, partition)


_of_runs: OrderedDict[str, InMemoryIOManager] = OrderedDict()


def _of_run(context: InitResourceContext) -> InMemoryIOManager:
    """Return the manager of a run: it is made for each step, and the values are to be there for all."""
    manager = _of_runs.setdefault(context.run_id, InMemoryIOManager())
    while len(_of_runs) > _RUNS:
        _of_runs.popitem(last=False)
    return manager


# What people are shown.
_of_run.__name__ = "mem_io_manager"

mem_io_manager = IOManagerDefinition(
    _of_run, description="Keeps the values of a run in the process that makes them."
)
