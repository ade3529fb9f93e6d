"""Stores one value of one output: in the file store, or with an IO manager of the user's."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import TYPE_CHECKING, Any

from treadle._keys import AssetKey
from treadle._metadata import merged_entries
from treadle._system import time
from treadle._told import AssetMaterialization
from treadle._value_words import a, in_words
from treadle.io._io_manager import IOManager, OutputContext
from treadle.io._values import ValueStore
from treadle.partitions._in_contexts import told_keys
from treadle.steps._failures import StepFailedError, user_code
from treadle.steps._resources import Resources, config_of
from treadle.steps._run_inputs import Opened, missing_manager
from treadle.steps._step_code import StepCode
from treadle_contract.event import OutputStored
from treadle_contract.ids import StepKey
from treadle_contract.lazy_dataclasses import dataclass, replace
from treadle_contract.run import FailureWhere
from treadle_contract.value import MetadataEntry
from treadle_contract.worker import Task

if TYPE_CHECKING:
    from treadle.steps._context import OpExecutionContext


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueWriter:
    """Stores the values of one step's outputs."""

    location: Opened
    code: StepCode
    step_key: StepKey
    task: Task
    store: ValueStore
    step_context: OpExecutionContext | None = None

    def stored(
        self,
        made: OutputStored,
        value: object,
        *,
        io_manager_key: str,
        value_key: str,
        partitions: tuple[str, ...] = (),
    ) -> OutputStored:
        """Store the value and return `made` with its name and what the IO manager added.

        With a `value_key` it goes into the file store. `partitions` are those of the asset that it is of.

        Raises:
            StepFailedError: it cannot be stored, or the IO manager is missing.
        """
        subject = f"Output {made.output!r} of {self.step_key!r}: storing it"
        if made.asset_key:
            subject += f" as asset {made.asset_key!r}"
        if partitions:
            subject += f", {told_keys(partitions)}"
        begun = time.monotonic_ns()
        if value_key:
            with user_code(FailureWhere.STORE, subject):
                ref = self.store.write_value(value_key, value)
            stored: dict[str, Any] = {"value_ref": ref}
        else:
            stored = {"metadata": self._handled(made, value, io_manager_key, subject, partitions)}
        duration_us = (time.monotonic_ns() - begun) // 1000
        return replace(made, io_manager_key=io_manager_key, duration_us=duration_us, **stored)

    def _handled(
        self,
        made: OutputStored,
        value: object,
        io_manager_key: str,
        subject: str,
        partitions: tuple[str, ...],
    ) -> tuple[MetadataEntry, ...]:
        """Store the value with the IO manager; return the metadata with what it added."""
        manager = self.location.resources.get(io_manager_key)
        subject += f" with IO manager {io_manager_key!r}"
        if not isinstance(manager, IOManager):
            raise missing_manager(subject, io_manager_key, manager)
        context = self._context(made, io_manager_key)
        if partitions and self.step_context is not None:
            context.partitions = self.step_context.partitions_of(made.asset_key, partitions)
        # Typed as it should be; what the user's method returns has to be seen all the same.
        handle_output: object = manager.handle_output
        assert callable(handle_output)
        with user_code(FailureWhere.STORE, subject):
            returned: object = handle_output(context, value)
            if isinstance(returned, Generator):
                for told in returned:
                    _take(told, context, subject)
                returned = None
        if returned is not None:
            raise StepFailedError(
                FailureWhere.STORE,
                f"{subject}: handle_output returned {a(type(returned).__name__)}, so it may not"
                " have run at all. It must be a method that returns None, or yields AssetMaterializations and"
                " mappings of metadata; else give facts to context.add_output_metadata.",
            )
        return merged_entries(made.metadata, context.added_entries, owner=subject)

    def _context(self, made: OutputStored, manager_key: str) -> OutputContext:
        out = self.code.outs[made.output]
        key = AssetKey(made.asset_key) if made.asset_key else None
        return OutputContext(
            name=made.output,
            step_key=self.step_key,
            run_id=self.task.run_id,
            dagster_type=out.dagster_type,
            definition_metadata=self.code.metadata.get(key, {}) if key else out.metadata,
            output_metadata={entry.name: entry.value for entry in made.metadata},
            resources=Resources(self.location.resources),
            run_tags=self.task.run_tags,
            resource_config=config_of(self.location.resources, manager_key),
            key=key,
            op_def=self.code.op,
            step_context=self.step_context,
            mapping_key=made.mapping_key or None,
        )


def _take(told: object, context: OutputContext, subject: str) -> None:
    """Take what a manager yields while it stores: that it made something, or metadata.

    Raises:
        StepFailedError: it is neither.
    """
    if isinstance(told, Mapping):
        context.add_output_metadata(told)
    elif isinstance(told, AssetMaterialization):
        context.log_event(told)
    else:
        raise StepFailedError(
            FailureWhere.STORE,
            f"{subject}: handle_output yielded {in_words(told)}. Yield an AssetMaterialization or a mapping of"
            " metadata, or nothing.",
        )
