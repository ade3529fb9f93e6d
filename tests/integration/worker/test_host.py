"""A host's life: importing, its journal, cancelling, draining, losing its launcher, ending."""

from __future__ import annotations

import hashlib
import os
import select
import signal
import time
from pathlib import Path

from tests.integration.worker.conftest import DEADLINE_S, Workplace

WAITS = """
    import os, signal, sys
    @asset
    def thing(context: AssetExecutionContext):
        context.log.warning("waiting")
        signal.pause()
        context.log.warning("went on")
"""
DEAF = """
    import os, signal, subprocess, sys
    @asset
    def thing(context: AssetExecutionContext):
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        child = subprocess.Popen(["sleep", "1000"], start_new_session=True)
        context.log.warning(str(child.pid))
        while True:
            signal.pause()
"""
QUICK = """
    @asset
    def thing():
        return 1
"""


def test_a_host_imports_when_it_is_told_to_prepare(place: Workplace) -> None:
    served = place.serve(QUICK)

    served.connection.send(prepare={})
    ready = served.connection.hello("READY")

    assert ready["digest"] == served.digest
    assert ready["startMethod"] == "START_METHOD_FORK"
    assert ready["process"]["pid"] == served.pid


def test_a_journal_holds_each_record_until_it_is_committed(place: Workplace) -> None:
    served = place.serve(QUICK)

    served.send_task()
    records = served.connection.records()

    assert served.journal() == records
    assert [int(record["number"]) for record in records] == [1, 2]
    served.connection.send(commit={"record": 2})
    served.connection.send(drain={})
    assert served.host.wait(DEADLINE_S) == 0
    assert served.journal() == []


def test_a_task_is_accepted_once(place: Workplace) -> None:
    served = place.serve(WAITS)
    task_id = served.send_task()
    first = served.connection.ack()
    served.record("logRecord")

    served.send_task()
    again = served.connection.ack()
    served.connection.send(cancel={"taskId": task_id, "graceMs": 10_000})
    served.connection.records()
    served.send_task()
    after = served.connection.ack()

    assert (first, again, after) == (
        "ACK_STATE_ACCEPTED",
        "ACK_STATE_RUNNING",
        "ACK_STATE_ENDED",
    )


def test_a_task_of_other_code_is_refused(place: Workplace) -> None:
    served = place.serve(QUICK)

    served.send_task(digest="0" * 64)

    assert served.connection.ack() == "ACK_STATE_REFUSED"


def test_cancelling_ends_the_process_with_term(place: Workplace) -> None:
    served = place.serve(WAITS)
    task_id = served.send_task()
    served.record("logRecord")

    served.connection.send(cancel={"taskId": task_id, "graceMs": 60_000})

    assert served.connection.records()[-1]["cancelled"]["wasRunning"]


def test_cancelling_kills_after_the_grace_whatever_was_started(place: Workplace) -> None:
    served = place.serve(DEAF)
    task_id = served.send_task()
    pid = int(served.record("logRecord")["logRecord"]["message"])

    served.connection.send(cancel={"taskId": task_id, "graceMs": 50})

    assert "cancelled" in served.connection.records()[-1]
    assert not os.path.exists(f"/proc/{pid}")


def test_a_cancel_during_the_import_runs_nothing(place: Workplace) -> None:
    served = place.serve(QUICK)
    task_id = served.send_task()

    served.connection.send(cancel={"taskId": task_id, "graceMs": 0})
    (record,) = served.connection.records()

    assert record["cancelled"] == {}
    assert not (place.folder / "logs").exists()


def test_draining_lets_what_runs_end_and_takes_no_more(place: Workplace) -> None:
    go = place.folder / "go"
    os.mkfifo(go)
    served = place.serve(f"""
        @asset
        def thing(context: AssetExecutionContext):
            context.log.warning("waiting")
            with open({str(go)!r}) as go:
                go.read()
    """)
    served.send_task()
    served.record("logRecord")

    served.connection.send(drain={})
    served.send_task(attempt=2)
    refused = served.connection.ack()
    go.write_text("go")
    (record,) = served.connection.records()
    served.connection.send(commit={"record": record["number"]})

    assert refused == "ACK_STATE_REFUSED"
    assert "succeeded" in record
    assert served.host.wait(DEADLINE_S) == 0


def test_draining_can_end_what_runs(place: Workplace) -> None:
    served = place.serve(DEAF)
    served.send_task()
    served.record("logRecord")

    served.connection.send(drain={"cancelRunning": True, "graceMs": 20})
    record = served.connection.records()[-1]
    served.connection.send(commit={"record": record["number"]})

    assert "cancelled" in record
    assert served.host.wait(DEADLINE_S) == 0


def test_an_import_that_raises_is_told_and_the_host_leaves(place: Workplace) -> None:
    path = place.module("raise ValueError('no good')")
    host, connection = place.new_host(path)

    connection.send(prepare={})
    failure = connection.hello("IMPORT_FAILED")["failure"]

    assert failure["reason"] == "FAILURE_REASON_START_FAILED"
    assert "ValueError: no good" in failure["message"]
    assert failure["source"] == {"file": str(path), "line": 2}
    assert host.wait(DEADLINE_S) == 0


def test_an_import_that_hangs_is_told_with_where(place: Workplace) -> None:
    path = place.module("import time\nimport threading\nthreading.Event().wait()")
    host, connection = place.new_host(path, importTimeoutMs=300)

    connection.send(prepare={})
    failure = connection.hello("IMPORT_FAILED")["failure"]

    assert failure["source"] == {"file": str(path), "line": 4}
    assert f"still being imported after 0.3 s, at {path}:4" in failure["message"]
    assert connection.at_end()
    assert host.wait(DEADLINE_S) == -signal.SIGKILL


def test_an_import_that_ends_the_process_ends_the_host(place: Workplace) -> None:
    path = place.module("import os\nos._exit(7)")
    host, connection = place.new_host(path)

    connection.send(prepare={})

    assert connection.at_end()
    assert host.wait(DEADLINE_S) == 7


def test_other_code_is_told_and_its_task_refused(place: Workplace) -> None:
    path = place.module(QUICK)
    planned = hashlib.sha256(path.read_bytes()).hexdigest()
    served = place.serve(QUICK, files={"user_code": planned})
    path.write_text(path.read_text().replace("return 1", "return 2"))

    served.send_task()
    stale = served.connection.hello("STALE")

    assert stale["digest"] != served.digest
    assert stale["changes"] == [f"file {path} changed"]
    assert served.connection.ack() == "ACK_STATE_REFUSED"
    assert served.host.wait(DEADLINE_S) == 0


def test_a_host_dials_again_and_tells_what_happened_meanwhile(place: Workplace) -> None:
    served = place.serve(WAITS)
    task_id = served.send_task()
    first = served.record("logRecord")
    served.connection.close()
    place.close_socket()
    place.listen()

    back = place.accept()
    hello = back.hello("READY")
    back.send(commit={"record": int(first["number"]) - 1})
    back.send(cancel={"taskId": task_id, "graceMs": 10_000})
    told = back.records()

    assert hello["runningTaskIds"] == [task_id]
    assert int(hello["lastRecord"]) == int(first["number"])
    assert told[0] == first
    assert "cancelled" in told[-1]


def test_an_orphan_leaves_once_nothing_runs_and_its_grace_is_over(place: Workplace) -> None:
    served = place.serve(QUICK, orphanGraceMs=100)
    served.run()

    served.connection.close()
    place.close_socket()

    assert served.host.wait(DEADLINE_S) == 0


def test_an_orphan_lets_what_runs_end_in_its_journal(place: Workplace) -> None:
    code = """
        import signal
        @asset
        def thing(context: AssetExecutionContext):
            signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
            context.log.warning("waiting")
            signal.sigwait([signal.SIGUSR1])
    """
    served = place.serve(code, orphanGraceMs=0)
    served.send_task()
    begun = served.record("begun")
    served.record("logRecord")

    served.connection.close()
    place.close_socket()
    os.kill(begun["begun"]["process"]["pid"], signal.SIGUSR1)

    assert served.host.wait(DEADLINE_S) == 0
    assert "succeeded" in served.journal()[-1]


def test_an_ephemeral_host_ends_with_its_launcher_and_kills_what_runs(place: Workplace) -> None:
    reader, writer = os.pipe()
    served = place.serve(DEAF, executed=True, aliveFd=reader)
    os.close(reader)
    served.send_task()
    pid = int(served.record("logRecord")["logRecord"]["message"])

    served.connection.close()

    assert served.host.wait(DEADLINE_S) == 1
    assert not os.path.exists(f"/proc/{pid}")
    os.close(writer)


def test_an_ephemeral_host_ends_with_its_starter_even_while_it_imports(place: Workplace) -> None:
    reader, writer = os.pipe()
    ready = place.folder / "ready"
    os.mkfifo(ready)
    path = place.module(f"import signal\nopen({str(ready)!r}, 'w').close()\nsignal.pause()")
    host, connection = place.new_host(path, aliveFd=reader)
    os.close(reader)
    connection.send(prepare={})
    ready.read_text()

    os.close(writer)

    assert connection.at_end()
    assert host.wait(DEADLINE_S) == -signal.SIGKILL


def test_an_ephemeral_host_ends_with_its_launcher_even_while_it_imports(place: Workplace) -> None:
    reader, writer = os.pipe()
    ready = place.folder / "ready"
    os.mkfifo(ready)
    path = place.module(f"import signal\nopen({str(ready)!r}, 'w').close()\nsignal.pause()")
    host, connection = place.new_host(path, aliveFd=reader)
    os.close(reader)
    connection.send(prepare={})
    ready.read_text()

    connection.close()

    assert host.wait(DEADLINE_S) == -signal.SIGKILL
    os.close(writer)


def test_an_idle_host_leaves_after_its_grace(place: Workplace) -> None:
    served = place.serve(QUICK, idleGraceMs=50)

    served.run()

    assert served.host.wait(DEADLINE_S) == 0


def test_a_host_whose_reports_are_not_recorded_yet_is_not_idle(place: Workplace) -> None:
    served = place.serve(QUICK, idleGraceMs=50)
    served.send_task()
    last = served.record("succeeded")
    ended = os.pidfd_open(served.pid)

    # It is not told that the store holds any of it: what follows from it is still to come.
    assert not select.select([ended], [], [], 1.0)[0]
    served.connection.send(commit={"record": last["number"]})

    assert served.host.wait(DEADLINE_S) == 0
    os.close(ended)


def test_term_ends_a_host_and_its_steps(place: Workplace) -> None:
    served = place.serve(DEAF)
    served.send_task()
    pid = int(served.record("logRecord")["logRecord"]["message"])

    served.host.terminate()

    assert served.host.wait(DEADLINE_S) == 1
    assert not os.path.exists(f"/proc/{pid}")


def test_a_step_ends_when_its_host_is_killed(place: Workplace) -> None:
    served = place.serve(WAITS)
    served.send_task()
    pid = served.record("begun")["begun"]["process"]["pid"]
    served.record("logRecord")
    step = os.pidfd_open(pid)

    os.kill(served.pid, signal.SIGKILL)

    assert served.host.wait(DEADLINE_S) == -signal.SIGKILL
    assert select.select([step], [], [], DEADLINE_S)[0]
    os.close(step)


def test_a_connected_idle_host_never_wakes(place: Workplace) -> None:
    served = place.serve(QUICK, executed=True)
    served.run()
    # The answer to a repeat comes after all that the host does of itself.
    served.send_task(digest="0" * 64)
    served.connection.ack()

    both = (served.host.pid, served.pid)
    for pid in both:
        wait_until_asleep(pid)
    before = [switches(pid) for pid in both]
    is_silent = served.connection.is_silent(0.7)

    assert is_silent
    assert [switches(pid) for pid in both] == before


def wait_until_asleep(pid: int) -> None:
    deadline = time.monotonic() + DEADLINE_S
    while Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] != "S":
        assert time.monotonic() < deadline
        os.sched_yield()


def switches(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return sum(int(line.split()[1]) for line in status.splitlines() if "ctxt_switches" in line)
