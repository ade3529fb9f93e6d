"""Steps that are not forked: why not, and that they are the same in every other way."""

from __future__ import annotations

import os
import re

import pytest

from tests.integration.worker.conftest import Workplace

QUICK = """
    import os, sys
    print("imported")
    @asset
    def thing():
        print(os.path.basename(sys.argv[0]), len(sys.argv))
        return 1
"""
THREADED = """
    import threading
    def work():
        threading.Event().wait()
    threading.Thread(target=work, name="busy", daemon=True).start()
    @asset
    def thing():
        return 1
"""


def test_spawning_is_done_when_it_is_asked_for(place: Workplace) -> None:
    served = place.serve(QUICK, startMethod="spawn")
    served.connection.send(prepare={})
    ready = served.connection.hello("READY")

    begun, succeeded = served.run()

    assert ready["startMethod"] == "START_METHOD_SPAWN"
    assert ready["startMethodReason"]
    assert begun["begun"]["process"]["pid"] == succeeded["succeeded"]["pid"]
    assert succeeded["succeeded"]["digest"] == served.digest
    assert place.log("stdout") == "imported\nbootstrap.py 1\n"


def test_a_thread_that_an_import_leaves_is_why(place: Workplace) -> None:
    served = place.serve(THREADED)
    served.connection.send(prepare={})

    ready = served.connection.hello("READY")

    assert ready["startMethod"] == "START_METHOD_SPAWN"
    assert "'busy' of module user_code" in ready["startMethodReason"]
    assert "succeeded" in served.run()[-1]


def test_a_spawned_step_has_the_hosts_own_environment(place: Workplace) -> None:
    served = place.serve(
        """
        import os
        COUNT = os.environ["COUNT"] = os.environ.get("COUNT", "") + "i"
        @asset
        def thing():
            print(COUNT)
        """,
        startMethod="spawn",
    )

    assert served.output_of() == "i\n"


def test_code_that_changed_after_the_host_imported_it_is_stale(place: Workplace) -> None:
    served = place.serve(QUICK, startMethod="spawn")
    served.run(attempt=1)
    served.path.write_text(served.path.read_text().replace("return 1", "return 2"))

    (record,) = served.run(attempt=2)

    assert record["failed"]["failure"]["reason"] == "FAILURE_REASON_STALE"


def test_an_import_that_fails_only_then_is_told(place: Workplace) -> None:
    served = place.serve(
        """
        import os
        if os.path.exists("second"):
            raise ValueError("not twice")
        open("second", "w").close()
        @asset
        def thing():
            return 1
        """,
        startMethod="spawn",
    )
    os.unlink(place.folder / "second")

    (record,) = served.run()

    failure = record["failed"]["failure"]
    assert failure["reason"] == "FAILURE_REASON_START_FAILED"
    assert "ValueError: not twice" in failure["message"]


@pytest.mark.parametrize(
    ("held", "likely"),
    [("bytearray(2 << 30)", True), ("[bytearray(1 << 20) for _ in range(4000)]", False)],
)
def test_memory_that_an_import_meets_is_that(place: Workplace, held: str, likely: bool) -> None:
    served = place.serve(
        f"""
        import os
        HELD = {held} if os.path.exists("memory") else None
        @asset
        def thing():
            return 1
        """,
        startMethod="spawn",
    )
    served.connection.send(prepare={})
    served.connection.hello("READY")
    (place.folder / "memory").touch()

    (record,) = served.run(step_fields={"limits": {"memoryBytes": str(512 << 20)}})

    failure = record["failed"]["failure"]
    assert failure["reason"] == "FAILURE_REASON_OOM"
    assert "out of memory while it imported the code" in failure["message"]
    assert failure.get("likely", False) == likely
    assert str(512 << 20) in failure["evidence"][0]
    assert "MemoryError" in failure["traceback"]["head"]
    assert failure["source"] == {"file": str(served.path), "line": 4}


def test_a_signal_that_ends_an_import_is_told_as_that(place: Workplace) -> None:
    served = place.serve(
        """
        import os, signal
        if os.path.exists("memory"):
            os.kill(os.getpid(), signal.SIGKILL)
        @asset
        def thing():
            return 1
        """,
        startMethod="spawn",
    )
    served.connection.send(prepare={})
    served.connection.hello("READY")
    (place.folder / "memory").touch()

    (record,) = served.run()

    assert record["failed"]["failure"]["signal"] == "SIGKILL"
    assert "while it imported the code" in record["failed"]["failure"]["message"]


def test_a_cancel_ends_a_spawned_step_and_what_it_started(place: Workplace) -> None:
    served = place.serve(
        """
        import subprocess
        @asset
        def thing(context: AssetExecutionContext):
            child = subprocess.Popen(["sleep", "1000"], start_new_session=True)
            context.log.warning(f"pid {child.pid}")
            child.wait()
        """,
        startMethod="spawn",
    )
    task_id = served.send_task()
    told = served.record("logRecord")["logRecord"]["message"]
    (pid,) = re.findall(r"\d+", told)

    served.connection.send(cancel={"taskId": task_id, "graceMs": 10_000})

    assert "cancelled" in served.connection.records()[-1]
    assert not os.path.exists(f"/proc/{pid}")


def test_forking_can_be_asked_for_and_what_is_shared_is_noted(place: Workplace) -> None:
    served = place.serve(
        """
        import os
        ends = os.pipe()
        @asset
        def thing():
            return 1
        """,
        startMethod="fork",
    )
    served.connection.send(prepare={})

    ready = served.connection.hello("READY")

    assert ready["startMethod"] == "START_METHOD_FORK"
    assert "startMethodReason" not in ready
    (note,) = ready["notes"]
    assert "forked, as was asked for, though importing the code left a pipe open" in note
    assert "succeeded" in served.run()[-1]
