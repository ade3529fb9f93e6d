"""All that is known of an attempt whose processes are gone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeAlias

from treadle._system import os, signal
from treadle_contract.ids import StepKey
from treadle_contract.lazy_dataclasses import dataclass, field
from treadle_contract.policy import Limits
from treadle_contract.run import AttemptUsage
from treadle_contract.worker import (
    AttemptFailed,
)

NO_STEP: Final = StepKey("")


@dataclass(frozen=True, slots=True, kw_only=True)
class Undecoded:
    """A fact as its process sent it, which its host passes on: its field's name, and its JSON.

    `next_step_key` is that of the step that its process goes on with, "" without one.
    """

    name: str
    body: Mapping[str, object]
    next_step_key: StepKey = NO_STEP


Outcome: TypeAlias = Undecoded | AttemptFailed
"""What a host knows of what a process said of its end: that it succeeded is passed on as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exit:
    """How a process ended: with an exit status, or by a signal (its name, else "")."""

    status: int = 0
    signal: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OomKills:
    """What the kernel's out-of-memory killer did while an attempt ran: counts of its kills.

    `own` are those in the attempt's own cgroup, `cgroup` those in the host's, `machine` all;
    None what cannot be counted here.
    """

    own: int = 0
    cgroup: int | None = 0
    machine: int | None = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptEnd:
    """How an attempt ended.

    `outcome` is what the process said of itself; None if it ended before it could.
    `timeout_ms` is 0 unless it was ended because its time was over. `was_told`: its process lived
    when it was told to end, after which no success was taken from it; `was_interrupted`: its op
    was told, by an exception; `was_killed`: it did not end in time. `has_begun`: its process was
    done with the imports. `own_cpu_us` is the process's own CPU time, which is what a limit of
    it counts, while `usage` is that of all. `garbage` says what was read where its process
    reports, and was no report.
    """

    step_key: str
    outcome: Outcome | None
    exit: Exit
    cancel_requested: bool
    duration_us: int
    pid: int
    has_begun: bool = True
    usage: AttemptUsage | None = None
    own_cpu_us: int = 0
    limits: Limits = field(default_factory=Limits)
    timeout_ms: int = 0
    was_told: bool = False
    was_killed: bool = False
    was_interrupted: bool = False
    garbage: str = ""
    oom: OomKills = field(default_factory=OomKills)


def read_exit(wait_status: int) -> Exit:
    """Read what the kernel says of a child that ended, as `os.wait4` gives it."""
    code = os.waitstatus_to_exitcode(wait_status)
    if code >= 0:
        return Exit(status=code)
    try:
        return Exit(signal=signal.Signals(-code).name)
    except ValueError:
        # A real-time signal: those between SIGRTMIN and SIGRTMAX have no name of their own.
        return Exit(signal=f"SIGRTMIN+{-code - signal.SIGRTMIN}")
