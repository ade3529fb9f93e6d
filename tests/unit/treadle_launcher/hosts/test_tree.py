"""The proof that nothing of a host is left."""

from __future__ import annotations

import asyncio
import errno
import os
import resource
import select
import subprocess
import sys

import pytest

from treadle_contract.ids import HostId
from treadle_launcher.hosts import tree
from treadle_launcher.hosts.host_tag import tag_of
from treadle_launcher.hosts.tag_search import Reading
from treadle_launcher.hosts.tree import all_gone

TAG = tag_of(HostId(f"test-{os.getpid()}"), 1)

# Another process every moment, each in a session of its own: nobody is there for long enough to be
# found by a list that was made before. Without the hooks of os.fork, which take the longest.
HOPPER = """
import ctypes, os, sys, time
libc = ctypes.CDLL(None)
sys.stdin.readline()
while True:
    if libc.fork():
        libc._exit(0)
    os.setsid()
    time.sleep(float(sys.argv[1]))
"""


def gone() -> None:
    asyncio.run(asyncio.wait_for(all_gone(TAG), 20))


def test_of_nothing_nothing_is_left() -> None:
    gone()


@pytest.mark.parametrize("pause", ["0.0001", "0.001", "0.002"])
def test_whatever_carries_the_tag_is_gone_afterwards(pause: str) -> None:
    for _ in range(4):
        # Open as long as one of them lives.
        reading, writing = os.pipe()
        started = subprocess.Popen(
            [sys.executable, "-c", HOPPER, pause],
            stdin=subprocess.PIPE,
            pass_fds=[writing],
            env={},
        )
        os.close(writing)
        resource.prlimit(started.pid, resource.RLIMIT_RTTIME, (TAG, resource.RLIM_INFINITY))
        started.communicate(b"go\n")

        gone()

        assert select.select([reading], [], [], 0)[0]
        assert os.read(reading, 1) == b""
        os.close(reading)


def test_what_was_not_seen_whole_twice_is_not_called_gone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    no_descriptor = OSError(errno.EMFILE, "Too many open files")
    nothing = Reading(killed=(), is_whole=True)
    unsure = Reading(killed=(), is_whole=False)
    answers = [no_descriptor, nothing, no_descriptor, unsure, nothing, nothing]

    class Script:
        def __init__(self, tag: int) -> None:
            assert tag == TAG

        def read(self) -> Reading:
            answer = answers.pop(0)
            if isinstance(answer, OSError):
                raise answer
            return answer

    monkeypatch.setattr(tree, "_TRY_AGAIN_SECONDS", 0)
    monkeypatch.setattr(tree, "Search", Script)

    gone()

    assert answers == []
