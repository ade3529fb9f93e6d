"""What processes used, as the kernel tells it of those that were reaped."""

from __future__ import annotations

from treadle._system import resource, time
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

    def without(self, other: Usage) -> Usage:
        """Return what was used beyond another."""
        return Usage(cpu_us=max(0, self.cpu_us - other.cpu_us), peak_bytes=self.peak_bytes)

    def of_attempt(self, wall_us: int) -> AttemptUsage:
        """Return this as an attempt's."""
        return AttemptUsage(
            wall_us=wall_us,
            cpu_us=self.cpu_us,
            peak_memory_bytes=self.peak_bytes,
            memory_scope=MemoryScope.LARGEST_PROCESS,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class UsedSoFar:
    """What this process and the children that it waited for used up to a moment."""

    wall_us: int
    usage: Usage

    def since(self, before: UsedSoFar) -> AttemptUsage:
        """Return what was used between two moments as an attempt's."""
        return self.usage.without(before.usage).of_attempt(self.wall_us - before.wall_us)


def used() -> UsedSoFar:
    """Return what this process used up to now."""
    own = Usage.read(resource.getrusage(resource.RUSAGE_SELF))
    usage = own.plus(Usage.read(resource.getrusage(resource.RUSAGE_CHILDREN)))
    return UsedSoFar(wall_us=int(time.monotonic() * 1_000_000), usage=usage)
