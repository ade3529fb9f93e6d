"""Planning in one location: the plan, its loads resolved, or a refusal that says what would do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from treadle_contract.ids import KeyText
from treadle_contract.plan import (
    Load,
    PlanOptions,
    Selection,
    UnrecordedLoads,
    UnselectedOutputs,
    Verdict,
)
from treadle_launcher.errors import (
    BadAnswerError,
    CodeServerRefusedError,
    NeverMaterializedError,
    OwnedElsewhereError,
    Reason,
)
from treadle_launcher.locations.code_location import CodeLocation
from treadle_launcher.planning.lacking import Lacking
from treadle_launcher.planning.load_refusals import refused_loads
from treadle_launcher.planning.plan import Plan
from treadle_launcher.planning.rerunning import EarlierRun
from treadle_launcher.planning.resolution import Resolution, resolve, unreadable
from treadle_launcher.planning.selection_text import key_text, union, without
from treadle_launcher.store.records import Materialization
from treadle_launcher.values.stored_values import LatestValues

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

    With `earlier`, every plan goes on from that run. `owners` tells which other location makes
    what.
    """

    def __init__(
        self,
        location: CodeLocation,
        conflicts: frozenset[str],
        latest: LatestValues,
        *,
        owners: Callable[[], Awaitable[Mapping[str, str]]],
        earlier: EarlierRun | None = None,
    ) -> None:
        self._location = location
        self._conflicts = conflicts
        self._latest = latest
        self._owners = owners
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
            made, resolution = await self._joined(selection, options, resolution)
        if self._earlier is None:
            return Planned(made=made, resolved=resolution.plan)
        _, code = await self._location.manifest()
        self._earlier.check(made, code)
        return Planned(made=made, resolved=self._earlier.resolved(resolution.plan, code))

    async def _resolved(
        self,
        selection: Selection,
        options: PlanOptions,
        joining: frozenset[KeyText] = frozenset(),
    ) -> tuple[Plan, Resolution]:
        lacking = Lacking(joining=joining, gone=await self._gone(joining))
        for _ in range(_MISSING_ROUNDS):
            made = await self._owned(selection, options, lacking)
            resolution = resolve(made, await self._records([load.asset_key for load in made.loads]))
            # A sibling is never run for a location that may not make it.
            found = frozenset(resolution.missing) - self._conflicts
            if found <= lacking.missing:
                return made, resolution
            lacking = replace(
                lacking,
                missing=lacking.missing | found,
                gone={**lacking.gone, **await self._gone(found)},
            )
        message = (
            f"The code server of {self._location.name} names other siblings to run in each of"
            f" {_MISSING_ROUNDS:,} plans."
        )
        raise BadAnswerError([self._location.name], message=message)

    async def _records(self, keys: Sequence[KeyText]) -> Mapping[KeyText, Materialization]:
        """Return what is recorded of assets as made last, and whether that can be read."""
        return await self._latest.of(keys)

    async def _gone(self, keys: Iterable[KeyText]) -> Mapping[str, str]:
        """Say of those assets that a run made why their values cannot be read."""
        records = await self._records(sorted(keys))
        return {key: why for key, made in records.items() if (why := unreadable(made))}

    async def _joined(
        self, selection: Selection, options: PlanOptions, resolution: Resolution
    ) -> tuple[Plan, Resolution]:
        """Have what would be loaded in vain made too, if that is for a plan to decide.

        A first run makes what is selected and nothing else; one that goes on from another finds
        what that one read.

        Raises:
            NeverMaterializedError: it is not, or nothing here makes it.
        """
        joining: frozenset[KeyText] = frozenset()
        refused = resolution.refused
        for _ in range(_SMALLEST_ROUNDS):
            if self._earlier is None or not self._can_make(refused):
                break
            joining |= {load.asset_key for load in refused}
            made, resolution = await self._resolved(selection, options, joining)
            if _selected_keys(made) & self._conflicts:
                # A block of which another location owns a part is made by neither.
                break
            refused = resolution.refused
            if not refused:
                return made, resolution
        raise await self._never_materialized(selection, options, refused)

    async def _owned(self, selection: Selection, options: PlanOptions, lacking: Lacking) -> Plan:
        """Plan without making what another location owns, selected or not."""
        plan = await self._plan_once(selection, options, lacking)
        left_out = sorted(_selected_keys(plan) & self._conflicts)
        asked, notes = selection, []
        if left_out:
            asked = Selection(expressions=(without(await self._expressions(selection), left_out),))
            plan = await self._narrowed(asked, options, lacking, left_out)
            notes.append(f"Left out, because another location owns them: {', '.join(left_out)}.")
        unasked = sorted(_unexpected_keys(plan) & self._conflicts)
        if unasked:
            discarding = replace(options, unselected_outputs=UnselectedOutputs.DISCARD)
            plan = await self._plan_once(asked, discarding, lacking)
            notes.append(
                "Unselected outputs are discarded, because another location owns what they would"
                f" make: {', '.join(unasked)}."
            )
        header = replace(plan.header, location=self._location.name, selection=selection)
        return replace(plan, header=header).with_notes(*notes)

    async def _narrowed(
        self,
        selection: Selection,
        options: PlanOptions,
        lacking: Lacking,
        left_out: Sequence[str],
    ) -> Plan:
        try:
            return await self._plan_once(selection, options, lacking)
        except CodeServerRefusedError as error:
            if error.reason is not Reason.EMPTY_SELECTION:
                raise
            raise OwnedElsewhereError(left_out) from error

    async def _plan_once(
        self, selection: Selection, options: PlanOptions, lacking: Lacking
    ) -> Plan:
        if self._earlier is None:
            return await self._location.plan(selection, options, lacking)
        return await self._location.plan_again(selection, options, lacking, self._earlier)

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
        owners = {} if smallest else await self._owners()
        message = refused_loads(refused, smallest, owners)
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
        owners = {} if smallest else await self._owners()
        return error.offering(smallest, f" {refused_loads(resolution.refused, smallest, owners)}")

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
