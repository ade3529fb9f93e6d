"""Planning in one location: one call, in which its code server asks what is stored."""

from __future__ import annotations

from treadle_contract.lazy_dataclasses import dataclass, replace
from treadle_contract.plan import PlanOptions, Selection
from treadle_launcher.locations.code_location import CodeLocation
from treadle_launcher.planning.on_record import OnRecord
from treadle_launcher.planning.plan import Plan
from treadle_launcher.planning.rerunning import EarlierRun
from treadle_launcher.planning.resolution import resolve


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A plan as the code server made it, and with its loads resolved."""

    made: Plan
    resolved: Plan


async def plan_in(
    location: CodeLocation,
    selection: Selection,
    options: PlanOptions,
    record: OnRecord,
    earlier: EarlierRun | None = None,
) -> Planned:
    """Plan and resolve; with `earlier`, go on from that run.

    Raises:
        RefusedError: the code server's refusals, what EarlierRun refuses, or the location cannot
            be reached.
    """
    made = await location.plan(selection, options, record, earlier)
    made = replace(made, header=replace(made.header, location=location.name, selection=selection))
    if earlier is None:
        return Planned(made=made, resolved=record.resolved(made))
    resolved = resolve(made, record.records, record.partitions).plan
    _, code = await location.manifest()
    earlier.check(made, code)
    return Planned(made=made, resolved=earlier.resolved(resolved, code))
