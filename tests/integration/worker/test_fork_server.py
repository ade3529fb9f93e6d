"""The process that forks a host's steps: they are the host's all the same, and do without it."""

from __future__ import annotations

import os
import signal

import pytest

from tests.integration.worker.conftest import Served, Workplace
from treadle_worker.system import processes

MODULE = """
    import os, random
    random.seed()
    @asset
    def thing(context):
        print(os.getppid(), random.random(), context.has_tag("much"))
"""


@pytest.fixture
def forking(place: Workplace) -> Served:
    return place.serve(MODULE, startMethod="fork")


def test_steps_are_the_hosts_children_and_draw_numbers_of_their_own(
    forking: Served, place: Workplace
) -> None:
    for attempt in (1, 2):
        assert "succeeded" in forking.run(attempt=attempt)[-1]

    first, second = (place.log("stdout", attempt=attempt).split() for attempt in (1, 2))
    assert first[0] == second[0] == str(forking.pid)
    assert first[1] != second[1]
    assert len(forking.fork_servers()) == 1


def test_a_host_whose_server_was_killed_forks_by_itself(forking: Served, place: Workplace) -> None:
    forking.run(attempt=1)
    (server,) = forking.fork_servers()
    os.kill(server, signal.SIGKILL)

    records = [forking.run(attempt=attempt)[-1] for attempt in (2, 3)]

    assert all("succeeded" in record for record in records)
    assert place.log("stdout", attempt=3).split()[0] == str(forking.pid)


def test_what_is_too_much_to_tell_a_process_at_its_fork_is_known_to_it_all_the_same(
    forking: Served, place: Workplace
) -> None:
    task_id = forking.send_task(runTags={"much": "x" * 100_000})

    assert "succeeded" in forking.connection.records(task_id)[-1]
    assert place.log("stdout").split()[2] == "True"


def test_steps_of_a_host_that_forks_often_find_all_as_it_was_imported(place: Workplace) -> None:
    served = place.serve(
        """
        known = [str(number) for number in range(200_000)]
        @asset
        def thing():
            print(known == [str(number) for number in range(200_000)])
            known.clear()
        """,
        startMethod="fork",
    )

    records = [served.run(attempt=attempt)[-1] for attempt in range(1, 19)]

    assert all("succeeded" in record for record in records)
    assert {place.log("stdout", attempt=attempt) for attempt in range(1, 19)} == {"True\n"}


def test_there_is_none_where_the_users_code_starts_threads_in_what_is_forked(
    place: Workplace,
) -> None:
    served = place.serve(
        """
        import os, threading, time
        def begin():
            threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
        os.register_at_fork(after_in_child=begin)
        @asset
        def thing():
            print(threading.active_count())
        """,
        startMethod="fork",
    )

    assert "succeeded" in served.run()[-1]

    assert place.log("stdout") == "2\n"
    assert {processes.read_stat(pid).state for pid in served.fork_servers()} <= {"Z"}
