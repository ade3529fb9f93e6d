"""What the user's code set is taken back from ours, and given to what is theirs."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator

import pytest

from treadle_worker.loading.user_settings import interpreter_settings, process_settings


@pytest.fixture(autouse=True)
def nothing_changed() -> Iterator[None]:
    limit, umask, mask = sys.getrecursionlimit(), os.umask(0o022), signal.pthread_sigmask(0, ())
    os.umask(umask)
    yield
    sys.setrecursionlimit(limit)
    os.umask(umask)
    signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def test_a_recursion_limit_is_taken_back_and_given() -> None:
    ours = sys.getrecursionlimit()
    settings = interpreter_settings()
    sys.setrecursionlimit(ours - 100)

    settings.take_back()
    taken = sys.getrecursionlimit()
    settings.give()
    given = sys.getrecursionlimit()

    assert (taken, given) == (ours, ours - 100)


def test_a_recursion_limit_that_our_own_frames_reach_is_given_as_far_as_can_be() -> None:
    def deep(left: int) -> int:
        if left:
            return deep(left - 1)
        settings.give()
        return sys.getrecursionlimit()

    depth = len(list(frames()))
    settings = interpreter_settings()
    sys.setrecursionlimit(depth + 40)
    settings.take_back()

    limit = deep(200)

    assert depth + 200 < limit < depth + 400


def test_an_umask_and_blocked_signals_are_taken_back_and_given() -> None:
    settings = process_settings()
    os.umask(0o077)
    signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGUSR2,))

    settings.take_back()
    taken = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    settings.give()

    assert signal.SIGUSR2 not in taken
    assert signal.SIGUSR2 in signal.pthread_sigmask(signal.SIG_BLOCK, ())
    assert os.umask(0o077) == 0o077


def frames() -> Iterator[object]:
    frame = sys._getframe()
    while frame is not None:
        yield frame
        frame = frame.f_back  # type: ignore[assignment]  # None at the end
