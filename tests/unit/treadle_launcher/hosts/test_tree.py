"""The proof that nothing of a host is left."""

from __future__ import annotations

import asyncio
import errno
import os
import resource
import signal
import subprocess

import pytest

from treadle_launcher.hosts import tree
from treadle_launcher.hosts.host_tag import kill_tagged, tag_of
from treadle_launcher.hosts.tree import all_gone
from treadle_launcher.ids import HostId
from treadle_launcher.processes import ProcessId

TAG = tag_of(HostId(f"test-{os.getpid()}"), 1)

# Each of its processes starts the next in a session of its own, and ends.
HOPPER = "n=0; while [ $n -lt 20 ]; do n=$((n+1)); setsid sleep 100 & done; exec setsid sleep 100"


def gone() -> None:
    asyncio.run(asyncio.wait_for(all_gone(TAG), 20))


def test_of_nothing_nothing_is_left() -> None:
    gone()


def test_whatever_carries_the_tag_is_gone_afterwards() -> None:
    started = subprocess.Popen(["sh", "-c", f"read line; {HOPPER}"], stdin=subprocess.PIPE, env={})
    resource.prlimit(started.pid, resource.RLIMIT_RTTIME, (TAG, resource.RLIM_INFINITY))
    assert started.stdin is not None
    started.stdin.write(b"go\n")
    started.stdin.close()

    gone()

    assert started.wait(10) == -signal.SIGKILL
    assert kill_tagged(TAG) == ()


def test_without_a_descriptor_to_look_with_nothing_is_called_gone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers: list[OSError | tuple[ProcessId, ...]] = [
        OSError(errno.EMFILE, "Too many open files"),
        (),
        OSError(errno.EMFILE, "Too many open files"),
        (),
    ]
    asked = []

    def look(tag: int) -> tuple[ProcessId, ...]:
        asked.append(tag)
        answer = answers.pop(0)
        if isinstance(answer, OSError):
            raise answer
        return answer

    monkeypatch.setattr(tree, "_TRY_AGAIN_SECONDS", 0)
    monkeypatch.setattr(tree, "kill_tagged", look)

    gone()

    assert asked == [TAG] * 4
