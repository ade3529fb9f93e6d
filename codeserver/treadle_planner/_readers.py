"""Who reads what in one run: of each step its readers, of each stored asset who loads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import repeat

from treadle.locations.snapshot import StepInput
from treadle.locations.wiring import OutputRef
from treadle_contract.ids import KeyText, StepKey
from treadle_contract.lazy_dataclasses import dataclass
from treadle_planner._index import Order
from treadle_planner._reads import Found, Reads
from treadle_planner._wired import OutputNames, WiredStep, add_name
from treadle_planner.partitions._reading import Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Readers:
    """What is read, gathered from all steps that run, in plan order.

    `order` are the steps of the selected blocks, `places` of those that run. `inputs` are what each
    of them reads. `fed` are the readers of a step, `read` its outputs whose value is read. Who
    loads an asset is in `loaded_by`, by step and input; what of its partitions, in `readings`.
    """

    reads: Reads
    order: Order
    places: Sequence[int]
    inputs: Mapping[StepKey, Found]
    fed: Mapping[StepKey, Sequence[StepKey]]
    read: Mapping[StepKey, AbstractSet[str]]
    loaded_by: Mapping[KeyText, Mapping[tuple[StepKey, str], tuple[WiredStep, StepInput]]]
    readings: Mapping[KeyText, Sequence[tuple[StepKey, Reading]]]

    @classmethod
    def of(cls, reads: Reads) -> Readers:
        """Gather them."""
        order, kept = reads.index.ordered(reads.kept.blocks), reads.kept.selected
        places: Sequence[int] = range(len(order.steps))
        if len(kept) < len(order.steps):
            places = sorted([order.places[key] for key in kept])
        gathered = _Gathered()
        inputs: dict[StepKey, Found] = {}
        for place in places:
            wired = order.steps[place]
            found = inputs[wired.step.key] = reads.inputs(wired)
            if found[0]:
                gathered.add(wired, found)
        return cls(
            reads=reads,
            order=order,
            places=places,
            inputs=inputs,
            fed=gathered.fed,
            read=gathered.read,
            loaded_by=gathered.loaded_by,
            readings=gathered.readings,
        )

    def is_read(self, ref: OutputRef) -> bool:
        """Tell whether a step reads the value of an output, or whoever runs a job of ops may."""
        if ref.output in self.read.get(ref.step_key, ()):
            return True
        wiring = self.reads.index.wiring
        block = wiring.blocks[wiring.steps[ref.step_key].block]
        return block.is_op_job and not wiring.outputs[ref].nothing


class _Gathered:
    """What was found so far."""

    def __init__(self) -> None:
        self.fed: dict[StepKey, list[StepKey]] = {}
        self.read: OutputNames = {}
        self.loaded_by: dict[KeyText, dict[tuple[StepKey, str], tuple[WiredStep, StepInput]]] = {}
        self.readings: dict[KeyText, list[tuple[StepKey, Reading]]] = {}

    def add(self, wired: WiredStep, found: Found) -> None:
        """Add what a step reads, after all that stand before it."""
        key = wired.step.key
        readings = found[2] or repeat(None)
        for read, place, of in zip(wired.reads, found[0], readings, strict=False):
            if place is None:
                continue
            ref, asset_key = place
            definition = read.definition
            if of is not None and ref is None and of.is_empty:
                continue
            if of is not None and (ref is None or of.every or of.loaded is not None):
                self.readings.setdefault(asset_key, []).append((key, of))
                self.loaded_by.setdefault(asset_key, {})[key, definition.name] = wired, definition
            if ref is None:
                loads = self.loaded_by.setdefault(asset_key, {})
                loads[key, definition.name] = wired, definition
                continue
            readers = self.fed.get(ref.step_key)
            if readers is None:
                self.fed[ref.step_key] = [key]
            elif readers[-1] != key:
                readers.append(key)
            if not definition.nothing:
                add_name(self.read, ref)
