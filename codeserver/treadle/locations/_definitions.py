"""Definitions: what a module defines, put together and checked as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from treadle._absent_attributes import SaysWhatIsAbsent
from treadle._arguments import checked_init, refuse_unsupported
from treadle._errors import ArgumentError
from treadle._names import checked_name
from treadle._source import user_line
from treadle._system import uncollected
from treadle._value_words import in_words
from treadle.assets._asset_spec import AssetSpec
from treadle.assets._assets import AssetsDefinition
from treadle.assets._source_asset import unfolded
from treadle.assets._upstream import refuse_unknown_spec_deps
from treadle.locations._build import Built, build, distinct
from treadle.locations._contents import (
    Contents,
    refuse_equal_job_names,
    with_observers,
    with_own_resources,
)
from treadle.locations._reading_definitions import DefinitionsRead
from treadle.ops._resource_check import refuse_missing_resources
from treadle.ops._resource_inputs import with_resource_inputs
from treadle_contract.lazy_dataclasses import dataclass

if TYPE_CHECKING:
    from treadle.assets._observing import ObservableAssets
    from treadle.locations._executors import ExecutorDefinition
    from treadle.locations._job_selection import SelectedJob
    from treadle.locations._jobs import AssetJob

#: What a module may give as one of its assets.
AssetLike: TypeAlias = "AssetsDefinition | AssetSpec | ObservableAssets"


@checked_init
@dataclass(frozen=True, slots=True, init=False, eq=False, repr=False)
class Definitions(DefinitionsRead, SaysWhatIsAbsent):
    """The assets, jobs and resources of a module. A module has one at most.

    Every upstream asset is among its assets or declared with an `AssetSpec`; every resource
    that an op asks for, and every IO manager, is among its resources.

    Raises:
        DefinitionError: something is defined twice, missing, selected though not there, or
            needs itself; names the lines.
    """

    contents: Contents
    built: Built
    selected_jobs: tuple[SelectedJob, ...]
    parts: tuple[Definitions, ...]
    """Those that they were made of, which are no further Definitions of their module."""

    def __init__(  # noqa: PLR0913, PLR0917 -- Dagster's parameters, in Dagster's order
        self,
        assets: Iterable[AssetLike] | None = None,
        schedules: object = None,
        sensors: object = None,
        jobs: Iterable[AssetJob] | None = None,
        resources: Mapping[str, Any] | None = None,
        executor: ExecutorDefinition | None = None,
        loggers: object = None,
        asset_checks: Iterable[AssetsDefinition] | None = None,
        metadata: object = None,
        component_tree: object = None,
    ) -> None:
        unsupported = {
            "schedules": schedules,
            "sensors": sensors,
            "loggers": loggers,
            "metadata": metadata,
            "component_tree": component_tree,
        }
        refuse_unsupported("Definitions", unsupported)
        if executor is not None:
            _refuse_executor(executor)
        given, checked_jobs = _checked_assets(assets), _checked_jobs(jobs)
        contents = Contents(
            blocks=distinct(
                each
                for each in (
                    *given,
                    *_checked_checks(asset_checks),
                    *(job.block for job in checked_jobs),
                )
                if isinstance(each, AssetsDefinition)
            ),
            specs=distinct(each for each in given if isinstance(each, AssetSpec)),
            jobs=checked_jobs,
            resources=_checked_resources(resources),
            source=user_line(),
        )
        _fill(self, contents)

    def __repr__(self) -> str:
        blocks, jobs = len(self.contents.blocks), len(self.contents.jobs)
        return f"<Definitions of {blocks} blocks and {jobs} jobs at {self.contents.source}>"


def definitions_from(contents: Contents) -> Definitions:
    """Make definitions of what a module has at its top level.

    Raises:
        DefinitionError: as for `Definitions`.
    """
    made = object.__new__(Definitions)
    _fill(made, contents)
    return made


@uncollected()
def _fill(made: Definitions, contents: Contents) -> None:
    contents = with_resource_inputs(with_own_resources(with_observers(contents)))
    refuse_equal_job_names(contents.jobs)
    built = build((contents,), contents.resources)
    refuse_unknown_spec_deps(contents.specs, contents.keys, contents.lines)
    refuse_missing_resources(contents)
    if contents.resources and built.snapshot.partitions:
        _refuse_shared_paths(contents, built)
    put = object.__setattr__
    put(made, "contents", contents)
    put(made, "built", built)
    put(made, "parts", ())
    put(made, "selected_jobs", _selected(contents, built) if contents.jobs else ())


def _refuse_shared_paths(contents: Contents, built: Built) -> None:
    from treadle.managers._shared_paths import refuse_shared_paths  # noqa: PLC0415 -- few modules have partitions

    refuse_shared_paths(built.snapshot, contents.resources, contents.source)


def _selected(contents: Contents, built: Built) -> tuple[SelectedJob, ...]:
    from treadle.locations._job_selection import selected_jobs  # noqa: PLC0415 -- few modules have jobs

    return selected_jobs(contents.jobs, built.snapshot, contents.lines)


def _refuse_executor(executor: object) -> None:
    from treadle.locations._executors import refuse_executor  # noqa: PLC0415 -- few modules name one

    refuse_executor(executor)


def _checked_assets(
    assets: Iterable[AssetLike] | None,
) -> tuple[AssetsDefinition | AssetSpec, ...]:
    given = tuple(unfolded(assets or ()))
    for each in given:
        if not isinstance(each, AssetsDefinition | AssetSpec):
            raise ArgumentError(
                f"Definitions: assets has {in_words(each)}, which is not an asset.",
                fix="Give what @asset, @multi_asset, @graph_asset, @graph_multi_asset or"
                " AssetsDefinition.from_graph made, or an AssetSpec.",
                source=user_line(),
            )
    return given


def _checked_checks(checks: Iterable[object] | None) -> tuple[AssetsDefinition, ...]:
    found = []
    for each in checks or ():
        if not isinstance(each, AssetsDefinition) or each.keys or not each.check_specs:
            raise ArgumentError(
                f"Definitions: asset_checks has {in_words(each)}, which is not a check.",
                fix="Give what @asset_check or @multi_asset_check made; assets go into assets=[…].",
                source=user_line(),
            )
        found.append(each)
    return tuple(found)


def _checked_jobs(jobs: Iterable[AssetJob] | None) -> tuple[AssetJob, ...]:
    given = tuple(jobs or ())
    if not given:
        return ()
    from treadle.locations._jobs import AssetJob  # noqa: PLC0415 -- few modules have jobs

    for each in given:
        if not isinstance(each, AssetJob):
            raise ArgumentError(
                f"Definitions: jobs has {in_words(each)}, which is not a job.",
                fix="Give what define_asset_job, @job or to_job made."
                + (" Write .to_job()." if type(each).__name__ == "GraphDefinition" else ""),
                source=user_line(),
            )
    return distinct(given)


def _checked_resources(resources: Mapping[str, Any] | None) -> dict[str, object]:
    given = dict(resources or {})
    for key in given:
        checked_name(key, what="Definitions: resource")
    return given
