from __future__ import annotations

import os
import socket
from collections.abc import Iterator

import pytest

from treadle_worker.frames import FrameReader
from treadle_worker.messages import AttemptBegun, ProcessId
from treadle_worker.reports import WORD, Reports

BEGUN = AttemptBegun(process=ProcessId(boot_id="boot", pid=7, start_ticks=70))


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    host, step = socket.socketpair()
    with host, step:
        yield host, step


def test_the_host_reads_what_was_sent(ends: tuple[socket.socket, socket.socket]) -> None:
    host, step = ends

    Reports(step.fileno()).send(BEGUN)

    (message,) = FrameReader().feed(host.recv(4096))
    assert "begun" in message


def test_the_hosts_word_is_waited_for(ends: tuple[socket.socket, socket.socket]) -> None:
    host, step = ends
    host.sendall(WORD)

    assert Reports(step.fileno()).wait_for_word()


@pytest.mark.parametrize("unread", [b"", b"what the host did not read"])
def test_a_host_that_is_gone_gives_no_word(
    ends: tuple[socket.socket, socket.socket], unread: bytes
) -> None:
    host, step = ends
    step.sendall(unread)
    host.close()

    assert not Reports(step.fileno()).wait_for_word()


def test_a_process_that_the_user_forked_sends_nothing(
    ends: tuple[socket.socket, socket.socket],
) -> None:
    host, step = ends
    reports = Reports(step.fileno())

    pid = os.fork()
    if pid == 0:
        try:
            reports.send(BEGUN)
        finally:
            os._exit(0)
    os.waitpid(pid, 0)

    host.setblocking(False)
    with pytest.raises(BlockingIOError):
        host.recv(1)
