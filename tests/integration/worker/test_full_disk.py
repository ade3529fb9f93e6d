"""A journal that cannot be written: nothing is told, nothing is begun and nothing is lost by it."""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Callable

from tests.integration.worker.conftest import DEADLINE_S, Workplace

UNLIMITED = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)


def set_room(pid: int, limit: int) -> None:
    """Have no file of a process grow beyond a size: as for it, so for what it forks then."""
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))


def until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + DEADLINE_S
    while not is_so():
        assert time.monotonic() < deadline
        os.sched_yield()


def test_no_op_begins_while_the_journal_cannot_be_written(place: Workplace) -> None:
    served = place.serve("""
        @asset
        def thing():
            open("ran", "w").close()
    """)
    served.connection.send(prepare={})
    served.connection.hello("READY")

    set_room(served.pid, 0)
    task_id = served.send_task()
    assert served.connection.ack() == "ACK_STATE_ACCEPTED"
    until(lambda: bool(served.children()))
    (step,) = served.children()

    assert served.connection.is_silent(1.5)
    assert not (place.folder / "ran").exists()

    for pid in (step, served.pid):
        resource.prlimit(pid, resource.RLIMIT_FSIZE, UNLIMITED)
    assert "succeeded" in served.connection.records(task_id)[-1]
    assert (place.folder / "ran").exists()


def test_what_ended_while_the_journal_could_not_be_written_is_told_once_it_can(
    place: Workplace,
) -> None:
    served = place.serve("""
        import os
        @asset
        def thing():
            open("begun", "w").close()
            while not os.path.exists("go"):
                os.sched_yield()
    """)
    task_id = served.send_task()
    served.record("begun")
    until((place.folder / "begun").exists)
    (step,) = served.children()

    set_room(served.pid, 0)
    (place.folder / "go").touch()
    until(lambda: not os.path.exists(f"/proc/{step}"))
    # It is not run again meanwhile, though no journal tells of its end.
    served.send_task()
    assert served.connection.ack() == "ACK_STATE_ENDED"
    assert not any("succeeded" in record for record in served.journal())

    resource.prlimit(served.pid, resource.RLIMIT_FSIZE, UNLIMITED)
    (record,) = served.connection.records(task_id)
    assert record["number"] == "2"
    assert "succeeded" in record
