"""What blocks are given about partitions, checked where it is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeVar

from treadle._errors import ArgumentError, ConflictError
from treadle._keys import AssetKey
from treadle._source import user_line
from treadle._value_words import in_words
from treadle_contract.lazy_dataclasses import dataclass, field, replace

if TYPE_CHECKING:
    from treadle.assets._asset_ins_outs import AssetOut
    from treadle.partitions._backfill import BackfillPolicy
    from treadle.partitions._config import PartitionedConfig
    from treadle.partitions._definition import PartitionsDefinition
    from treadle.partitions._mappings import PartitionMapping

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Partitioning:
    """What a block says of partitions: of its own assets', and of those that its `deps` need."""

    definition: PartitionsDefinition | None = None
    dep_mappings: Mapping[AssetKey, PartitionMapping] = field(default_factory=dict)
    backfill_policy: BackfillPolicy | None = None


UNPARTITIONED: Final = Partitioning()


def checked_partitions(value: object, owner: str) -> PartitionsDefinition | None:
    """Return a definition that was given; None for none.

    Raises:
        ArgumentError: it is none.
    """
    if value is None:
        return None
    from treadle.partitions._definition import PartitionsDefinition  # noqa: PLC0415 -- few modules have partitions

    if isinstance(value, PartitionsDefinition) and hasattr(value, "_contract"):
        return value
    raise _refused(
        f"{owner}: partitions_def is {in_words(value)}, and no definition of partitions.",
        "Give DailyPartitionsDefinition(start_date=…), StaticPartitionsDefinition([…]) or another of"
        " Treadle's.",
    )


def checked_mapping(value: object, owner: str) -> PartitionMapping | None:
    """Return a mapping that was given; None for none.

    Raises:
        ArgumentError: it is none.
    """
    if value is None:
        return None
    from treadle.partitions._mappings import PartitionMapping  # noqa: PLC0415 -- few modules have partitions

    if isinstance(value, PartitionMapping):
        value.as_data()
        return value
    raise _refused(
        f"{owner}: partition_mapping is {in_words(value)}, and no mapping.",
        "Give TimeWindowPartitionMapping(start_offset=-1, end_offset=-1), AllPartitionMapping() or"
        " another of Treadle's.",
    )


def checked_backfill_policy(value: object, owner: str) -> BackfillPolicy | None:
    """Return a policy that was given; None for none.

    Raises:
        ArgumentError: it is none.
    """
    if value is None:
        return None
    from treadle.partitions._backfill import BackfillPolicy  # noqa: PLC0415 -- few modules have partitions

    if isinstance(value, BackfillPolicy):
        return value
    raise _refused(
        f"{owner}: backfill_policy is {in_words(value)}, and no policy.",
        "Give BackfillPolicy.single_run() or BackfillPolicy.multi_run(n).",
    )


def split_config(
    config: Any, partitions_def: PartitionsDefinition | None, owner: str
) -> tuple[Any, PartitionedConfig | None, PartitionsDefinition | None]:
    """Return the config that a job has for all its runs, that of partitions, and what these are.

    Raises:
        ArgumentError: the job has other partitions than its config.
    """
    if not hasattr(type(config), "get_run_config_for_partition_key"):
        return config, None, partitions_def
    if partitions_def is not None and partitions_def != config.partitions_def:
        raise _refused(
            f"{owner} has other partitions, {partitions_def}, than its config, {config.partitions_def}.",
            "Leave partitions_def out: those of the config are the job's.",
        )
    return None, config, config.partitions_def


def put_mapping(
    into: dict[AssetKey, PartitionMapping], key: AssetKey, mapping: PartitionMapping, owner: str
) -> None:
    """Write down which partitions of an asset are needed.

    Raises:
        ConflictError: another mapping was said of it.
    """
    if into.setdefault(key, mapping).of != mapping.of:
        raise ConflictError(
            f"{owner}: two partition mappings are said of the asset {key.text!r}.",
            fix="Say one: what reads an asset needs the same of its partitions everywhere.",
            source=user_line(),
        )


def partitioning(given: Mapping[str, Any], outs: Iterable[AssetOut], *, owner: str) -> Partitioning:
    """Read what a decorator was given, for the block and for its outputs.

    Raises:
        DefinitionError: an argument cannot work, or two outputs have other partitions.
    """
    mappings: dict[AssetKey, PartitionMapping] = {}
    for dep in given.get("deps") or ():
        said = getattr(dep, "partition_mapping", None)
        if said is not None:
            put_mapping(mappings, dep.asset_key, said, owner)
    each_out = tuple(outs)
    definition = _only(
        [checked_partitions(given.get("partitions_def"), owner)],
        [out.partitions_def for out in each_out],
        f"{owner}: its assets have other partitions than each other, and one call makes them all",
        "Make them by two blocks, or give all of them the same partitions_def.",
    )
    policy = _only(
        [checked_backfill_policy(given.get("backfill_policy"), owner)],
        [out.backfill_policy for out in each_out],
        f"{owner} has two backfill policies",
        "Say one for the whole block.",
    )
    if definition is None and policy is None and not mappings:
        return UNPARTITIONED
    return Partitioning(definition=definition, dep_mappings=mappings, backfill_policy=policy)


def repartitioned(
    said: Partitioning, definitions: Sequence[PartitionsDefinition | None], owner: str
) -> Partitioning:
    """Return what a block says of partitions where its assets have got others.

    Raises:
        ConflictError: some have others than the rest.
    """
    if all(each == said.definition for each in definitions):
        return said
    problem = f"{owner}: its assets have other partitions than each other"
    return replace(
        said,
        definition=_only([None], definitions, problem, "Give all of them the same partitions_def."),
    )


def rekeyed(
    said: Partitioning, keys: Mapping[AssetKey, AssetKey], policy: BackfillPolicy | None
) -> Partitioning:
    """Return what a block says of partitions with other keys of what it reads, and another policy."""
    if not keys and policy is None:
        return said
    return replace(
        said,
        dep_mappings={keys[key]: each for key, each in said.dep_mappings.items()},
        backfill_policy=policy or said.backfill_policy,
    )


def _only(
    of_block: Sequence[T | None], of_outs: Sequence[T | None], problem: str, fix: str
) -> T | None:
    """Return what is said, of the block or of its outputs; of some outputs alone is not enough."""
    said = [each for each in (*of_block, *of_outs) if each is not None]
    if not said:
        return None
    is_silent = of_block[0] is None and None in of_outs
    if is_silent or any(each != said[0] for each in said):
        raise ConflictError(f"{problem}.", fix=fix, source=user_line())
    return said[0]


def _refused(problem: str, fix: str) -> ArgumentError:
    return ArgumentError(problem, fix=fix, source=user_line())
