"""The loop: descriptors, deadlines, signals, and what changes while it acts."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from treadle_worker.host.loop import Loop


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    reader, writer = os.pipe()
    yield reader, writer
    os.close(reader)
    os.close(writer)


def test_deadlines_are_met_in_place_of_those_before() -> None:
    loop, met = Loop(), []
    loop.set_deadline("a", 1000, lambda: met.append("old"))
    loop.set_deadline("a", 0, lambda: met.append("new"))

    loop.turn()

    assert met == ["new"]
    assert not loop.has_deadline("a")


def test_a_deadline_that_another_clears_is_not_met() -> None:
    loop, met = Loop(), []
    loop.set_deadline("a", 0, lambda: loop.clear_deadline("b"))
    loop.set_deadline("b", 0, lambda: met.append("b"))

    loop.turn()

    assert met == []


def test_a_readable_descriptor_is_told(pipe: tuple[int, int]) -> None:
    loop, read = Loop(), []
    loop.watch(pipe[0], lambda: read.append(os.read(pipe[0], 10)))
    os.write(pipe[1], b"x")

    loop.turn()

    assert read == [b"x"]


def test_a_signal_is_acted_on_in_the_loop() -> None:
    loop, heard = Loop(), []
    loop.watch_signals((signal.SIGUSR1,), lambda: heard.append("usr1"))

    os.kill(os.getpid(), signal.SIGUSR1)
    loop.turn()
    loop.leave_to_parent()

    assert heard == ["usr1"]
    assert signal.getsignal(signal.SIGUSR1) is signal.SIG_DFL


def test_leaving_it_to_the_parent_closes_what_it_watches() -> None:
    reader, writer = os.pipe()
    loop = Loop()
    loop.watch(reader, lambda: None)

    loop.leave_to_parent()

    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(reader)
    os.close(writer)
