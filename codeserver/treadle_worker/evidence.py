"""What the facts about an attempt's end say of its cause: no more than they prove. Pure."""

from __future__ import annotations

from dataclasses import replace

from treadle_worker.attempt_end import AttemptEnd, OomKills
from treadle_worker.messages import Failure, FailureReason

# What runtimes write when an allocation fails, before they give up.
_OUT_OF_MEMORY_WORDS = (
    "bad_alloc",
    "MemoryError",
    "out of memory",
    "Out of memory",
    "Cannot allocate memory",
    "memory allocation of",
)


def cpu_limit_met(end: AttemptEnd) -> Failure | None:
    """Say that the limit of CPU seconds ended the process, if it did.

    The kernel sends XCPU at the limit, and KILL to a process that outlives that. It is a
    timeout: one of CPU time instead of wall time.
    """
    limit = end.limits.cpu_seconds
    used = end.usage.cpu_us if end.usage else 0
    if not limit or end.exit.signal not in ("SIGXCPU", "SIGKILL"):
        return None
    if end.exit.signal == "SIGKILL" and used < limit * 1_000_000:
        return None
    return Failure(
        reason=FailureReason.TIMEOUT,
        message=f"{end.step_key} used up its {limit} CPU seconds. Raise cpu_seconds in its "
        "limits, or make it faster.",
        evidence=(
            f"The limit was {limit} CPU seconds a process.",
            f"{end.exit.signal} ended the process: the kernel sends it when that is met.",
            f"Its processes had used {used / 1_000_000:.2f} CPU seconds.",
        ),
    )


def out_of_memory(end: AttemptEnd, stderr_tail: str) -> Failure | None:
    """Say that memory ended the process, if there is something that says so."""
    if end.exit.signal == "SIGKILL" and not end.was_killed:
        return _killed_for_memory(end)
    words = [words for words in _OUT_OF_MEMORY_WORDS if words in stderr_tail]
    if end.limits.memory_bytes and words:
        return _oom(
            end,
            f"The memory limit was {end.limits.memory_bytes} bytes.",
            f"Its stderr says {words[0]!r}.",
            likely=True,
        )
    return None


def memory_error(step_key: str, limit: int, failure: Failure) -> Failure:
    """Return the failure of an op that raised MemoryError under a limit."""
    return replace(
        failure,
        reason=FailureReason.OOM,
        where=None,
        message=f"{step_key} ran out of memory. Raise memory in its limits, or use less.",
        evidence=(
            f"The memory limit of {limit} bytes was met: an allocation failed with MemoryError.",
        ),
    )


def signal_evidence(end: AttemptEnd) -> tuple[str, ...]:
    """Return what is known of where a signal came from."""
    if end.exit.signal != "SIGKILL":
        return (f"The kernel says that {end.exit.signal} ended the process.",)
    if end.was_killed:
        return ("Treadle sent the signal, because the process did not end.",)
    return (
        "Treadle had not sent the signal.",
        "The kernel's out-of-memory killer killed nothing meanwhile.",
    )


def _killed_for_memory(end: AttemptEnd) -> Failure | None:
    if end.oom == OomKills():
        return None
    if end.oom.own:
        return _oom(
            end,
            f"The kernel killed {end.oom.own} of its processes: the attempt's cgroup had met "
            f"its limit of {end.limits.memory_bytes} bytes.",
            likely=False,
        )
    where = "in the host's cgroup" if end.oom.cgroup else "on this machine"
    count = end.oom.cgroup or end.oom.machine
    killed = "a process" if count == 1 else f"{count} processes"
    return _oom(
        end,
        "The process was ended by SIGKILL, which Treadle had not sent.",
        f"Meanwhile the kernel's out-of-memory killer killed {killed} {where}; it does "
        "not say which.",
        likely=True,
    )


def _oom(end: AttemptEnd, *evidence: str, likely: bool) -> Failure:
    most = end.usage.peak_memory_bytes if end.usage else 0
    how = "most likely ran" if likely else "ran"
    return Failure(
        reason=FailureReason.OOM,
        message=f"The process of {end.step_key} {how} out of memory.",
        likely=likely,
        evidence=(*evidence, f"It had at most {most} bytes resident."),
    )
