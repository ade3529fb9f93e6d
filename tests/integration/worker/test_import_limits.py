"""Limits that a module sets while it is imported: they hold in its steps, and not in the host."""

from __future__ import annotations

import resource

import pytest

from tests.integration.worker.conftest import Workplace
from tests.integration.worker.test_full_disk import UNLIMITED, set_room, until

KINDS = ("RLIMIT_FSIZE", "RLIMIT_NOFILE", "RLIMIT_CPU", "RLIMIT_DATA", "RLIMIT_CORE")


@pytest.mark.parametrize("start", ["auto", "spawn"])
def test_soft_limits_of_an_import_hold_in_its_steps_alone(place: Workplace, start: str) -> None:
    served = place.serve(
        f"""
        import resource
        for number, name in enumerate({KINDS}):
            kind = getattr(resource, name)
            soft = {{"RLIMIT_FSIZE": 4000, "RLIMIT_DATA": 1 << 30}}.get(name, 40 + number)
            resource.setrlimit(kind, (soft, resource.getrlimit(kind)[1]))
        @asset
        def thing():
            print([resource.getrlimit(getattr(resource, name))[0] for name in {KINDS}])
            return bytes(5000)
        """,
        startMethod=start,
    )

    failure = served.run()[-1]["failed"]["failure"]

    assert place.log("stdout") == "[4000, 41, 42, 1073741824, 44]\n"
    assert "File too large (RLIMIT_FSIZE of its process is 4000 bytes)" in failure["message"]
    for name in KINDS:
        kind = getattr(resource, name)
        assert resource.prlimit(served.pid, kind) == resource.getrlimit(kind)


@pytest.mark.parametrize("kind", ["RLIMIT_FSIZE", "RLIMIT_NOFILE", "RLIMIT_DATA"])
def test_a_hard_limit_with_which_no_host_can_work_is_named(place: Workplace, kind: str) -> None:
    served = place.serve(f"""
        import ctypes, resource, struct
        # Nobody may raise it again then, whoever runs the test.
        ctypes.CDLL(None).capset(struct.pack("Ii", 0x20080522, 0), bytes(24))
        with open("/proc/self/statm") as file:
            held = int(file.read().split()[5]) * resource.getpagesize()
        limit = held + (16 << 20) if "{kind}" == "RLIMIT_DATA" else 10
        resource.setrlimit(resource.{kind}, (limit, limit))
        @asset
        def thing():
            return 1
    """)

    served.send_task()
    failure = served.connection.hello("IMPORT_FAILED")["failure"]

    assert failure["reason"] == "FAILURE_REASON_START_FAILED"
    assert failure["message"].startswith(f"{kind}: while the code was imported it lowered")


def test_a_host_hears_no_signal_for_a_file_that_cannot_grow(place: Workplace) -> None:
    served = place.serve("""
        import signal
        for number in (signal.SIGXFSZ, signal.SIGPIPE):
            signal.signal(number, signal.SIG_DFL)
        @asset
        def thing():
            print(signal.getsignal(signal.SIGXFSZ) is signal.SIG_DFL)
    """)
    served.connection.send(prepare={})
    served.connection.hello("READY")

    set_room(served.pid, 0)
    task_id = served.send_task()
    assert served.connection.ack() == "ACK_STATE_ACCEPTED"
    until(lambda: bool(served.children()))
    assert served.connection.is_silent(1.0)
    for pid in (*served.children(), served.pid):
        resource.prlimit(pid, resource.RLIMIT_FSIZE, UNLIMITED)

    assert "succeeded" in served.connection.records(task_id)[-1]
    assert place.log("stdout") == "True\n"
