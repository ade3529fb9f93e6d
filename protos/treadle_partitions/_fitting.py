"""Which mapping two definitions have by themselves, and whether one that is given fits them."""

from __future__ import annotations

from treadle_contract.partition import (
    DynamicPartitions,
    MappingRule,
    MultiMapping,
    MultiPartitions,
    MultiToSingleMapping,
    PartitionDimension,
    PartitionMapping,
    PlainMapping,
    SpecificMapping,
    StaticMapping,
    StaticPartitions,
    TimeWindowMapping,
    TimeWindowPartitions,
    UserMapping,
)
from treadle_partitions._keys import Definition, Of
from treadle_partitions._mappings import ALL, BY_TIME, IDENTITY, Mapping


class NoMapping(ValueError):
    """No mapping goes between two definitions, or one that is given does not; `problem` says why."""

    def __init__(self, problem: str, fix: str) -> None:
        self.problem = problem
        self.fix = fix
        super().__init__(f"{problem} {fix}")


def default_mapping(downstream: Definition | None, upstream: Definition | None) -> PartitionMapping:
    """Return the mapping between two assets that say none. None: it has no partitions.

    Of one definition: the same key. Of time windows: those that overlap. A reader without
    partitions: all that are materialized. What has no partitions: its one value, as by any
    mapping. A dimension of the other side: by that dimension. Static keys that are all there too:
    the same key.

    Raises:
        NoMapping: none of these; it says which ones can be given.
    """
    if upstream is None:
        return IDENTITY
    if downstream is None:
        return ALL
    reader, read = downstream.of, upstream.of
    match reader, read:
        case _ if reader == read:
            return IDENTITY
        case TimeWindowPartitions(), TimeWindowPartitions():
            return BY_TIME
        case StaticPartitions(keys=needed), StaticPartitions(keys=there) if set(needed) <= set(
            there
        ):
            return IDENTITY
        case (MultiPartitions() as several, single) | (single, MultiPartitions() as several):
            name = _dimension_for(several, single)
            if name is not None:
                return PartitionMapping(of=MultiToSingleMapping(dimension=name))
    raise NoMapping(
        f"its partitions are {described(reader)}, and those that it reads are {described(read)}: nothing"
        " says which of them a key needs.",
        f"Give partition_mapping={_advised(reader, read)}.",
    )


def check_mapping(
    mapping: PartitionMapping, downstream: Definition | None, upstream: Definition | None
) -> None:
    """Refuse a mapping that cannot work between two definitions. None: it has no partitions.

    Raises:
        NoMapping: it cannot.
    """
    if upstream is None:
        return
    problem = _problem(mapping, downstream, upstream)
    if problem:
        raise NoMapping(problem, f"Give partition_mapping={_advised_for(downstream, upstream)}.")


def reads_one(  # noqa: PLR0911 -- one for each mapping
    mapping: PartitionMapping, downstream: Definition | None, upstream: Definition
) -> bool:
    """Tell whether each key of a reader needs exactly one key: its argument is a value, not a dict."""
    if downstream is None:
        return False
    match mapping.of:
        case PlainMapping(rule=rule):
            return rule is not MappingRule.ALL
        case SpecificMapping(keys=keys):
            return len(keys) == 1
        case TimeWindowMapping() as by_time:
            return _is_window_for_window(by_time, downstream.of, upstream.of)
        case StaticMapping(entries=entries):
            readers = [key for each in entries for key in each.downstream_keys]
            return len(readers) == len(set(readers))
        case MultiToSingleMapping() as to_single if isinstance(downstream.of, MultiPartitions):
            dimension = _dimension(downstream.of, to_single.dimension, upstream.of)
            inner = default_mapping(dimension, upstream)
            return reads_one(inner, dimension, upstream)
        case MultiMapping(dimensions=pairs) if isinstance(upstream.of, MultiPartitions):
            return len(pairs) == len(upstream.of.dimensions) and all(
                _reads_one_of_dimension(each, downstream.of, upstream.of) for each in pairs
            )
    return False


def described(of: Of | None) -> str:
    """Return what keys there are, in words."""
    match of:
        case StaticPartitions(keys=keys):
            return f"static ({len(keys)} keys)"
        case TimeWindowPartitions() as windows:
            return f"time windows ({windows.cron_schedule!r} in {windows.timezone})"
        case DynamicPartitions(name=name):
            return f"dynamic ({name!r})"
        case MultiPartitions(dimensions=dimensions):
            return f"multi ({', '.join(each.name for each in dimensions)})"
    return "none"


def _is_window_for_window(mapping: TimeWindowMapping, reader: Of | None, read: Of | None) -> bool:
    return (
        isinstance(reader, TimeWindowPartitions)
        and isinstance(read, TimeWindowPartitions)
        and mapping.start_offset == mapping.end_offset
        and not mapping.allow_nonexistent_upstream_partitions
        and (reader.cron_schedule, reader.timezone) == (read.cron_schedule, read.timezone)
        and not (read.excluded_schedules or read.excluded_moments)
    )


def _reads_one_of_dimension(pair: Mapping, reader: Of | None, read: MultiPartitions) -> bool:
    assert not isinstance(pair, PartitionMapping)
    if not isinstance(reader, MultiPartitions):
        return False
    here = {each.name: each for each in reader.dimensions}[pair.downstream_dimension]
    there = {each.name: each for each in read.dimensions}[pair.upstream_dimension]
    return reads_one(PartitionMapping(of=pair.of), here, there)


def _dimension_for(several: MultiPartitions, single: Of | None) -> str | None:
    """Return the dimension that the other side's keys are of; None if none is, or more than one."""
    if isinstance(single, MultiPartitions) or single is None:
        return None
    same = [each.name for each in several.dimensions if each.of == single]
    if not same and isinstance(single, TimeWindowPartitions):
        same = [
            each.name for each in several.dimensions if isinstance(each.of, TimeWindowPartitions)
        ]
    return same[0] if len(same) == 1 else None


def _dimension(several: MultiPartitions, name: str, single: Of | None) -> PartitionDimension:
    name = name or _dimension_for(several, single) or ""
    for each in several.dimensions:
        if each.name == name:
            return each
    raise NoMapping(
        f"no dimension is called {name!r}: {', '.join(each.name for each in several.dimensions)}.",
        "Name one of them.",
    )


def _problem(mapping: Mapping, downstream: Definition | None, upstream: Definition) -> str:  # noqa: PLR0911 -- one for each mapping
    reader = None if downstream is None else downstream.of
    read = upstream.of
    match mapping.of:
        case PlainMapping(rule=MappingRule.IDENTITY) if reader is None:
            return "the mapping takes the key of a reader that has no partitions."
        case PlainMapping(rule=MappingRule.IDENTITY):
            return _identity_problem(reader, read)
        case SpecificMapping(keys=keys):
            return _absent(keys, read, "the mapping names")
        case TimeWindowMapping():
            both = isinstance(reader, TimeWindowPartitions) and isinstance(
                read, TimeWindowPartitions
            )
            return (
                ""
                if both
                else f"the mapping goes by time, from {described(reader)} to {described(read)}."
            )
        case StaticMapping(entries=entries):
            readers = [key for each in entries for key in each.downstream_keys]
            return _absent(
                [each.upstream_key for each in entries], read, "the mapping reads"
            ) or _absent(readers, reader, "the mapping names as readers")
        case MultiToSingleMapping(dimension=name):
            return _single_problem(name, reader, read)
        case MultiMapping() as multi:
            return _multi_problem(multi, reader, read)
        case UserMapping() | PlainMapping():
            return ""
    return "the mapping is none that is known here."


def _identity_problem(reader: Of | None, read: Of | None) -> str:
    if isinstance(reader, StaticPartitions):
        return _absent(reader.keys, read, "the reader has")
    if isinstance(reader, MultiPartitions) != isinstance(read, MultiPartitions):
        return f"the keys of {described(reader)} are none of {described(read)}."
    return ""


def _absent(keys: tuple[str, ...] | list[str], of: Of | None, what: str) -> str:
    if not isinstance(of, StaticPartitions):
        return ""
    there = set(of.keys)
    absent = [key for key in keys if key not in there]
    return f"{what} {absent[0]!r}, which is none of the {len(there)} static keys." if absent else ""


def _single_problem(name: str, reader: Of | None, read: Of | None) -> str:
    several, single = (reader, read) if isinstance(reader, MultiPartitions) else (read, reader)
    if not isinstance(several, MultiPartitions) or single is None:
        return f"the mapping goes between several dimensions and one, not from {described(reader)} to {described(read)}."
    if isinstance(single, MultiPartitions):
        return "the mapping goes between several dimensions and one, and both have several."
    names = [each.name for each in several.dimensions]
    if name and name not in names:
        return f"no dimension is called {name!r}: {', '.join(names)}."
    if not name and _dimension_for(several, single) is None:
        return f"no dimension of {', '.join(names)}, or more than one, is {described(single)}."
    return ""


def _multi_problem(mapping: MultiMapping, reader: Of | None, read: Of | None) -> str:
    if not (isinstance(reader, MultiPartitions) and isinstance(read, MultiPartitions)):
        return f"the mapping goes by dimensions, from {described(reader)} to {described(read)}."
    here = {each.name: each for each in reader.dimensions}
    there = {each.name: each for each in read.dimensions}
    for pair in mapping.dimensions:
        for name, known in ((pair.downstream_dimension, here), (pair.upstream_dimension, there)):
            if name not in known:
                return f"no dimension is called {name!r}: {', '.join(known)}."
        problem = _problem(pair, here[pair.downstream_dimension], there[pair.upstream_dimension])
        if problem:
            return f"dimension {pair.downstream_dimension!r}: {problem}"
    return ""


def _advised_for(downstream: Definition | None, upstream: Definition) -> str:
    return _advised(None if downstream is None else downstream.of, upstream.of)


def _advised(reader: Of | None, read: Of | None) -> str:
    match reader, read:
        case TimeWindowPartitions(), TimeWindowPartitions():
            return "TimeWindowPartitionMapping()"
        case MultiPartitions(), MultiPartitions():
            return "MultiPartitionMapping({…}), AllPartitionMapping() or LastPartitionMapping()"
        case (MultiPartitions(), _) | (_, MultiPartitions()) if reader is not None:
            return (
                'MultiToSingleDimensionPartitionMapping("dimension"), AllPartitionMapping() or'
                " LastPartitionMapping()"
            )
        case StaticPartitions(), StaticPartitions():
            return "StaticPartitionMapping({…}), AllPartitionMapping() or LastPartitionMapping()"
        case _ if any(map(_is_dynamic, (reader, read))) and reader is not None:
            return (
                "IdentityPartitionMapping() if both get the same keys, AllPartitionMapping() or"
                " LastPartitionMapping()"
            )
    return (
        "AllPartitionMapping(), LastPartitionMapping() or SpecificPartitionsPartitionMapping([…])"
    )


def _is_dynamic(of: Of | None) -> bool:
    return isinstance(of, DynamicPartitions)
