"""materialize and materialize_to_memory: assets made in this process, without services."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Any

from treadle._arguments import checked, refuse_unsupported
from treadle._errors import ArgumentError
from treadle._names import checked_tags
from treadle._source import user_line
from treadle._value_words import in_words
from treadle.assets._asset_spec import AssetSpec
from treadle.assets._block_options import mode
from treadle.assets._source_asset import unfolded
from treadle.locations._definitions import AssetLike, Definitions
from treadle.locations._jobs import SelectionLike, job_config, selected_by
from treadle_contract.plan import (
    Isolation,
    PlanOptions,
    ReuseMode,
    Selection,
    Siblings,
    UnrecordedLoads,
    UnselectedOutputs,
)
from treadle_inprocess._home import FolderHome, MemoryHome
from treadle_inprocess._request import Request, asked_partitions, run
from treadle_inprocess._result import ExecuteInProcessResult
from treadle_inprocess._values import ObjectStore, PickleStore


@checked
def materialize(  # noqa: PLR0913, PLR0917 -- Dagster's parameters, in Dagster's order, then ours
    assets: Iterable[AssetLike],
    run_config: Any = None,
    instance: str | os.PathLike[str] | None = None,
    resources: Mapping[str, Any] | None = None,
    partition_key: str | None = None,
    raise_on_error: bool = True,
    tags: Mapping[str, str] | None = None,
    selection: SelectionLike | None = None,
    *,
    unselected_outputs: UnselectedOutputs | str | None = None,
    siblings: Siblings | str | None = None,
    unrecorded_loads: UnrecordedLoads | str | None = None,
    isolation: Isolation | str | None = None,
    reuse: ReuseMode | str | None = None,
    allow_empty: bool = False,
) -> ExecuteInProcessResult:
    """Make assets in this process, one step after the other, planned and run as the services do it.

    `assets` are all that there is, `selection` says which of them are made: all without it. A step
    reads a copy of what another one stored: its pickle, which is kept in memory, or in `instance`, a
    folder in which a later call finds what an earlier one made; with `reuse` "unchanged" it does not do
    again there what is unchanged. `partition_key` is the partition that is made of what has partitions. The
    parameters are Dagster's, then those of a run. With `allow_empty` a group, tag, kind, owner or wildcard
    that matches nothing selects nothing.

    Raises:
        DefinitionError: the assets cannot work together, or an argument is wrong.
        PlanRefused: the selection cannot be planned, or loads what is not stored.
        BaseException: what the first step that failed raised, unless `raise_on_error` is False.
    """
    options = _options(locals(), "materialize")
    selected = _selected(selection, allow_empty, "materialize")
    request = _request("materialize", assets, resources, selected, options, tags)
    home = MemoryHome(PickleStore()) if instance is None else FolderHome(instance)
    return run(request, home, raise_on_error=raise_on_error)


@checked
def materialize_to_memory(  # noqa: PLR0913, PLR0917 -- Dagster's parameters, in Dagster's order, then ours
    assets: Iterable[AssetLike],
    run_config: Any = None,
    instance: object = None,
    resources: Mapping[str, Any] | None = None,
    partition_key: str | None = None,
    raise_on_error: bool = True,
    tags: Mapping[str, str] | None = None,
    selection: SelectionLike | None = None,
    *,
    unselected_outputs: UnselectedOutputs | str | None = None,
    siblings: Siblings | str | None = None,
    unrecorded_loads: UnrecordedLoads | str | None = None,
    isolation: Isolation | str | None = None,
    allow_empty: bool = False,
) -> ExecuteInProcessResult:
    """Make assets as `materialize` does, and hand each value on as it is: nothing is pickled.

    Raises:
        DefinitionError: as `materialize`.
        PlanRefused: as `materialize`.
        BaseException: as `materialize`.
    """
    options = _options(locals(), "materialize_to_memory")
    refuse_unsupported("materialize_to_memory", {"instance": instance})
    selected = _selected(selection, allow_empty, "materialize_to_memory")
    request = _request("materialize_to_memory", assets, resources, selected, options, tags)
    return run(request, MemoryHome(ObjectStore()), raise_on_error=raise_on_error)


@checked
def observe(  # noqa: PLR0913, PLR0917 -- Dagster's parameters, in Dagster's order
    assets: Iterable[AssetLike],
    run_config: Any = None,
    instance: str | os.PathLike[str] | None = None,
    resources: Mapping[str, Any] | None = None,
    partition_key: str | None = None,
    raise_on_error: bool = True,
    tags: Mapping[str, str] | None = None,
) -> ExecuteInProcessResult:
    """Look at assets of elsewhere in this process, each with its own function, as a run that names them does.

    Raises:
        DefinitionError: no function looks at one of them, or an argument is wrong.
        PlanRefused: the config is wrong.
        BaseException: as `materialize`.
    """
    given = tuple(unfolded(assets))
    for each in given:
        if not isinstance(each, AssetSpec) or each.observer is None:
            raise ArgumentError(
                f"observe: assets has {in_words(each)}, which no function looks at.",
                fix="Give what @observable_source_asset made; what is made here, to materialize(…).",
                source=user_line(),
            )
    keys = [each.key for each in given]
    return materialize(
        given, run_config, instance, resources, partition_key, raise_on_error, tags, keys
    )


def _request(  # noqa: PLR0913, PLR0917 -- what a run is made of
    owner: str,
    assets: Iterable[AssetLike],
    resources: Mapping[str, Any] | None,
    selection: Selection,
    options: PlanOptions,
    tags: Mapping[str, str] | None,
) -> Request:
    return Request(
        definitions=Definitions(assets=assets, resources=resources),
        selection=selection,
        options=options,
        tags=checked_tags(tags or {}, owner=owner),
    )


def _selected(selection: SelectionLike | None, allow_empty: bool, owner: str) -> Selection:
    expressions = () if selection is None else (str(selected_by(selection, owner)),)
    return Selection(expressions=expressions, allow_empty=allow_empty)


def _options(given: Mapping[str, Any], owner: str) -> PlanOptions:
    return PlanOptions(
        unselected_outputs=mode(UnselectedOutputs, "unselected_outputs", given, owner),
        siblings=mode(Siblings, "siblings", given, owner),
        unrecorded_loads=mode(UnrecordedLoads, "unrecorded_loads", given, owner),
        isolation=mode(Isolation, "isolation", given, owner),
        reuse=mode(ReuseMode, "reuse", given, owner),
        config=job_config(given["run_config"], owner, "run_config"),
        partitions=asked_partitions(given["partition_key"]),
    )
