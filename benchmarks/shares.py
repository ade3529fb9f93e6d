"""Which of our processes take the processor while steps run, and what their pages cost."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import psutil

LAUNCHER, HOST, STEPS, SERVICES = (
    "launcher",
    "host and fork server",
    "step processes",
    "code server",
)
_SECONDS_A_TICK = 1 / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Shares:
    """Processor seconds by role, and the pages that step processes were given, up to a moment."""

    seconds: Mapping[str, float]
    pages: int

    def since(self, before: Shares) -> Shares:
        """Return what was taken after an earlier moment."""
        taken = {
            role: seconds - before.seconds.get(role, 0.0) for role, seconds in self.seconds.items()
        }
        return Shares(taken, self.pages - before.pages)


def taken() -> Shares:
    """Read what the services below this process have taken so far, with the steps that have ended."""
    ticks: Counter[str] = Counter()
    pages = 0
    for process in psutil.Process().children(recursive=True):
        try:
            command = process.cmdline()
            with open(f"/proc/{process.pid}/stat", encoding="utf-8") as file:
                # Behind the name, which may have blanks.
                read = file.read().rpartition(")")[2].split()
        except (psutil.Error, OSError):
            continue
        role = _role_of(command)
        user, system, ended_user, ended_system = (int(read[place]) for place in range(11, 15))
        ticks[role] += user + system
        if role == HOST:
            ticks[STEPS] += ended_user + ended_system
            pages += int(read[8])
    return Shares({role: count * _SECONDS_A_TICK for role, count in ticks.items()}, pages)


def _role_of(command: list[str]) -> str:
    if "treadle_launcher" in command:
        return LAUNCHER
    return HOST if "host" in command else SERVICES
