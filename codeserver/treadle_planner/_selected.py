"""From what was asked to the assets that are selected, or to a refusal that says what would do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from treadle import selection
from treadle._errors import did_you_mean
from treadle.locations.snapshot import Block
from treadle.selection import Beyond, Everything, Expression, Key
from treadle_contract.ids import KeyText
from treadle_contract.plan import Selection
from treadle_contract.suggestions import nearest
from treadle_planner._index import SnapshotIndex
from treadle_planner._refusals import PlanRefused, RefusalReason
from treadle_planner._request import Asked
from treadle_planner._step_hints import other_hints, step_hints, suggested
from treadle_planner._words import quoted

_REASONS: tuple[tuple[type[selection.SelectionError], RefusalReason], ...] = (
    (selection.SelectionSyntaxError, RefusalReason.SELECTION_SYNTAX),
    (selection.AmbiguousSelectionError, RefusalReason.SELECTION_AMBIGUOUS),
    (selection.UnknownAssetError, RefusalReason.UNKNOWN_ASSET),
    (selection.EmptySelectionError, RefusalReason.EMPTY_SELECTION),
)


def selected_keys(index: SnapshotIndex, asked: Asked) -> tuple[frozenset[KeyText], Beyond]:
    """Return the assets that are selected, and where the selection goes on beyond the location.

    Blocks that cannot be subset are selected whole or not at all. Those that join are among them.

    Raises:
        PlanRefused: the selection cannot be taken.
    """
    with selection_refusals(index):
        expression = asked.expression or expression_of(index, asked.selection)
        keys = selection.select(expression, index.assets)
    partial = _partial_blocks(index, keys)
    if partial:
        raise _partial_refusal(partial, expression, keys)
    if asked.joining:
        keys |= frozenset(filter(index.wiring.producer, asked.joining))
        keys = keys.union(*(block.asset_keys for block in _partial_blocks(index, keys)))
    return keys, selection.beyond(expression, index.assets)


def named_keys(index: SnapshotIndex, asked: Selection) -> tuple[KeyText, ...]:
    """Return, sorted, the assets that a selection names, blocks in part among them.

    Raises:
        PlanRefused: the selection cannot be taken.
    """
    with selection_refusals(index):
        return tuple(sorted(selection.select(expression_of(index, asked), index.assets)))


def expression_of(index: SnapshotIndex, asked: Selection) -> Expression:
    """Return what is selected, of several expressions their union.

    Raises:
        PlanRefused: there is no such job.
        SelectionError: an expression is none of the language.
    """
    jobs = {job.name: job for job in index.snapshot.jobs}
    if asked.job and asked.job not in jobs:
        raise PlanRefused(
            RefusalReason.UNKNOWN_JOB,
            f"No job is named {asked.job!r}.{did_you_mean(asked.job, jobs)}",
            names=(asked.job,),
            suggestions=nearest(asked.job, jobs),
        )
    if asked.expressions:
        return selection.union(map(selection.parse, asked.expressions))
    if asked.job:
        return selection.parse(jobs[asked.job].selection)
    return Everything()


@contextmanager
def selection_refusals(index: SnapshotIndex) -> Iterator[None]:
    """Refuse what the selection language refuses.

    Raises:
        PlanRefused: it does.
    """
    try:
        yield
    except selection.SelectionError as error:
        reason = next(reason for kind, reason in _REASONS if isinstance(error, kind))
        is_unknown = reason is RefusalReason.UNKNOWN_ASSET
        hints = step_hints(index, error.names) if is_unknown else ()
        others = other_hints(index, error.names) if is_unknown else ()
        raise PlanRefused(
            reason,
            " ".join([error.message, *map(str, hints), *others]),
            names=error.names,
            suggestions=tuple(dict.fromkeys((*suggested(hints), *error.suggestions))),
        ) from error


def _partial_blocks(index: SnapshotIndex, keys: frozenset[KeyText]) -> list[Block]:
    """Return, by name, the blocks of which a part is named and that are made whole or not at all."""
    blocks = {index.whole[key].name: index.whole[key] for key in index.whole.keys() & keys}
    return [blocks[name] for name in sorted(blocks) if not keys.issuperset(blocks[name].asset_keys)]


def _partial_refusal(
    blocks: list[Block], asked: Expression, keys: frozenset[KeyText]
) -> PlanRefused:
    left_out = sorted({key for block in blocks for key in block.asset_keys} - keys)
    smallest = str(selection.union([asked, *(Key(key=key) for key in left_out)]))
    sentences = [_partial_sentence(block, keys) for block in blocks]
    advice = f"Select: {smallest}. Or let the block be subset with can_subset=True."
    return PlanRefused(
        RefusalReason.PARTIAL_BLOCK,
        " ".join([*sentences, advice]),
        names=tuple(block.name for block in blocks),
        smallest=smallest,
    )


def _partial_sentence(block: Block, keys: frozenset[KeyText]) -> str:
    asked = quoted(key for key in block.asset_keys if key in keys)
    missing = quoted(key for key in block.asset_keys if key not in keys)
    return (
        f"Block {block.name} is made whole or not at all: {asked} was asked for without {missing}."
    )
