"""What a run makes, said from semantics.md: which steps end how, what they saw, what is stored.

The plan's part comes from `rules`, the wiring from `flattened`; this adds what ops do. A value is
the text that `module_text` has an op give, worked out again here.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TypeAlias

from tests.model.flattened import Flattened
from tests.model.modules import OutSpec, Yields
from tests.model.rules import Asked, Outcome, Read, outcome, partial_blocks
from treadle.locations.snapshot import Snapshot, Step, StepOutput
from treadle_contract.ids import KeyText, StepKey
from treadle_contract.plan import UnselectedOutputs

Value: TypeAlias = "str | list[Value] | None"


class End(StrEnum):
    """How a step ends."""

    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    SKIPPED = "SKIPPED"
    NOT_RUN = "NOT_RUN"


@dataclass(frozen=True, kw_only=True)
class Made:
    """What a run did: `saw` are the lines that ops logged, `written` whether unexpected."""

    ends: Mapping[StepKey, End]
    saw: Mapping[StepKey, str]
    written: Mapping[KeyText, bool]
    values: Mapping[KeyText, Value]
    discarded: frozenset[tuple[StepKey, str]]


@dataclass(frozen=True, kw_only=True)
class Refused:
    """A selection that is not run: why, what is named, and what would be accepted, if anything."""

    reason: str
    names: frozenset[str]
    accepted: frozenset[KeyText] | None


def refusal(
    snapshot: Snapshot, asked: Asked, recorded: Mapping[KeyText, Value], *, tries: bool = False
) -> Refused | None:
    """Return why a selection is refused, None if it is not; `tries`: loads may be unrecorded."""
    wanting = partial_blocks(snapshot, asked.keys)
    if wanting:
        accepted = _accepted(snapshot, asked, recorded, tries=tries)
        return Refused(reason="PARTIAL_BLOCK", names=wanting, accepted=accepted)
    lacking = _lacking(snapshot, asked, recorded)
    if lacking and not tries:
        accepted = _accepted(snapshot, asked, recorded, tries=False)
        return Refused(reason="NEVER_MATERIALIZED", names=frozenset(lacking), accepted=accepted)
    return None


def _lacking(
    snapshot: Snapshot, asked: Asked, recorded: Mapping[KeyText, Value]
) -> frozenset[KeyText]:
    return frozenset(resolved(snapshot, asked, recorded).loads) - recorded.keys()


def resolved(snapshot: Snapshot, asked: Asked, recorded: Mapping[KeyText, Value]) -> Outcome:
    """Rule 3: a sibling that would be loaded and was never stored is made instead.

    What a hazard makes in this run is not loaded, stored or not.
    """
    blocks = {asset.key: asset.block for asset in snapshot.assets}
    steps = {step.key: step for step in snapshot.steps}
    missing: frozenset[KeyText] = frozenset()
    while True:
        found = outcome(snapshot, replace(asked, missing=missing))
        more = {
            key
            for key, readers in found.loads.items()
            if key not in recorded and blocks[key] in {steps[reader].block for reader in readers}
        }
        if more <= missing:
            return found
        missing |= more


def _accepted(
    snapshot: Snapshot, asked: Asked, recorded: Mapping[KeyText, Value], *, tries: bool
) -> frozenset[KeyText] | None:
    """Add what is missing, until nothing is; None when something can never be made."""
    externals = {asset.key for asset in snapshot.assets if asset.is_external}
    while True:
        wanting = partial_blocks(snapshot, asked.keys)
        more = {
            key for block in snapshot.blocks if block.name in wanting for key in block.asset_keys
        }
        if not more and not tries:
            more = set(_lacking(snapshot, asked, recorded))
        if not more - asked.keys:
            return asked.keys
        if more & externals:
            return None
        asked = replace(asked, keys=asked.keys | more)


def made(flat: Flattened, asked: Asked, recorded: Mapping[KeyText, Value], run: str) -> Made:
    """Run a selection that is not refused."""
    return _Run(flat, asked, recorded, run).made()


@dataclass
class _Run:
    flat: Flattened
    asked: Asked
    recorded: Mapping[KeyText, Value]
    run: str
    ends: dict[StepKey, End] = field(default_factory=dict)
    saw: dict[StepKey, str] = field(default_factory=dict)
    written: dict[KeyText, bool] = field(default_factory=dict)
    values: dict[KeyText, Value] = field(default_factory=dict)
    discarded: set[tuple[StepKey, str]] = field(default_factory=set)
    yielded: dict[tuple[str, str], Value] = field(default_factory=dict)

    def made(self) -> Made:
        self.steps = {step.key: step for step in self.flat.snapshot.steps}
        self.blocks = {block.name: block for block in self.flat.snapshot.blocks}
        self.outcome: Outcome = resolved(self.flat.snapshot, self.asked, self.recorded)
        for key in self.outcome.runs:
            self._end(key)
        return Made(
            ends=self.ends,
            saw=self.saw,
            written=self.written,
            values=self.values,
            discarded=frozenset(self.discarded),
        )

    def _end(self, key: StepKey) -> End:
        if key not in self.ends:
            self.ends[key] = self._executed(self.steps[key])
        return self.ends[key]

    def _reads(self, step: Step) -> list[tuple[Read, ...]]:
        return [self.outcome.reads[step.key, number] for number in range(len(step.inputs))]

    def _executed(self, step: Step) -> End:
        above = {
            StepKey(read[1]) for reads in self._reads(step) for read in reads if _is_made(read)
        }
        ends = {self._end(key) for key in sorted(above)}
        if ends & {End.FAILED, End.NOT_RUN}:
            return End.NOT_RUN
        inputs = [
            (each, [read for read in reads if not _is_made(read) or read[1:3] in self.yielded])
            for each, reads in zip(step.inputs, self._reads(step), strict=True)
        ]
        selected = {name for key, name in self.outcome.selected if key == step.key}
        left, absent = set(selected), set()
        for number, ((each, found), reads) in enumerate(
            zip(inputs, self._reads(step), strict=True)
        ):
            if len(found) < len(reads) and not (each.fan_in and found):
                absent.add(number)
                left -= self.outcome.needed_by.get((step.key, number), frozenset(selected))
        if absent and not left:
            return End.SKIPPED
        inputs = [
            (each, [] if number in absent else found) for number, (each, found) in enumerate(inputs)
        ]
        if not all(self._is_stored(read) for _, found in inputs for read in found):
            return End.FAILED
        arguments: dict[str, Value] = {}
        for number, (each, found) in enumerate(inputs):
            if each.nothing:
                continue
            values = [self._value(read) for read in found]
            is_unloaded = number in absent or (step.key, number) in self.outcome.not_needed
            if is_unloaded and not each.has_default:
                arguments[each.name] = "not loaded"
            elif not values:
                arguments[each.name] = "default" if each.has_default else None
            else:
                arguments[each.name] = values if each.fan_in else values[0]
        return self._computed(step, arguments, left)

    def _is_stored(self, read: Read) -> bool:
        return _is_made(read) or read[1] in self.recorded

    def _value(self, read: Read) -> Value:
        if _is_made(read):
            return self.yielded[read[1], read[2]]
        return self.recorded[KeyText(read[1])]

    def _computed(self, step: Step, arguments: Mapping[str, Value], selected: set[str]) -> End:
        op = self.flat.ops[step.key]
        keys = self.asked.keys.intersection(self.blocks[step.block].asset_keys)
        dropped = {name for key, name in self.outcome.selected if key == step.key} - selected
        keys -= {key for out in step.outputs if out.name in dropped for key in out.asset_keys}
        self.saw[step.key] = f"selected {' '.join(sorted(selected))} of {' '.join(sorted(keys))}"
        if op.fails:
            return End.FAILED
        given = {
            out.name: None if out.nothing else self._term(step, out, arguments)
            for out in op.outs
            if out.yields is Yields.ALWAYS
            or (out.yields is Yields.SELECTED and out.name in selected)
        }
        outputs = {output.name: output for output in step.outputs}
        if op.returns and len(outputs) > 1:
            # A None that is returned for what is neither selected nor required says nothing of it.
            given = {
                name: value
                for name, value in given.items()
                if value is not None or name in selected or outputs[name].is_required
            }
        for name, output in outputs.items():
            must_yield = name not in dropped and self._must_yield(step, output, name in selected)
            if name not in given and must_yield:
                if not output.nothing:
                    return End.FAILED
                given[name] = None
        mode = self._mode(step)
        hazardous = {name for name in given if name not in selected and outputs[name].asset_keys}
        if hazardous and mode is UnselectedOutputs.FAIL:
            return End.FAILED
        for name, value in given.items():
            self._take(step, outputs[name], value, is_selected=name in selected)
        return End.SUCCEEDED

    def _must_yield(self, step: Step, output: StepOutput, is_selected: bool) -> bool:
        read = {read[1:3] for reads in self.outcome.reads.values() for read in reads}
        is_read_hazard = bool(output.asset_keys) and (step.key, output.name) in read
        return output.is_required and (is_selected or is_read_hazard)

    def _mode(self, step: Step) -> UnselectedOutputs:
        block = self.blocks[step.block]
        asked = self.asked.unselected_outputs or block.unselected_outputs
        return asked or UnselectedOutputs.MATERIALIZE

    def _take(self, step: Step, output: StepOutput, value: Value, *, is_selected: bool) -> None:
        ref = (step.key, output.name)
        if is_selected:
            self.yielded[ref] = value
            for key in self.asked.keys.intersection(output.asset_keys):
                self.written[key], self.values[key] = False, value
        elif output.asset_keys and self._mode(step) is UnselectedOutputs.MATERIALIZE:
            self.yielded[ref] = value
            for key in output.asset_keys:
                self.written[key], self.values[key] = True, value
        else:
            self.discarded.add(ref)

    def _term(self, step: Step, out: OutSpec, arguments: Mapping[str, Value]) -> str:
        given = ", ".join(
            f"{name}={_short(arguments[name])}" for name in self.flat.ops[step.key].args
        )
        return f"{step.key}.{out.name}@{self.run}({given})"


def _is_made(read: Read) -> bool:
    return read[0] == "step"


def _short(value: Value) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_short, value))}]"
    text = str(value)
    return f"{text.partition('(')[0]}#{zlib.crc32(text.encode()):08x}"
