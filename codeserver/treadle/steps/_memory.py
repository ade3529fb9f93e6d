"""What steps of one task pass on to later ones of it, in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, TypeAlias

from treadle_contract.event import OutputStored
from treadle_contract.ids import RunId, StepKey
from treadle_contract.lazy_dataclasses import replace
from treadle_contract.worker import AttemptSucceeded, TaskSource, TaskStep

_Place: TypeAlias = tuple[StepKey, str]


class TaskMemory:
    """The values that steps of a task yielded and later ones read, and what was stored beside."""

    def __init__(self, steps: Iterable[TaskStep] = ()) -> None:
        """Be ready for the steps of a task."""
        self._values: dict[_Place, Any] = {}
        self._made: dict[StepKey, AttemptSucceeded] = {}
        # How often each is still to be read.
        self._reads = Counter(place for step in steps for place in _read_by(step))

    def keep(self, step: TaskStep, values: Mapping[str, Any], made: AttemptSucceeded) -> None:
        """Keep what a step that succeeded yielded, and let go of what it was the last to read."""
        self._made[step.step_key] = made
        for output, value in values.items():
            if self._reads[step.step_key, output]:
                self._values[step.step_key, output] = value
        for place in _read_by(step):
            self._reads[place] -= 1
            if not self._reads[place]:
                self._values.pop(place, None)

    def value(self, source: TaskSource) -> Any:
        """Return what a source in memory is.

        Raises:
            KeyError: no step of this process yielded it.
        """
        return self._values[source.step_key, source.output]

    def with_places(self, step: TaskStep) -> TaskStep:
        """Return a step with the places of what others of its task stored."""
        if not self._made:
            return step
        inputs = tuple(
            replace(
                planned,
                sources=tuple(self._found(each) for each in planned.sources),
            )
            if any(each.awaited for each in planned.sources)
            else planned
            for planned in step.inputs
        )
        return replace(step, inputs=inputs)

    def _found(self, source: TaskSource) -> TaskSource:
        if not source.awaited:
            return source
        stored = [
            each
            for each in self._made[source.step_key].stored
            if each.output == source.output and not each.in_memory
        ]
        return placed(source, stored)


def _read_by(step: TaskStep) -> Iterator[_Place]:
    for planned in step.inputs:
        for source in planned.sources:
            yield source.step_key, source.output


def placed(source: TaskSource, stored: Collection[OutputStored]) -> TaskSource:
    """Return an awaited source with the place of its value, of those its output was stored at.

    That of its asset if that is there, else the first; of an asset with partitions, that of each.
    """
    if source.partitions:
        return _placed_partitions(source, stored)
    of_output = [each for each in stored if each.output == source.output]
    of_asset = (each for each in of_output if each.asset_key == source.asset_key)
    value = next(of_asset, of_output[0] if of_output else OutputStored(output=source.output))
    return replace(
        source,
        io_manager_key=source.io_manager_key or value.io_manager_key,
        value_ref=value.value_ref,
        asset_key=value.asset_key,
        awaited=False,
    )


def _placed_partitions(source: TaskSource, stored: Collection[OutputStored]) -> TaskSource:
    place = (source.output, source.asset_key)
    made = {each.partition_key: each for each in stored if (each.output, each.asset_key) == place}
    manager = next((each.io_manager_key for each in made.values()), "")
    partitions = tuple(
        [
            replace(each, value_ref=made[each.partition_key].value_ref, awaited=False)
            if each.awaited and each.partition_key in made
            # Not made after all: no run is named, so that its reader says so.
            else (replace(each, run_id=RunId(""), awaited=False) if each.awaited else each)
            for each in source.partitions
        ]
    )
    return replace(
        source,
        io_manager_key=source.io_manager_key or manager,
        partitions=partitions,
        awaited=False,
    )
