"""The selected assets of a plan's blocks: named once a block, or at each of its steps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from treadle_contract.ids import KeyText
from treadle_contract.plan import BlockSelection, PlannedStep, Verdict

_PART_KEYS: Final = 500


def taken_out(
    steps: Sequence[PlannedStep], *, least: int = 2
) -> tuple[tuple[PlannedStep, ...], tuple[BlockSelection, ...]]:
    """Return the steps, and once what is selected of blocks of which so many steps say it."""
    said = {step.block: step.selected_asset_keys for step in steps if step.selected_asset_keys}
    saying = Counter(step.block for step in steps if step.selected_asset_keys)
    selected = {block: keys for block, keys in said.items() if saying[block] >= least}
    silent = tuple(
        step.__replace__(selected_asset_keys=())
        if step.selected_asset_keys and step.block in selected
        else step
        for step in steps
    )
    return silent, selections_of(selected)


def selections_of(selected: Mapping[str, tuple[KeyText, ...]]) -> tuple[BlockSelection, ...]:
    """Return what is selected of some blocks, sorted by name, cut where there is much."""
    return tuple(
        BlockSelection(block=block, asset_keys=keys[begin : begin + _PART_KEYS])
        for block, keys in sorted(selected.items())
        for begin in range(0, len(keys), _PART_KEYS)
    )


def put_back(
    steps: Iterable[PlannedStep], selections: Iterable[BlockSelection]
) -> tuple[PlannedStep, ...]:
    """Return the steps, each that runs or is reused with what is selected of its block."""
    selected: dict[str, tuple[KeyText, ...]] = {}
    for each in selections:
        selected[each.block] = selected.get(each.block, ()) + each.asset_keys
    return tuple(
        step.__replace__(selected_asset_keys=selected[step.block])
        if step.block in selected and step.verdict is not Verdict.OMIT
        else step
        for step in steps
    )
