"""A job of some definitions, run in this process."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from treadle._arguments import checked, refuse_no_list, refuse_unsupported
from treadle._errors import ArgumentError, did_you_mean, listed
from treadle._keys import AssetKey, KeyLike, as_key
from treadle._names import checked_tags
from treadle._source import user_line
from treadle._value_words import in_words
from treadle.assets._assets import AssetsDefinition
from treadle.locations._definitions import Definitions
from treadle.locations._jobs import AssetJob, job_config
from treadle.locations._op_jobs import JobDefinition, part_of, with_given
from treadle.locations.location import build_location
from treadle.selection._asset_selection import AssetSelection
from treadle_contract.codeserver import PlanRequest
from treadle_contract.lazy_dataclasses import replace
from treadle_contract.plan import PlanOptions, Selection
from treadle_inprocess._home import FolderHome, MemoryHome
from treadle_inprocess._request import Request, asked_partitions, run
from treadle_inprocess._result import ExecuteInProcessResult
from treadle_inprocess._values import ObjectStore, PickleStore
from treadle_planner import Planner

#: As in Dagster, the job that there is without being defined: every asset.
EVERY_ASSET: Final = "__ASSET_JOB"


def _named(asset: KeyLike | AssetsDefinition) -> Iterable[AssetKey]:
    return sorted(asset.keys) if isinstance(asset, AssetsDefinition) else (as_key(asset),)


def _put(told: dict[str, Any], path: Sequence[str], value: Any) -> None:
    *outer, last = path
    for name in outer:
        told = told.setdefault(name, {})
    told[last] = value


@checked
def validate_run_config(job_def: Any, run_config: Any = None) -> dict[str, Any]:
    """Return the config that a job runs with, if it is right: with defaults, and what the job says itself.

    `job_def` is a job of ops, or what `defs.get_job_def(NAME)` gives. Variables stand by their names. Of
    what nothing is told, nothing is said.

    Raises:
        ArgumentError: it is no such job, or no config.
        PlanRefused: the config is wrong: where, what is expected and what is given.
    """
    if isinstance(job_def, JobDefinition):
        job_def = JobInProcess(Definitions(jobs=[job_def]), job_def.name)
    if not isinstance(job_def, JobInProcess):
        raise ArgumentError(
            f"validate_run_config: job_def is {in_words(job_def)}, whose definitions are not known.",
            fix="Give defs.get_job_def(NAME), or a job of ops.",
            source=user_line(),
        )
    return job_def.validated_config(run_config)


class JobInProcess:
    """A job, and the definitions that it is of."""

    def __init__(self, definitions: Definitions, name: str) -> None:
        """Find the job.

        Raises:
            ArgumentError: there is none of that name.
        """
        jobs = {job.name: job for job in definitions.contents.jobs}
        names = list(jobs)
        if name not in jobs and name != EVERY_ASSET:
            raise ArgumentError(
                f"There is no job {name!r} here.{did_you_mean(name, names)}",
                fix=f"There are: {listed(names)}.",
                source=user_line(),
            )
        self._definitions = definitions
        self._is_of_ops = name in jobs and jobs[name].block is not None
        self.name = name

    def execute_in_process(  # noqa: PLR0913 -- Dagster's parameters
        self,
        run_config: Any = None,
        *,
        instance: str | os.PathLike[str] | None = None,
        partition_key: str | None = None,
        raise_on_error: bool = True,
        op_selection: object = None,
        asset_selection: Iterable[KeyLike | AssetsDefinition] | None = None,
        tags: Mapping[str, str] | None = None,
        resources: Mapping[str, Any] | None = None,
        input_values: Mapping[str, Any] | None = None,
        run_id: object = None,
    ) -> ExecuteInProcessResult:
        """Make what the job selects, as `materialize` does, with other resources where they are given.

        `asset_selection` are those of the job's assets that are made, with their checks. A job of ops
        runs as `JobDefinition.execute_in_process` runs it.

        Raises:
            DefinitionError: an argument is wrong.
            PlanRefused: it cannot be planned.
            BaseException: what the first step that failed raised, unless `raise_on_error` is False.
        """
        owner = f"execute_in_process of {self.name!r}"
        given = {
            "op_selection": None if self._is_of_ops else op_selection,
            "asset_selection": asset_selection if self._is_of_ops else None,
            "input_values": None if self._is_of_ops else input_values,
            "run_id": run_id,
        }
        refuse_unsupported("execute_in_process", given)
        if asset_selection is not None:
            refuse_no_list("execute_in_process: asset_selection", asset_selection)
        keys = [key for each in asset_selection or () for key in _named(each)]
        definitions = self._with(resources or {}, op_selection, keys, input_values or {})
        config = job_config(run_config, owner, "run_config")
        request = Request(
            definitions=definitions,
            selection=self._selection(keys),
            options=PlanOptions(config=config, partitions=asked_partitions(partition_key)),
            tags=checked_tags(tags or {}, owner=owner),
            root=self.name if self._is_of_ops else "",
        )
        store = ObjectStore() if self._is_of_ops else PickleStore()
        home = MemoryHome(store) if instance is None else FolderHome(instance)
        return run(request, home, raise_on_error=raise_on_error)

    def validated_config(self, run_config: Any) -> dict[str, Any]:
        """Return what ops and resources of the job are told, with what the definitions say and defaults.

        Raises:
            ArgumentError: it is no config.
            PlanRefused: it is wrong.
        """
        config = job_config(run_config, "validate_run_config", "run_config")
        snapshot = build_location([("", self._definitions)]).snapshot
        request = PlanRequest(selection=self._selection(()), options=PlanOptions(config=config))
        places = {step.key: step for step in snapshot.steps}
        told: dict[str, Any] = {}
        for step in Planner(snapshot).plan(request).steps:
            at = places[step.key]
            said = [(at.config, step.config), (at.told_inputs, step.told_inputs)]
            for place, value in said:
                if place is not None and value is not None:
                    _put(told, place.path, value)
            for each in step.resource_config:
                _put(told, ("resources", each.key, "config"), each.config)
        if self._is_of_ops:
            own = told.pop("ops", {}).get(self.name, {})
            told |= own
        return told

    @property
    def _is_implicit(self) -> bool:
        return not any(job.name == self.name for job in self._definitions.contents.jobs)

    def _selection(self, keys: Sequence[AssetKey]) -> Selection:
        if not self._is_implicit:
            return Selection(job=self.name)
        return Selection(expressions=(str(AssetSelection.assets(*keys)),) if keys else ())

    def _less(self, job: AssetJob, keys: Sequence[AssetKey]) -> AssetJob:
        """Return the job with no other assets than these.

        Raises:
            ArgumentError: it does not select one of them.
        """
        (selected,) = (
            each.keys for each in self._definitions.selected_jobs if each.job.name == job.name
        )
        for key in keys:
            if key.text not in selected:
                raise ArgumentError(
                    f"execute_in_process: the job {job.name!r} does not select {key.text!r}."
                    f"{did_you_mean(key.text, selected)}",
                    fix=f"asset_selection may name {listed(sorted(selected))}.",
                    source=user_line(),
                )
        less = AssetSelection(job.selection) & AssetSelection.assets(*keys)
        return replace(job, selection=less.expression)

    def _with(
        self,
        resources: Mapping[str, Any],
        op_selection: object,
        keys: Sequence[AssetKey],
        input_values: Mapping[str, Any],
    ) -> Definitions:
        contents = self._definitions.contents
        less = op_selection or (keys and not self._is_implicit)
        if not (resources or less or input_values):
            return self._definitions
        owner = f"execute_in_process of {self.name!r}"

        def changed(job: AssetJob) -> AssetJob:
            if job.name != self.name:
                return job
            if isinstance(job, JobDefinition):
                part = part_of(job, op_selection, owner=owner)
                return with_given(part, resources, input_values)
            return self._less(job, keys) if keys else job

        of_all = {} if self._is_of_ops else resources
        return Definitions(
            assets=contents.given,
            jobs=list(map(changed, contents.jobs)),
            resources={**contents.resources, **of_all},
        )

    def __repr__(self) -> str:
        return f"<job {self.name} of {self._definitions!r}>"
