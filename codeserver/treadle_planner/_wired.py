"""A step with what is the same of it in every plan: what its inputs may read, what it can make."""

from __future__ import annotations

from typing import Any

from treadle.locations.snapshot import AssetSource, Block, Source, Step, StepInput, StepOutput
from treadle.locations.wiring import OutputRef, Wiring
from treadle_contract.ids import KeyText
from treadle_contract.lazy_dataclasses import dataclass
from treadle_contract.plan import PlannedStep


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """One source of an input: the output that it reads, and each asset that the reader may be given.

    `made` are these assets, each with the place in a run where it is made. An external asset has no
    place; it is in `stored`, as is one that the reader names.
    """

    ref: OutputRef | None
    made: tuple[tuple[KeyText, tuple[OutputRef, KeyText]], ...]
    keys: tuple[KeyText, ...]
    stored: KeyText | None
    is_own: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WiredInput:
    """One input of a step, and what each of its sources may be."""

    definition: StepInput
    reads: tuple[Read, ...]


@dataclass(slots=True, kw_only=True)
class WiredStep:
    """A step. `produced` are the assets that it can make, sorted, `siblings` its block's, sorted.

    `is_split`: some outputs need not all inputs. `is_alone`: its block has no other step. `planned`
    is what it was planned from last, and how.
    """

    step: Step
    block: Block
    inputs: tuple[WiredInput, ...]
    outputs: tuple[tuple[OutputRef, StepOutput], ...]
    own: tuple[tuple[WiredInput, Read], ...]
    produced: tuple[KeyText, ...]
    siblings: tuple[KeyText, ...]
    is_split: bool
    is_alone: bool
    is_effect: bool
    planned: tuple[tuple[Any, ...], PlannedStep] | None = None


def wired(wiring: Wiring, step: Step, *, is_alone: bool, is_effect: bool) -> WiredStep:
    """Look up all that a step may read and make."""
    block = wiring.blocks[step.block]
    inputs = tuple(
        WiredInput(
            definition=each, reads=tuple(read_of(wiring, step, source) for source in each.sources)
        )
        for each in step.inputs
    )
    return WiredStep(
        step=step,
        block=block,
        inputs=inputs,
        outputs=tuple((OutputRef(step.key, output.name), output) for output in step.outputs),
        own=tuple((each, read) for each in inputs for read in each.reads if read.is_own),
        produced=tuple(sorted(key for output in step.outputs for key in output.asset_keys)),
        siblings=tuple(sorted(block.asset_keys)),
        is_split=any(output.input_names is not None for output in step.outputs),
        is_alone=is_alone,
        is_effect=is_effect,
    )


def read_of(wiring: Wiring, step: Step, source: Source) -> Read:
    """Look up what a source of a step may be: all assets of an output, unless it names one."""
    ref = wiring.read(source)
    named = source.asset_key if isinstance(source, AssetSource) else None
    keys = () if ref is None else wiring.outputs[ref].asset_keys if named is None else (named,)
    return Read(
        ref=ref,
        made=() if ref is None else tuple((key, (ref, key)) for key in keys),
        keys=keys,
        stored=named,
        is_own=ref is not None and wiring.steps[ref.step_key].block == step.block,
    )
