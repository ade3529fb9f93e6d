"""What an attempt may use, and what is said when it wants more."""

from __future__ import annotations

import os
import resource

import pytest

from tests.integration.worker.conftest import Message, Workplace

MIB = 1024 * 1024


def failure_of(records: list[Message]) -> Message:
    failure: Message = records[-1]["failed"]["failure"]
    return failure


@pytest.mark.parametrize("start", ["auto", "spawn"])
def test_memory_beyond_the_limit_is_out_of_memory(place: Workplace, start: str) -> None:
    served = place.serve(
        """
        @asset
        def thing():
            try:
                held = [bytearray(1 << 20) for _ in range(4000)]
            except MemoryError as error:
                raise RuntimeError("could not hold it") from error
        """,
        startMethod=start,
    )

    failure = failure_of(served.run(step_fields={"limits": {"memoryBytes": str(512 * MIB)}}))

    assert failure["reason"] == "FAILURE_REASON_OOM"
    assert "likely" not in failure
    assert str(512 * MIB) in failure["evidence"][0]
    assert "MemoryError" in failure["traceback"]["head"]
    assert failure["source"]["file"] == str(served.path)


def test_an_allocation_that_cannot_be_is_the_users_error_without_a_limit(place: Workplace) -> None:
    served = place.serve("""
        @asset
        def thing():
            bytearray(1 << 60)
    """)

    assert failure_of(served.run())["reason"] == "FAILURE_REASON_USER_ERROR"


def test_what_a_runtime_says_before_it_aborts_makes_memory_likely(place: Workplace) -> None:
    served = place.serve("""
        import os
        @asset
        def thing():
            os.write(2, b"terminate called: std::bad_alloc\\n")
            os.abort()
    """)

    limited = failure_of(served.run(step_fields={"limits": {"memoryBytes": str(512 * MIB)}}))
    free = failure_of(served.run(attempt=2))

    assert (limited["reason"], limited["likely"]) == ("FAILURE_REASON_OOM", True)
    assert limited["signal"] == "SIGABRT"
    assert free["reason"] == "FAILURE_REASON_SIGNAL"


def test_cpu_seconds_beyond_the_limit_are_a_timeout(place: Workplace) -> None:
    served = place.serve("""
        @asset
        def thing():
            while True:
                pass
    """)

    records = served.run(step_fields={"limits": {"cpuSeconds": "1"}})

    failure = failure_of(records)
    assert failure["reason"] == "FAILURE_REASON_TIMEOUT"
    assert failure["signal"] == "SIGXCPU"
    assert "1 CPU seconds" in failure["evidence"][0]
    # What was measured is less than what the kernel's ticks say, on a busy machine.
    assert int(records[-1]["failed"]["usage"]["cpuUs"]) >= 500_000


def test_what_the_steps_children_used_is_not_its_own(place: Workplace) -> None:
    served = place.serve("""
        import os, signal, subprocess, sys
        BURN = "import time\\nwhile time.process_time() < 0.8: pass"
        @asset
        def thing():
            for _ in range(2):
                subprocess.run([sys.executable, "-c", BURN], check=True)
            os.kill(os.getpid(), signal.SIGXCPU)
    """)

    records = served.run(step_fields={"limits": {"cpuSeconds": "1"}})

    assert int(records[-1]["failed"]["usage"]["cpuUs"]) >= 1_000_000
    failure = failure_of(records)
    assert (failure["reason"], failure["signal"]) == ("FAILURE_REASON_SIGNAL", "SIGXCPU")
    assert "of its 1 CPU seconds itself" in failure["evidence"][-1]


@pytest.mark.parametrize(
    ("op", "likely"),
    [
        ("held = bytearray(2 << 30)", True),
        ("raise MemoryError('I say so')", True),
        ("raise ExceptionGroup('both', [ValueError(), fill()])", False),
    ],
)
def test_a_memory_error_far_below_the_limit_is_only_likely_of_it(
    place: Workplace, op: str, likely: bool
) -> None:
    served = place.serve(f"""
        HELD = []
        def fill():
            try:
                while True:
                    HELD.append(bytearray(1 << 20))
            except MemoryError as error:
                return error
        @asset
        def thing():
            {op}
    """)

    failure = failure_of(served.run(step_fields={"limits": {"memoryBytes": str(512 * MIB)}}))

    assert failure["reason"] == "FAILURE_REASON_OOM"
    assert failure.get("likely", False) == likely
    assert str(512 * MIB) in failure["evidence"][0]


def test_files_and_niceness_are_set(place: Workplace) -> None:
    served = place.serve("""
        import os, resource
        @asset
        def thing():
            print(resource.getrlimit(resource.RLIMIT_NOFILE)[0], os.nice(0))
    """)

    served.run(step_fields={"limits": {"openFiles": 123, "niceness": 3}})

    assert place.log("stdout").split() == ["123", str(os.nice(0) + 3)]


def test_more_files_than_there_are_to_be_had_are_refused(place: Workplace) -> None:
    served = place.serve("""
        @asset
        def thing():
            pass
    """)
    with open("/proc/sys/fs/nr_open", encoding="ascii") as file:
        # Even the superuser may have no more.
        wanted = int(file.read()) + 1

    failure = failure_of(served.run(step_fields={"limits": {"openFiles": wanted}}))

    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    assert failure["reason"] == "FAILURE_REASON_START_FAILED"
    assert f"{wanted} open files" in failure["message"]
    assert str(hard) in failure["message"]


def test_what_an_attempt_used_is_told(place: Workplace) -> None:
    served = place.serve("""
        import os
        @asset
        def thing():
            held = bytearray(os.urandom(1 << 20)) * 100
            while sum(os.times()[:2]) < 0.3:
                pass
            reader, writer = os.pipe()
            if os.fork() == 0:
                while sum(os.times()[:2]) < 0.3:
                    pass
                os._exit(0)
            os.close(writer)
            os.read(reader, 1)
            return len(held)
    """)

    usage = served.run()[-1]["succeeded"]["usage"]

    # The child was not waited for by the op: it is counted all the same.
    assert int(usage["cpuUs"]) > 500_000
    assert int(usage["wallUs"]) > 300_000
    assert 100 * MIB < int(usage["peakMemoryBytes"]) < 300 * MIB
    assert usage["memoryScope"] == "MEMORY_SCOPE_LARGEST_PROCESS"


def test_a_kill_from_outside_is_a_signal(place: Workplace) -> None:
    served = place.serve("""
        import os, signal
        @asset
        def thing():
            os.kill(os.getpid(), signal.SIGKILL)
    """)

    failure = failure_of(served.run())

    assert (failure["reason"], failure["signal"]) == ("FAILURE_REASON_SIGNAL", "SIGKILL")
    assert "Treadle had not sent the signal." in failure["evidence"]
