"""How an explanation reads on a page: what takes each asset in, what each op is needed for, what is not followed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from treadle_client.text._plan_tables import hazards_table, loads_table
from treadle_client.text._table import Page, Table
from treadle_client.text._words import count

if TYPE_CHECKING:
    from treadle_client._messages import Explanation, OpExplanation, OpNeed

_MOST_NEEDS = 3
_MOST_STEPS = 4


def explanation_page(said: Explanation, *, every_op: bool = False) -> Page:
    """Lay an explanation out; ops of blocks that have no part in it only with `every_op`."""
    page: list[str | Table] = [f"Selection {said.expression} at {said.location}"]
    if said.assets or said.checks:
        page += ["", _taken_table(said)]
    concerned = {op.block for op in said.ops if op.verdict == "RUN"}
    ops = [op for op in said.ops if every_op or op.block in concerned or _is_named(op, said)]
    page += ["", _ops_table(ops)]
    others = [op for op in said.ops if op not in ops]
    if others:
        blocks = len({op.block for op in others})
        page.append(
            f"And {count(len(others), 'op')} of {count(blocks, 'block')} of which nothing is selected."
        )
    left = tuple(_not_followed(ops))
    if left:
        page += ["", "Not followed", Table(columns=("step", "input", "reads", "why"), rows=left)]
    if said.loads:
        page += ["", "Loads", loads_table(said.loads)]
    if said.hazards:
        page += ["", "Hazards: outputs that nobody selected and the op must yield"]
        page.append(hazards_table(said.hazards))
    page += ["", *said.notes] if said.notes else []
    return tuple(page)


def _is_named(op: OpExplanation, said: Explanation) -> bool:
    """Tell whether an op leads to an asset that the explanation speaks of."""
    return not {each.asset_key for each in said.assets}.isdisjoint(op.leads_to_asset_keys)


def _taken_table(said: Explanation) -> Table:
    assets = [
        (
            each.asset_key,
            "yes" if each.selected else "no",
            ", ".join(each.taken_in_by)
            if each.selected
            else f"{', '.join(each.taken_in_by)}; left out: {', '.join(each.left_out_by)}",
        )
        for each in said.assets
    ]
    checks = [(f"check {each.check}", "yes", ", ".join(each.taken_in_by)) for each in said.checks]
    return Table(columns=("asset", "selected", "because of"), rows=(*assets, *checks))


def _ops_table(ops: Iterable[OpExplanation]) -> Table:
    rows = [(op.step_key, op.verdict.value, _needed_for(op), op.reason) for op in ops]
    return Table(columns=("step", "verdict", "needed for", "reason"), rows=tuple(rows))


def _needed_for(op: OpExplanation) -> str:
    if not op.needed_for:
        # What the reason names need not be said twice.
        further = [key for key in op.leads_to_asset_keys if key not in op.reason]
        led = ", ".join(further[:_MOST_NEEDS])
        more = ", …" if len(further) > _MOST_NEEDS else ""
        return f"- (leads to {led}{more})" if led else "-"
    told = [_need(each) for each in op.needed_for[:_MOST_NEEDS]]
    others = len(op.needed_for) - len(told)
    return "; ".join([*told, *([f"{others} more"] if others else [])])


def _need(need: OpNeed) -> str:
    made = need.asset_key or (need.check and f"check {need.check}")
    made = made or (need.job and f"job {need.job}")
    made = made or f"the effect {need.effect_step_key}"
    way = [str(key) for key in need.step_keys[1:]]
    if not way:
        return made
    if len(way) > _MOST_STEPS:
        way = [*way[:_MOST_STEPS], "…"]
    return f"{made} by way of {' → '.join(way)}"


def _not_followed(ops: Iterable[OpExplanation]) -> Iterator[tuple[str, str, str, str]]:
    for op in ops:
        for each in op.not_followed:
            yield op.step_key, each.input or "-", each.source, each.reason
