"""Inputs that turn out to be resources: a parameter of a class of somebody else's, named as one.

A third party's class does not derive from `Resource`. What its parameter is, `Definitions` tells:
no asset feeds it, and there is a resource of its name.
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from functools import cache
from typing import Any

from treadle._errors import CompositionError
from treadle._keys import AssetKey
from treadle.assets._assets import AssetsDefinition
from treadle.graphs._flat import FlatBlock, FlatStep
from treadle.locations._contents import Contents
from treadle.locations.snapshot import SourceLine
from treadle.ops._ins_outs import In
from treadle.ops._op import OpDefinition
from treadle.ops._tellable import is_tellable
from treadle_contract.lazy_dataclasses import replace


def with_resource_inputs(contents: Contents) -> Contents:
    """Return the contents with each input that is a resource taken as one.

    Raises:
        CompositionError: an op in a graph has an input that nothing feeds, and no resource does.
    """
    known = contents.keys
    blocks = tuple(_settled(block, contents, known) for block in contents.blocks)
    return replace(contents, blocks=blocks)


def _settled(
    block: AssetsDefinition, contents: Contents, known: AbstractSet[AssetKey]
) -> AssetsDefinition:
    resources = contents.resources_of(block)
    if isinstance(block.node, OpDefinition):
        if not resources:
            return block
        unfed = {
            name
            for name, said in block.asset_ins.items()
            if said.is_inferred
            and said.key_for(name) not in known
            and not block.node.ins[name].is_nothing
        }
    else:
        unfed = _unfed_in_graph(block, resources, contents.lines)
    found = frozenset(unfed & resources.keys())
    return _taken(block, found) if found else block


def _unfed_in_graph(
    block: AssetsDefinition, resources: Mapping[str, object], lines: tuple[SourceLine, ...]
) -> set[str]:
    unfed = set()
    for step in block.flat.steps.values():
        for name in _unfed(step):
            unfed.add(name)
            if name not in resources and not _may_be_told(step, name):
                where = ".".join(step.path)
                raise CompositionError(
                    f"In {block.options.owner}: {where!r} is not given its input {name!r}.",
                    fix="Connect it, or give it a default in the op. If it is a resource, give it:"
                    f" Definitions(…, resources={{{name!r}: …}}).",
                    source=step.source,
                    others=lines,
                )
    return unfed


def _may_be_told(step: FlatStep, name: str) -> bool:
    """Whether a run may tell the value: not where a graph tells its ops what they are told."""
    (said,) = (each for each in step.inputs if each.name == name)
    is_mapped = any(hasattr(each, "ops") for each in step.configs.values())
    return is_tellable(said.definition) and not is_mapped


def _unfed(step: FlatStep) -> list[str]:
    return [
        each.name
        for each in step.inputs
        if each.definition.must_be_fed and not (each.refs or each.fan_in)
    ]


# One block may be in the definitions of several targets, and stays one.
@cache
def _taken(block: AssetsDefinition, names: frozenset[str]) -> AssetsDefinition:
    """Return the block with these inputs of its steps taken as resources."""
    graph_backed = block.is_graph
    steps = {
        path: _step_with(step, names.intersection(_unfed(step)) if graph_backed else names)
        for path, step in block.flat.steps.items()
    }
    node = block.node if graph_backed else steps[()].op
    return replace(
        block,
        node=node,
        flattened=FlatBlock(steps=steps, outputs=block.flat.outputs),
        asset_ins={name: said for name, said in block.asset_ins.items() if name in node.ins},
    )


def _step_with(step: FlatStep, names: frozenset[str]) -> FlatStep:
    names = names.intersection(step.op.ins)
    if not names:
        return step
    ins: dict[str, In] = {name: each for name, each in step.op.ins.items() if name not in names}
    taken: dict[str, Any] = {name: step.op.ins[name].dagster_type for name in sorted(names)}
    op = replace(step.op, ins=ins, resource_params={**step.op.resource_params, **taken})
    return replace(
        step, op=op, inputs=tuple(each for each in step.inputs if each.name not in names)
    )
