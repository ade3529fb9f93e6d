"""Planning for a launcher: which location, which plan, whether it is still the one that was shown."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from treadle_contract.lazy_dataclasses import replace
from treadle_contract.plan import (
    ExplanationPart,
    PlanOptions,
    Reexecution,
    Selection,
    UnrecordedLoads,
)
from treadle_launcher.clock import Clock, SystemClock
from treadle_launcher.errors import (
    StalePlanError,
    UnknownLocationError,
)
from treadle_launcher.locations.code_location import CodeLocation
from treadle_launcher.locations.launch_spec import LaunchSpec
from treadle_launcher.locations.locations import Locations
from treadle_launcher.partitions.asset_partitions import PartitionRecord
from treadle_launcher.partitions.recorded_assets import with_recorded
from treadle_launcher.planning.earlier_successes import EarlierSuccesses
from treadle_launcher.planning.elsewhere import elsewhere_notes
from treadle_launcher.planning.explaining import told_with
from treadle_launcher.planning.location_planning import Planned, plan_in
from treadle_launcher.planning.on_record import OnRecord
from treadle_launcher.planning.plan import Plan
from treadle_launcher.planning.plan_changes import manifest_changes, plan_changes
from treadle_launcher.planning.rerunning import EarlierRun, EarlierRuns
from treadle_launcher.planning.routing import owner_of
from treadle_launcher.runs.run_summary import RunSummary
from treadle_launcher.serving.launch_request import Launchable, LaunchRequest
from treadle_launcher.store.store import Store
from treadle_launcher.values.stored_values import LatestValues, StoredValues

_LAUNCH_TRIES = 3


class Planner:
    """Plans selections on the snapshots that the code servers serve now."""

    def __init__(
        self,
        locations: Locations,
        store: Store,
        values: StoredValues,
        import_timeout: float | None = None,
        clock: Clock | None = None,
    ) -> None:
        """Look for values of earlier runs, and of what is loaded, in `values`.

        `import_timeout`, in seconds, is used instead of each code server's own.
        """
        self._earlier_runs = EarlierRuns(store, values)
        self._import_timeout = import_timeout
        self._locations = locations
        self._record = PartitionRecord(locations, store, clock or SystemClock())
        self._store = store
        self._values = values
        self._latest = LatestValues(store, values)
        self._kept_digests: set[tuple[str, str]] = set()
        self._last_spec: tuple[LaunchSpec, LaunchSpec] | None = None

    async def plan(self, location: str, selection: Selection, options: PlanOptions) -> Plan:
        """Return a resolved plan, and keep it so that a launch can say what changed since."""
        where, planned = await self._plan(location, selection, options)
        return await self._kept(where, planned)

    async def explain(
        self, location: str, selection: Selection, options: PlanOptions
    ) -> ExplanationPart:
        """Return why each op is in the plan of a selection, or not. What was never stored is no error.

        Raises:
            RefusedError: as ExplainSelection.
        """
        options = replace(options, unrecorded_loads=UnrecordedLoads.TRY)
        where, planned = await self._plan(location, selection, options)
        plan = planned.resolved
        parts = await where.explain(plan.selection, options, plan.header.missing_asset_keys)
        return told_with(plan, parts)

    async def plan_again(self, asked: Reexecution) -> Plan:
        """Return the resolved plan of a re-execution, and keep it likewise."""
        where, planned = await self._plan_again(await self._earlier_runs.get(asked))
        return await self._kept(where, planned)

    async def _kept(self, where: CodeLocation, planned: Planned) -> Plan:
        await self._store.put_plan(planned.made)
        await self._keep_manifest(where, planned.made.header.digest)
        return planned.resolved

    async def _keep_manifest(self, where: CodeLocation, digest: str) -> None:
        """Keep what the code is made of, for those who ask later what changed since."""
        if (where.name, digest) not in self._kept_digests:
            kept, manifest = await where.manifest()
            await self._store.put_manifest(where.name, kept, manifest)
            self._kept_digests.add((where.name, kept))

    async def launchable(self, request: LaunchRequest) -> Launchable:
        """Return what a run needs, of the plan that was pinned if one was.

        Raises:
            RefusedError: as PlanRun; StalePlanError; NoHostForLocationError.
        """
        asked = request.reexecution
        earlier = None if asked is None else await self._earlier_runs.get(asked)
        for _ in range(_LAUNCH_TRIES):
            if earlier is not None:
                where, planned = await self._plan_again(earlier)
            else:
                where, planned = await self._plan(
                    request.location, request.selection, request.options
                )
            await self._check_pinned(where, request, planned.made)
            spec = await where.launch_spec(planned.made.generation)
            if spec.digest == planned.made.header.digest:
                await self._keep_manifest(where, spec.digest)
                spec = await self._with_manifest(where, spec)
                tags = await self._job_tags(where, planned.made.selection)
                earlier_tags = {} if earlier is None else earlier.run.tags
                return Launchable(
                    plan=planned.resolved,
                    launch_spec=spec.with_import_timeout(self._import_timeout),
                    tags={**tags, **earlier_tags, **request.tags},
                    earlier=earlier,
                )
        raise StalePlanError(changes=["the code changes faster than it can be planned"])

    async def _with_manifest(self, where: CodeLocation, spec: LaunchSpec) -> LaunchSpec:
        """Return the same with what its digest is made of: the same object for many runs."""
        if self._last_spec is None or self._last_spec[0] is not spec:
            manifest = await self._store.get_manifest(where.name, spec.digest)
            if manifest is None:
                return spec
            self._last_spec = spec, spec.with_manifest(manifest)
        return self._last_spec[1]

    async def replanned(self, run: RunSummary) -> Launchable:
        """Reload the run's location once, then return what the run needs."""
        await self._locations.get(run.location).reload()
        return await self.launchable(
            LaunchRequest(
                location=run.location,
                selection=run.selection,
                options=run.options,
                reexecution=run.reexecution,
            )
        )

    async def check_stable(self, location: str) -> None:
        """Reload a location, and see that it can be planned on.

        Raises:
            RefusedError: it cannot; UNSTABLE: no two imports of it define the same.
        """
        where = self._locations.get(location)
        await where.reload()
        await where.launch_spec()

    async def _plan(
        self, name: str, selection: Selection, options: PlanOptions
    ) -> tuple[CodeLocation, Planned]:
        selection = await with_recorded(selection, self._record)
        if name or len(self._locations.all()) <= 1:
            location = self._locations.get(name)
        else:
            location = await owner_of(self._locations, selection)
        return location, await self._plan_in(location, selection, options)

    async def _plan_again(self, earlier: EarlierRun) -> tuple[CodeLocation, Planned]:
        location = self._location_of(earlier.run)
        return location, await self._plan_in(
            location, earlier.run.selection, earlier.options, earlier
        )

    def _location_of(self, earlier: RunSummary) -> CodeLocation:
        name = earlier.location
        try:
            return self._locations.get(name)
        except UnknownLocationError:
            message = (
                f"Run {earlier.run_id} is of location {name}, and none of that name is served here:"
                f" serve the run's code under it, with `treadle dev --name {name} -f FILE`,"
                f" `treadle launcher --location {name}=ADDRESS` or local(FILE, name={name!r})."
            )
            raise UnknownLocationError([name], message=message) from None

    async def _plan_in(
        self,
        location: CodeLocation,
        selection: Selection,
        options: PlanOptions,
        earlier: EarlierRun | None = None,
    ) -> Planned:
        conflicts = await self._locations.conflicts(location.name)
        owners = partial(self._locations.owned_beside, location.name)
        successes = EarlierSuccesses(self._store, self._values, location.name)
        record = OnRecord(self._latest, conflicts, owners, successes)
        planned = await plan_in(location, selection, options, record, earlier)
        return await self._with_elsewhere(planned)

    async def _with_elsewhere(self, planned: Planned) -> Planned:
        """Add to the notes what the selection reaches in other locations, and leaves out."""
        plan = planned.resolved
        if len(self._locations.all()) == 1 or not (
            plan.header.above_asset_keys or plan.header.below_asset_keys
        ):
            return planned
        notes = elsewhere_notes(plan, await self._locations.graphs(plan.header.location))
        return replace(planned, resolved=plan.with_notes(*notes))

    async def _check_pinned(self, where: CodeLocation, request: LaunchRequest, plan: Plan) -> None:
        is_same_code = request.digest in ("", plan.header.digest)
        if not is_same_code or request.fingerprint not in ("", plan.header.fingerprint):
            raise StalePlanError(changes=await self._changes(where, request, plan))

    async def _changes(
        self, where: CodeLocation, request: LaunchRequest, plan: Plan
    ) -> tuple[str, ...]:
        lines: list[str] = []
        if request.digest not in ("", plan.header.digest):
            before = await self._store.get_manifest(where.name, request.digest)
            _, now = await where.manifest()
            if before is not None:
                lines.extend(manifest_changes(before, now))
            if not lines:
                lines.append(f"digest {request.digest[:12]} became {plan.header.digest[:12]}")
        shown = await self._store.get_plan(where.name, request.fingerprint)
        if shown is not None:
            lines.extend(plan_changes(shown, plan))
        return tuple(lines) or ("the plan that was seen is not known here",)

    @staticmethod
    async def _job_tags(where: CodeLocation, selection: Selection) -> Mapping[str, str]:
        if not selection.job:
            return {}
        job = (await where.graph()).jobs.get(selection.job)
        return {} if job is None else job.tags
