"""What an attempt may use, set in its own process before any of the user's code runs there."""

from __future__ import annotations

import os
import resource
from collections.abc import Iterator

from treadle.policy import Limits

# Between XCPU, which the op may answer to, and the kernel's KILL.
_CPU_GRACE_SECONDS = 5
_UNLIMITED = resource.RLIM_INFINITY


class LimitError(Exception):
    """A limit cannot be set; the message says which, why, and what to do."""


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
        _lower(resource.RLIMIT_CPU, limits.cpu_seconds, limits.cpu_seconds + _CPU_GRACE_SECONDS)
    if limits.open_files:
        _set_open_files(step_key, limits.open_files)
    if limits.memory_bytes:
        # Private memory that can be written to: what is read from mapped files is not counted,
        # as it would be by RLIMIT_AS. The hard limit stays, for `lift_memory`.
        _lower(resource.RLIMIT_DATA, limits.memory_bytes, _UNLIMITED)


def lift_memory(error: BaseException) -> int | None:
    """Take what memory the hard limit allows: there is a failure to tell of.

    Returns the limit that the error met; None if it is none of memory, or none was set.
    """
    found = [resource.getrlimit(kind)[0] for kind in (resource.RLIMIT_DATA, resource.RLIMIT_AS)]
    hard = _hard(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (hard, hard))
    if not any(isinstance(each, MemoryError) for each in _chain(error)):
        return None
    return min((limit for limit in found if limit != _UNLIMITED), default=None)


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        yield cause
        cause = cause.__cause__ or cause.__context__


def _set_open_files(step_key: str, wanted: int) -> None:
    hard = _hard(resource.RLIMIT_NOFILE)
    # The soft limit is what counts, and what a process without privileges may raise again.
    most = wanted if hard == _UNLIMITED else max(hard, wanted)
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
    if most != _UNLIMITED:
        soft = min(soft, most)
        hard = most if hard == _UNLIMITED else min(hard, most)
    resource.setrlimit(kind, (soft, hard))


def _hard(kind: int) -> int:
    return resource.getrlimit(kind)[1]
