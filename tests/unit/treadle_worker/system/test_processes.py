"""Processes as the kernel shows them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from tests.processes import running
from treadle_worker.system.processes import (
    children,
    descendants,
    has_ended,
    is_at_work,
    kill_tree,
    own_cpu_us,
    process_id,
    read_stat,
)

TREE = """
import subprocess, sys
from treadle_worker.system.processes import adopt_orphans, kill_children, descendants
import os
adopt_orphans()
code = "import subprocess, sys; subprocess.Popen(['sleep', '1000'], start_new_session=True)"
subprocess.run([sys.executable, "-c", code])
print(len(descendants(os.getpid())))
kill_children()
print(len(descendants(os.getpid())))
"""


def test_a_process_has_parent_session_and_start() -> None:
    stat = read_stat(os.getpid())

    assert stat.parent == os.getppid()
    assert stat.session == os.getsid(0)
    assert process_id(os.getpid()).start_ticks == stat.start_ticks


def test_a_process_that_is_gone_is_an_error() -> None:
    with running(["true"]) as gone:
        gone.wait()

    with pytest.raises(ProcessLookupError):
        read_stat(gone.pid)
    assert children(gone.pid) == []


def test_the_whole_tree_is_killed() -> None:
    with running(["sh", "-c", "sleep 1000 & echo; wait"], stdout=subprocess.PIPE) as shell:
        assert shell.stdout is not None
        shell.stdout.readline()
        (below,) = descendants(shell.pid)
        pidfd = os.pidfd_open(below)

        kill_tree(shell.pid)

        assert shell.wait() == -signal.SIGKILL
        # The pipe is closed once nobody of the tree is left.
        assert shell.stdout.read() == b""
        os.close(pidfd)


def test_orphans_are_adopted_found_and_killed() -> None:
    done = subprocess.run(
        [sys.executable, "-c", TREE], capture_output=True, text=True, timeout=30, check=True
    )

    assert done.stdout.split() == ["1", "0"]


def test_the_cpu_time_of_a_process_is_without_that_of_its_children() -> None:
    burn = "import time\nwhile time.process_time() < 0.5: pass\n"
    with running(
        [
            sys.executable,
            "-c",
            f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {burn!r}])",
        ]
    ) as parent:
        os.waitid(os.P_PID, parent.pid, os.WEXITED | os.WNOWAIT)

        own = own_cpu_us(parent.pid)

        _, status, used = os.wait4(parent.pid, 0)
        parent.returncode = os.waitstatus_to_exitcode(status)
    assert parent.returncode == 0
    assert 0 < own < 400_000
    assert used.ru_utime + used.ru_stime >= 0.5
    assert own_cpu_us(parent.pid) == 0


def test_a_process_at_work_is_told_from_one_that_waits_and_one_that_has_ended() -> None:
    with running(["cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as waits:
        assert waits.stdin is not None
        assert waits.stdout is not None
        waits.stdin.write(b"x")
        waits.stdin.flush()
        waits.stdout.read(1)
        while read_stat(waits.pid).state != "S":
            os.sched_yield()

        assert is_at_work(os.getpid())
        assert not is_at_work(waits.pid)
        assert not has_ended(waits.pid)
        waits.stdin.close()
        os.waitid(os.P_PID, waits.pid, os.WEXITED | os.WNOWAIT)
        assert has_ended(waits.pid)
        assert not is_at_work(waits.pid)
