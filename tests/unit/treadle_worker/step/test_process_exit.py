"""How a process ends: the order of things, seen from outside."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

# By itself this interpreter writes at once what a step process buffers.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}


def ended(code: str, *, stdout: object = subprocess.PIPE) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            sys.executable,
            "-c",
            "from treadle_worker.step.process_exit import *\n" + textwrap.dedent(code),
        ],
        stdout=stdout,  # type: ignore[call-overload]  # a file or PIPE
        stderr=subprocess.PIPE,
        env=ENVIRONMENT,
        text=True,
        timeout=30,
        check=False,
    )


def test_threads_end_before_handlers_and_handlers_before_the_process() -> None:
    done = ended("""
        import atexit, threading
        atexit.register(lambda: print("handler"))
        go = threading.Event()
        threading.Thread(target=lambda: (go.wait(), print("thread"))).start()
        go.set()
        end_process(4)
    """)

    assert done.stdout == "thread\nhandler\n"
    assert done.returncode == 4


def test_a_handler_that_raises_is_shown_and_changes_nothing() -> None:
    done = ended("""
        import atexit
        atexit.register(lambda: 1 / 0)
        end_process(0)
    """)

    assert "ZeroDivisionError" in done.stderr
    assert done.returncode == 0


def test_files_in_a_frozen_heap_and_in_cycles_are_flushed(tmp_path: Path) -> None:
    done = ended(f"""
        import gc
        frozen = open({str(tmp_path / "frozen")!r}, "w")
        known = open_files()
        gc.freeze()
        frozen.write("frozen")
        class Ring:
            pass
        ring = Ring()
        ring.self = ring
        ring.file = open({str(tmp_path / "ring")!r}, "wb")
        ring.file.write(b"ring")
        del ring
        end_process(0, known)
    """)

    assert done.returncode == 0, done.stderr
    assert (tmp_path / "frozen").read_text() == "frozen"
    assert (tmp_path / "ring").read_text() == "ring"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device")
def test_output_that_cannot_be_written_is_a_failure_as_in_python() -> None:
    with open("/dev/full", "w") as full:
        done = ended("print('x')\nend_process(0)", stdout=full)

    assert done.returncode == 120


FORKED = """
    import atexit, os, sys, threading, weakref
    class Thing:
        def __del__(self):
            print("finalized", flush=True)
    class Held:
        pass
    held = Held()
    atexit.register(print, "inherited")
    atexit.register((lambda thing: None), Thing())
    weakref.finalize(held, print, "inherited finalizer")
    threading._register_atexit(print, "inherited thread handler")
    if (child := os.fork()):
        os.waitpid(child, 0)
        os._exit(0)
    disown_handlers()
"""


def test_a_forked_process_runs_what_it_registered_and_not_what_it_inherited() -> None:
    done = ended(
        FORKED
        + """
    import logging
    atexit.register(print, "own")
    weakref.finalize(held, print, "own finalizer")
    threading._register_atexit(print, "own thread handler")
    end_process(0)
    """
    )

    assert done.stdout == "own thread handler\nown\nown finalizer\n"
    assert done.stderr == ""


def test_the_logs_of_a_forked_process_are_flushed(tmp_path: Path) -> None:
    done = ended(
        f"""
    import logging, logging.handlers
    target = logging.FileHandler({str(tmp_path / "log")!r})
    logging.getLogger().addHandler(logging.handlers.MemoryHandler(100, target=target))
    """
        + FORKED
        + """
    logging.getLogger().warning("kept in memory")
    end_process(0)
    """
    )

    assert done.stderr == ""
    assert (tmp_path / "log").read_text() == "kept in memory\n"


def test_a_process_that_imported_alone_runs_its_handlers_and_waits_for_no_thread() -> None:
    done = ended("""
        import atexit, threading
        atexit.register(print, "handler")
        threading.Thread(target=threading.Event().wait).start()
        end_import(3, writes=True)
    """)

    assert done.stdout == "handler\n"
    assert done.returncode == 3


def test_a_handler_of_an_import_that_hangs_is_ended_with_where_it_was() -> None:
    done = ended("""
        import atexit, threading
        from treadle_worker.step import process_exit as endings
        endings._DUMP_AFTER_S = 0.2
        def hangs():
            threading.Event().wait()
        atexit.register(hangs)
        end_import(0, writes=False)
    """)

    assert done.returncode == 1
    assert "in hangs" in done.stderr
