"""What a frame between a host and its launcher holds at most: see worker.proto."""

from __future__ import annotations

from typing import Final

from treadle_contract.json_text import MAX_LEVELS, Shape

MAX_BYTES: Final = 64 * 1024 * 1024
FRAME: Final = Shape(values=1_600_000, levels=MAX_LEVELS)

# What a step reports, its host writes anew and puts an envelope around: a number may take more
# bytes then, a record lies in a list in two objects.
MAX_FACT_BYTES: Final = 32 * 1024 * 1024
FACT: Final = Shape(values=1_500_000, levels=MAX_LEVELS - 8)
"""Of values, a step may have twice what metadata of one thing has at most."""
