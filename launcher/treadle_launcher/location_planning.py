"""Planning in one location: the plan, its loads resolved, or a refusal that says what would do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from treadle_launcher.code_location import CodeLocation
from treadle_launcher.errors import (
    BadAnswerError,
    CodeServerRefusedError,
    NeverMaterializedError,
    OwnedElsewhereError,
    Reason,
)
from treadle_launcher.ids import KeyText
from treadle_launcher.plan import (
    Load,
    Plan,
    PlanOptions,
    Selection,
    UnrecordedLoads,
    UnselectedOutputs,
    Verdict,
)
from treadle_launcher.rerunning import EarlierRun
from treadle_launcher.resolution import Resolution, resolve
from treadle_launcher.selection_text import key_text, union, without
from treadle_launcher.store.store import Store

_SMALLEST_ROUNDS = 100
"""A chain of so many assets that were never made is followed up to its start."""

_MISSING_ROUNDS = 1000
"""So often a plan is made anew for siblings that have no stored value, a chain of them at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A plan as the code server made it, and with its loads resolved."""

    made: Plan
    resolved: Plan


class LocationPlanning:
    """Plans in one location; `conflicts` are keys that another location owns.

    With `earlier`, every plan goes on from that run.
    """

    def __init__(
        self,
        location: CodeLocation,
        conflicts: frozenset[str],
        store: Store,
        earlier: EarlierRun | None = None,
    ) -> None:
        self._location = location
        self._conflicts = conflicts
        self._store = store
        self._earlier = earlier

    async def plan(self, selection: Selection, options: PlanOptions) -> Planned:
        """Plan and resolve.

        Raises:
            RefusedError: the code server's refusals, NeverMaterializedError, what EarlierRun
                refuses, or the location cannot be reached.
        """
        try:
            made, resolution = await self._resolved(selection, options)
        except CodeServerRefusedError as error:
            raise await self._with_accepted_smallest(error, options) from error
        if resolution.refused and options.unrecorded_loads is not UnrecordedLoads.TRY:
            raise await self._never_materialized(selection, options, resolution.refused)
        if self._earlier is None:
            return Planned(made=made, resolved=resolution.plan)
        _, code = await self._location.manifest()
        self._earlier.check(made, code)
        return Planned(made=made, resolved=self._earlier.resolved(resolution.plan, code))

    async def _resolved(
        self, selection: Selection, options: PlanOptions
    ) -> tuple[Plan, Resolution]:
        missing: frozenset[KeyText] = frozenset()
        for _ in range(_MISSING_ROUNDS):
            made = await self._owned(selection, options, missing)
            records = await self._store.latest_materializations(
                [load.asset_key for load in made.loads]
            )
            resolution = resolve(made, records)
            # A sibling is never run for a location that may not make it.
            found = frozenset(resolution.missing) - self._conflicts
            if found <= missing:
                return made, resolution
            missing |= found
        message = (
            f"The code server of {self._location.name} names other siblings to run in each of"
            f" {_MISSING_ROUNDS:,} plans."
        )
        raise BadAnswerError([self._location.name], message=message)

    async def _owned(
        self, selection: Selection, options: PlanOptions, missing: frozenset[KeyText]
    ) -> Plan:
        """Plan without making what another location owns, selected or not."""
        plan = await self._plan_once(selection, options, missing)
        left_out = sorted(_selected_keys(plan) & self._conflicts)
        asked, notes = selection, []
        if left_out:
            asked = Selection(expressions=(without(await self._expressions(selection), left_out),))
            plan = await self._narrowed(asked, options, missing, left_out)
            notes.append(f"Left out, because another location owns them: {', '.join(left_out)}.")
        unasked = sorted(_unexpected_keys(plan) & self._conflicts)
        if unasked:
            discarding = replace(options, unselected_outputs=UnselectedOutputs.DISCARD)
            plan = await self._plan_once(asked, discarding, missing)
            notes.append(
                "Unselected outputs are discarded, because another location owns what they would"
                f" make: {', '.join(unasked)}."
            )
        return replace(
            plan,
            location=self._location.name,
            selection=selection,
            notes=(*plan.notes, *notes),
        )

    async def _narrowed(
        self,
        selection: Selection,
        options: PlanOptions,
        missing: frozenset[KeyText],
        left_out: Sequence[str],
    ) -> Plan:
        try:
            return await self._plan_once(selection, options, missing)
        except CodeServerRefusedError as error:
            if error.reason is not Reason.EMPTY_SELECTION:
                raise
            raise OwnedElsewhereError(left_out) from error

    async def _plan_once(
        self, selection: Selection, options: PlanOptions, missing: frozenset[KeyText]
    ) -> Plan:
        if self._earlier is None:
            return await self._location.plan(selection, options, sorted(missing))
        return await self._location.plan_again(selection, options, sorted(missing), self._earlier)

    async def _expressions(self, selection: Selection) -> tuple[str, ...]:
        if selection.expressions:
            return selection.expressions
        if selection.job:
            graph = await self._location.graph()
            if selection.job in graph.jobs:
                return (graph.jobs[selection.job].selection,)
        return ("*",)

    async def _never_materialized(
        self, selection: Selection, options: PlanOptions, refused: tuple[Load, ...]
    ) -> NeverMaterializedError:
        names = [load.asset_key for load in refused]
        smallest = await self._smallest(selection, options, refused)
        advice = (
            f" To make it too, select: {smallest}. Or let unrecorded loads be tried."
            if smallest
            else " No run here can make it; unrecorded loads can be tried."
        )
        message = f"The plan loads {', '.join(names)}, which no run has made.{advice}"
        return NeverMaterializedError(names, message=message, smallest=smallest)

    async def _with_accepted_smallest(
        self, error: CodeServerRefusedError, options: PlanOptions
    ) -> CodeServerRefusedError:
        """Return the refusal with a selection that is accepted here too.

        The code server does not know the record: what it offers may load what was never made.
        """
        if not error.smallest or options.unrecorded_loads is UnrecordedLoads.TRY:
            return error
        offered = Selection(expressions=(error.smallest,))
        try:
            _, resolution = await self._resolved(offered, options)
        except CodeServerRefusedError:
            # A block of which another location owns a part is made by neither.
            return error.offering("", " Another location owns a part of it.")
        if not resolution.refused:
            return error
        smallest = await self._smallest(offered, options, resolution.refused)
        names = ", ".join(load.asset_key for load in resolution.refused)
        advice = f"select: {smallest}." if smallest else "no run here can make it."
        return error.offering(smallest, f" That loads {names}, which no run has made: {advice}")

    async def _smallest(
        self, selection: Selection, options: PlanOptions, refused: tuple[Load, ...]
    ) -> str:
        """Return the selection with what it lacks added, until it is accepted; "": never."""
        expressions = await self._expressions(selection)
        for _ in range(_SMALLEST_ROUNDS):
            if not self._can_make(refused):
                return ""
            expressions = (*expressions, *(key_text(load.asset_key) for load in refused))
            try:
                _, resolution = await self._resolved(Selection(expressions=expressions), options)
            except CodeServerRefusedError as error:
                if not error.smallest:
                    return ""
                # A maker's block is made whole or not at all.
                expressions = (error.smallest,)
                _, resolution = await self._resolved(Selection(expressions=expressions), options)
            refused = resolution.refused
            if not refused:
                return union(expressions)
        return ""

    def _can_make(self, loads: tuple[Load, ...]) -> bool:
        return not any(load.external or load.asset_key in self._conflicts for load in loads)


def _unexpected_keys(plan: Plan) -> frozenset[str]:
    """Return what would be made unselected, by outputs that must and by those that may be yielded."""
    return frozenset(
        asset.asset_key
        for step in plan.steps
        if step.verdict is Verdict.RUN and step.unselected_outputs is UnselectedOutputs.MATERIALIZE
        for output in step.outputs
        if not output.selected
        for asset in output.assets
    )


def _selected_keys(plan: Plan) -> frozenset[str]:
    return frozenset(
        asset.asset_key
        for step in plan.steps
        if step.verdict is not Verdict.OMIT
        for output in step.outputs
        for asset in output.assets
        if asset.selected
    )
