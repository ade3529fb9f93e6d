"""Tasks that a real host was sent ahead: when it starts them, and when it gives them back."""

from __future__ import annotations

import os
import resource
import signal
import time

import pytest

from tests.integration.worker.conftest import DEADLINE_S, Served, Workplace
from tests.integration.worker.test_full_disk import UNLIMITED, set_room, until

CHAIN = """
    import os

    @asset
    def first():
        return os.getpid()

    @asset
    def second(first):
        return [first, os.getpid()]

    @asset
    def third(second):
        print(*second)
        return 3

    @asset
    def fails():
        raise ValueError("no")

    @asset
    def waits():
        with open("go"):
            return 1
"""


@pytest.fixture(params=["fork", "spawn"])
def served(request: pytest.FixtureRequest, place: Workplace) -> Served:
    os.mkfifo(place.folder / "go")
    found = place.serve(CHAIN, startMethod=request.param)
    found.connection.send(prepare={})
    found.connection.hello("READY")
    return found


def let_go(served: Served) -> None:
    """Have the step that waits end: it has opened the other end of the pipe, or will."""
    with (served.place.folder / "go").open("w"):
        pass


def reading(upstream: str) -> dict[str, object]:
    source = {"stepKey": upstream, "output": "result", "runId": "run1", "awaited": True}
    return {"inputs": [{"name": upstream, "sources": [source]}]}


def send_ahead(served: Served, step: str, upstream: str) -> str:
    waits = [{"taskId": f"run1/{upstream}/1", "outputs": ["result"]}]
    return served.send_task(step, ahead=True, waitsFor=waits, step_fields=reading(upstream))


def returned(served: Served, *task_ids: str) -> bool:
    """Tell whether the next acks say that these were given back."""
    found = set()
    while len(found) < len(task_ids):
        ack = served.connection.next().get("ack")
        if ack is not None and ack["state"] == "ACK_STATE_RETURNED":
            found.add(ack["taskId"])
    return found == set(task_ids)


def test_each_step_of_a_chain_starts_in_the_place_of_the_one_before_it(served: Served) -> None:
    # All of it before the first can have ended.
    served.send_task("waits")
    waits = [{"taskId": "run1/waits/1", "outputs": ["result"]}]
    served.send_task("first", ahead=True, waitsFor=waits)
    send_ahead(served, "second", "first")
    last = send_ahead(served, "third", "second")
    let_go(served)

    served.connection.records(last)

    facts = [
        (record["stepKey"], kind, record.get("nextTaskId"))
        for record in served.journal()
        for kind in ("begun", "succeeded")
        if kind in record
    ]
    assert facts == [
        ("waits", "begun", None),
        ("waits", "succeeded", "run1/first/1"),
        ("first", "begun", None),
        ("first", "succeeded", "run1/second/1"),
        ("second", "begun", None),
        ("second", "succeeded", last),
        ("third", "begun", None),
        ("third", "succeeded", None),
    ]
    pids = [r["begun"]["process"]["pid"] for r in served.journal() if "begun" in r]
    assert served.place.log("stdout", "third").split() == [str(pid) for pid in pids[1:3]]


def test_what_waits_for_a_failure_is_given_back(served: Served) -> None:
    served.send_task("fails")
    second = send_ahead(served, "second", "fails")
    third = send_ahead(served, "third", "second")

    assert returned(served, second, third)


def test_what_waits_for_nothing_that_is_here_is_given_back_at_once(served: Served) -> None:
    assert returned(served, send_ahead(served, "second", "first"))


def test_what_is_held_is_given_back_when_it_is_asked_for(served: Served) -> None:
    waits = served.send_task("waits")
    tasks = [send_ahead(served, step, "waits") for step in ("first", "second", "third")]

    served.connection.send(cancel={"taskId": tasks[0], "graceMs": 0})
    assert returned(served, tasks[0])
    served.connection.send(recall={"runId": "run1"})
    assert returned(served, *tasks[1:])

    let_go(served)
    (last,) = [r for r in served.connection.records(waits) if "succeeded" in r]
    assert "nextTaskId" not in last


def test_a_host_that_is_to_leave_gives_back_what_it_holds(served: Served) -> None:
    served.send_task("waits")
    first = send_ahead(served, "first", "waits")

    served.connection.send(drain={})
    assert returned(served, first)

    let_go(served)
    records = served.connection.records()
    served.connection.send(commit={"record": records[-1]["number"]})
    assert served.host.wait(DEADLINE_S) == 0


def test_a_task_that_is_sent_again_starts_at_once(served: Served) -> None:
    waits = served.send_task("waits")
    first = send_ahead(served, "first", "waits")

    served.send_task("first")
    served.connection.records(first)
    let_go(served)

    (last,) = [r for r in served.connection.records(waits) if "succeeded" in r]
    assert "nextTaskId" not in last


def test_nothing_starts_by_itself_once_the_launcher_is_gone(served: Served) -> None:
    waits = served.send_task("waits")
    first = send_ahead(served, "first", "waits")
    served.record("begun")

    served.connection.close()
    let_go(served)
    again = served.place.accept()
    assert first not in again.hello("READY").get("runningTaskIds", [])
    again.send(commit={"record": 0})
    records = again.records(waits)

    assert records[-1].get("nextTaskId") in (None, first)
    served.connection = again
    served.send_task("first")
    assert served.connection.ack() == "ACK_STATE_ACCEPTED"
    assert "succeeded" in served.connection.records(first)[-1]


def wait_for_children(served: Served, count: int) -> list[int]:
    """Return the host's children once there are so many."""
    until = time.monotonic() + DEADLINE_S
    while len(found := served.children()) != count:
        assert time.monotonic() < until, found
    return found


@pytest.fixture
def forking(place: Workplace) -> Served:
    os.mkfifo(place.folder / "go")
    found = place.serve(CHAIN, startMethod="fork")
    found.connection.send(prepare={})
    found.connection.hello("READY")
    return found


def test_the_process_of_the_next_step_is_there_before_it_starts(forking: Served) -> None:
    waits = forking.send_task("waits")
    first = forking.send_task(
        "first", ahead=True, waitsFor=[{"taskId": waits, "outputs": ["result"]}]
    )
    send_ahead(forking, "second", "first")
    running = int(forking.record("begun")["begun"]["process"]["pid"])
    (prepared,) = set(wait_for_children(forking, 2)) - {running}

    let_go(forking)
    forking.connection.records(first)

    begun = [record for record in forking.journal() if "begun" in record]
    assert begun[1]["stepKey"] == "first"
    assert begun[1]["begun"]["process"]["pid"] == prepared


def test_a_process_that_ends_before_it_is_needed_is_replaced(forking: Served) -> None:
    waits = forking.send_task("waits")
    first = forking.send_task(
        "first", ahead=True, waitsFor=[{"taskId": waits, "outputs": ["result"]}]
    )
    running = int(forking.record("begun")["begun"]["process"]["pid"])
    (prepared,) = set(wait_for_children(forking, 2)) - {running}

    os.kill(prepared, signal.SIGKILL)
    let_go(forking)
    records = forking.connection.records(first)

    assert "succeeded" in records[-1]
    assert [int(r["begun"]["process"]["pid"]) == prepared for r in records if "begun" in r] == [
        False
    ]


@pytest.mark.parametrize("how", ["recall", "cancel", "drain", "hang up"])
def test_a_process_that_is_not_needed_ends(forking: Served, how: str) -> None:
    waits = forking.send_task("waits")
    first = forking.send_task(
        "first", ahead=True, waitsFor=[{"taskId": waits, "outputs": ["result"]}]
    )
    forking.record("begun")
    wait_for_children(forking, 2)

    match how:
        case "recall":
            forking.connection.send(recall={"runId": "run1"})
        case "cancel":
            forking.connection.send(cancel={"taskId": first, "graceMs": 0})
        case "drain":
            forking.connection.send(drain={})
        case _:
            forking.connection.close()

    wait_for_children(forking, 1)
    let_go(forking)


def test_what_no_journal_names_when_the_launcher_goes_is_not_started_under_the_next(
    served: Served,
) -> None:
    waits = served.send_task("waits")
    send_ahead(served, "first", "waits")
    step = served.record("begun")["begun"]["process"]["pid"]
    set_room(served.pid, 0)
    let_go(served)
    until(lambda: not os.path.exists(f"/proc/{step}"))

    served.connection.close()
    again = served.place.accept()
    again.hello("READY")
    again.send(commit={"record": 0})
    resource.prlimit(served.pid, resource.RLIMIT_FSIZE, UNLIMITED)

    last = again.records(waits)[-1]
    assert "succeeded" in last
    assert "nextTaskId" not in last
    again.send(commit={"record": last["number"]})
    again.send(drain={})
    assert served.host.wait(DEADLINE_S) == 0
