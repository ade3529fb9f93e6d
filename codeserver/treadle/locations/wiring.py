"""Which step reads what: a snapshot seen as a graph of outputs, for ordering and planning."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from treadle.locations.snapshot import (
    Asset,
    AssetSource,
    Block,
    OutputSource,
    Snapshot,
    Source,
    Step,
    StepInput,
    StepOutput,
)
from treadle_contract.ids import KeyText, StepKey
from treadle_contract.lazy_dataclasses import dataclass


class OutputRef(NamedTuple):
    """One output of one step."""

    step_key: StepKey
    output: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wiring:
    """The steps, outputs, assets and blocks of a snapshot by name."""

    steps: Mapping[StepKey, Step]
    outputs: Mapping[OutputRef, StepOutput]
    assets: Mapping[KeyText, Asset]
    blocks: Mapping[str, Block]
    producers: Mapping[KeyText, OutputRef]

    @classmethod
    def of(cls, snapshot: Snapshot) -> Wiring:
        """Index the snapshot."""
        return cls(
            steps={step.key: step for step in snapshot.steps},
            outputs={
                OutputRef(step.key, output.name): output
                for step in snapshot.steps
                for output in step.outputs
            },
            assets={asset.key: asset for asset in snapshot.assets},
            blocks={block.name: block for block in snapshot.blocks},
            producers={
                asset.key: OutputRef(asset.step_key, asset.output)
                for asset in snapshot.assets
                if asset.step_key is not None and asset.output is not None
            },
        )

    def producer(self, key: KeyText) -> OutputRef | None:
        """Return the output that produces an asset, None for one that nothing here makes."""
        return self.producers.get(key)

    def read(self, source: Source) -> OutputRef | None:
        """Return the output that a source reads, None for an external asset, and for what an earlier run made."""
        if isinstance(source, OutputSource):
            return OutputRef(source.step_key, source.output)
        return None if source.is_earlier else self.producer(source.asset_key)

    def step_needs(self, step: Step, *, with_told: bool = True) -> frozenset[StepKey]:
        """Return the steps that a step reads from in any selection, and those whose checks and observations it waits for."""
        read = (self.read(source) for each in step.inputs for source in each.sources)
        return frozenset(
            ref.step_key
            for ref in read
            if ref is not None and (with_told or not self.outputs[ref].is_told)
        )

    def lineage(self, output: StepOutput) -> frozenset[KeyText]:
        """Return the assets that the assets of an output are said to be made from."""
        return frozenset(up for key in output.asset_keys for up in self.assets[key].upstream_keys)

    def own_lineage(self, step: Step, output: StepOutput) -> tuple[KeyText, ...]:
        """Return, sorted, the assets of the step's own block that an output is said to need."""
        keys = self.blocks[step.block].asset_keys
        return tuple(sorted(self.lineage(output).intersection(keys).difference(output.asset_keys)))

    def needed_sources(
        self, each: StepInput, outputs: Iterable[StepOutput]
    ) -> tuple[Source, ...] | None:
        """Return what some outputs of its step need of an input: None when they do not need it.

        An ordering without an argument has no name that `input_names` could hold: what it
        orders after is told by the lineage of the outputs, and it is always there.
        """
        outputs = tuple(outputs)
        if not outputs or any(
            output.input_names is None or each.name in output.input_names for output in outputs
        ):
            return each.sources
        if each.name:
            return None
        lineage = frozenset[KeyText]().union(*map(self.lineage, outputs))
        return tuple(
            source
            for source in each.sources
            if isinstance(source, AssetSource) and source.asset_key in lineage
        )

    def needing(self, step: Step, each: StepInput, outputs: Iterable[StepOutput]) -> frozenset[str]:
        """Return which of some outputs of a step need an input, by themselves or by a sibling."""
        outputs = tuple(outputs)
        found = {out.name for out in outputs if self.needed_sources(each, [out])}
        count = -1
        while count != len(found):
            count = len(found)
            made = {key for out in step.outputs if out.name in found for key in out.asset_keys}
            for out in outputs:
                if not made.isdisjoint(self.own_lineage(step, out)):
                    found.add(out.name)
        return frozenset(found)
