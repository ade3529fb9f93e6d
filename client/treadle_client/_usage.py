"""What an attempt used."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class MemoryScope(StrEnum):
    """What a peak of memory was measured over."""

    #: The largest single process of the attempt.
    LARGEST_PROCESS = "largest_process"
    #: All its processes together.
    ALL_PROCESSES = "all_processes"


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptUsage:
    """What one attempt used, measured when all its processes were gone.

    `cpu` is that of all processes that were reaped, user and system; `memory_scope` is None
    when memory was not measured.
    """

    wall: timedelta
    cpu: timedelta
    peak_memory_bytes: int
    memory_scope: MemoryScope | None
