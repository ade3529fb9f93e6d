"""Going on from earlier runs: what they made is read from the store and from the disk."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping

from treadle_contract.codeserver import EarlierStep
from treadle_contract.config_data import run_laid_over
from treadle_contract.ids import KeyText, RunId, StepKey
from treadle_contract.lazy_dataclasses import dataclass, replace
from treadle_contract.plan import (
    PlanOptions,
    Reexecution,
    ReexecutionKind,
    Reuse,
    ReusedOutput,
    Verdict,
)
from treadle_launcher.errors import CodeChangedError, NothingFailedError, RunNotFinishedError
from treadle_launcher.planning.earlier_steps import Origins, earlier_steps
from treadle_launcher.planning.manifest import CodeManifest
from treadle_launcher.planning.plan import Plan
from treadle_launcher.planning.plan_changes import manifest_changes
from treadle_launcher.runs.folding import folded
from treadle_launcher.runs.run_states import FINAL_RUN_STATES
from treadle_launcher.runs.run_summary import RunSummary
from treadle_launcher.runs.run_view import RunView
from treadle_launcher.store.records import Materialization
from treadle_launcher.store.store import Store
from treadle_launcher.values.stored_values import StoredValues

_CHANGES_TOLD = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierRun:
    """A run that is gone on from: what became of its steps, and what its code was.

    `outputs` are what a run that reuses a step gets of it.     `latest` are the assets' latest materializations. `later` names, for steps whose values a
    user's manager keeps, the run that was the last to run them after those were made. `rerun`
    is the newest run that went on from it already.
    """

    reexecution: Reexecution
    run: RunSummary
    steps: Mapping[StepKey, EarlierStep]
    outputs: Mapping[StepKey, tuple[ReusedOutput, ...]]
    manifest: CodeManifest | None
    latest: Mapping[KeyText, Materialization]
    later: Mapping[StepKey, RunId]
    rerun: RunSummary | None

    @property
    def root_run_id(self) -> RunId:
        """The first run of the line of re-executions that it is in."""
        return self.run.root_run_id or self.run.run_id

    @property
    def options(self) -> PlanOptions:
        """Its options, with the config that is laid over its own."""
        options = self.run.options
        config = run_laid_over(options.config, self.reexecution.config)
        return replace(options, config=config)

    def check(self, plan: Plan, now: CodeManifest) -> None:
        """Check that the plan may go on from it.

        Raises:
            CodeChangedError: the code had to be the same.
            NothingFailedError: it runs nothing.
        """
        if self.reexecution.same_code and plan.header.digest != self.run.digest:
            changes = () if self.manifest is None else manifest_changes(self.manifest, now)
            was = f"digest {self.run.digest[:12]} became {plan.header.digest[:12]}"
            raise CodeChangedError([self.run.run_id], changes=changes or (was,))
        is_from_failure = self.reexecution.kind is ReexecutionKind.FROM_FAILURE
        if is_from_failure and all(step.verdict is not Verdict.RUN for step in plan.steps):
            raise NothingFailedError([self.run.run_id])

    def resolved(self, plan: Plan, now: CodeManifest) -> Plan:
        """Return the plan with the values that are reused, and with what a person should know."""
        reuses = tuple(
            replace(reuse, outputs=() if reuse.skipped else self.outputs[reuse.step_key])
            for reuse in plan.reuses
        )
        resolved = replace(plan, reuses=reuses)
        return resolved.with_notes(
            *self._rerun_notes(),
            *self._code_notes(plan, now),
            *self._value_notes(resolved),
        )

    def _rerun_notes(self) -> Iterator[str]:
        if self.rerun is not None:
            yield f"Run {self.rerun.run_id} went on from it already: {self.rerun.state.name}."

    def _code_notes(self, plan: Plan, now: CodeManifest) -> Iterator[str]:
        if plan.header.digest == self.run.digest or self.manifest is None:
            return
        changes = manifest_changes(self.manifest, now)
        told = "; ".join(changes[:_CHANGES_TOLD])
        if len(changes) > _CHANGES_TOLD:
            told += f"; and {len(changes) - _CHANGES_TOLD} more"
        yield f"The code is not that of run {self.run.run_id}: {told or 'its digest is another'}."

    def _value_notes(self, plan: Plan) -> Iterator[str]:
        """Say which values a user's manager may have overwritten since."""
        read = {
            (source.step_output.step_key, source.step_output.output)
            for step in plan.steps
            if step.verdict is Verdict.RUN
            for planned in step.inputs
            if not planned.nothing and not planned.not_needed
            for source in planned.sources
            if source.step_output is not None
        }
        for reuse in plan.reuses:
            for output in reuse.outputs:
                is_read = (reuse.step_key, output.output) in read
                if is_read and output.value_ref is None and output.io_manager_key:
                    yield from self._newer_value(reuse, output)

    def _newer_value(self, reuse: Reuse, output: ReusedOutput) -> Iterator[str]:
        made = output.asset_key and self.latest.get(output.asset_key)
        newer = made.run_id if made and made.run_id != reuse.from_run_id else None
        later = self.later.get(reuse.step_key)
        what = output.asset_key or f"{reuse.step_key}.{output.output}"
        if later is not None and later != newer:
            yield (
                f"{what} is read through {output.io_manager_key}: run {later} ran"
                f" {reuse.step_key} after run {reuse.from_run_id} did, and may have overwritten"
                " the value."
            )
        elif newer is not None:
            yield (
                f"{what} is read through {output.io_manager_key}, in which run {newer} stored a"
                f" value that is newer than that of run {reuse.from_run_id}."
            )


class EarlierRuns:
    """Reads runs that are over, and looks at what is left of their values."""

    def __init__(self, store: Store, values: StoredValues) -> None:
        self._store = store
        self._values = values

    async def get(self, asked: Reexecution) -> EarlierRun:
        """Return the run that is gone on from.

        Raises:
            UnknownRunError: there is no such run.
            RunNotFinishedError: it goes on.
        """
        run = await self._store.get_run(asked.parent_run_id)
        if not run.state in FINAL_RUN_STATES:
            raise RunNotFinishedError([run.run_id])
        parent = await folded(self._store, run.run_id)
        runs = {run.run_id: parent}
        for reuse in parent.reuses.values():
            if reuse.from_run_id not in runs:
                runs[reuse.from_run_id] = await folded(self._store, reuse.from_run_id)
        manifests = await self._manifests(runs)
        latest = await self._store.latest_materializations(sorted(_asset_keys(runs)))
        keys = sorted(_value_keys(runs))
        removed = await self._store.removed_values(keys)
        doubted = await self._store.doubted_values(keys)
        origins = Origins(
            parent=parent,
            runs=runs,
            manifests=manifests,
            latest=latest,
            is_stored=lambda ref: (
                ref.key not in removed and not self._values.problem(ref, doubted=ref.key in doubted)
            ),
        )
        # Beside the loop: it looks at every file.
        steps, outputs = await asyncio.to_thread(earlier_steps, origins)
        by_name = {key: step.from_run_id for key, step in steps.items() if step.by_name}
        return EarlierRun(
            reexecution=asked,
            run=run,
            steps=steps,
            outputs=outputs,
            manifest=manifests.get(run.run_id),
            latest=latest,
            later=await self._store.later_runs(run.location, by_name) if by_name else {},
            rerun=await self._store.last_rerun(run.run_id),
        )

    async def _manifests(self, runs: Mapping[RunId, RunView]) -> dict[RunId, CodeManifest]:
        found: dict[RunId, CodeManifest] = {}
        for run_id, view in runs.items():
            manifest = await self._store.get_manifest(
                view.plan.header.location, view.plan.header.digest
            )
            if manifest is not None:
                found[run_id] = manifest
        return found


def _value_keys(runs: Mapping[RunId, RunView]) -> set[str]:
    return {
        stored.value_ref.key
        for view in runs.values()
        for step in view.steps.values()
        for values in step.outputs.values()
        for stored in values
        if stored.value_ref is not None
    }


def _asset_keys(runs: Mapping[RunId, RunView]) -> set[KeyText]:
    loaded = {load.asset_key for view in runs.values() for load in view.plan.loads}
    made = {
        asset.asset_key
        for view in runs.values()
        for step in view.index.steps
        for output in step.outputs
        for asset in output.assets
    }
    return loaded | made
