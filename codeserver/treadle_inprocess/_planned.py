"""The plan of a run in this process: by the services' planner, on what its home has on record."""

from __future__ import annotations

from treadle._system import uncollected
from treadle.locations.location import LoadedLocation
from treadle_contract.block_selections import put_back, selections_of
from treadle_contract.codeserver import PlanRequest
from treadle_contract.ids import KeyText
from treadle_contract.plan import PlanHeader, PlanOptions, Selection
from treadle_inprocess._home import LOCATION, Home
from treadle_launcher.planning.plan import Plan
from treadle_launcher.planning.resolution import resolve, told
from treadle_launcher.store.records import Materialization
from treadle_planner import Planner, Settled, Told


@uncollected()
def planned(
    location: LoadedLocation, home: Home, selection: Selection, options: PlanOptions
) -> Plan:
    """Return what runs, its loads resolved.

    Raises:
        PlanRefused: the selection cannot be planned, or loads what is not stored.
    """
    records: dict[KeyText, Materialization] = {}
    asked = PlanRequest(selection=selection, options=options)
    made = _settled(Planner(location.snapshot), asked, home, records)
    plan = made.plan
    header = PlanHeader(
        location=LOCATION,
        digest=plan.digest,
        fingerprint=plan.fingerprint,
        selection=selection,
        options=made.options,
        selected_asset_keys=plan.selected_asset_keys,
        selected_asset_count=len(plan.selected_asset_keys),
        selected_checks=plan.selected_checks,
        observed_asset_keys=plan.observed_asset_keys,
        missing_asset_keys=plan.missing_asset_keys,
        notes=plan.notes,
    )
    unresolved = Plan(
        header=header,
        steps=put_back(plan.steps, selections_of(plan.selections)),
        loads=plan.loads,
        hazards=plan.hazards,
    )
    return resolve(unresolved, records).plan


def _settled(
    planner: Planner, asked: PlanRequest, home: Home, records: dict[KeyText, Materialization]
) -> Settled:
    """Have the planner ask what is on record, and keep in `records` what it was told."""
    talk = planner.on_record(asked)
    try:
        question = next(talk)
        while True:
            records.update(home.latest(question.recorded))
            facts = tuple(told(key, records.get(key)) for key in question.recorded)
            question = talk.send(Told(facts=facts))
    except StopIteration as end:
        settled: Settled = end.value
        return settled
