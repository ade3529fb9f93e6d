"""The plan of a run in this process: by the services' planner, on what its home has on record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import ParamSpec, TypeVar

from treadle._system import uncollected
from treadle.locations.location import LoadedLocation
from treadle.partitions._answers import answer, config_answer
from treadle.partitions._questions import ConfigQuestion, MappingQuestion
from treadle_contract.block_selections import put_back, selections_of
from treadle_contract.codeserver import PlanRequest
from treadle_contract.ids import KeyText
from treadle_contract.lazy_dataclasses import replace
from treadle_contract.message import UserValue
from treadle_contract.plan import PlanHeader, PlanOptions, Reuse, Selection
from treadle_inprocess._home import LOCATION, Home
from treadle_launcher.planning.plan import Plan
from treadle_launcher.planning.resolution import resolve, told, told_of_partitions
from treadle_launcher.store.records import Materialization
from treadle_partitions import keys_of
from treadle_planner import Planner, Question, Settled, Told, UserFunctionFailed

P = ParamSpec("P")
T = TypeVar("T")


@uncollected()
def planned(
    location: LoadedLocation, home: Home, selection: Selection, options: PlanOptions
) -> Plan:
    """Return what runs, its loads resolved.

    Raises:
        PlanRefused: the selection cannot be planned, or loads what is not stored.
    """
    known = _Known(home)
    asked = PlanRequest(selection=selection, options=options, now=datetime.now(UTC))
    made = _settled(Planner(location.snapshot, _Functions(location)), asked, known)
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
        partitions_definitions=plan.partitions_definitions,
    )
    unresolved = Plan(
        header=header,
        steps=put_back(plan.steps, selections_of(plan.selections)),
        loads=plan.loads,
        hazards=plan.hazards,
        reuses=tuple(_resolved(home, reuse) for reuse in plan.reuses),
    )
    return resolve(unresolved, known.records, known.partitions).plan


class _Functions:
    """Calls functions of the user's: this process is theirs."""

    def __init__(self, location: LoadedLocation) -> None:
        self._location = location

    def keys(self, question: MappingQuestion) -> tuple[str, ...]:
        """Return the keys that a partition mapping gives."""
        return _called(answer, self._location, question)

    def config(self, question: ConfigQuestion) -> UserValue:
        """Return the config that a function makes of a partition."""
        return _called(config_answer, self._location, question)


def _called(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    try:
        return function(*args, **kwargs)
    except Exception as error:  # whatever the user's function raises
        raise UserFunctionFailed(f"{type(error).__name__}: {error}") from error


class _Known:
    """What the planner was told of the record."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self.records: dict[KeyText, Materialization] = {}
        self.partitions: dict[KeyText, Mapping[str, Materialization]] = {}

    def told(self, question: Question) -> Told:
        """Answer a question."""
        self.records.update(self._home.latest(question.recorded))
        facts = [told(key, self.records.get(key)) for key in question.recorded]
        for asked in question.partitions:
            key = asked.asset_key
            assert asked.definition is not None, "the contract says so"
            keys = keys_of(asked.definition, now=datetime.now(UTC))
            made = self._home.latest_partitions(key)
            found = {each: one for each, one in made.items() if each in keys}
            self.partitions[key] = found
            facts.append(told_of_partitions(key, found, keys, versions=asked.versions))
        successes = self._home.successes
        steps = () if successes is None else successes.of(question.steps)
        return Told(facts=tuple(facts), steps=steps)


def _resolved(home: Home, reuse: Reuse) -> Reuse:
    assert home.successes is not None, "nothing else was told to be reused"
    return replace(reuse, outputs=home.successes.outputs(reuse.step_key, reuse.from_run_id))


def _settled(planner: Planner, asked: PlanRequest, known: _Known) -> Settled:
    """Have the planner ask what is on record, and keep in `known` what it was told."""
    talk = planner.on_record(asked)
    try:
        question = next(talk)
        while True:
            question = talk.send(known.told(question))
    except StopIteration as end:
        settled: Settled = end.value
        return settled
