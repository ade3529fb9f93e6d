"""How attempts end, run by a real host: what its records say, and what is left behind."""

from __future__ import annotations

import gzip
import os

import pytest

from tests.integration.worker.conftest import Message, Served, Workplace
from treadle.io._files import FileStore
from treadle_contract.value import ValueRef


def failure_of(records: list[Message]) -> Message:
    failure: Message = records[-1]["failed"]["failure"]
    return failure


def test_success_stores_the_value_and_names_it(place: Workplace) -> None:
    served = place.serve("""
        @asset
        def thing():
            print("hello")
            return 41 + 1
    """)

    begun, succeeded = served.run()

    assert begun["begun"]["process"]["pid"] == succeeded["succeeded"]["pid"]
    (stored,) = succeeded["succeeded"]["stored"]
    assert stored["assetKey"] == "thing"
    assert value_of(place, stored["valueRef"]) == 42
    assert succeeded["succeeded"]["digest"] == served.digest
    assert int(succeeded["succeeded"]["durationUs"]) > 0
    assert place.log("stdout") == "hello\n"


def test_an_exception_is_told_whole_with_the_users_line(place: Workplace) -> None:
    served = place.serve("""
        @asset
        def thing():
            try:
                {}["missing"]
            except KeyError as error:
                raise RuntimeError("gave up") from error
    """)

    failure = failure_of(served.run())

    assert failure["reason"] == "FAILURE_REASON_USER_ERROR"
    assert failure["where"] == "FAILURE_WHERE_COMPUTE"
    assert failure["errorClass"] == "builtins.RuntimeError"
    assert "gave up" in failure["message"]
    assert "KeyError: 'missing'" in failure["traceback"]["head"]
    assert "direct cause" in failure["traceback"]["head"]
    assert "treadle_worker" not in failure["traceback"]["head"]
    assert failure["source"] == {"file": str(served.path), "line": 8}


def test_an_exit_status_is_told_with_the_last_words(place: Workplace) -> None:
    served = place.serve("""
        import os, sys
        @asset
        def thing():
            print("last words", file=sys.stderr, flush=True)
            os._exit(3)
    """)

    failure = failure_of(served.run())

    assert failure["reason"] == "FAILURE_REASON_EXIT"
    assert failure["exitCode"] == 3
    assert failure["stderrTail"]["head"] == "last words\n"


@pytest.mark.parametrize("start", ["auto", "spawn"])
def test_a_failure_of_our_own_code_is_not_the_ops(place: Workplace, start: str) -> None:
    served = place.serve(
        """
        from treadle_worker.step import step
        step.LateImports = None
        @asset
        def thing():
            return 1
        """,
        startMethod=start,
    )

    failure = failure_of(served.run())

    assert failure["reason"] == "FAILURE_REASON_INTERNAL"
    assert "'NoneType' object is not callable" in failure["message"]


def test_a_crash_is_told_with_where_it_was(place: Workplace) -> None:
    served = place.serve("""
        import ctypes
        @asset
        def thing():
            ctypes.string_at(0)
    """)

    failure = failure_of(served.run())

    assert failure["reason"] == "FAILURE_REASON_SIGNAL"
    assert failure["signal"] == "SIGSEGV"
    assert f'File "{served.path}", line 6 in thing' in failure["stderrTail"]["head"]


def test_output_of_c_code_and_of_child_processes_is_captured(place: Workplace) -> None:
    served = place.serve("""
        import ctypes, subprocess
        @asset
        def thing():
            print("python")
            libc = ctypes.CDLL(None)
            libc.puts(b"from C")
            libc.fflush(None)
            subprocess.run(["sh", "-c", "echo child; echo grief >&2"], check=True)
    """)

    output = served.output_of()

    assert output == "python\nfrom C\nchild\n"
    assert place.log("stderr") == "grief\n"


def test_exit_handlers_run_and_open_files_are_flushed(place: Workplace) -> None:
    served = place.serve(f"""
        import atexit, gzip, threading
        FOLDER = {str(place.folder)!r}
        KEPT = [open(FOLDER + "/at-import", "w")]
        @asset
        def thing():
            KEPT[0].write("at import")
            for opener, name in ((open, "plain"), (gzip.open, "zipped")):
                file = opener(FOLDER + "/" + name, "wt")
                file.write(name)
                KEPT.append(file)
            atexit.register(lambda: print("at exit"))
            threading.Timer(0.05, lambda: print("late thread")).start()
    """)

    output = served.output_of()

    assert output == "late thread\nat exit\n"
    assert (place.folder / "at-import").read_text() == "at import"
    assert (place.folder / "plain").read_text() == "plain"
    assert gzip.decompress((place.folder / "zipped").read_bytes()) == b"zipped"


def test_what_an_exit_handler_does_to_the_process_is_part_of_the_attempt(place: Workplace) -> None:
    served = place.serve("""
        import atexit, os
        @asset
        def thing():
            atexit.register(os._exit, 9)
    """)

    failure = failure_of(served.run())

    assert failure["exitCode"] == 9
    assert "after the op returned" in failure["message"]


@pytest.mark.parametrize("ending", ["return", "os._exit(5)"])
def test_processes_that_an_attempt_leaves_are_gone_before_its_end_is_told(
    place: Workplace, ending: str
) -> None:
    served = place.serve(f"""
        import os, signal, sys
        @asset
        def thing():
            reader, writer = os.pipe()
            if os.fork() == 0:
                os.setsid()
                if os.fork() == 0:
                    os.environ.clear()
                    signal.signal(signal.SIGTERM, signal.SIG_IGN)
                    os.write(writer, str(os.getpid()).encode())
                    signal.pause()
                os._exit(0)
            os.wait()
            print(os.read(reader, 32).decode(), flush=True)
            {ending}
    """)

    served.run()

    pid = int(place.log("stdout"))
    assert not os.path.exists(f"/proc/{pid}")


def test_every_attempt_draws_other_random_numbers(place: Workplace) -> None:
    served = place.serve("""
        import random, numpy
        @asset
        def thing():
            print(random.random(), numpy.random.random())
    """)

    drawn = [served.output_of(attempt=attempt).split() for attempt in (1, 2, 3)]

    assert len({python for python, _ in drawn}) == 3
    assert len({numpy for _, numpy in drawn}) == 3


def test_what_one_attempt_changes_no_other_sees(place: Workplace) -> None:
    served = place.serve("""
        SEEN = []
        @asset
        def thing():
            SEEN.append(1)
            print(SEEN)
    """)

    assert served.output_of(attempt=1) == "[1]\n"
    assert served.output_of(attempt=2) == "[1]\n"


def test_records_go_to_the_log_and_warnings_to_the_launcher(place: Workplace) -> None:
    served = place.serve("""
        import logging
        @asset
        def thing(context: AssetExecutionContext):
            context.log.debug("small")
            context.log.warning("grave %s", 1)
            logging.getLogger("library").info("heard")
    """)

    _, warned, _ = served.run()

    assert warned["logRecord"] == {
        "level": "WARNING",
        "logger": warned["logRecord"]["logger"],
        "message": "grave 1",
    }
    lines = place.log("log").splitlines()
    assert [line.split(": ", 1)[1] for line in lines] == ["small", "grave 1", "heard"]


def test_a_file_that_changed_since_is_not_imported_late(place: Workplace) -> None:
    helper = place.module("FACTOR = 1\n", "late_helper.py")
    served = place.serve("""
        @asset
        def thing():
            import late_helper
    """)
    served.run(attempt=1)
    helper.write_text("FACTOR = 2\n")

    failure = failure_of(served.run(attempt=2))

    assert failure["reason"] == "FAILURE_REASON_STALE"
    assert "late_helper" in failure["message"]


def test_a_step_holds_nothing_of_the_hosts(place: Workplace) -> None:
    served = place.serve(
        """
        import os, signal, sys
        @asset
        def thing():
            for fd in sorted(map(int, os.listdir("/proc/self/fd"))):
                try:
                    print(fd, os.readlink(f"/proc/self/fd/{fd}").partition(":")[0])
                except FileNotFoundError:
                    pass
            print(signal.getsignal(signal.SIGTERM) is signal.SIG_DFL, file=sys.stderr)
            print(signal.pthread_sigmask(signal.SIG_BLOCK, []), file=sys.stderr)
    """,
        executed=True,
    )

    kinds = [line.split(" ", 1)[1] for line in served.output_of().splitlines()]

    assert sorted(kinds) == ["/dev/null", "pipe", "pipe", "socket"]
    assert place.log("stderr") == "True\nset()\n"


def value_of(place: Workplace, ref: Message) -> object:
    return FileStore(place.folder / "values").read_value(
        ValueRef(
            store=ref["store"],
            key=ref["key"],
            codec=ref["codec"],
            size_bytes=int(ref["sizeBytes"]),
            checksum=ref["checksum"],
        )
    )


def test_our_packages_are_all_that_a_host_brings(place: Workplace) -> None:
    served: Served = place.serve(
        """
        import sys
        @asset
        def thing():
            print(sorted({"grpc", "google.protobuf", "networkx", "pydantic"} & set(sys.modules)))
    """,
        executed=True,
    )

    assert served.output_of() == "[]\n"
