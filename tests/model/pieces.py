"""Rule 6 for the model: an op that needs what needs it is cut into as few pieces as can be.

It holds for locations in which one op at most need be cut; then making whatever can be made,
again and again, leaves the fewest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from tests.model.build import Made
from tests.model.modules import OpSpec
from treadle.locations.snapshot import AssetSource, Source, Step, StepInput
from treadle_contract.ids import KeyText, StepKey


def cut(block: Made, every: Sequence[Made], ops: dict[StepKey, OpSpec]) -> Made:
    """Rule 6: cut an op that needs what needs it, as often as it must be."""
    if block.internal_asset_deps is None or not block.block.can_subset:
        return block
    pieces = _pieces(block, every)
    (whole,) = block.steps
    if len(pieces) == 1:
        return block
    keys = [whole.key, *(StepKey(f"{whole.key}_{n + 2}") for n in range(len(pieces) - 1))]
    ops.update(dict.fromkeys(keys, ops[whole.key]))
    steps = (
        _piece(whole, key, piece, block.internal_asset_deps)
        for key, piece in zip(keys, pieces, strict=True)
    )
    return replace(block, steps=tuple(steps))


def _pieces(block: Made, every: Sequence[Made]) -> list[set[str]]:
    """Return the outputs that can be made at once, when everything else that can be made is."""
    (whole,) = block.steps
    others = [step for made in every for step in made.steps if step.key != whole.key]
    makers = {
        key: (step.key, output.name)
        for step in (whole, *others)
        for output in step.outputs
        for key in output.asset_keys
    }
    deps = block.internal_asset_deps or {}
    done: set[tuple[StepKey, str]] = set()
    pieces: list[set[str]] = []
    while True:
        before = len(done)
        for step in others:
            if all(_ref(source, makers) in done | {None} for source in _sources(step)):
                done |= {(step.key, output.name) for output in step.outputs}
        if len(done) > before:
            continue
        batch = {output.name for output in whole.outputs if (whole.key, output.name) not in done}
        while True:
            now = done | {(whole.key, name) for name in batch}
            kept = {
                name for name in batch if {makers.get(key) for key in deps[name]} <= now | {None}
            }
            if kept == batch:
                break
            batch = kept
        if not batch:
            return pieces
        pieces.append(batch)
        done |= {(whole.key, name) for name in batch}


def _sources(step: Step) -> Iterator[Source]:
    for each in step.inputs:
        yield from each.sources


def _ref(
    source: Source, makers: Mapping[KeyText, tuple[StepKey, str]]
) -> tuple[StepKey, str] | None:
    if isinstance(source, AssetSource):
        return makers.get(source.asset_key)
    return source.step_key, source.output


def _piece(
    whole: Step, key: StepKey, piece: set[str], deps: Mapping[str, frozenset[KeyText]]
) -> Step:
    """Let a piece have what its outputs need, and come after its siblings elsewhere."""
    needed = {each for name in piece for each in deps[name]}
    made_by = {asset: output.name for output in whole.outputs for asset in output.asset_keys}
    elsewhere = sorted(each for each in needed if made_by.get(each, next(iter(piece))) not in piece)
    inputs = tuple(
        each
        if any(
            isinstance(source, AssetSource) and source.asset_key in needed
            for source in each.sources
        )
        else replace(each, sources=())
        for each in whole.inputs
    )
    if elsewhere:
        sources = tuple(AssetSource(asset_key=each) for each in elsewhere)
        inputs = (*inputs, StepInput(name="", sources=sources, nothing=True))
    outputs = (
        output if output.name in piece else replace(output, asset_keys=(), is_required=False)
        for output in whole.outputs
    )
    return replace(whole, key=key, inputs=inputs, outputs=tuple(outputs))
