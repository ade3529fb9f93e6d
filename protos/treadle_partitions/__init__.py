"""Partitions as arithmetic: keys, sets of keys and mappings, computed from what the contract says.

It knows the standard library and the contract's values; the authoring API, the planner and the
launcher share it.
"""

from __future__ import annotations

from treadle_partitions._cron import CronError
from treadle_partitions._cron import parse as check_schedule
from treadle_partitions._definitions import (
    NoTimeWindow,
    dynamic_names,
    keys_of,
    time_dimension,
    time_window,
)
from treadle_partitions._fitting import (
    NoMapping,
    check_mapping,
    default_mapping,
    described,
    reads_one,
)
from treadle_partitions._key_set import KeySet, range_text
from treadle_partitions._keys import (
    SEPARATOR,
    Definition,
    MultiKeys,
    PartitionKeys,
    UnknownPartition,
    key_problem,
)
from treadle_partitions._mappings import (
    ALL,
    BY_TIME,
    IDENTITY,
    LAST,
    AskUser,
    Mapping,
    Way,
    downstream_keys,
    upstream_keys,
)
from treadle_partitions._nonexistent import NoUpstreamPartition
from treadle_partitions._planned import planned_keys
from treadle_partitions._windows import WindowKeys
from treadle_partitions._zones import UnknownZone, zone_of

__all__ = [
    "ALL",
    "BY_TIME",
    "IDENTITY",
    "LAST",
    "SEPARATOR",
    "AskUser",
    "CronError",
    "Definition",
    "KeySet",
    "Mapping",
    "MultiKeys",
    "NoMapping",
    "NoTimeWindow",
    "NoUpstreamPartition",
    "PartitionKeys",
    "UnknownPartition",
    "UnknownZone",
    "Way",
    "WindowKeys",
    "check_mapping",
    "check_schedule",
    "default_mapping",
    "described",
    "downstream_keys",
    "dynamic_names",
    "key_problem",
    "keys_of",
    "planned_keys",
    "range_text",
    "reads_one",
    "time_dimension",
    "time_window",
    "upstream_keys",
    "zone_of",
]
