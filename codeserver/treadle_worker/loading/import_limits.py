"""Limits that an import changed: put back for the work of the host, kept for that of its steps."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from treadle._system import resource
from treadle_contract.lazy_dataclasses import dataclass
from treadle_worker.step.limits import NAMES, UNITS, UNLIMITED, Pair
from treadle_worker.system.processes import held_pages

_MIB = 1024 * 1024
# What a host needs: for its journal and the logs of its steps, for their pipes, and of CPU time
# for what it does itself in its life.
_LEAST = {
    resource.RLIMIT_FSIZE: _MIB,
    resource.RLIMIT_NOFILE: 64,
    resource.RLIMIT_CPU: 60,
}
# Beside what it holds already.
_LEAST_MEMORY = 64 * _MIB


class HostLimitError(Exception):
    """An import left a limit that no host can work with; the message says what to do."""


@dataclass(frozen=True, slots=True)
class ImportLimits:
    """Limits of a process, by kind."""

    found: Mapping[int, Pair]

    def put_back(self) -> ImportLimits:
        """Undo what changed since these were found; return what it had been changed to.

        A soft limit is put back as far as the hard one allows: no process without privileges
        can raise that again.

        Raises:
            HostLimitError: that is not far enough.
        """
        changed = {kind: pair for kind, pair in read().found.items() if pair != self.found[kind]}
        for kind, (_, hard) in changed.items():
            before = self.found[kind]
            if not _set(kind, before):
                _set(kind, (_lower(before[0], hard), hard))
                if _lower(hard, _least(kind)) == hard and hard != before[1]:
                    raise HostLimitError(_too_low(kind, hard))
        return ImportLimits(changed)

    def set(self) -> None:
        """Set these in this process."""
        for kind, pair in self.found.items():
            _set(kind, pair)


def read() -> ImportLimits:
    """Read the limits of this process."""
    return ImportLimits({kind: resource.getrlimit(kind) for kind in NAMES})


def _set(kind: int, pair: Pair) -> bool:
    with suppress(OSError, ValueError):
        resource.setrlimit(kind, pair)
        return True
    return False


def _lower(one: int, other: int) -> int:
    return min(one, other) if UNLIMITED not in (one, other) else max(one, other)


def _least(kind: int) -> int:
    pages = held_pages()
    if kind == resource.RLIMIT_AS:
        return pages.size * resource.getpagesize() + _LEAST_MEMORY
    if kind == resource.RLIMIT_DATA:
        return pages.data * resource.getpagesize() + _LEAST_MEMORY
    return _LEAST.get(kind, 0)


def _too_low(kind: int, hard: int) -> str:
    return (
        f"{NAMES[kind]}: while the code was imported it lowered the hard limit to {hard}"
        f"{UNITS.get(kind, '')}. The process that holds the code, and starts the steps, cannot work "
        "with so little, and may not raise it again. Lower the soft limit alone, which holds in "
        "every step, or set the limit in the op."
    )
