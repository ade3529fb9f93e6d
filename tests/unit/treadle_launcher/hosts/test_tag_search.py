"""The tag is carried by real processes here, and read by who shares no ancestor with them."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.processes import running
from treadle_contract.ids import HostId
from treadle_launcher.hosts.host_tag import tag_of
from treadle_launcher.hosts.processes import identify
from treadle_launcher.hosts.tag_search import Search

# Of no other process of tests, which would kill these.
HOST = HostId(f"host-{os.getpid()}")
TAG = tag_of(HOST, 7)


@pytest.fixture
def start() -> Iterator[Callable[[int], subprocess.Popen[bytes]]]:
    started = []

    def tagged(tag: int) -> subprocess.Popen[bytes]:
        popen = subprocess.Popen(["sleep", "100"], env={}, start_new_session=True)
        resource.prlimit(popen.pid, resource.RLIMIT_RTTIME, (tag, resource.RLIM_INFINITY))
        started.append(popen)
        return popen

    yield tagged
    for popen in started:
        popen.kill()
        popen.wait(10)


def test_what_carries_the_tag_is_killed_and_named_and_nothing_else(start):
    ours, too = start(TAG), start(TAG)
    other = start(tag_of(HOST, 8))
    expected = {identify(ours.pid), identify(too.pid)}

    search = Search(TAG)
    reading = search.read()

    assert set(reading.killed) == expected
    assert ours.wait(10) == too.wait(10) == -signal.SIGKILL
    assert other.poll() is None
    assert search.read().killed == ()


def test_what_waits_to_be_reaped_may_have_left_others_before_it_was_looked_at(start):
    zombie = start(TAG)
    zombie.kill()
    while identify(zombie.pid) is not None:
        pass

    search = Search(TAG)

    assert not search.read().is_empty
    assert any(search.read().is_empty for _ in range(10))


def test_a_process_whose_main_thread_has_ended_is_there_while_another_runs(start):
    script = """
import ctypes, threading, time
threading.Thread(target=time.sleep, args=(100,)).start()
print("threads", flush=True)
ctypes.CDLL(None).pthread_exit(None)
"""
    with running([sys.executable, "-c", script], stdout=subprocess.PIPE) as headless:
        assert headless.stdout is not None
        assert headless.stdout.readline() == b"threads\n"
        resource.prlimit(headless.pid, resource.RLIMIT_RTTIME, (TAG, resource.RLIM_INFINITY))
        while " Z " not in Path(f"/proc/{headless.pid}/stat").read_text():
            pass

        (killed,) = Search(TAG).read().killed

        assert killed.pid == headless.pid
