"""Writes snapshots by hand, shortly: steps as text, lineage worked out from the wiring.

An output is "name", with "?" when it is optional, "~" when it is Nothing, and "-> a, b" for the
assets that it produces. A read is "@key" for an asset of another block, else "step.output" with
the step's key inside the block; a list of reads is a fan-in. An input "~name" is Nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypedDict, Unpack

from treadle.locations.snapshot import (
    Asset,
    AssetSource,
    Block,
    Job,
    OutputSource,
    Snapshot,
    Source,
    SourceLine,
    Step,
    StepInput,
    StepOutput,
)
from treadle_contract.ids import KeyText, StepKey
from treadle_contract.plan import Siblings, UnselectedOutputs

_OUTPUT = re.compile(r"(?P<name>\w+)(?P<marks>[?~]*)(?:\s*->\s*(?P<keys>.*))?")


class Options(TypedDict, total=False):
    """What a block may say of itself."""

    can_subset: bool
    unselected_outputs: UnselectedOutputs | None
    siblings: Siblings | None


@dataclass(frozen=True, kw_only=True)
class Made:
    """A block and its steps."""

    block: Block
    steps: tuple[Step, ...]
    internal_asset_deps: Mapping[str, frozenset[KeyText]] | None = None


def op(reads: Mapping[str, str | Sequence[str]], *outputs: str) -> Step:
    """A step that is not placed yet: sources are relative to its block."""
    return Step(
        key=StepKey(""),
        node="",
        block="",
        op="",
        inputs=tuple(_input(name, read) for name, read in reads.items()),
        outputs=tuple(map(_output, outputs)),
    )


def graph(name: str, steps: Mapping[str, Step], **options: Unpack[Options]) -> Made:
    """A graph-backed block: steps by their key inside it."""
    placed = tuple(_placed(step, name, f"{name}.{key}") for key, step in steps.items())
    return _made(name, placed, is_graph=True, **options)


def single(
    name: str,
    step: Step,
    *,
    internal_asset_deps: Mapping[str, Iterable[str]] | None = None,
    **options: Unpack[Options],
) -> Made:
    """An op-backed block; with `internal_asset_deps` each output's keys, inputs' or siblings'."""
    placed = _placed(step, name, name)
    if internal_asset_deps is None:
        return _made(name, (placed,), is_graph=False, **options)
    deps = {
        output: frozenset(KeyText(key) for key in keys)
        for output, keys in internal_asset_deps.items()
    }
    outputs = tuple(
        replace(output, input_names=_inputs_reading(placed, deps[output.name]))
        for output in placed.outputs
    )
    made = _made(name, (replace(placed, outputs=outputs),), is_graph=False, **options)
    return replace(made, internal_asset_deps=deps)


def location(*made: Made, external: Iterable[str] = (), jobs: Iterable[Job] = ()) -> Snapshot:
    """A snapshot of the blocks in the order given; steps are not sorted."""
    steps = tuple(step for each in made for step in each.steps)
    assets = [Asset(key=KeyText(key)) for key in external]
    for each in made:
        for step in each.steps:
            for output in step.outputs:
                assets.extend(_asset(key, step, output, each, steps) for key in output.asset_keys)
    return Snapshot(
        blocks=tuple(sorted((each.block for each in made), key=lambda block: block.name)),
        steps=steps,
        assets=tuple(sorted(assets, key=lambda asset: asset.key)),
        jobs=tuple(sorted(jobs, key=lambda job: job.name)),
        python_version="3.11",
        digest="0" * 64,
    )


def upstream(
    inputs: Iterable[StepInput], steps: Sequence[Step], names: Iterable[str] | None = None
) -> frozenset[KeyText]:
    """The assets that the inputs lead to, back through intermediates."""
    by_key = {step.key: step for step in steps}
    found: set[KeyText] = set()
    for each in inputs:
        if names is not None and each.name not in names:
            continue
        for source in each.sources:
            if isinstance(source, AssetSource):
                found.add(source.asset_key)
                continue
            step = by_key[source.step_key]
            output = next(out for out in step.outputs if out.name == source.output)
            found |= set(output.asset_keys) or upstream(step.inputs, steps)
    return frozenset(found)


def _asset(
    key: KeyText, step: Step, output: StepOutput, made: Made, steps: Sequence[Step]
) -> Asset:
    if made.internal_asset_deps is not None:
        above = made.internal_asset_deps[output.name]
    else:
        above = upstream(step.inputs, steps)
    return Asset(
        key=key,
        block=step.block,
        step_key=step.key,
        output=output.name,
        upstream_keys=tuple(sorted(above - {key})),
    )


def _made(
    name: str, steps: tuple[Step, ...], *, is_graph: bool, **options: Unpack[Options]
) -> Made:
    keys = {key for step in steps for output in step.outputs for key in output.asset_keys}
    block = Block(name=name, asset_keys=tuple(sorted(keys)), is_graph=is_graph, **options)
    return Made(block=block, steps=steps)


def _placed(step: Step, block: str, key: str) -> Step:
    inputs = tuple(
        replace(each, sources=tuple(_absolute(source, block) for source in each.sources))
        for each in step.inputs
    )
    return replace(
        step,
        key=StepKey(key),
        node=key,
        block=block,
        op=key.rsplit(".", 1)[-1],
        inputs=inputs,
        source=SourceLine(file=f"/code/{block}.py", line=1),
    )


def _absolute(source: Source, block: str) -> Source:
    if isinstance(source, AssetSource):
        return source
    return replace(source, step_key=StepKey(f"{block}.{source.step_key}"))


def _input(name: str, read: str | Sequence[str]) -> StepInput:
    reads = [read] if isinstance(read, str) else read
    return StepInput(
        name=name.removeprefix("~"),
        sources=tuple(map(_source, reads)),
        fan_in=not isinstance(read, str),
        nothing=name.startswith("~"),
    )


def _source(read: str) -> Source:
    if read.startswith("@"):
        return AssetSource(asset_key=KeyText(read[1:]))
    step_key, _, output = read.rpartition(".")
    return OutputSource(step_key=StepKey(step_key), output=output)


def _output(text: str) -> StepOutput:
    match = _OUTPUT.fullmatch(text)
    assert match is not None, text
    keys = match["keys"].replace(",", " ").split() if match["keys"] else []
    return StepOutput(
        name=match["name"],
        is_required="?" not in match["marks"],
        nothing="~" in match["marks"],
        asset_keys=tuple(KeyText(key) for key in sorted(keys)),
    )


def _inputs_reading(step: Step, keys: frozenset[KeyText]) -> tuple[str, ...]:
    return tuple(
        each.name
        for each in step.inputs
        if each.name
        and any(
            isinstance(source, AssetSource) and source.asset_key in keys for source in each.sources
        )
    )
