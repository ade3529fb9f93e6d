"""What an attempt may use, set in its own process before any of the user's code runs there."""

from __future__ import annotations

import errno
from typing import TypeAlias

from treadle._system import open_file, os, resource
from treadle_contract.lazy_dataclasses import dataclass
from treadle_contract.policy import Limits
from treadle_worker.loading.raised import chain

# Between XCPU, which the op may answer to, and the kernel's KILL.
CPU_GRACE_SECONDS = 5
UNLIMITED = resource.RLIM_INFINITY
# Soft, hard.
Pair: TypeAlias = tuple[int, int]
# All that this system has, but for the one that carries a host's tag.
NAMES = {
    number: name
    for name, number in sorted(vars(resource).items())
    if name.startswith("RLIMIT_") and name not in ("RLIMIT_RTTIME", "RLIMIT_OFILE")
}
UNITS = {
    resource.RLIMIT_FSIZE: " bytes",
    resource.RLIMIT_AS: " bytes",
    resource.RLIMIT_DATA: " bytes",
    resource.RLIMIT_CPU: " s",
}
_MET = {
    errno.EFBIG: resource.RLIMIT_FSIZE,
    errno.EMFILE: resource.RLIMIT_NOFILE,
    errno.EAGAIN: resource.RLIMIT_NPROC,
}
_KIB = 1024
_HELD = (b"VmData:", b"VmHWM:")


class LimitError(Exception):
    """A limit cannot be set; the message says which, why, and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryMet:
    """A MemoryError under a limit; `held_bytes` is the most that its process is known to have held.

    The limit itself failed the allocation if that is near it. What asks for very much at once
    fails far below, and anybody may raise the exception.
    """

    limit_bytes: int
    held_bytes: int


def apply(step_key: str, limits: Limits) -> None:
    """Set the limits of this process and of all that it starts.

    A hard limit that is lower stays: it is kept anyway. More open files than the hard limit
    cannot be had.

    Raises:
        LimitError: more was asked for than there is to be had.
    """
    if limits.niceness:
        os.nice(limits.niceness)
    if limits.cpu_seconds:
        _lower(resource.RLIMIT_CPU, limits.cpu_seconds, limits.cpu_seconds + CPU_GRACE_SECONDS)
    if limits.open_files:
        _set_open_files(step_key, limits.open_files)
    limit_memory(limits)


def limit_memory(limits: Limits | None) -> None:
    """Set what memory this process may use, also once more after `lift_memory`."""
    if limits is not None and limits.memory_bytes:
        # Private memory that can be written to: what is read from mapped files is not counted,
        # as it would be by RLIMIT_AS. The hard limit stays, for `lift_memory`.
        _lower(resource.RLIMIT_DATA, limits.memory_bytes, UNLIMITED)


def explain(error: BaseException) -> str:
    """Say which limit of this process an error of the system's comes of; "" if of none."""
    for each in chain(error):
        if issubclass(type(each), OSError):
            # Past a class of the user's, which may have an errno that raises.
            kind = _MET.get(OSError.__dict__["errno"].__get__(each))
            soft = UNLIMITED if kind is None else resource.getrlimit(kind)[0]
            if kind is not None and soft != UNLIMITED:
                return f" ({NAMES[kind]} of its process is {soft}{UNITS.get(kind, '')})"
    return ""


def lift_memory(error: BaseException) -> MemoryMet | None:
    """Take what memory the hard limit allows: there is a failure to tell of.

    Returns the limit that the error met; None if it is none of memory, or none was set.
    """
    found = [resource.getrlimit(kind)[0] for kind in (resource.RLIMIT_DATA, resource.RLIMIT_AS)]
    hard = _hard(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (hard, hard))
    limit = min((limit for limit in found if limit != UNLIMITED), default=None)
    if limit is None or not any(issubclass(type(each), MemoryError) for each in chain(error)):
        return None
    return MemoryMet(limit_bytes=limit, held_bytes=_held_bytes())


def _held_bytes() -> int:
    """Return what the limit counts of this process now, or its peak resident if that is more."""
    try:
        with open_file("/proc/self/status", "rb") as file:
            lines = file.read().splitlines()
    except OSError:
        # No descriptor may be left for that. It counts what the parent process held, too.
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _KIB
    return max(int(line.split()[1]) for line in lines if line.startswith(_HELD)) * _KIB


def _set_open_files(step_key: str, wanted: int) -> None:
    hard = _hard(resource.RLIMIT_NOFILE)
    # The soft limit is what counts, and what a process without privileges may raise again.
    most = wanted if hard == UNLIMITED else max(hard, wanted)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))
    except (OSError, ValueError) as exc:
        raise LimitError(
            f"{step_key} asks for {wanted} open files, and no process here may have more than "
            f"{hard}: lower open_files in its limits, or raise the hard limit (ulimit -Hn) of the "
            "launcher."
        ) from exc


def _lower(kind: int, soft: int, hard: int) -> None:
    most = _hard(kind)
    if most != UNLIMITED:
        soft = min(soft, most)
        hard = most if hard == UNLIMITED else min(hard, most)
    resource.setrlimit(kind, (soft, hard))


def _hard(kind: int) -> int:
    return resource.getrlimit(kind)[1]
