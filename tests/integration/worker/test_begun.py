"""Nothing of an op runs before the host's journal says that its attempt began."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from tests.integration.worker.conftest import DEADLINE_S, Served, Workplace
from treadle_worker.system import processes

# The host stops itself in the one moment that matters: its step is forked, and it has heard
# nothing of it yet.
STOPS_AFTER_THE_FORK = """
import os, signal

copies = []

def stop():
    # The first copy is the fork server, which has not answered yet that it forked the second.
    if copies:
        os.kill(os.getppid(), signal.SIGSTOP)

os.register_at_fork(after_in_parent=stop, after_in_child=lambda: copies.append(1))

@asset
def thing():
    open("ran", "w").close()
"""


def stopped_after_the_fork(place: Workplace) -> tuple[Served, int]:
    """Return a host that is stopped before it heard anything of its step, which waits."""
    served = place.serve(STOPS_AFTER_THE_FORK)
    served.send_task()
    until(lambda: state(served.pid) == "T")
    (step,) = served.children()
    # It has its own session by then. Then it waits for the host, or it did not and has ended.
    until(lambda: state(step) == "Z" or processes.read_stat(step).session == step)
    until(lambda: state(step) in "SZ")
    return served, step


def until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + DEADLINE_S
    while not is_so():
        assert time.monotonic() < deadline
        os.sched_yield()


def state(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0]


def test_a_host_that_dies_before_it_wrote_that_a_step_began_has_run_nothing_of_it(
    place: Workplace,
) -> None:
    served, step = stopped_after_the_fork(place)

    os.kill(served.pid, signal.SIGKILL)

    assert served.host.wait(DEADLINE_S) == -signal.SIGKILL
    assert not os.path.exists(f"/proc/{step}")
    assert served.journal() == []
    assert not (place.folder / "ran").exists()


def test_a_step_runs_once_its_host_goes_on(place: Workplace) -> None:
    served, _ = stopped_after_the_fork(place)
    assert not (place.folder / "ran").exists()

    os.kill(served.pid, signal.SIGCONT)

    assert "succeeded" in served.connection.records("run1/thing/1")[-1]
    assert (place.folder / "ran").exists()
