"""Attempts that are ended by force: by their deadline, by a cancel, by the end of their host."""

from __future__ import annotations

import contextlib
import os
import resource
import select
import signal
from collections.abc import Sequence

import pytest

from tests.integration.worker.conftest import DEADLINE_S, Message, Served, Workplace

# A process that shares with its step neither parent, session, environment nor manners.
STRAY = """
import ctypes, os, signal, subprocess, sys, time

MUTEX = ctypes.create_string_buffer(64)

def detach(context):
    reader, writer = os.pipe()
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.setsid()
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            os.write(writer, str(os.getpid()).encode())
            os.closerange(0, 1024)
            os.execve("/bin/sh", ["sh", "-c", "trap '' TERM; while :; do sleep 600; done"], {})
        os._exit(0)
    os.wait()
    context.log.warning(os.read(reader, 32).decode())
"""

ENDLESS = {
    "python": "while True: pass",
    "in C": "lock = ctypes.PyDLL(None).pthread_mutex_lock; lock(MUTEX); lock(MUTEX)",
    "deaf": "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n        while True: signal.pause()",
}


def endless(served: Workplace, how: str, **spec: object) -> Served:
    return served.serve(
        STRAY
        + f"""
@asset
def thing(context):
        detach(context)
        {ENDLESS[how]}
""",
        **spec,
    )


def last(records: Sequence[Message], kind: str) -> Message:
    found: Message = records[-1][kind]
    return found


def gone(served: Served) -> bool:
    """Tell whether the stray that the step told of is no more."""
    pid = int(served.record("logRecord")["logRecord"]["message"])
    return not os.path.exists(f"/proc/{pid}")


@pytest.mark.parametrize("how", ENDLESS)
def test_a_deadline_ends_the_attempt_and_all_that_it_started(place: Workplace, how: str) -> None:
    served = endless(place, how, termGraceMs=200)

    task_id = served.send_task(step_fields={"timeoutMs": "1000"})
    pid = int(served.record("logRecord")["logRecord"]["message"])
    failed = last(served.connection.records(task_id), "failed")

    assert failed["failure"]["reason"] == "FAILURE_REASON_TIMEOUT"
    assert "1 s" in failed["failure"]["message"]
    assert failed["failure"]["evidence"]
    assert int(failed["usage"]["wallUs"]) >= 1_000_000
    assert failed["failure"]["signal"] == ("SIGKILL" if how == "deaf" else "SIGTERM")
    assert f'{served.path}", line' in failed["failure"]["stderrTail"]["head"]
    assert " in thing" in failed["failure"]["stderrTail"]["head"]
    assert not os.path.exists(f"/proc/{pid}")


def test_what_the_op_raises_when_its_time_is_over_is_told(place: Workplace) -> None:
    served = place.serve("""
        import signal
        def stop(number, frame):
            raise RuntimeError("told to stop")
        @asset
        def thing():
            signal.signal(signal.SIGTERM, stop)
            while True:
                signal.pause()
    """)

    failed = last(served.run(step_fields={"timeoutMs": 700}), "failed")

    assert failed["failure"]["reason"] == "FAILURE_REASON_TIMEOUT"
    assert "told to stop" in failed["failure"]["traceback"]["head"]


def test_what_an_op_returns_when_it_was_asked_where_it_is_does_not_count(place: Workplace) -> None:
    served = place.serve("""
        import ctypes
        @asset
        def thing():
            # As any C code that takes an interruption for an answer.
            ctypes.PyDLL(None).pause()
            return "half of it"
    """)

    failed = last(served.run(step_fields={"timeoutMs": 700}), "failed")

    assert failed["failure"]["reason"] == "FAILURE_REASON_TIMEOUT"


def test_a_spawned_step_shows_where_its_deadline_met_it(place: Workplace) -> None:
    served = endless(place, "in C", startMethod="spawn", termGraceMs=200)

    failed = last(served.run(step_fields={"timeoutMs": 3_000}), "failed")

    assert " in thing" in failed["failure"]["stderrTail"]["head"]
    assert failed["failure"]["signal"] == "SIGTERM"


@pytest.mark.parametrize(("start", "timeout"), [("auto", 700), ("spawn", 3_000)])
def test_a_signal_that_the_users_code_catches_is_not_sent(
    place: Workplace, start: str, timeout: int
) -> None:
    served = place.serve(
        """
        import signal
        signal.signal(signal.SIGRTMAX - 3, lambda number, frame: print("not ours to send"))
        @asset
        def thing():
            while True:
                signal.pause()
        """,
        startMethod=start,
    )

    failed = last(served.run(step_fields={"timeoutMs": timeout}), "failed")

    assert failed["failure"]["signal"] == "SIGTERM"
    assert place.log("stdout") == ""


def test_an_op_that_catches_the_signal_no_more_is_ended_by_term(place: Workplace) -> None:
    served = place.serve("""
        import signal
        @asset
        def thing():
            signal.signal(signal.SIGRTMAX - 3, signal.SIG_DFL)
            while True:
                signal.pause()
    """)

    failed = last(served.run(step_fields={"timeoutMs": 700}), "failed")

    assert failed["failure"]["signal"] == "SIGTERM"


def test_a_deadline_that_is_kept_changes_nothing(place: Workplace) -> None:
    served = place.serve("""
        @asset
        def thing():
            return 1
    """)

    assert "succeeded" in served.run(step_fields={"timeoutMs": 60_000})[-1]


@pytest.mark.parametrize("how", ENDLESS)
def test_a_cancel_leaves_nothing(place: Workplace, how: str) -> None:
    served = endless(place, how)
    task_id = served.send_task()
    pid = int(served.record("logRecord")["logRecord"]["message"])

    for _ in range(2):
        served.connection.send(cancel={"taskId": task_id, "graceMs": 200})
    cancelled = last(served.connection.records(task_id), "cancelled")

    assert cancelled["wasRunning"]
    assert int(cancelled["usage"]["wallUs"]) > 0
    assert not os.path.exists(f"/proc/{pid}")


def test_a_tree_that_forks_on_is_ended_too(place: Workplace) -> None:
    served = place.serve("""
        import os, signal
        def breed(depth):
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            for _ in range(2 if depth < 6 else 0):
                if os.fork() == 0:
                    os.setsid()
                    breed(depth + 1)
            signal.pause()
        @asset
        def thing(context):
            context.log.warning(str(os.getpid()))
            breed(0)
    """)
    task_id = served.send_task()
    served.record("logRecord")

    served.connection.send(cancel={"taskId": task_id, "graceMs": 0})

    assert "cancelled" in served.connection.records(task_id)[-1]
    assert served.children() == []


def test_a_line_of_processes_each_of_which_ends_at_once_is_ended(place: Workplace) -> None:
    served = place.serve("""
        import os, signal
        def run_away():
            for _ in range(3000):
                if os.fork():
                    os._exit(0)
            signal.pause()
        @asset
        def thing(context):
            if os.fork() == 0:
                signal.signal(signal.SIGTERM, signal.SIG_IGN)
                run_away()
            context.log.warning(str(os.getpid()))
            signal.pause()
    """)
    task_id = served.send_task()
    served.record("logRecord")

    served.connection.send(cancel={"taskId": task_id, "graceMs": 0})

    assert "cancelled" in served.connection.records(task_id)[-1]
    assert served.children() == []


@pytest.mark.parametrize("victim", ["host", "guard"])
def test_a_host_that_is_killed_leaves_nothing(place: Workplace, victim: str) -> None:
    served = endless(place, "deaf")
    served.send_task()
    step = served.record("begun")["begun"]["process"]["pid"]
    stray = int(served.record("logRecord")["logRecord"]["message"])
    pids = (served.pid, step, stray)
    open_ends = [os.pidfd_open(pid) for pid in pids]

    os.kill(served.pid if victim == "host" else served.host.pid, signal.SIGKILL)

    assert served.host.wait(DEADLINE_S) == -signal.SIGKILL
    if victim == "host":
        # The guard's end is the proof.
        assert not any(os.path.exists(f"/proc/{pid}") for pid in pids)
    for fd in open_ends:
        assert select.select([fd], [], [], DEADLINE_S)[0]
        os.close(fd)


def test_whatever_a_host_started_carries_its_tag(place: Workplace) -> None:
    served = endless(place, "deaf")
    served.send_task()
    step = served.record("begun")["begun"]["process"]["pid"]
    stray = int(served.record("logRecord")["logRecord"]["message"])

    for pid in (served.host.pid, served.pid, step, stray):
        assert resource.prlimit(pid, resource.RLIMIT_RTTIME)[0] == place.tag


def test_what_an_op_that_returned_left_hopping_is_gone_when_its_end_is_told(
    place: Workplace,
) -> None:
    # Without the hooks of os.fork, which take longer than all the rest.
    served = place.serve("""
        import ctypes, os
        libc = ctypes.CDLL(None)
        @asset
        def thing():
            if os.fork() == 0:
                os.setsid()
                while True:
                    if libc.fork():
                        libc._exit(0)
            return 1
    """)
    for attempt in range(1, 16):
        records = served.run("thing", attempt)

        ours = (served.host.pid, served.pid, *served.fork_servers())
        left = [pid for pid in tagged(place.tag) if pid not in ours]
        assert left == []
        assert "succeeded" in records[-1]


def tagged(tag: int) -> list[int]:
    found = []
    for entry in os.listdir("/proc"):
        with contextlib.suppress(OSError):
            if entry.isdigit() and resource.prlimit(int(entry), resource.RLIMIT_RTTIME)[0] == tag:
                found.append(int(entry))
    return found


def test_an_attempt_does_not_wait_for_what_another_left_behind(place: Workplace) -> None:
    served = place.serve(
        STRAY
        + """
@asset
def thing(context):
    detach(context)
    signal.pause()

@asset
def other():
    return 1
"""
    )
    cancelled = served.send_task()
    stray = int(served.record("logRecord")["logRecord"]["message"])
    served.connection.send(cancel={"taskId": cancelled, "graceMs": 60_000})

    records = served.run("other")
    lives = os.path.exists(f"/proc/{stray}")
    served.connection.send(cancel={"taskId": cancelled, "graceMs": 0})

    assert "succeeded" in records[-1]
    assert lives
    assert "cancelled" in served.connection.records(cancelled)[-1]
    assert not os.path.exists(f"/proc/{stray}")
