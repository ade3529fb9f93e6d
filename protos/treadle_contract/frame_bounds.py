"""What a frame between a host and its launcher holds at most: see worker.proto."""

from __future__ import annotations

from typing import Final

from treadle_contract.json_text import MAX_LEVELS, Shape

MAX_BYTES: Final = 64 * 1024 * 1024
FRAME: Final = Shape(values=2_100_000, levels=MAX_LEVELS)

# What a step reports, its host puts an envelope around: ids, and a record in a list in two objects.
MAX_FACT_BYTES: Final = MAX_BYTES - 1024 * 1024
FACT: Final = Shape(values=2_000_000, levels=MAX_LEVELS - 8)
