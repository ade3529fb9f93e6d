from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from treadle_contract import json_codec
from treadle_contract.event import OutputStored
from treadle_contract.value import MetadataEntry
from treadle_contract.worker import AttemptBegun, AttemptSucceeded, JournalRecord, ProcessId
from treadle_worker.frames import FrameError, FrameReader
from treadle_worker.step.reports import Reports, ReportsLostError, word

BEGUN = AttemptBegun(process=ProcessId(boot_id="boot", pid=7, start_ticks=70))


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    host, step = socket.socketpair()
    with host, step:
        yield host, step


@pytest.fixture
def reports(ends: tuple[socket.socket, socket.socket]) -> Iterator[Reports]:
    reports = Reports(os.dup(ends[1].fileno()))
    yield reports
    reports.close()


def test_the_host_reads_what_was_sent(
    ends: tuple[socket.socket, socket.socket], reports: Reports
) -> None:
    host, _ = ends

    reports.send(BEGUN)

    (message,) = FrameReader().feed(host.recv(4096))
    assert json_codec.loads(JournalRecord, message).fact == BEGUN


def test_more_values_than_a_host_takes_are_not_sent(reports: Reports) -> None:
    entry = MetadataEntry(name="a", value=(None,) * 1_000_000)
    stored = OutputStored(output="result", metadata=(entry,))

    with pytest.raises(FrameError, match="values, and 2,000,000 is the most"):
        reports.send(AttemptSucceeded(stored=(stored,), yielded_outputs=("result",)))


def test_the_hosts_word_is_waited_for(
    ends: tuple[socket.socket, socket.socket], reports: Reports
) -> None:
    host, _ = ends
    host.sendall(word())

    assert reports.wait_for_go_ahead() == b""


@pytest.mark.parametrize("unread", [b"", b"what the host did not read"])
def test_a_host_that_is_gone_gives_no_word(
    ends: tuple[socket.socket, socket.socket], reports: Reports, unread: bytes
) -> None:
    host, step = ends
    step.sendall(unread)
    host.close()

    assert not reports.wait_for_go_ahead()


def test_a_process_that_the_user_forked_sends_nothing(
    ends: tuple[socket.socket, socket.socket], reports: Reports
) -> None:
    host, _ = ends

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


def test_a_file_that_got_the_number_of_the_socket_gets_no_report(
    ends: tuple[socket.socket, socket.socket], reports: Reports, tmp_path: Path
) -> None:
    (number,) = _copies_of(ends[1].fileno())
    with (tmp_path / "users").open("wb") as users:
        os.dup2(users.fileno(), number)

    with pytest.raises(ReportsLostError):
        reports.send(BEGUN)

    os.close(number)
    assert (tmp_path / "users").read_bytes() == b""


def _copies_of(fd: int) -> list[int]:
    found = []
    for name in os.listdir("/proc/self/fd"):
        with contextlib.suppress(OSError):
            if int(name) != fd and os.path.sameopenfile(int(name), fd):
                found.append(int(name))
    return found
