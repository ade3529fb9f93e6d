"""What earlier runs made of steps, for plans that reuse what is unchanged: read from the store and the disk."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from treadle_contract.codeserver import EarlierStep
from treadle_contract.ids import RunId, StepKey
from treadle_contract.lazy_dataclasses import replace
from treadle_contract.plan import ReusedOutput
from treadle_launcher.planning.earlier_steps import Origins, earlier_step
from treadle_launcher.planning.plan import Plan
from treadle_launcher.planning.step_versions import with_versions
from treadle_launcher.runs.folding import folded
from treadle_launcher.store.records import Success
from treadle_launcher.store.store import Store
from treadle_launcher.values.stored_values import StoredValues

Made: TypeAlias = "tuple[StepKey, RunId]"


class EarlierSuccesses:
    """The successes of one location's steps. What was told is kept, for the plan that comes of it."""

    def __init__(self, store: Store, values: StoredValues, location: str) -> None:
        self._store = store
        self._values = values
        self._location = location
        self.told: dict[Made, EarlierStep] = {}
        self._outputs: dict[Made, tuple[ReusedOutput, ...]] = {}

    async def of(self, keys: Sequence[StepKey]) -> tuple[EarlierStep, ...]:
        """Return what became of steps in the runs that ran them last with success, the newest first."""
        found = await self._store.last_successes(self._location, keys)
        by_run: dict[RunId, list[Success]] = {}
        for each in found:
            by_run.setdefault(each.run_id, []).append(each)
        told: dict[Made, EarlierStep] = {}
        for run_id, successes in by_run.items():
            told.update(await self._of_run(run_id, successes))
        self.told.update(told)
        order = ((each.step_key, each.run_id) for each in found)
        return tuple(told[made] for made in order if made in told)

    async def _of_run(
        self, run_id: RunId, successes: Iterable[Success]
    ) -> Mapping[Made, EarlierStep]:
        view = await folded(self._store, run_id)
        header = view.plan.header
        manifest = await self._store.get_manifest(header.location, header.digest)
        refs = [
            stored.value_ref.key
            for each in successes
            for values in view.steps[each.step_key].outputs.values()
            for stored in values
            if stored.value_ref is not None
        ]
        removed = await self._store.removed_values(refs)
        doubted = await self._store.doubted_values(refs)
        origins = Origins(
            parent=view,
            runs={run_id: view},
            manifests={} if manifest is None else {run_id: manifest},
            latest={},
            is_stored=lambda ref: (
                ref.key not in removed and not self._values.problem(ref, doubted=ref.key in doubted)
            ),
        )
        # Beside the loop: it looks at every file.
        return await asyncio.to_thread(lambda: dict(self._told(origins, successes)))

    def _told(
        self, origins: Origins, successes: Iterable[Success]
    ) -> Iterator[tuple[Made, EarlierStep]]:
        for each in successes:
            planned = origins.parent.index.step(each.step_key)
            step, outputs = earlier_step(origins, planned)
            made = each.step_key, each.run_id
            self._outputs[made] = outputs
            yield made, with_versions(origins, planned, step, each)

    def resolved(self, plan: Plan) -> Plan:
        """Return the plan with the values that it reuses."""
        if not plan.reuses:
            return plan
        reuses = tuple(
            replace(each, outputs=self._outputs[each.step_key, each.from_run_id])
            for each in plan.reuses
        )
        return replace(plan, reuses=reuses)
