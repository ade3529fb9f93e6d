"""define_asset_job: a name for a selection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Any, TypeAlias, TypeGuard

from treadle._arguments import checked, refuse_unsupported
from treadle._errors import ArgumentError
from treadle._keys import AssetKey
from treadle._names import checked_name, checked_tags
from treadle._policies import RetryPolicy, checked_retry_policy
from treadle._source import user_line
from treadle._value_words import in_words
from treadle.assets._asset_spec import AssetSpec, HasAssetKeys
from treadle.assets._assets import AssetsDefinition
from treadle.assets._block_options import mode
from treadle.hooks._given import checked_hooks
from treadle.locations._executors import ExecutorDefinition, isolation_of
from treadle.locations.snapshot import SourceLine
from treadle.partitions._given import checked_partitions, split_config
from treadle.selection import (
    Check,
    Everything,
    Expression,
    Key,
    SelectionError,
    parse,
    union,
)
from treadle_contract.lazy_dataclasses import dataclass, replace
from treadle_contract.message import UserValue
from treadle_contract.plan import Isolation, ReuseMode

if TYPE_CHECKING:
    from treadle.graphs._graph import GraphDefinition
    from treadle.hooks._hook import HookDefinition
    from treadle.partitions._config import PartitionedConfig
    from treadle.partitions._definition import PartitionsDefinition
    from treadle.selection._asset_selection import AssetSelection

SelectionPart: TypeAlias = (
    "str | AssetKey | AssetsDefinition | AssetSpec | HasAssetKeys | AssetSelection"
)
#: What may be given for the selection of a job; a list is a union.
SelectionLike: TypeAlias = "SelectionPart | Sequence[SelectionPart]"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AssetJob:
    """A named selection of assets. `Definitions` checks that it selects some.

    `block` is what a job of ops runs, which makes none.
    """

    name: str
    selection: Expression
    description: str
    tags: Mapping[str, str]
    retry_policy: RetryPolicy | None
    isolation: Isolation | None
    config: UserValue
    hooks: tuple[HookDefinition, ...] = ()
    source: SourceLine
    block: AssetsDefinition | None = None
    partitions_def: PartitionsDefinition | None = None
    partitioned_config: PartitionedConfig | None = None
    reuse: ReuseMode | None = None

    def config_for(self, partition_key: str) -> UserValue:
        """Return the config of a run of a partition, as the user's function makes it.

        Raises:
            ArgumentError: it made no config.
            BaseException: whatever it raised.
        """
        assert self.partitioned_config is not None, "only what has one is asked"
        found = self.partitioned_config.get_run_config_for_partition_key(partition_key)
        return job_config(found, f"job {self.name!r}", "the config of a partition")

    @property
    def left_out(self) -> tuple[str, ...]:
        """What a job of ops leaves out of its graph, as `Job.left_out` of a snapshot; of assets, nothing."""
        return ()


@checked
def define_asset_job(  # noqa: PLR0913, PLR0917 -- Dagster's parameters, in Dagster's order, then ours
    name: str,
    selection: SelectionLike | None = None,
    config: Any = None,
    description: str | None = None,
    tags: Mapping[str, Any] | None = None,
    run_tags: object = None,
    metadata: object = None,
    partitions_def: PartitionsDefinition | None = None,
    hooks: AbstractSet[HookDefinition] | None = None,
    executor_def: ExecutorDefinition | None = None,
    op_retry_policy: RetryPolicy | None = None,
    owners: object = None,
    *,
    isolation: Isolation | str | None = None,
    reuse: ReuseMode | str | None = None,
) -> AssetJob:
    """Name a selection: text of the selection language, keys, blocks, or a list of these.

    Without a selection it is every asset. Whether it selects what is there is checked where
    the job is given to `Definitions`. `op_retry_policy` is for steps that have none otherwise,
    `isolation` and `reuse` for blocks, `hooks` for every step. `partitions_def` is what the keys of its runs
    are of, where what it selects has several.

    Raises:
        DefinitionError: a name or an argument cannot work, or the text is no selection.
    """
    refuse_unsupported(
        "define_asset_job",
        {
            "run_tags": run_tags,
            "metadata": metadata,
            "owners": owners,
        },
    )
    checked_name(name, what="define_asset_job: name")
    owner = f"define_asset_job {name!r}"
    said = checked_partitions(partitions_def, owner)
    config, partitioned_config, said = split_config(config, said, owner)
    return AssetJob(
        name=name,
        selection=selected_by(selection, owner),
        description=description or "",
        tags=checked_tags(tags or {}, owner=owner),
        retry_policy=checked_retry_policy(op_retry_policy, owner=owner, name="op_retry_policy"),
        isolation=isolation_of({"isolation": isolation, "executor_def": executor_def}, owner),
        reuse=mode(ReuseMode, "reuse", {"reuse": reuse}, owner),
        config=job_config(config, owner),
        hooks=checked_hooks(hooks, owner=f"{owner}: hooks"),
        source=user_line(),
        partitions_def=said,
        partitioned_config=partitioned_config,
    )


def job_config(config: object, owner: str, parameter: str = "config") -> UserValue:
    """Return the config of a job, or of a run, as plain data, None for none.

    Raises:
        ArgumentError: it is no config.
    """
    if config is None:
        return None
    from treadle.config._config_mapping import ConfigMapping  # noqa: PLC0415 -- few modules have config
    from treadle.config._run_config import config_data  # noqa: PLC0415 -- as above

    if isinstance(config, ConfigMapping):
        raise ArgumentError(
            f"{owner}: {parameter} is a ConfigMapping, which only a job of ops takes.",
            fix="Give it to a graph, @graph(config=…), and call that in the job.",
            source=user_line(),
        )
    try:
        found = config_data(config)
    except ValueError as error:
        raise ArgumentError(f"{owner}: {error}", fix="Correct it.", source=user_line()) from error
    if not isinstance(found, Mapping):
        raise ArgumentError(
            f"{owner}: {parameter} is {in_words(config)}, and no config of a run.",
            fix='Give RunConfig(ops={…}), or {"ops": {…}}.',
            source=user_line(),
        )
    return found


def configured(
    graph: GraphDefinition, config: object, owner: str
) -> tuple[GraphDefinition, UserValue]:
    """Return the graph of a job, which has the mapping that the job gives, and the job's config.

    Raises:
        ArgumentError: it is no config, or a mapping, which the graph cannot have.
    """
    if not hasattr(type(config), "of_job"):
        return graph, job_config(config, owner)
    from treadle.graphs._graph_config import checked_config  # noqa: PLC0415 -- few jobs have a mapping

    if graph.config is not None:
        raise ArgumentError(
            f"{owner}: config is a ConfigMapping, and its graph {graph.name!r} has config of its own.",
            fix="Leave one of them out.",
            source=user_line(),
        )
    mapping: Any = config
    checked_mapping = checked_config(mapping.of_job(), graph.invocations, owner=owner)
    return replace(graph, config=checked_mapping), None


def selected_by(selection: SelectionLike | None, owner: str) -> Expression:
    """Return what is selected; None: every asset.

    Raises:
        ArgumentError: it is no selection.
    """
    if selection is None:
        return Everything()
    if isinstance(selection, str | AssetKey | AssetSpec | HasAssetKeys) or _is_selection(selection):
        return _part(selection, owner)
    if not selection or not isinstance(selection, Sequence):
        raise ArgumentError(
            f"{owner}: selection={in_words(selection)} selects nothing.",
            fix='Give text such as "a or b+", an AssetSelection or AssetKey, what an asset decorator made, or a'
            " list of these.",
            source=user_line(),
        )
    return union(_part(each, owner) for each in selection)


def _is_selection(selection: object) -> TypeGuard[AssetSelection]:
    # Who writes none does not wait for its class.
    return hasattr(type(selection), "to_selection_str")


def _part(part: object, owner: str) -> Expression:
    if _is_selection(part):
        return part.expression
    match part:
        case AssetKey():
            return Key(key=part.text)
        case AssetSpec(key=key):
            return Key(key=key.text)
        case AssetsDefinition():
            checks = sorted(part.check_keys) if not part.keys else ()
            return union(
                [
                    *(Key(key=key.text) for key in sorted(part.keys)),
                    *(Check(asset=key.asset_key.text, name=key.name) for key in checks),
                ]
            )
        case str():
            try:
                return parse(part)
            except SelectionError as error:
                raise ArgumentError(
                    f"{owner}: {error}",
                    fix="Write the selection as the message says.",
                    source=user_line(),
                ) from error
    if isinstance(part, HasAssetKeys):
        return union(Key(key=key.text) for key in sorted(part.keys))
    raise ArgumentError(
        f"{owner}: selection has {in_words(part)}, which names no asset.",
        fix="Give text, an AssetKey, or what an asset decorator made.",
        source=user_line(),
    )
