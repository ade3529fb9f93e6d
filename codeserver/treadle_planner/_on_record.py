"""Plans that can run as they are: what is stored is asked for, and what others own is not made."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, TypeAlias

from treadle import selection
from treadle.selection import And, Expression, Key, Not, union
from treadle.selection import OnRecord as Recorded
from treadle_contract.codeserver import EarlierStep
from treadle_contract.fan_outs import unexpanded
from treadle_contract.ids import KeyText, StepKey
from treadle_contract.lazy_dataclasses import dataclass, replace
from treadle_contract.plan import (
    Load,
    PlannedStep,
    PlanOptions,
    ReuseMode,
    UnrecordedLoads,
    UnselectedOutputs,
    Verdict,
)
from treadle_planner._index import SnapshotIndex
from treadle_planner._load_refusals import refused_loads
from treadle_planner._plan import Plan
from treadle_planner._record import Conversation, Record
from treadle_planner._refusals import PlanRefused, RefusalReason
from treadle_planner._request import Asked
from treadle_planner._selected import expression_of, selection_refusals
from treadle_planner.reusing.elements import mapped_keys
from treadle_planner.reusing.eligible import may_reuse, ordered_keys
from treadle_planner.reusing.known import Known

PlanOnce: TypeAlias = Callable[[Asked], Plan]

_SMALLEST_ROUNDS: Final = 100
"""A chain of so many assets that were never made is followed up to its start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """A plan whose siblings without a stored value run, and that makes nothing of others'.

    `options` are those that it was made with; `refused` loads that nothing stored answers; `asked` what
    it was planned from.
    """

    plan: Plan
    options: PlanOptions
    refused: tuple[Load, ...]
    asked: Asked


class OnRecord:
    """Settles what is asked. With `is_again`, an earlier run is gone on from."""

    def __init__(
        self,
        index: SnapshotIndex,
        plan_once: PlanOnce,
        asked: Asked,
        record: Record,
        *,
        is_again: bool,
    ) -> None:
        self._index = index
        self._plan_once = plan_once
        self._asked = asked
        self._record = record
        self._is_again = is_again
        self._tries = asked.options.unrecorded_loads is UnrecordedLoads.TRY

    def settled(self) -> Conversation[Settled]:
        """Return what runs.

        Raises:
            PlanRefused: the selection cannot be planned, or loads what is not stored.
        """
        with selection_refusals(self._index):
            expression = expression_of(self._index, self._asked.selection)
        if selection.says_recorded(expression, Recorded.STALE):
            expression = yield from self._with_stale(expression)
        try:
            found = yield from self._found(expression)
        except PlanRefused as refused:
            if not refused.smallest or self._tries:
                raise
            raise (yield from self._with_accepted_smallest(refused)) from refused
        if found.refused and not self._tries:
            found = yield from self._joined(expression, found)
        if may_reuse(self._index, self._asked) and not self._is_again:
            found = yield from self._unchanged(found)
        return found

    def _with_stale(self, expression: Expression) -> Conversation[Expression]:
        """Return the expression with what is stale in the place of the word.

        Raises:
            PlanRefused: that selects nothing.
        """
        stale = yield from self._stale()
        found = selection.with_recorded(expression, {Recorded.STALE: stale})
        with selection_refusals(self._index):
            is_empty = not selection.evaluate(found, self._index.assets)
        if is_empty and not stale:
            message = f"{str(expression)!r} selects nothing: no asset is stale."
            raise PlanRefused(RefusalReason.EMPTY_SELECTION, message, names=(str(expression),))
        return found

    def _stale(self) -> Conversation[frozenset[KeyText]]:
        """Return the assets that were made, and would be made otherwise now, or are below one.

        What is selected is no part of it: what each run selected of a block is another thing.
        """
        options = replace(
            self._asked.options, reuse=ReuseMode.UNCHANGED, unrecorded_loads=UnrecordedLoads.TRY
        )
        asked = replace(self._asked, options=replace(options, partitions=()))
        # What has partitions is not compared.
        compared = [
            Key(key=asset.key)
            for asset in self._index.snapshot.assets
            if not (asset.is_external or asset.partitions)
        ]
        if not compared:
            return frozenset()
        all_of_it = yield from OnRecord(
            self._index, self._plan_once, asked, self._record, is_again=False
        ).unchanged(union(compared))
        running = [step for step in all_of_it.plan.steps if step.verdict is Verdict.RUN]
        keys = {each.asset_key for step in running for out in step.outputs for each in out.assets}
        return frozenset(keys) - self._record.never_made(keys)

    def unchanged(self, expression: Expression) -> Conversation[Settled]:
        """Return what of an expression would run, whatever was selected when it ran."""
        found = yield from self._found(expression)
        return (yield from self._unchanged(found, any_selection=True))

    def _unchanged(self, found: Settled, *, any_selection: bool = False) -> Conversation[Settled]:
        """Plan the same once more, so that what is unchanged is reused."""
        running = [step for step in found.plan.steps if step.verdict is Verdict.RUN]
        of_partitions = self._record.partitions
        questions = [each for step in running for each in of_partitions.questions_of_versions(step)]
        whole = [step for step in running if step.partitions is None]
        keys = {asset.asset_key for step in whole for out in step.outputs for asset in out.assets}
        keys.update(key for step in running for key in ordered_keys(self._index, step))
        keys.update(load.asset_key for load in found.plan.loads)
        yield from self._record.learn(keys, dict.fromkeys(questions))
        found_before = yield from self._earlier(running)
        known = Known(
            facts={key: self._record.fact(key) for key in keys},
            earlier=found_before,
            partitions=of_partitions,
            any_selection=any_selection,
        )
        again = self._owned(replace(found.asked, known=known))
        return replace(again, refused=found.refused)

    def _earlier(
        self, running: Sequence[PlannedStep]
    ) -> Conversation[Mapping[StepKey, Sequence[EarlierStep]]]:
        """Ask for successes of steps and, level by level, of what fan-outs came to in those.

        Those count in which a step made the partitions that it makes now.
        """
        earlier: dict[StepKey, Sequence[EarlierStep]] = {}
        unknown = {step.key for step in running}
        partitions = {unexpanded(step.key): step.partitions for step in running}
        while unknown:
            found = yield from self._record.earlier(unknown)
            earlier.update(
                {
                    key: [
                        each
                        for each in found.get(key, ())
                        if each.partitions == partitions.get(unexpanded(key))
                    ]
                    for key in unknown
                }
            )
            unknown = mapped_keys(running, earlier) - earlier.keys()
        return earlier

    def _found(
        self, expression: Expression, joining: frozenset[KeyText] = frozenset()
    ) -> Conversation[Settled]:
        """Plan until every sibling that is loaded is stored: what is not runs instead."""
        missing: frozenset[KeyText] = frozenset()
        while True:
            gone = self._record.gone(missing | joining)
            asked = replace(self._asked, missing=missing, joining=joining, gone=gone)
            found = self._owned(replace(asked, expression=expression))
            loads = found.plan.loads
            yield from self._record.learn_loads(loads)
            refused = tuple(load for load in loads if not self._record.is_stored(load))
            lacking = {load.asset_key for load in refused if load.sibling} - self._record.elsewhere
            if lacking <= missing:
                loaded = tuple(load for load in refused if load.builtin_manager)
                return replace(found, refused=loaded)
            missing |= lacking | (yield from self._never_made_beside(lacking))

    def _never_made_beside(self, keys: Iterable[KeyText]) -> Conversation[frozenset[KeyText]]:
        """Return what else of their blocks was never made: what they need is often among it."""
        wiring = self._index.wiring
        blocks = {name for key in keys if (name := wiring.assets[key].block) is not None}
        beside = {key for name in blocks for key in wiring.blocks[name].asset_keys}
        beside -= self._record.elsewhere
        # Of what has partitions, what is needed of which is known when it is loaded.
        beside = {key for key in beside if not wiring.assets[key].partitions}
        yield from self._record.learn(beside)
        return self._record.never_made(beside)

    def _owned(self, asked: Asked) -> Settled:
        """Plan without making what another location owns, selected or not."""
        elsewhere, given = self._record.elsewhere, asked
        plan, options, notes = self._plan_once(asked), asked.options, []
        left_out = sorted(elsewhere.intersection(plan.selected_asset_keys))
        if left_out:
            asked = _narrowed(asked, left_out)
            plan = self._plan_owned(asked, left_out)
            notes.append(f"Left out, because another location owns them: {', '.join(left_out)}.")
        unasked = sorted(elsewhere.intersection(_unexpected_keys(plan))) if elsewhere else ()
        if unasked:
            options = replace(options, unselected_outputs=UnselectedOutputs.DISCARD)
            plan = self._plan_once(replace(asked, options=options))
            notes.append(
                "Unselected outputs are discarded, because another location owns what they would"
                f" make: {', '.join(unasked)}."
            )
        if notes:
            plan = replace(plan, notes=(*plan.notes, *notes))
        return Settled(plan=plan, options=options, refused=(), asked=given)

    def _plan_owned(self, asked: Asked, left_out: list[KeyText]) -> Plan:
        try:
            return self._plan_once(asked)
        except PlanRefused as refused:
            if refused.reason is not RefusalReason.EMPTY_SELECTION:
                raise
            message = (
                f"Another location owns {', '.join(left_out)}: select it without naming a location,"
                " or name its owner."
            )
            raise PlanRefused(refused.reason, message, names=tuple(left_out)) from refused

    def _joined(self, expression: Expression, found: Settled) -> Conversation[Settled]:
        """Make what would be loaded in vain too, if that is for a plan to decide.

        A first run makes what is selected and nothing else; one that goes on from another finds
        what that one read.

        Raises:
            PlanRefused: it is not, or nothing here makes it.
        """
        joining: frozenset[KeyText] = frozenset()
        for _ in range(_SMALLEST_ROUNDS):
            if not self._is_again or not self._can_make(found.refused):
                break
            before, joining = joining, joining | {load.asset_key for load in found.refused}
            if joining == before:
                # Other partitions than those that this run makes.
                break
            found = yield from self._found(expression, joining)
            if self._record.elsewhere.intersection(found.plan.selected_asset_keys):
                # A block of which another location owns a part is made by neither.
                break
            if not found.refused:
                return found
        smallest = yield from self._smallest(expression, found.refused)
        raise PlanRefused(
            RefusalReason.NEVER_MATERIALIZED,
            (yield from self._told(found.refused, smallest)),
            names=tuple(load.asset_key for load in found.refused),
            smallest=smallest,
        )

    def _with_accepted_smallest(self, refused: PlanRefused) -> Conversation[PlanRefused]:
        """Return the refusal with a selection that is accepted on this record too."""
        offered = selection.parse(refused.smallest)
        try:
            found = yield from self._found(offered)
        except PlanRefused:
            # A block of which another location owns a part is made by neither.
            return refused.offering("", " Another location owns a part of it.")
        if not found.refused:
            return refused
        smallest = yield from self._smallest(offered, found.refused)
        told = yield from self._told(found.refused, smallest)
        return refused.offering(smallest, f" {told}")

    def _smallest(self, expression: Expression, refused: tuple[Load, ...]) -> Conversation[str]:
        """Return the selection with what it lacks added, until it is accepted; "": never."""
        for _ in range(_SMALLEST_ROUNDS):
            if not self._can_make(refused):
                return ""
            keys = (Key(key=load.asset_key) for load in refused)
            before, expression = expression, union([expression, *keys])
            if str(before) == str(expression):
                # Other partitions than those that this selection makes.
                return ""
            try:
                found = yield from self._found(expression)
            except PlanRefused as error:
                if not error.smallest:
                    return ""
                # A maker's block is made whole or not at all.
                expression = selection.parse(error.smallest)
                found = yield from self._found(expression)
            refused = found.refused
            if not refused:
                return str(expression)
        return ""

    def _told(self, loads: tuple[Load, ...], smallest: str) -> Conversation[str]:
        keys = [load.asset_key for load in loads]
        owners = {} if smallest else (yield from self._record.owners(keys))
        partitions = self._record.partitions.told_lacking(loads)
        return refused_loads(loads, self._record.gone(keys), smallest, owners, partitions)

    def _can_make(self, loads: tuple[Load, ...]) -> bool:
        return not any(load.external or load.asset_key in self._record.elsewhere for load in loads)


def _narrowed(asked: Asked, left_out: Iterable[KeyText]) -> Asked:
    assert asked.expression is not None, "it is what was parsed"
    without = Not(of=union(Key(key=key) for key in left_out))
    return replace(asked, expression=And(parts=(asked.expression, without)))


def _unexpected_keys(plan: Plan) -> frozenset[KeyText]:
    """Return what would be made unselected, by outputs that must and by those that may be yielded."""
    return frozenset(
        asset.asset_key
        for step in plan.steps
        if step.verdict is Verdict.RUN and step.unselected_outputs is UnselectedOutputs.MATERIALIZE
        for output in step.outputs
        if not output.selected
        for asset in output.assets
    )
