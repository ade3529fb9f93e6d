"""What the facts about an attempt's end say of its cause: no more than they prove. Pure."""

from __future__ import annotations

from treadle_contract.lazy_dataclasses import replace
from treadle_contract.run import Failure, FailureReason
from treadle_worker.attempts.attempt_end import AttemptEnd
from treadle_worker.step.limits import CPU_GRACE_SECONDS, MemoryMet

# What runtimes write when an allocation fails, before they give up.
_OUT_OF_MEMORY_WORDS = (
    "bad_alloc",
    "MemoryError",
    "out of memory",
    "Out of memory",
    "Cannot allocate memory",
    "memory allocation of",
)
# The kernel keeps a limit of CPU time by its ticks, and tells what it measured: on a machine that
# is busy, a fifth less. XCPU is hardly anybody else's, so that it may be further off than KILL.
_XCPU_NEAR_THE_LIMIT = 0.5
_KILL_NEAR_THE_LIMIT = 0.8
_CPU_SLACK_SECONDS = 0.5
# An allocation that fails asked for some memory too.
_NEAR_THE_LIMIT = 0.9


def why_it_died(end: AttemptEnd, stderr_tail: str) -> Failure | None:
    """Say that a limit, or memory, ended the process, if something says so.

    What is proven comes before what is likely, and memory first: the kernel kills for it
    whatever CPU time was used.
    """
    memory = _out_of_memory(end, stderr_tail)
    if memory is not None and not memory.likely:
        return memory
    return _cpu_limit_met(end) or memory


def _cpu_limit_met(end: AttemptEnd) -> Failure | None:
    """Say that the limit of CPU seconds ended the process, if it did.

    The kernel sends XCPU at the limit, and KILL to a process that outlives that by the grace.
    It is a timeout: one of CPU time instead of wall time.
    """
    limit, used = end.limits.cpu_seconds, end.own_cpu_us / 1_000_000
    if not limit or end.was_killed or end.exit.signal not in ("SIGXCPU", "SIGKILL"):
        return None
    if end.exit.signal == "SIGXCPU":
        sent_at = limit
        near_it, surely = limit * _XCPU_NEAR_THE_LIMIT, 0.0
    else:
        sent_at = limit + CPU_GRACE_SECONDS
        near_it = max(limit, sent_at * _KILL_NEAR_THE_LIMIT)
        surely = sent_at - _CPU_SLACK_SECONDS
    if used < near_it:
        return None
    likely = used < surely
    return Failure(
        reason=FailureReason.TIMEOUT,
        message=f"{end.step_key} {'most likely ' * likely}used up its {limit} CPU seconds. Raise "
        "cpu_seconds in its limits, or make it faster.",
        likely=likely,
        evidence=(
            f"The limit was {limit} CPU seconds a process.",
            f"{end.exit.signal} ended the process: the kernel sends it at {sent_at}.",
            f"It had used {_seconds(end.own_cpu_us)} CPU seconds itself.",
        ),
    )


def _out_of_memory(end: AttemptEnd, stderr_tail: str) -> Failure | None:
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


def memory_error(step_key: str, met: MemoryMet, failure: Failure, when: str = "") -> Failure:
    """Return the failure of an op, or an import, that raised MemoryError under a limit."""
    is_near = met.held_bytes >= met.limit_bytes * _NEAR_THE_LIMIT
    how = "ran" if is_near else "most likely ran"
    return replace(
        failure,
        reason=FailureReason.OOM,
        where=None,
        message=f"{step_key} {how} out of memory{when}. Raise memory in its limits, or use less.",
        likely=not is_near,
        evidence=(_near_the_limit(met) if is_near else _below_the_limit(met)),
    )


def _near_the_limit(met: MemoryMet) -> tuple[str, ...]:
    return (
        f"The memory limit of {met.limit_bytes} bytes was met: MemoryError was raised.",
        f"Its process had held {met.held_bytes} bytes.",
    )


def _below_the_limit(met: MemoryMet) -> tuple[str, ...]:
    return (
        f"The memory limit was {met.limit_bytes} bytes, and MemoryError was raised.",
        f"Its process is known to have held {met.held_bytes} bytes.",
        "Either it asked for more than the rest at once, or the error has another reason.",
    )


def signal_evidence(end: AttemptEnd) -> tuple[str, ...]:
    """Return what is known of where a signal came from."""
    if end.exit.signal != "SIGKILL":
        return (f"The kernel says that {end.exit.signal} ended the process.", *_cpu_used(end))
    if end.was_killed:
        return ("Treadle sent the signal, because the process did not end.",)
    return ("Treadle had not sent the signal.", _no_kill_counted(end), *_cpu_used(end))


def exit_evidence(end: AttemptEnd) -> tuple[str, ...]:
    """Return what is known of an exit status."""
    if end.outcome is None:
        said = "and nothing had been reported of the op's end"
    else:
        said = "although the op's end had been reported"
    return (f"Its process ended with exit status {end.exit.status}, {said}.",)


def _cpu_used(end: AttemptEnd) -> tuple[str, ...]:
    """Say that a limit of CPU time was not why, where it might be asked."""
    limit = end.limits.cpu_seconds
    if not limit or end.exit.signal not in ("SIGXCPU", "SIGKILL"):
        return ()
    return (f"It had used {_seconds(end.own_cpu_us)} of its {limit} CPU seconds itself.",)


def _no_kill_counted(end: AttemptEnd) -> str:
    """Say what the counters of the killer show; the machine's has the cgroup's kills in it."""
    if end.oom.machine is not None:
        return "The kernel's out-of-memory killer killed nothing during the attempt."
    if end.oom.cgroup is not None:
        return (
            "The kernel's out-of-memory killer killed nothing in the host's cgroup during the "
            "attempt; what it did on the machine cannot be read here."
        )
    return (
        "Whether the kernel's out-of-memory killer sent it is not known: its counters cannot be "
        "read here."
    )


def _seconds(cpu_us: int) -> str:
    return f"{cpu_us / 1_000_000:.2f}"


def _killed_for_memory(end: AttemptEnd) -> Failure | None:
    if not (end.oom.own or end.oom.cgroup or end.oom.machine):
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
        "The process was terminated by SIGKILL, which Treadle had not sent.",
        f"During the attempt the kernel's out-of-memory killer killed {killed} {where}; it "
        "does not say which.",
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
