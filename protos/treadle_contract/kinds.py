"""What the fields of each kind may hold: the table of bounds.proto.

Generated from bounds.proto by scripts/gen_protos.py: change that file, then `make protos`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from treadle_contract.message import Bounds

UNSPECIFIED: Final = 0
NAME: Final = 1
ASSET_KEY: Final = 2
FIRST_ASSET_KEYS: Final = 3
STEP_KEY: Final = 4
SENTENCE: Final = 5
SENTENCES: Final = 6
FAILURE_MESSAGE: Final = 7
LOG_MESSAGE: Final = 8
EXPRESSIONS: Final = 9
TAGS: Final = 10
IDEMPOTENCY_KEY: Final = 11
CANCEL_REASON: Final = 12
METADATA_TEXT: Final = 13
METADATA: Final = 14
ABSOLUTE_PATH: Final = 15
VALUE_KEY: Final = 16
ENVIRONMENT: Final = 17
TARGETS: Final = 18
MILLISECONDS: Final = 19
MICROSECONDS: Final = 20
SECONDS: Final = 21
MOMENT: Final = 22
COUNT: Final = 23
NUMBER: Final = 24
NICENESS: Final = 25
MODULE: Final = 26
CONFIG: Final = 27
JSON_SCHEMA: Final = 28
PARTITION_KEY: Final = 29
PARTITION_KEYS: Final = 30

KINDS: Final[Mapping[int, Bounds]] = {
    0: Bounds(),
    1: Bounds(max_bytes=1024, form='line'),
    2: Bounds(max_bytes=4096, form='components'),
    3: Bounds(max_bytes=4096, max_items=500, form='components'),
    4: Bounds(max_bytes=65536, form='line'),
    5: Bounds(max_bytes=65536),
    6: Bounds(max_total_bytes=1048576),
    7: Bounds(max_bytes=131072),
    8: Bounds(max_bytes=1048576),
    9: Bounds(max_total_bytes=1048576),
    10: Bounds(max_total_bytes=65536),
    11: Bounds(max_bytes=1024),
    12: Bounds(max_bytes=8192),
    13: Bounds(max_bytes=32768),
    14: Bounds(max_total_bytes=1572864, max_depth=21),
    15: Bounds(max_bytes=4096, form='absolute_path'),
    16: Bounds(max_bytes=4096, form='path_below'),
    17: Bounds(max_total_bytes=2097152, form='environment'),
    18: Bounds(max_items=10000),
    19: Bounds(min=0, max=3153600000000),
    20: Bounds(min=0, max=3153600000000000),
    21: Bounds(min=0, max=3153600000),
    22: Bounds(min=0),
    23: Bounds(min=0),
    24: Bounds(min=1),
    25: Bounds(min=0, max=19),
    26: Bounds(max_bytes=1024, form='dotted_name'),
    27: Bounds(max_total_bytes=1048576, max_depth=21),
    28: Bounds(max_bytes=1048576),
    29: Bounds(max_bytes=1024, form='line'),
    30: Bounds(max_bytes=1024, max_total_bytes=2097152, form='line'),
}
"""By the number of the kind."""

PARTS: Final = Bounds(max_total_bytes=268435456, max_items=2000000)
"""How much of what is streamed in parts is read."""
