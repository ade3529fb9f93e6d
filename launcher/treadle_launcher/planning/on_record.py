"""What a code server is told of the record while it makes a plan, and what it is then held to."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Final

from treadle_contract.codeserver import (
    AssetFact,
    DynamicPartitionKeys,
    EarlierStep,
    PartitionsQuestion,
    PlanOnRecordRequest,
    PlanQuestion,
)
from treadle_contract.ids import KeyText
from treadle_contract.plan import PlannedStep, UnrecordedLoads, UnselectedOutputs, Verdict
from treadle_launcher.planning.earlier_successes import EarlierSuccesses
from treadle_launcher.planning.plan import Plan
from treadle_launcher.planning.plan_check import BadPlanError
from treadle_launcher.planning.resolution import resolve, told, told_of_partitions
from treadle_launcher.store.records import Materialization
from treadle_launcher.values.stored_values import LatestValues
from treadle_partitions import keys_of, planned_keys

_KEYS_AT_ONCE: Final = 1000
"""How many dynamic keys one item of an answer has: they are up to 1 KiB long."""


class OnRecord:
    """Answers for one plan. Each asset is looked up once, so that the answers are of one moment.

    `conflicts` are keys that the location makes and another one owns; `owners` tells which other
    location makes what, `successes` what earlier runs made of steps.
    """

    def __init__(
        self,
        latest: LatestValues,
        conflicts: frozenset[str],
        owners: Callable[[], Awaitable[Mapping[str, str]]],
        successes: EarlierSuccesses,
    ) -> None:
        self._latest = latest
        self._successes = successes
        self._conflicts = conflicts
        self._owners = owners
        self._known: set[KeyText] = set()
        self._known_partitions: set[KeyText] = set()
        self._dynamic: Mapping[str, tuple[str, ...]] = {}
        self.records: dict[KeyText, Materialization] = {}
        self.partitions: dict[KeyText, dict[str, Materialization]] = {}

    async def elsewhere(self) -> tuple[AssetFact, ...]:
        """Return what another location owns of what the location makes."""
        if not self._conflicts:
            return ()
        owned = await self._owners()
        return tuple(
            AssetFact(asset_key=KeyText(key), owner=owned[key]) for key in sorted(self._conflicts)
        )

    async def told(self, question: PlanQuestion) -> PlanOnRecordRequest:
        """Answer a question."""
        if question.dynamic_names:
            self._dynamic = await self._latest.dynamic_keys(question.dynamic_names)
        return PlanOnRecordRequest(
            dynamic=tuple(
                DynamicPartitionKeys(name=name, keys=keys[begin : begin + _KEYS_AT_ONCE])
                for name, keys in self._dynamic.items()
                for begin in range(0, len(keys), _KEYS_AT_ONCE)
            )
            if question.dynamic_names
            else (),
            facts=await self._facts(question),
            earlier_steps=await self._successes.of(question.step_keys)
            if question.step_keys
            else (),
        )

    async def _facts(self, question: PlanQuestion) -> tuple[AssetFact, ...]:
        keys = [key for key in question.recorded_asset_keys if key not in self._known]
        self.records.update(await self._latest.of(keys))
        self._known.update(keys)
        owned = await self._owners() if question.owned_asset_keys else {}
        partitions = [await self._partitions_of(asked) for asked in question.partitions]
        return (
            *(told(key, self.records.get(key)) for key in question.recorded_asset_keys),
            *partitions,
            *(
                AssetFact(asset_key=key, owner=owned[key])
                for key in question.owned_asset_keys
                if key in owned
            ),
        )

    async def _partitions_of(self, asked: PartitionsQuestion) -> AssetFact:
        """Look up what is stored of partitions that an asset has. What was said of one stays."""
        assert asked.definition is not None, "the contract says so"
        keys = keys_of(asked.definition, now=datetime.now(UTC), dynamic=self._dynamic)
        wanted = None
        if asked.partitions is not None:
            wanted = planned_keys(asked.partitions, (asked.definition,))
        found = await self._latest.of_partitions(asked.asset_key, wanted)
        known = self.partitions.setdefault(asked.asset_key, {})
        for key, made in found.items():
            if key not in known and key in keys:
                known[key] = made
        self._known_partitions.add(asked.asset_key)
        if asked.versions and wanted is not None:
            return told_of_partitions(
                asked.asset_key,
                {key: known[key] for key in wanted if key in known},
                keys,
                versions=True,
            )
        return told_of_partitions(asked.asset_key, known, keys, versions=asked.versions)

    @property
    def told_steps(self) -> Iterator[EarlierStep]:
        """What was told of steps."""
        return iter(self._successes.told.values())

    def resolved(self, plan: Plan) -> Plan:
        """Return the plan with its loads and with what it reuses of runs that were told of."""
        return self._successes.resolved(resolve(plan, self.records, self.partitions).plan)

    def check(self, plan: Plan) -> None:
        """Refuse a plan that is not of what was told.

        Raises:
            BadPlanError: the first fault that is found.
        """
        tries = plan.options.unrecorded_loads is UnrecordedLoads.TRY
        resolution = resolve(plan, self.records, self.partitions)
        vain = set(resolution.missing) - self._conflicts
        vain.update(() if tries else (load.asset_key for load in resolution.refused))
        for number, load in enumerate(plan.loads):
            place = f"loads[{number}].asset_key is {load.asset_key!r}"
            if load.asset_key not in self._known | self._known_partitions:
                raise BadPlanError(f"{place}, and it was not asked whether that is stored")
            if load.asset_key in vain:
                raise BadPlanError(f"{place}, and it was told that nothing of it can be read")
        for number, step in enumerate(plan.steps):
            for key in self._conflicts.intersection(_made(step)) if self._conflicts else ():
                place = f"steps[{number}].outputs has {key!r}"
                raise BadPlanError(f"{place}, and it was told that another location owns that")


def _made(step: PlannedStep) -> Iterator[KeyText]:
    """Yield what a step makes, selected or not."""
    makes_all = step.unselected_outputs is UnselectedOutputs.MATERIALIZE
    for output in step.outputs if step.verdict is not Verdict.OMIT else ():
        is_made = makes_all and step.verdict is Verdict.RUN and not output.selected
        yield from (each.asset_key for each in output.assets if each.selected or is_made)
