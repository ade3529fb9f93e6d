"""Deadlines, which end what hangs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[3]
# In a process of its own: the suite bounds its tests by the same signal.
HANGS = """
import signal
from benchmarks.clock import Overdue, deadline
try:
    with deadline(0.01):
        while True:
            signal.pause()
except Overdue as error:
    print(error)
print(signal.getitimer(signal.ITIMER_REAL), signal.getsignal(signal.SIGALRM).name)
"""


def test_a_deadline_ends_what_hangs_and_leaves_no_timer():
    done = subprocess.run(
        [sys.executable, "-c", HANGS], check=True, cwd=REPOSITORY, capture_output=True, text=True
    )
    assert done.stdout == "stopped after 0 s, its deadline\n(0.0, 0.0) SIG_DFL\n"
