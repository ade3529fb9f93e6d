"""Where the counters of the out-of-memory killer are, by the kernel's own tables."""

from __future__ import annotations

from pathlib import Path

import pytest

from treadle_worker.attempts.oom_counters import (
    OomCounts,
    counter_files,
    kills_since,
    read_counter,
    read_counts,
)

V1 = "35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory"
V1_CONTAINER = "35 31 0:32 /docker/ab /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory"
V2 = "41 31 0:38 / /sys/fs/cgroup rw,relatime shared:4 - cgroup2 cgroup2 rw,nsdelegate"


@pytest.mark.parametrize(
    ("memberships", "mounts", "found"),
    [
        (["4:memory:/a/b"], [V1], ["/sys/fs/cgroup/memory/a/b/memory.oom_control"]),
        (["4:cpu,memory:/"], [V1], ["/sys/fs/cgroup/memory/memory.oom_control"]),
        (["4:memory:/docker/ab"], [V1_CONTAINER], ["/sys/fs/cgroup/memory/memory.oom_control"]),
        (["0::/user.slice/x"], [V2], ["/sys/fs/cgroup/user.slice/x/memory.events"]),
        (["0::/", "1:cpu:/"], [V1], []),
        (["5:devices:/x"], [V1, V2], []),
    ],
)
def test_the_memory_cgroup_is_found(
    memberships: list[str], mounts: list[str], found: list[str]
) -> None:
    assert list(counter_files(memberships, mounts)) == found


def test_a_counter_is_a_line_of_its_file(tmp_path: Path) -> None:
    events = tmp_path / "memory.events"
    events.write_text("low 0\nmax 7\noom 3\noom_kill 2\noom_group_kill 1\n")

    assert read_counter(str(events)) == 2
    assert read_counter(str(tmp_path / "none")) is None


def test_this_machine_counts() -> None:
    before = read_counts()

    assert before.machine is not None
    assert before.machine >= 0
    assert kills_since(before).own == 0


def test_what_could_not_be_read_before_is_not_known_after() -> None:
    kills = kills_since(OomCounts(cgroup=None, machine=None))

    assert (kills.cgroup, kills.machine) == (None, None)
