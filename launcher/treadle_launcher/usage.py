"""What an attempt used: the launcher's mirror of run.proto's AttemptUsage."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class MemoryScope(StrEnum):
    """What a peak of memory was measured over."""

    LARGEST_PROCESS = "largest_process"
    """The largest single process of the attempt."""
    ALL_PROCESSES = "all_processes"
    """All its processes together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptUsage:
    """What one attempt used. `memory_scope` None: memory was not measured."""

    wall_us: int = 0
    cpu_us: int = 0
    peak_memory_bytes: int = 0
    memory_scope: MemoryScope | None = None
