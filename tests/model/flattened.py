"""What a module's specification means: the snapshot that semantics.md says it has.

Written from the specification alone. Steps stand in the order of blocks and nodes, which is not
the snapshot's; `facts_of` takes from a snapshot what can be compared.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from tests.model.build import Made, location
from tests.model.modules import (
    ArgRead,
    BlockSpec,
    Decorator,
    GraphSpec,
    ModuleSpec,
    NodeRead,
    OpSpec,
    Read,
)
from tests.model.pieces import cut
from treadle.locations.snapshot import (
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


@dataclass(frozen=True)
class Fed:
    """What an argument stands for once graphs are gone."""

    sources: tuple[Source, ...]
    fan_in: bool = False


@dataclass(frozen=True, kw_only=True)
class Flattened:
    """The snapshot, and the op of each step."""

    snapshot: Snapshot
    ops: Mapping[StepKey, OpSpec]


def flattened(spec: ModuleSpec) -> Flattened:
    """Flatten every block."""
    ops: dict[StepKey, OpSpec] = {}
    made = [
        _Flattening(spec, block, name, ops).made()
        for name, block in zip(block_names(spec.blocks), spec.blocks, strict=True)
    ]
    made = [cut(each, made, ops) for each in made]
    return Flattened(snapshot=location(*made, external=spec.externals), ops=ops)


def block_names(blocks: Sequence[BlockSpec]) -> list[str]:
    """Return the node names: if several have one, the smallest key tells them apart."""
    names = [_node_name(block) for block in blocks]
    uses = Counter(names)
    return [
        name if uses[name] == 1 else f"{name}__{_joined(min(block.keys.values(), key=_path))}"
        for name, block in zip(names, blocks, strict=True)
    ]


def _node_name(block: BlockSpec) -> str:
    if block.by in (Decorator.ASSET, Decorator.GRAPH_ASSET):
        return _joined(*block.keys.values())
    return block.of.name


def _joined(key: str) -> str:
    return "__".join(_path(key))


def _path(key: str) -> list[str]:
    return key.split("/")


class _Flattening:
    def __init__(
        self, spec: ModuleSpec, block: BlockSpec, name: str, ops: dict[StepKey, OpSpec]
    ) -> None:
        self._spec = spec
        self._block = block
        self._name = name
        self._ops = ops
        self._steps: dict[StepKey, Step] = {}

    def made(self) -> Made:
        block = self._block
        fed = {arg: Fed((AssetSource(asset_key=KeyText(key)),)) for arg, key in block.reads.items()}
        if isinstance(block.of, OpSpec):
            self._add_step(StepKey(self._name), block.of, fed)
            outs = {out: (StepKey(self._name), out) for out in block.keys}
        else:
            outs = self._expand(block.of, self._name, fed)
        self._name_assets(outs)
        self._trace_own_assets()
        self._add_deps()
        return Made(
            block=Block(
                name=self._name,
                asset_keys=tuple(KeyText(key) for key in sorted(block.keys.values())),
                can_subset=block.can_subset,
                is_graph=block.is_graph,
                unselected_outputs=block.unselected_outputs,
                siblings=block.siblings,
            ),
            steps=tuple(self._steps.values()),
            internal_asset_deps=None
            if block.internal_deps is None
            else {
                out: frozenset(KeyText(key) for key in keys)
                for out, keys in block.internal_deps.items()
            },
        )

    def _expand(
        self, graph: GraphSpec, path: str, fed: Mapping[str, Fed]
    ) -> dict[str, tuple[StepKey, str]]:
        made: dict[NodeRead, tuple[StepKey, str]] = {}
        for node in graph.nodes:
            inner = {arg: _traced(read, fed, made) for arg, read in node.reads.items()}
            key = StepKey(f"{path}.{node.name}")
            if node.of in self._spec.ops:
                op = self._spec.ops[node.of]
                self._add_step(key, op, inner)
                outs = {out.name: (key, out.name) for out in op.outs}
            else:
                outs = self._expand(self._spec.graphs[node.of], key, inner)
            made |= {NodeRead(node.name, out): ref for out, ref in outs.items()}
        return {out: made[ref] for out, ref in graph.outs.items()}

    def _add_step(self, key: StepKey, op: OpSpec, fed: Mapping[str, Fed]) -> None:
        self._ops[key] = op
        unconnected = Fed(())
        self._steps[key] = Step(
            key=key,
            node=key,
            block=self._name,
            op=op.name,
            inputs=tuple(
                StepInput(
                    name=name,
                    sources=fed.get(name, unconnected).sources,
                    fan_in=fed.get(name, unconnected).fan_in,
                    nothing=name in op.orders,
                    has_default=name in op.defaulted,
                )
                for name in op.inputs
            ),
            outputs=tuple(
                StepOutput(name=out.name, is_required=not out.optional, nothing=out.nothing)
                for out in op.outs
            ),
        )

    def _name_assets(self, outs: Mapping[str, tuple[StepKey, str]]) -> None:
        for out, key in self._block.keys.items():
            step_key, output = outs[out]
            self._steps[step_key] = replace(
                self._steps[step_key],
                outputs=tuple(
                    replace(
                        each,
                        is_required=each.is_required and out not in self._block.optional,
                        asset_keys=tuple(sorted((*each.asset_keys, KeyText(key)))),
                    )
                    if each.name == output
                    else each
                    for each in self._steps[step_key].outputs
                ),
            )

    def _trace_own_assets(self) -> None:
        """A graph's argument that names an asset of the graph is a wire to what makes it."""
        if not self._block.is_graph:
            return
        makers = {
            key: OutputSource(step_key=step.key, output=output.name)
            for step in self._steps.values()
            for output in step.outputs
            for key in output.asset_keys
        }
        for step in self._steps.values():
            inputs = tuple(
                replace(each, sources=tuple(_own(source, makers) for source in each.sources))
                for each in step.inputs
            )
            self._steps[step.key] = replace(step, inputs=inputs)

    def _add_deps(self) -> None:
        deps = tuple(AssetSource(asset_key=KeyText(key)) for key in sorted(self._block.deps))
        for step in self._steps.values():
            sources = [source for each in step.inputs for source in each.sources]
            if deps and not any(isinstance(source, OutputSource) for source in sources):
                ordering = StepInput(name="", sources=deps, nothing=True)
                self._steps[step.key] = replace(step, inputs=(*step.inputs, ordering))
        said = self._block.internal_deps
        if said is not None and not self._block.is_graph:
            (step,) = self._steps.values()
            outputs = tuple(
                replace(each, input_names=tuple(_needed(step, said[each.name])))
                for each in step.outputs
            )
            self._steps[step.key] = replace(step, outputs=outputs)


def _traced(
    read: Read, fed: Mapping[str, Fed], made: Mapping[NodeRead, tuple[StepKey, str]]
) -> Fed:
    found = [
        fed.get(ref.arg, Fed(()))
        if isinstance(ref, ArgRead)
        else Fed((OutputSource(step_key=made[ref][0], output=made[ref][1]),))
        for ref in read.refs
    ]
    if not read.fan_in:
        return found[0]
    return Fed(tuple(source for each in found for source in each.sources), fan_in=True)


def _own(source: Source, makers: Mapping[KeyText, OutputSource]) -> Source:
    return makers.get(source.asset_key, source) if isinstance(source, AssetSource) else source


def _needed(step: Step, keys: Iterable[str]) -> Iterator[str]:
    for each in step.inputs:
        read = {source.asset_key for source in each.sources if isinstance(source, AssetSource)}
        if each.name and read.intersection(keys):
            yield each.name


Facts: TypeAlias = dict[str, object]


def facts_of(snapshot: Snapshot) -> Facts:
    """Return what a snapshot says of blocks, wiring and lineage, by name."""
    facts: Facts = {}
    for block in snapshot.blocks:
        modes = (block.unselected_outputs, block.siblings)
        facts[f"block {block.name}"] = (block.asset_keys, block.can_subset, block.is_graph, *modes)
    for step in snapshot.steps:
        facts[f"step {step.key}"] = (step.node, step.block, step.op)
        for number, each in enumerate(step.inputs):
            kind = (each.fan_in, each.nothing, each.has_default)
            facts[f"input {step.key} {number}"] = (each.name, each.sources, *kind)
        for output in step.outputs:
            facts[f"output {step.key} {output.name}"] = (
                output.is_required,
                output.nothing,
                output.asset_keys,
                None if output.input_names is None else frozenset(output.input_names) - {""},
            )
    for asset in snapshot.assets:
        made_by = (asset.block, asset.step_key, asset.output)
        facts[f"asset {asset.key}"] = (*made_by, asset.upstream_keys)
    return facts
