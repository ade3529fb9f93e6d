"""Checks each output of a step when it comes, and stores or drops it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final, TypeAlias

from treadle._errors import did_you_mean, listed
from treadle._metadata import entries_size, entries_values, kept_entries, merged_entries
from treadle._output import Output
from treadle._value_words import a
from treadle.io._partitions import (
    is_of_all,
    no_partitions,
    partition_value_key,
    parts,
    refuse_twice,
)
from treadle.io._run_store import ValueWriter
from treadle.ops._fan_out import DynamicOutput
from treadle.partitions._in_contexts import keys_in
from treadle.steps._context import OpExecutionContext, final_metadata, outputs_with_unused_metadata
from treadle.steps._failures import StepFailedError, TaskMismatchError
from treadle.steps._step_code import StepCode
from treadle.steps._type_check import type_name
from treadle.steps._value_check import NO_ENTRIES, ValueCheck
from treadle_contract.event import CheckEvaluated, OutputDiscarded, OutputStored
from treadle_contract.fan_outs import element, element_value_key
from treadle_contract.ids import KeyText
from treadle_contract.lazy_dataclasses import dataclass, field, replace
from treadle_contract.plan import FannedOut, UnselectedOutputs
from treadle_contract.run import FailureWhere
from treadle_contract.value import MetadataEntry
from treadle_contract.worker import AttemptSucceeded, TaskAsset, TaskOutput, TaskStep

_Entries: TypeAlias = tuple[MetadataEntry, ...]

# What one report of a step may hold of metadata: far below what a frame does.
_STEP_METADATA_BYTES: Final = 8 * 1024 * 1024
_STEP_METADATA_VALUES: Final = 350_000


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputKeeper:
    """Takes the outputs of one step, one after another; `in_memory` are those to be passed on."""

    code: StepCode
    step: TaskStep
    context: OpExecutionContext
    writer: ValueWriter
    _kept: dict[str, list[OutputStored]] = field(default_factory=dict, init=False)
    _elements: dict[str, dict[str, None]] = field(default_factory=dict, init=False)
    _dropped: dict[str, OutputDiscarded] = field(default_factory=dict, init=False)
    # Of each output the partitions that came, "" of none, and of each asset those that are made.
    _came: dict[str, set[str]] = field(default_factory=dict, init=False)
    _made: dict[str, dict[str, None]] = field(default_factory=dict, init=False)
    in_memory: dict[str, Any] = field(default_factory=dict, init=False)
    _evaluated: dict[str, CheckEvaluated] = field(default_factory=dict, init=False)

    def check_task(self) -> None:
        """Look whether the task says of each output that it is Nothing where the code does.

        Raises:
            TaskMismatchError: it does not. Ahead of the op: what that gives could only be refused.
        """
        for planned in self.step.outputs:
            declared = self.code.outs.get(planned.name)
            if declared is not None and declared.is_nothing is not planned.nothing:
                raise TaskMismatchError(
                    f"TaskOutput.nothing of {planned.name!r} of {self.step.step_key!r} is"
                    f" {planned.nothing}; the code declares it {type_name(declared.dagster_type)}"
                )

    def take(self, output: Output[Any]) -> None:
        """Store the output as what the task says, or drop it.

        Raises:
            StepFailedError: it is not to be yielded, of another type, or cannot be stored.
        """
        planned = self._to_take(output)
        assets = self._assets_to_store(planned)
        is_read = planned.store_intermediate or planned.in_memory
        if not (assets or planned.selected or is_read):
            final_metadata(self.context, _name_of(output))
            keys = tuple(key.text for key in self.code.assets.get(planned.name, ()))
            self._dropped[planned.name] = OutputDiscarded(output=planned.name, asset_keys=keys)
            self._came.setdefault(planned.name, set()).add(output.partition_key or "")
            return
        if planned.name in self.code.checks:
            self._take_result(planned, output.value)
            return
        kept: list[OutputStored] = []
        if any(asset.partitions is not None for asset in assets):
            kept += self._kept_partitions(planned, output, assets)
        elif output.partition_key is not None:
            raise no_partitions(output, self.step.step_key)
        else:
            said = self._said_of(output, self._checked(planned, output.value))
            kept += [
                self._stored(planned, output, said, asset)
                for asset in sorted(assets, key=lambda each: each.asset_key)
            ]
            if planned.store_intermediate or not assets:
                kept.append(self._stored(planned, output, said))
        self._kept.setdefault(planned.name, []).extend(kept)
        self._came.setdefault(planned.name, set()).update([each.partition_key for each in kept])
        if planned.in_memory:
            self._pass_on(planned.name, output)

    def _kept_partitions(
        self, planned: TaskOutput, output: Output[Any], assets: Iterable[TaskAsset]
    ) -> Iterator[OutputStored]:
        """Store what is of partitions, each in its place, and say so of each of them."""
        subject = f"Output {planned.name!r} of {self.step.step_key!r}"
        said: _Entries | None = None
        for asset in sorted(assets, key=lambda each: each.asset_key):
            keys = self._made_of(asset)
            is_whole = is_of_all(output, keys, self.code.outs[planned.name].dagster_type)
            of_all = self._checked(planned, output.value) if is_whole else NO_ENTRIES
            for part in parts(output, asset, keys, subject, nothing=planned.nothing):
                found = of_all if is_whole else self._checked(planned, part.value)
                said = self._said_of(output, found) if said is None else said
                made = self._stored(
                    planned, replace(output, value=part.value), said, asset, part.keys
                )
                for key in part.keys or ("",):
                    alone = self.context.partition_metadata(planned.name, key)
                    entries = merged_entries(made.metadata, alone, owner=subject)
                    yield replace(made, partition_key=key, metadata=entries)
                del part

    def _made_of(self, asset: TaskAsset) -> dict[str, None]:
        """Return the partitions that the run makes of an asset: found once, however many outputs come."""
        if asset.asset_key not in self._made:
            keys = keys_in(asset.partitions, self.writer.location.snapshot.partitions)
            self._made[asset.asset_key] = dict.fromkeys(keys)
        return self._made[asset.asset_key]

    def _pass_on(self, name: str, output: Output[Any]) -> None:
        if output.partition_key is None or len(self.context.all_partition_keys) == 1:
            self.in_memory[name] = output.value
        else:
            self.in_memory.setdefault(name, {})[output.partition_key] = output.value

    def _take_result(self, planned: TaskOutput, value: object) -> None:
        from treadle.steps._run_checks import evaluated  # noqa: PLC0415 -- few ops evaluate checks

        before = final_metadata(self.context, planned.name)
        said = evaluated(planned, value, self.code, self.step.step_key, before)
        keys = self.context.all_partition_keys
        if len(keys) == 1:
            said = replace(said, partition_key=keys[0])
        self._evaluated[planned.name] = said
        self._kept[planned.name] = []

    def result(self) -> AttemptSucceeded:
        """Return what was made, when the op has ended.

        Raises:
            StepFailedError: an output was left out that must be yielded.
        """
        for planned in self.step.outputs:
            if not planned.must_yield or planned.name in self._kept:
                continue
            if planned.name in self.code.checks:
                self._refuse_lacking(planned)
                continue
            if planned.dynamic:
                self._kept[planned.name] = []
                continue
            if planned.name in self.code.observes:
                self._refuse_unobserved(planned.name)
            if not planned.nothing:
                raise StepFailedError(
                    FailureWhere.OUTPUT,
                    f"Step {self.step.step_key!r}: op {self.code.op.name!r} ended without output"
                    f" {planned.name!r}, which this run needs. Yield Output(value,"
                    f" {planned.name!r}) whenever it is in context.selected_output_names; one that"
                    " may be left out is declared with is_required=False.",
                )
            # That the op has ended is all that there is to say of it.
            self.take(Output(None, planned.name))
        for name in outputs_with_unused_metadata(self.context):
            self.context.log.warning("metadata_unused output=%s reason=not_yielded", name)
        order = [name for name in self.code.outs if name in self._kept]
        stored = tuple(self._told(each for name in order for each in self._kept[name]))
        return AttemptSucceeded(
            stored=stored,
            discarded=tuple(
                self._dropped[name] for name in self.code.outs if name in self._dropped
            ),
            yielded_outputs=tuple(order),
            digest=self.writer.location.snapshot.digest,
            checks=tuple(self._evaluated[name] for name in order if name in self._evaluated),
            fanned_out=tuple(
                FannedOut(output=name, mapping_keys=tuple(self._elements.get(name, ())))
                for name in order
                if self.code.outs[name].is_dynamic
            ),
        )

    def _refuse_lacking(self, planned: TaskOutput) -> None:
        """Refuse a check without a result, unless its asset was to be made here too, and was not."""
        of = self.code.checks[planned.name].asset_key
        makers = [name for name, keys in self.code.assets.items() if of in keys]
        if makers and not any(name in self._kept for name in makers) and self._is_selected(makers):
            return
        from treadle.steps._run_checks import lacking  # noqa: PLC0415 -- few ops evaluate checks

        raise lacking(planned, self.code, self.step.step_key)

    def _refuse_unobserved(self, name: str) -> None:
        from treadle.steps._run_observations import refuse_unobserved  # noqa: PLC0415 -- few ops observe

        refuse_unobserved(name, self.code, self.step.step_key)

    def _is_selected(self, names: Iterable[str]) -> bool:
        return any(planned.selected for planned in self.step.outputs if planned.name in names)

    def _told(self, stored: Iterable[OutputStored]) -> Iterator[OutputStored]:
        """Yield what was stored; of what is said of all of it, only as much as can be told."""
        left, values_left = _STEP_METADATA_BYTES, _STEP_METADATA_VALUES
        for each in stored:
            if not each.metadata:
                yield each
                continue
            size, values = entries_size(each.metadata), entries_values(each.metadata)
            if size <= left and values <= values_left:
                left, values_left = left - size, values_left - values
                yield each
                continue
            self.context.log.warning(
                "Metadata of output %r is left out: that of all outputs of %s has more than %d"
                " bytes or %d values. What is larger belongs in an asset.",
                each.output,
                self.step.step_key,
                _STEP_METADATA_BYTES,
                _STEP_METADATA_VALUES,
            )
            yield replace(each, metadata=())

    def _to_take(self, output: Output[Any]) -> TaskOutput:
        name, step_key, known = output.output_name, self.step.step_key, self.code.outs
        if name not in known:
            raise StepFailedError(
                FailureWhere.OUTPUT,
                f"Step {step_key!r} yielded output {name!r}, which its op does not have."
                f"{did_you_mean(name, known)} Its outputs are {listed(known)}.",
            )
        if known[name].is_dynamic:
            self._take_key(output)
        elif isinstance(output, DynamicOutput):
            raise StepFailedError(
                FailureWhere.OUTPUT,
                f"Step {step_key!r} yielded a DynamicOutput as {name!r}, which is no DynamicOut: one value"
                " is meant. Yield Output(value), or declare out=DynamicOut().",
            )
        elif output.partition_key is not None:
            refuse_twice(output, self._came.get(name, ()), step_key)
        elif name in self._kept or name in self._dropped:
            raise StepFailedError(
                FailureWhere.OUTPUT,
                f"Step {step_key!r} yielded output {name!r} twice. Yield each output once;"
                " several values go into one as a list.",
            )
        return self._planned(name)

    def _take_key(self, output: Output[Any]) -> None:
        """Take note of the mapping key of an element.

        Raises:
            StepFailedError: it has none, or that of an element before it.
        """
        name, subject = output.output_name, f"Step {self.step.step_key!r}"
        if not isinstance(output, DynamicOutput):
            raise StepFailedError(
                FailureWhere.OUTPUT,
                f"{subject} gave {name!r}, which is dynamic, a value without a mapping key. Yield"
                " DynamicOutput(value, mapping_key=…) for each element, or return a list of them.",
            )
        elements = self._elements.setdefault(name, {})
        if output.mapping_key in elements:
            raise StepFailedError(
                FailureWhere.OUTPUT,
                f"{subject} yielded two elements of {name!r} with the mapping key"
                f" {output.mapping_key!r}. Give each a key of its own: it names a step.",
            )
        elements[output.mapping_key] = None

    def _planned(self, name: str) -> TaskOutput:
        for planned in self.step.outputs:
            if planned.name == name:
                return planned
        # Another piece of a block that was cut makes it.
        return TaskOutput(name=name)

    def _assets_to_store(self, planned: TaskOutput) -> tuple[TaskAsset, ...]:
        if planned.selected:
            return tuple(each for each in planned.assets if each.selected)
        if not planned.assets:
            return ()
        match self.step.unselected_outputs:
            case UnselectedOutputs.MATERIALIZE:
                return planned.assets
            case UnselectedOutputs.DISCARD:
                return ()
            case _:
                keys = listed(sorted(each.asset_key for each in planned.assets))
                raise StepFailedError(
                    FailureWhere.OUTPUT,
                    f"Step {self.step.step_key!r} yielded output {planned.name!r}, which is not"
                    f" selected and would make {keys}; unselected_outputs is 'fail'. Yield it"
                    " only if it is in context.selected_output_names, select what it makes,"
                    " or choose 'materialize' or 'discard'.",
                )

    def _checked(self, planned: TaskOutput, value: object) -> _Entries:
        """Return what the type of an output says of its value, which is of it."""
        declared = self.code.outs[planned.name].dagster_type
        if declared is Any:
            return NO_ENTRIES
        subject = f"Output {planned.name!r} of {self.step.step_key!r}"
        if planned.nothing:
            if value is not None:
                raise StepFailedError(
                    FailureWhere.TYPE_CHECK,
                    f"{subject} is Nothing, but the value is {a(type_name(type(value)))}, which"
                    " would be lost. Return None, or declare the output's type.",
                )
            return NO_ENTRIES
        return ValueCheck(
            subject=subject,
            name=planned.name,
            what="the value",
            fix="Return what is declared, or change the annotation.",
            resources=self.writer.location.resources,
            run_id=self.context.run_id,
        ).hold(value, declared)

    def _said_of(self, output: Output[Any], found: _Entries) -> _Entries:
        owner = f"Output {output.output_name!r} of {self.step.step_key!r}"
        before = final_metadata(self.context, _name_of(output))
        if found:
            # What the op says itself stays.
            before = merged_entries(found, before, owner=owner)
        if not (output.metadata or before):
            return ()
        return kept_entries(output.metadata, owner=owner, before=before)

    def _stored(
        self,
        planned: TaskOutput,
        output: Output[Any],
        said: _Entries,
        asset: TaskAsset | None = None,
        partitions: tuple[str, ...] = (),
    ) -> OutputStored:
        key = output.mapping_key if isinstance(output, DynamicOutput) else ""
        made = OutputStored(
            output=planned.name,
            asset_key=asset.asset_key if asset else KeyText(""),
            metadata=said,
            mapping_key=key,
        )
        if planned.nothing or (asset is None and not planned.store_intermediate):
            # Nothing but orderings reads it, and what shares its process.
            return replace(made, in_memory=planned.in_memory)
        place = asset or planned
        value_key = element_value_key(place.value_key, key)
        if partitions:
            value_key = partition_value_key(value_key, partitions[0])
        return self.writer.stored(
            made,
            output.value,
            io_manager_key=place.io_manager_key,
            value_key=value_key,
            partitions=partitions,
        )


def _name_of(output: Output[Any]) -> str:
    return element(
        output.output_name, output.mapping_key if isinstance(output, DynamicOutput) else ""
    )
