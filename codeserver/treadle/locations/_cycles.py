"""Puts the steps of a location in order, cutting blocks that close a cycle between blocks.

Steps of graph-backed blocks are ordered one by one, so such blocks may need each other both
ways. An op-backed block that may be subset is cut into as few pieces as leave no cycle, the
same pieces in every selection. A cycle that no cut breaks is refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from treadle._errors import LocationError
from treadle.locations._order import cyclic_components, shortest_cycle, topological
from treadle.locations._pieces import Piece, fewest_pieces
from treadle.locations.snapshot import AssetSource, Snapshot, SourceLine, Step, StepInput
from treadle.locations.wiring import OutputRef, Wiring
from treadle_contract.ids import KeyText, StepKey
from treadle_contract.lazy_dataclasses import replace

# A step as a whole, where a block that may be cut has its outputs one by one.
_WHOLE = ""


class CycleError(LocationError):
    """Steps need one another in a circle."""


def resolve_cycles(snapshot: Snapshot) -> Snapshot:
    """Return the snapshot with its steps in topological order, ties by key.

    A block that was cut has several steps: `b`, `b_2`… in that order, all of node `b`. Each
    lists all outputs and inputs of the op; an output that another piece makes produces no
    asset and is optional, an input that no output of the piece needs has no sources.

    Raises:
        CycleError: steps need one another in a circle; names each with its line.
    """
    wiring = Wiring.of(snapshot)
    order = topological(_step_needs(wiring))
    if len(order) < len(wiring.steps):
        wiring = Wiring.of(_cut(snapshot, wiring, frozenset(order)))
        order = topological(_step_needs(wiring))
    return replace(
        snapshot,
        steps=tuple(wiring.steps[key] for key in order),
        assets=tuple(wiring.assets[asset.key] for asset in snapshot.assets),
    )


def _step_needs(wiring: Wiring) -> dict[StepKey, frozenset[StepKey]]:
    return {key: wiring.step_needs(step) for key, step in wiring.steps.items()}


def _cut(snapshot: Snapshot, wiring: Wiring, placed: frozenset[StepKey]) -> Snapshot:
    needs = _step_needs(wiring)
    cyclic = {key: wanted for key, wanted in needs.items() if key not in placed}
    pieces = [
        piece for component in cyclic_components(cyclic) for piece in _pieces(wiring, component)
    ]
    return _with_pieces(snapshot, wiring, pieces)


def _pieces(wiring: Wiring, component: frozenset[StepKey]) -> list[Piece]:
    vertices = [vertex for key in component for vertex in _vertices(wiring, wiring.steps[key])]
    needs = {vertex: _needs(wiring, vertex) for vertex in vertices}
    if len(topological(needs)) < len(needs):
        raise _cycle_error(wiring, needs)
    siblings = {vertex: _siblings(wiring, vertex) - needs[vertex] for vertex in vertices}
    pieces = fewest_pieces(needs, siblings)
    if pieces is None:
        raise _cycle_error(wiring, {each: needs[each] | siblings[each] for each in vertices})
    return pieces


def _vertices(wiring: Wiring, step: Step) -> tuple[OutputRef, ...]:
    """Return the outputs of a step that may be cut, else the step as a whole."""
    if not _is_cuttable(wiring, step):
        return (OutputRef(step.key, _WHOLE),)
    return tuple(OutputRef(step.key, each.name) for each in step.outputs if each.asset_keys)


def _is_cuttable(wiring: Wiring, step: Step) -> bool:
    block = wiring.blocks[step.block]
    return not block.is_graph and block.can_subset


def _needs(wiring: Wiring, vertex: OutputRef) -> frozenset[OutputRef]:
    step = wiring.steps[vertex.step_key]
    outputs = () if vertex.output == _WHOLE else (wiring.outputs[vertex],)
    found = set()
    for each in step.inputs:
        for source in wiring.needed_sources(each, outputs) or ():
            ref = wiring.read(source)
            if ref is not None:
                cuttable = _is_cuttable(wiring, wiring.steps[ref.step_key])
                found.add(ref if cuttable else OutputRef(ref.step_key, _WHOLE))
    return frozenset(found)


def _siblings(wiring: Wiring, vertex: OutputRef) -> frozenset[OutputRef]:
    """Return the outputs of the same op that this one is said to need: made with it or before."""
    if vertex.output == _WHOLE:
        return frozenset()
    step = wiring.steps[vertex.step_key]
    refs = map(wiring.producer, wiring.own_lineage(step, wiring.outputs[vertex]))
    return frozenset(ref for ref in refs if ref is not None and ref.step_key == step.key)


def _with_pieces(snapshot: Snapshot, wiring: Wiring, pieces: Sequence[Piece]) -> Snapshot:
    by_step: dict[StepKey, list[Piece]] = {}
    for piece in pieces:
        by_step.setdefault(piece.step_key, []).append(piece)
    taken = {*wiring.blocks, *wiring.steps}
    steps = dict(wiring.steps)
    made_by: dict[KeyText, StepKey] = {}
    for key in sorted(key for key, parts in by_step.items() if len(parts) > 1):
        keys = _piece_keys(key, len(by_step[key]), taken)
        for piece_key, piece in zip(keys, by_step[key], strict=True):
            steps[piece_key] = _piece_step(wiring, piece_key, piece)
            for output in steps[piece_key].outputs:
                made_by |= dict.fromkeys(output.asset_keys, piece_key)
    assets = tuple(
        replace(asset, step_key=made_by.get(asset.key, asset.step_key)) for asset in snapshot.assets
    )
    return replace(snapshot, steps=tuple(steps.values()), assets=assets)


def _piece_keys(key: StepKey, count: int, taken: set[str]) -> list[StepKey]:
    keys = [key]
    number = 1
    while len(keys) < count:
        number += 1
        if f"{key}_{number}" not in taken:
            keys.append(StepKey(f"{key}_{number}"))
    return keys


def _piece_step(wiring: Wiring, key: StepKey, piece: Piece) -> Step:
    whole = wiring.steps[piece.step_key]
    made = {key for each in whole.outputs if each.name in piece.outputs for key in each.asset_keys}
    mine = [
        each
        for each in whole.outputs
        # A check goes with its asset.
        if each.name in piece.outputs or each.check.rpartition(":")[0] in made
    ]
    outputs = tuple(
        each if each in mine else replace(each, asset_keys=(), is_required=False, check="")
        for each in whole.outputs
    )
    inputs = [
        replace(each, sources=wiring.needed_sources(each, mine) or ()) for each in whole.inputs
    ]
    elsewhere = {
        sibling
        for output in mine
        for sibling in wiring.own_lineage(whole, output)
        if wiring.assets[sibling].output not in piece.outputs
    }
    if elsewhere:
        sources = tuple(AssetSource(asset_key=sibling) for sibling in sorted(elsewhere))
        inputs.append(StepInput(name="", sources=sources, nothing=True))
    return replace(whole, key=key, inputs=tuple(inputs), outputs=outputs)


def _cycle_error(wiring: Wiring, needs: Mapping[OutputRef, frozenset[OutputRef]]) -> CycleError:
    component = cyclic_components(needs)[0]
    cycle = shortest_cycle(needs, min(component))
    lines = [
        f"  {_label(wiring, vertex)} needs {_label(wiring, after)}"
        for vertex, after in zip(cycle, [*cycle[1:], cycle[0]], strict=True)
    ]
    unknown = SourceLine(file="", line=0)
    places = [_place(wiring, wiring.steps[vertex.step_key]) or unknown for vertex in cycle]
    return CycleError(
        "Steps need one another in a circle:\n" + "\n".join(lines),
        fix="Take one of these reads away. A multi_asset that makes several of these assets can "
        "be cut when it has can_subset=True and says what each needs with internal_asset_deps.",
        source=places[0],
        others=tuple(dict.fromkeys(place for place in places[1:] if place != places[0])),
    )


def _place(wiring: Wiring, step: Step) -> SourceLine | None:
    """Return the line of a step: of the block, if it is made of one op, which others may be made of."""
    block = wiring.blocks[step.block]
    return step.source if block.is_graph else block.source or step.source


def _label(wiring: Wiring, vertex: OutputRef) -> str:
    """Return the assets of a vertex and the step that makes them, or the step alone."""
    outputs = wiring.steps[vertex.step_key].outputs
    keys = sorted(
        key for each in outputs if vertex.output in {_WHOLE, each.name} for key in each.asset_keys
    )
    step = f"step {vertex.step_key}"
    return f"{', '.join(keys)} ({step})" if keys else step
