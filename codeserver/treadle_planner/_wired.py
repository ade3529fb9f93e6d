"""A step with what is the same of it in every plan: what its inputs may read, what it can make."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache
from typing import Any, TypeAlias

from treadle.locations.snapshot import AssetSource, Block, Source, Step, StepInput, StepOutput
from treadle.locations.wiring import OutputRef, Wiring
from treadle_contract.ids import KeyText, StepKey
from treadle_contract.lazy_dataclasses import dataclass
from treadle_contract.partition import PartitionMapping
from treadle_contract.plan import PlannedStep

Place: TypeAlias = tuple[OutputRef | None, KeyText]
"""Where a value comes from: the output of this run that makes it, None for what is stored; and as
which asset, "" for none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """One source of an input: the output that it reads, and each asset that the reader may be given.

    `made` are these assets, each with the place in a run where it is made. An external asset has no
    place; it is in `stored`, as is one that the reader names. `is_told`: it is a result of a check,
    or an observation, which the reader follows if there is one in the same run.
    """

    definition: StepInput
    source: Source
    ref: OutputRef | None
    made: tuple[tuple[KeyText, Place], ...]
    keys: tuple[KeyText, ...]
    stored: KeyText | None
    is_own: bool
    is_told: bool = False

    @property
    def mapping(self) -> PartitionMapping | None:
        """How it says that it reads the partitions of its asset, if it does."""
        return self.source.mapping if isinstance(self.source, AssetSource) else None


@dataclass(slots=True, kw_only=True)
class WiredStep:
    """A step. Its `reads` are the sources of all its inputs, in order.

    `produced` are the assets that it can make, sorted, `checks` the checks that it evaluates. `is_split`: some outputs need not all inputs.
    `is_alone`: it is all of its block. `is_simple`: nothing else of its block has to run with it.
    `usual` is what it reads when the assets of `usual_keys` are selected, None if more is to be
    known. `planned` is what it was planned from last, and how; `in_task` is that, and the same with
    its task.
    """

    step: Step
    block: Block
    reads: tuple[Read, ...]
    produced: tuple[KeyText, ...]
    is_split: bool
    is_alone: bool
    is_simple: bool
    is_effect: bool
    usual: tuple[tuple[Place, ...], tuple[()], tuple[()]] | None
    usual_keys: tuple[KeyText, ...]
    checks: tuple[str, ...] = ()
    planned: tuple[tuple[Any, ...], PlannedStep] | None = None
    in_task: tuple[PlannedStep, PlannedStep] | None = None


def wired(wiring: Wiring, step: Step, *, is_alone: bool, is_effect: bool) -> WiredStep:
    """Look up all that a step may read and make."""
    block = wiring.blocks[step.block]
    reads = tuple([_read(wiring, step, each, of) for each in step.inputs for of in each.sources])
    produced = tuple(sorted([key for output in step.outputs for key in output.asset_keys]))
    is_split = any(output.input_names is not None for output in step.outputs)
    is_usual = not is_split and all(read.made for read in reads)
    return WiredStep(
        step=step,
        block=block,
        reads=reads,
        produced=produced,
        is_split=is_split,
        is_alone=is_alone,
        is_simple=len(block.asset_keys) == 1 and not any(read.is_own for read in reads),
        is_effect=is_effect,
        usual=(tuple([read.made[0][1] for read in reads]), (), ()) if is_usual else None,
        usual_keys=tuple([read.made[0][0] for read in reads]) if is_usual else (),
        checks=tuple(sorted([each.check for each in step.outputs if each.check]))
        if block.checks
        else (),
    )


def _read(wiring: Wiring, step: Step, definition: StepInput, source: Source) -> Read:
    """Look up what a source of a step may be: all assets of an output, unless it names one."""
    ref = wiring.read(source)
    named = source.asset_key if isinstance(source, AssetSource) else None
    keys = () if ref is None else wiring.outputs[ref].asset_keys if named is None else (named,)
    return Read(
        definition=definition,
        source=source,
        ref=ref,
        made=() if ref is None else tuple([(key, (ref, key)) for key in keys]),
        keys=keys,
        stored=named,
        is_own=ref is not None and wiring.steps[ref.step_key].block == step.block,
        is_told=ref is not None and wiring.outputs[ref].is_told,
    )


OutputNames: TypeAlias = dict[StepKey, AbstractSet[str]]
"""Some outputs of some steps, by name."""


def add_name(found: OutputNames, ref: OutputRef) -> None:
    """Add an output. Nearly all steps have one, and those of one name share the set of it."""
    names = found.get(ref.step_key)
    if not names:
        found[ref.step_key] = _only(ref.output)
    elif isinstance(names, set):
        names.add(ref.output)
    elif ref.output not in names:
        found[ref.step_key] = {*names, ref.output}


@lru_cache(maxsize=1024)
def _only(name: str) -> frozenset[str]:
    return frozenset((name,))


def is_needed(wiring: Wiring, read: Read, outputs: Sequence[StepOutput]) -> bool:
    """Tell whether some outputs of its step need what is read."""
    needed = wiring.needed_sources(read.definition, outputs)
    return needed is not None and read.source in needed
