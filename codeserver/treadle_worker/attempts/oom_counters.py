"""How often the kernel's out-of-memory killer struck, as far as this process may see."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from treadle._system import open_file, read_bytes
from treadle_contract.lazy_dataclasses import dataclass
from treadle_worker.attempts.attempt_end import OomKills

_VMSTAT = "/proc/vmstat"
_OWN_CGROUPS = "/proc/self/cgroup"
_MOUNTS = "/proc/self/mountinfo"
_COUNTER = b"\noom_kill "


@dataclass(frozen=True, slots=True, kw_only=True)
class OomCounts:
    """Two counters that only grow, as they stood at one moment; None what cannot be read."""

    cgroup: int | None
    machine: int | None


NOTHING_READ = OomCounts(cgroup=None, machine=None)


def read_counts() -> OomCounts:
    """Read the counters of the machine and of this process's memory cgroup."""
    found = [count for count in map(read_counter, cgroup_files()) if count is not None]
    return OomCounts(cgroup=sum(found) if found else None, machine=read_counter(_VMSTAT))


def kills_since(before: OomCounts) -> OomKills:
    """Return what was counted since a moment."""
    now = read_counts()
    return OomKills(
        cgroup=_grown(before.cgroup, now.cgroup), machine=_grown(before.machine, now.machine)
    )


def _grown(before: int | None, now: int | None) -> int | None:
    return None if before is None or now is None else max(0, now - before)


def read_counter(path: str) -> int | None:
    """Read the line `oom_kill N` of a file; None when there is none."""
    try:
        # Before and after every attempt, and one of the files is long: not line by line.
        _, _, found = (b"\n" + read_bytes(path)).partition(_COUNTER)
        return int(found.partition(b"\n")[0]) if found else None
    except (OSError, ValueError):
        return None


@cache
def cgroup_files() -> tuple[str, ...]:
    """Return the file that counts for this process's memory cgroup, of version 1 or 2."""
    try:
        with open_file(_OWN_CGROUPS, encoding="utf-8") as file:
            memberships = file.read().splitlines()
        with open_file(_MOUNTS, encoding="utf-8") as file:
            mounts = file.read().splitlines()
    except OSError:
        return ()
    return tuple(counter_files(memberships, mounts))


def counter_files(memberships: Iterable[str], mounts: Iterable[str]) -> Iterable[str]:
    """Yield where the counters of these memberships are, with the file systems so mounted."""
    kept = list(mounts)
    for membership in memberships:
        _, controllers, path = membership.split(":", 2)
        if controllers == "":
            yield from _below(kept, "cgroup2", "", path, "memory.events")
        elif "memory" in controllers.split(","):
            yield from _below(kept, "cgroup", "memory", path, "memory.oom_control")


def _below(
    mounts: Iterable[str], kind: str, controller: str, path: str, name: str
) -> Iterable[str]:
    for mount in mounts:
        fields, _, types = mount.partition(" - ")
        root, point = fields.split(" ")[3:5]
        type_, _, options = types.split(" ", 2)
        if type_ != kind or (controller and controller not in options.split(" ")[-1].split(",")):
            continue
        # What is mounted may be a part of the hierarchy only: a container's.
        below = path[len(root) :] if root != "/" and path.startswith(root) else path
        yield f"{point}/{below.strip('/')}/{name}".replace("//", "/")
