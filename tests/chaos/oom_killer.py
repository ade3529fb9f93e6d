"""The kernel's own out-of-memory killer, let loose on the hosts of a launcher in a memory cgroup."""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.chaos.place import a_place

#: A folder of a memory controller, of version 1 or 2, below which a cgroup may be made.
PARENT = os.environ.get("CHAOS_CGROUP")
LIMIT = 400 * 2**20
CALM = ("calm_0", "calm_1", "calm_2")


@dataclass(kw_only=True)
class Outcome:
    """What the kernel killed, and what was said of it."""

    killed: int = 0
    reasons: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    faults: list[str] = field(default_factory=list)

    def figures(self) -> dict[str, object]:
        """Return what is printed."""
        return {
            "processes that the kernel killed": self.killed,
            "failures named": self.reasons,
            "seconds": round(self.seconds, 1),
            "faults": len(self.faults),
        }


def oom_killer() -> Outcome | None:
    """Have a step without a limit meet that of a cgroup, beside others; None: there is no cgroup."""
    if PARENT is None:
        return None
    outcome = Outcome()
    started = time.monotonic()
    with a_cgroup(Path(PARENT)) as cgroup, a_place(CHAOS_OP_MS="2000") as place:
        place.start()
        assert place.launcher.popen is not None
        # Before there is a host: what the launcher starts from now on is in it.
        (cgroup / "cgroup.procs").write_text(str(place.launcher.popen.pid))
        with place.client() as client:
            result = client.materialize([*CALM, "devours"]).result(timeout=120)
        for step in result.steps.values():
            if step.failure is not None:
                likely = "likely " if step.failure.likely else ""
                outcome.reasons[step.key] = f"{likely}{step.failure.reason}"
        outcome.killed = kills(cgroup)
        if outcome.reasons != {"devours": "likely oom"} or outcome.killed != 1:
            outcome.faults.append(f"{outcome.killed} killed: {outcome.reasons}")
        outcome.faults += [f"left: {one}" for one in place.end()]
    outcome.seconds = time.monotonic() - started
    return outcome


@contextmanager
def a_cgroup(parent: Path) -> Iterator[Path]:
    """Make a cgroup that holds so much memory, and remove it when it is empty again."""
    cgroup = parent / f"treadle-chaos-{uuid.uuid4().hex[:8]}"
    cgroup.mkdir()
    try:
        of_version_1 = cgroup / "memory.limit_in_bytes"
        limit = of_version_1 if of_version_1.exists() else cgroup / "memory.max"
        limit.write_text(str(LIMIT))
        yield cgroup
    finally:
        cgroup.rmdir()


def kills(cgroup: Path) -> int:
    """Return how many processes in it the kernel has killed for want of memory."""
    of_version_1 = cgroup / "memory.oom_control"
    counters = of_version_1 if of_version_1.exists() else cgroup / "memory.events"
    lines = dict(line.split() for line in counters.read_text().splitlines())
    return int(lines["oom_kill"])
