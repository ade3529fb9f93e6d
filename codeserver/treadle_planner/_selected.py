"""From what was asked to the assets that are selected, or to a refusal that says what would do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from treadle import selection
from treadle._errors import did_you_mean
from treadle.locations.snapshot import Block, Job
from treadle.selection import Beyond, Everything, Expression, Key, OnRecord
from treadle_contract.ids import KeyText
from treadle_contract.lazy_dataclasses import dataclass
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Selected:
    """The assets, checks ("asset:name") and jobs of ops that are selected, the external assets that are
    observed, and where that goes on beyond the location."""

    keys: frozenset[KeyText]
    checks: frozenset[str]
    op_jobs: frozenset[str]
    observed: frozenset[KeyText]
    beyond: Beyond


def selected_keys(index: SnapshotIndex, asked: Asked) -> Selected:
    """Return what is selected.

    Blocks that cannot be subset are selected whole or not at all. Those that join are among them.

    Raises:
        PlanRefused: the selection cannot be taken.
    """
    with selection_refusals(index):
        expression = asked.expression or expression_of(index, asked.selection)
        allow_empty = asked.selection.allow_empty
        keys = selection.select(expression, index.assets, allow_empty=allow_empty)
        checks = selection.select_checks(expression, index.assets)
        op_jobs = selection.select_op_jobs(expression, index.assets)
        observed = selection.select_observed(expression, index.assets)
    partial = _partial_blocks(index, keys | observed, checks)
    if partial:
        raise _partial_refusal(partial, expression, keys | observed, checks)
    if asked.joining:
        keys |= frozenset(filter(index.wiring.producer, asked.joining))
        blocks = _partial_blocks(index, keys, checks)
        keys = keys.union(*(block.asset_keys for block in blocks))
    beyond = selection.beyond(expression, index.assets)
    return Selected(keys=keys, checks=checks, op_jobs=op_jobs, observed=observed, beyond=beyond)


def named_keys(index: SnapshotIndex, asked: Selection) -> tuple[KeyText, ...]:
    """Return, sorted, the assets that a selection names, blocks in part among them.

    Raises:
        PlanRefused: the selection cannot be taken.
    """
    with selection_refusals(index):
        expression = expression_of(index, asked)
        keys = selection.select(expression, index.assets, allow_empty=asked.allow_empty)
        return tuple(sorted(keys | selection.select_observed(expression, index.assets)))


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
        return _with_recorded(
            index, selection.union(map(selection.parse, asked.expressions)), asked
        )
    if asked.job:
        return selection.parse(jobs[asked.job].selection)
    return Everything()


def _with_recorded(index: SnapshotIndex, expression: Expression, asked: Selection) -> Expression:
    """Return what is selected, with the assets themselves where the launcher's record is meant."""
    told = asked.recorded
    if told is None:
        return expression
    known = {
        OnRecord.MISSING: [key for key in told.missing_asset_keys if key in index.assets.made],
        OnRecord.FAILED: [key for key in told.failed_asset_keys if key in index.assets.made],
    }
    return selection.with_recorded(expression, known)


def older_meanings(job: Job | None) -> Iterator[str]:
    """Yield what of a job's selection meant something else in Dagster, of a job that is run."""
    if job is not None and job.selection:
        for part in selection.bare_reaches(selection.parse(job.selection)):
            yield selection.older_meaning(job.name, part)


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


def _partial_blocks(
    index: SnapshotIndex, keys: frozenset[KeyText], checks: frozenset[str]
) -> list[Block]:
    """Return, by name, the blocks of which a part is named and that are made whole or not at all."""
    named: frozenset[str] = keys | checks if checks else keys
    blocks = {index.whole[key].name: index.whole[key] for key in index.whole.keys() & named}
    return [blocks[name] for name in sorted(blocks) if not keys.issuperset(blocks[name].own_keys)]


def _partial_refusal(
    blocks: list[Block], asked: Expression, keys: frozenset[KeyText], checks: frozenset[str]
) -> PlanRefused:
    left_out = sorted({key for block in blocks for key in block.own_keys} - keys)
    smallest = str(selection.union([asked, *(Key(key=key) for key in left_out)]))
    sentences = [_partial_sentence(block, keys, checks) for block in blocks]
    advice = f"Select: {smallest}."
    if any(len(block.own_keys) > 1 for block in blocks):
        advice += " Or let the block be subset with can_subset=True."
    return PlanRefused(
        RefusalReason.PARTIAL_BLOCK,
        " ".join([*sentences, advice]),
        names=tuple(block.name for block in blocks),
        smallest=smallest,
    )


def _partial_sentence(block: Block, keys: frozenset[KeyText], checks: frozenset[str]) -> str:
    asked = [*(key for key in block.own_keys if key in keys)]
    asked = asked or [KeyText(f"check:{each}") for each in block.checks if each in checks]
    missing = quoted(key for key in block.own_keys if key not in keys)
    verb = "observed" if block.observed_keys else "made"
    return (
        f"Block {block.name} is {verb} whole or not at all: {quoted(asked)} was asked for without"
        f" {missing}."
    )
