"""What processes used, as the kernel tells it of those that were reaped."""

from __future__ import annotations

from treadle._system import resource
from treadle_contract.lazy_dataclasses import dataclass
from treadle_contract.run import AttemptUsage, MemoryScope

_KIB = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """CPU time of processes, user and system, and the most that one of them had resident."""

    cpu_us: int = 0
    peak_bytes: int = 0

    @staticmethod
    def read(used: resource.struct_rusage) -> Usage:
        """Read what `os.wait4` gives: of a process and of the children that it waited for."""
        return Usage(
            cpu_us=int((used.ru_utime + used.ru_stime) * 1_000_000),
            peak_bytes=used.ru_maxrss * _KIB,
        )

    def plus(self, other: Usage) -> Usage:
        """Return what both used."""
        return Usage(
            cpu_us=self.cpu_us + other.cpu_us, peak_bytes=max(self.peak_bytes, other.peak_bytes)
        )

    def of_attempt(self, wall_us: int) -> AttemptUsage:
        """Return this as an attempt's."""
        return AttemptUsage(
            wall_us=wall_us,
            cpu_us=self.cpu_us,
            peak_memory_bytes=self.peak_bytes,
            memory_scope=MemoryScope.LARGEST_PROCESS,
        )
