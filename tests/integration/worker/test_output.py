"""What an attempt writes to stdout and stderr: all of it, whoever writes and however it ends."""

from __future__ import annotations

import os
import re
import resource
import signal
import struct
from pathlib import Path

import pytest

from tests.integration.worker.conftest import Served, Workplace
from tests.integration.worker.test_full_disk import UNLIMITED, set_room, until

LINES = 200_000

both_start_methods = pytest.mark.parametrize("method", ["auto", "spawn"])


def failure_of(records: list[dict[str, object]]) -> dict[str, object]:
    failed: dict[str, dict[str, object]] = records[-1]["failed"]  # type: ignore[assignment]  # JSON
    return failed["failure"]


def begin(served: Served, step: str = "thing") -> tuple[str, int]:
    """Start a step; return its task and the pid of its process."""
    task_id = served.send_task(step)
    return task_id, int(served.record("begun")["begun"]["process"]["pid"])


@both_start_methods
def test_who_opens_the_streams_anew_to_write_erases_nothing(place: Workplace, method: str) -> None:
    served = place.serve(
        """
        import subprocess, sys
        @asset
        def thing():
            for name in ("stdout", "stderr"):
                stream = getattr(sys, name)
                print("first", file=stream, flush=True)
                subprocess.run(f"echo shell >/dev/{name}", shell=True, check=True)
                subprocess.run(["dd", f"of=/dev/{name}", "status=none"], input=b"dd\\n", check=True)
                with open(f"/dev/{name}", "w") as anew:
                    print("opened", file=anew)
                print("last", file=stream, flush=True)
        """,
        startMethod=method,
    )

    assert "succeeded" in served.run()[-1]

    for name in ("stdout", "stderr"):
        assert place.log(name) == "first\nshell\ndd\nopened\nlast\n"


@both_start_methods
def test_all_that_was_written_before_a_kill_is_there(place: Workplace, method: str) -> None:
    served = place.serve(
        f"""
        import mmap, os, signal, struct, threading
        @asset
        def thing():
            with open("counts", "wb") as file:
                file.truncate(16)
            with open("counts", "r+b") as file:
                counts = mmap.mmap(file.fileno(), 16)
            def kill():
                while struct.unpack_from("q", counts)[0] < {LINES // 2}:
                    os.sched_yield()
                os.kill(os.getpid(), signal.SIGKILL)
            threading.Thread(target=kill, daemon=True).start()
            for number in range({LINES}):
                struct.pack_into("q", counts, 0, number + 1)
                os.write(1, b"%d\\n" % number)
                struct.pack_into("q", counts, 8, number + 1)
        """,
        startMethod=method,
    )

    failure = failure_of(served.run())

    assert failure["reason"] == "FAILURE_REASON_SIGNAL"
    begun, done = struct.unpack("qq", (place.folder / "counts").read_bytes())
    lines = place.log("stdout").splitlines()
    assert lines == [str(number) for number in range(len(lines))]
    # It is killed when so many were begun: the last of them may not be done.
    assert LINES // 2 <= begun <= LINES
    assert done <= len(lines) <= begun


def test_many_lines_arrive_in_their_order_and_whole(place: Workplace) -> None:
    served = place.serve(f"""
        @asset
        def thing():
            for number in range({LINES}):
                print(number)
    """)

    assert served.output_of() == "".join(f"{number}\n" for number in range(LINES))


def test_a_flood_holds_no_step_beside_it_up(place: Workplace) -> None:
    served = place.serve(
        """
        import os
        @asset
        def flood():
            while True:
                os.write(1, b"x" * 65536)
        @asset
        def thing():
            print("quiet")
        """,
        logLimitBytes=1 << 20,
    )
    task_id, pid = begin(served, "flood")
    until((place.folder / "logs/run1/flood/1/stdout.cut").exists)

    assert "succeeded" in served.run()[-1]
    assert place.log("stdout") == "quiet\n"
    assert os.path.exists(f"/proc/{pid}")
    served.connection.send(cancel={"taskId": task_id, "graceMs": 100})
    assert "cancelled" in served.connection.records(task_id)[-1]


def test_what_threads_of_an_import_print_later_is_cut_while_the_host_is_idle(
    place: Workplace,
) -> None:
    go = place.folder / "go"
    os.mkfifo(go)
    served = place.serve(
        f"""
        import os, threading
        def flood():
            with open({str(go)!r}) as go:
                go.read()
            os.write(1, b"first" + bytes(8 << 20) + b"last")
        threading.Thread(target=flood, daemon=True).start()
        @asset
        def thing(): ...
        """,
        logLimitBytes=1 << 20,
    )
    served.connection.send(prepare={})
    served.connection.hello("READY")
    output = place.output()

    go.write_text("go")
    until(lambda: output.stat().st_size > 8 << 20)
    until(lambda: output.stat().st_blocks * 512 < 2 << 20)

    content = output.read_bytes()
    assert b"first" in content[: 1 << 19]
    assert content.endswith(b"last")


def test_what_is_left_behind_with_the_pipe_keeps_no_attempt_from_its_end(
    place: Workplace,
) -> None:
    served = place.serve("""
        import subprocess
        @asset
        def thing():
            subprocess.Popen("echo child; echo two >&2; exec sleep 1000", shell=True,
                             start_new_session=True)
            while True:
                with open(f"/proc/self/task/{__import__('os').getpid()}/children") as file:
                    (child,) = file.read().split()
                with open(f"/proc/{child}/comm") as file:
                    if file.read() == "sleep\\n":
                        break
            print("returned")
    """)

    assert "succeeded" in served.run()[-1]

    assert place.log("stdout") == "child\nreturned\n"
    assert place.log("stderr") == "two\n"
    assert served.children() == []


@pytest.mark.parametrize("is_killed", [False, True])
def test_who_holds_the_pipe_elsewhere_keeps_no_attempt_from_its_end(
    place: Workplace, *, is_killed: bool
) -> None:
    served = place.serve("""
        import os
        @asset
        def thing():
            print("printed")
            open("begun", "w").close()
            while not os.path.exists("go"):
                os.sched_yield()
    """)
    task_id, pid = begin(served)
    until((place.folder / "begun").exists)
    held = os.open(f"/proc/{pid}/fd/1", os.O_WRONLY)

    os.write(held, b"from elsewhere\n")
    if is_killed:
        os.kill(pid, signal.SIGKILL)
    else:
        (place.folder / "go").touch()
    (record,) = served.connection.records(task_id)

    assert ("failed" in record) == is_killed
    assert place.log("stdout") == "printed\nfrom elsewhere\n"
    with pytest.raises(BrokenPipeError):
        os.write(held, b"too late\n")
    os.close(held)


def test_steps_beside_each_other_hold_nothing_of_each_other(place: Workplace) -> None:
    served = place.serve("""
        import os
        @asset
        def waits():
            while not os.path.exists("go"):
                os.sched_yield()
        @asset
        def thing():
            for fd in sorted(map(int, os.listdir("/proc/self/fd"))):
                try:
                    print(os.readlink(f"/proc/self/fd/{fd}"))
                except FileNotFoundError:
                    pass
    """)
    task_id, pid = begin(served, "waits")
    beside = {os.readlink(f"/proc/{pid}/fd/{fd}") for fd in (1, 2)}

    held = set(served.output_of().splitlines())

    assert not held & beside
    assert not any("waits" in each for each in held)
    assert len([each for each in held if each.startswith("pipe:")]) == 2
    (place.folder / "go").touch()
    assert "succeeded" in served.connection.records(task_id)[-1]


def test_modules_may_close_the_standard_descriptors(place: Workplace) -> None:
    served = place.serve("""
        import os
        for fd in (0, 1, 2):
            os.close(fd)
        @asset
        def thing():
            os.write(1, b"out")
            os.write(2, b"err")
            assert os.read(0, 1) == b""
    """)

    assert "succeeded" in served.run()[-1]

    assert (place.log("stdout"), place.log("stderr")) == ("out", "err")


def test_what_a_spawned_interpreter_says_before_our_code_is_the_attempts(
    place: Workplace,
) -> None:
    place.environment["PYTHONPROFILEIMPORTTIME"] = "1"
    served = place.serve(
        """
        @asset
        def thing():
            return 1
        """,
        executed=True,
        startMethod="spawn",
    )

    assert "succeeded" in served.run()[-1]

    assert re.search(r"^import time: .* site$", place.log("stderr"), re.MULTILINE)


def test_a_disk_that_is_full_holds_nobody_up_and_what_is_missing_is_counted(
    place: Workplace,
) -> None:
    served = place.serve("""
        import os
        @asset
        def thing():
            open("begun", "w").close()
            for name in ("go", "on"):
                while not os.path.exists(name):
                    os.sched_yield()
                print("x" * 999_999 if name == "go" else "room")
                open(f"{name}ne", "w").close()
    """)
    task_id, _ = begin(served)
    until((place.folder / "begun").exists)
    stdout = place.folder / "logs/run1/thing/1/stdout"

    set_room(served.pid, 100_000)
    (place.folder / "go").touch()
    until((place.folder / "gone").exists)
    until(lambda: sleeps(served.pid))
    assert stdout.stat().st_size == 100_000
    resource.prlimit(served.pid, resource.RLIMIT_FSIZE, UNLIMITED)
    (place.folder / "on").touch()

    assert "succeeded" in served.connection.records(task_id)[-1]
    words = "\n… 900000 bytes are left out: no room …\n"
    assert stdout.read_text() == "x" * 100_000 + words + "room\n"


def sleeps(pid: int) -> bool:
    """Tell whether a process waits: what there was to read was read."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "S"


@both_start_methods
def test_no_descriptor_is_a_reason_not_to_start_and_no_more(place: Workplace, method: str) -> None:
    served = place.serve(
        """
        @asset
        def thing():
            print("ran")
        """,
        startMethod=method,
    )
    served.run(attempt=1)
    before = sorted(map(int, os.listdir(f"/proc/{served.pid}/fd")))
    unlimited = resource.prlimit(served.pid, resource.RLIMIT_NOFILE)

    for more in range(10):
        resource.prlimit(served.pid, resource.RLIMIT_NOFILE, (before[-1] + 1 + more, unlimited[1]))
        record = served.run(attempt=2 + more)[-1]
        if "failed" in record:
            assert failure_of([record])["reason"] == "FAILURE_REASON_START_FAILED"
        assert served.children() == []
        assert sorted(map(int, os.listdir(f"/proc/{served.pid}/fd"))) == before

    resource.prlimit(served.pid, resource.RLIMIT_NOFILE, unlimited)
    assert served.output_of(attempt=20) == "ran\n"
