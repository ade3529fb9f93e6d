"""Siblings: copies of a process that are children of its parent's."""

from __future__ import annotations

import subprocess
import sys

# The parent of the sibling: a process of one thread that forks one that forks siblings.
PARENT = """
import ctypes, os, random, sys, threading
from treadle_worker.system.siblings import Forker
os.register_at_fork(after_in_child=lambda: os.write(1, b"hook\\n"))
me = os.getpid()
server = os.fork()
if server == 0:
    forker = Forker()
    pid = forker.fork()
    if pid == 0:
        {sibling}
        os._exit(7)
    os.write(1, b"%d\\n" % pid)
    os._exit(0)
_, status = os.waitpid(server, 0)
assert status == 0
sibling, status, used = os.wait4(-1, 0)
assert os.waitstatus_to_exitcode(status) == 7, status
assert used.ru_maxrss > 0
os.write(1, b"%d\\n" % sibling)
"""


def told(sibling: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", PARENT.format(sibling=sibling)],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()


def test_a_sibling_is_its_grandparents_child_and_runs_the_hooks_of_forks() -> None:
    words = told("assert os.getppid() == me")

    assert words.count("hook") == 2
    first, second = (word for word in words if word != "hook")
    assert first == second


def test_a_sibling_is_a_process_like_another() -> None:
    told(
        "drawn = []; "
        "thread = threading.Thread(target=lambda: drawn.append(random.random())); "
        "thread.start(); thread.join(); assert drawn; "
        "assert threading.get_native_id() == os.getpid(); "
        "child = os.fork(); child or os._exit(3); "
        "assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 3; "
        "os.kill(os.getpid(), 0)"
    )


def test_the_c_library_of_a_sibling_knows_its_thread() -> None:
    # A mutex of the kind that checks who has it takes its owner from the id that was kept.
    told(
        "libc = ctypes.CDLL(None); "
        "attributes, mutex = (ctypes.create_string_buffer(64) for _ in range(2)); "
        "libc.pthread_mutexattr_init(attributes); "
        "libc.pthread_mutexattr_settype(attributes, 2); "
        "libc.pthread_mutex_init(mutex, attributes); "
        "assert libc.pthread_mutex_lock(mutex) == 0; "
        "assert int.from_bytes(mutex[8:12], 'little') == os.getpid(); "
        "assert libc.pthread_mutex_unlock(mutex) == 0"
    )
