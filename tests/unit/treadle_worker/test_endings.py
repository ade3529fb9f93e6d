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
            "from treadle_worker.endings import *\n" + textwrap.dedent(code),
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
