"""Items that another thread reads: what the loop over them gets, and what breaks it off."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator

import pytest

from treadle_client.cli.pages.interruptible import interruptible


def test_the_items_come_in_order_from_a_thread_of_their_own() -> None:
    def items() -> Iterator[int]:
        for _ in range(2):
            yield threading.get_ident()

    found = list(interruptible(items()))

    assert len(set(found)) == 1
    assert found[0] != threading.get_ident()


def test_what_the_items_end_with_is_raised_behind_them() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise LookupError("two")

    found: list[int] = []
    with pytest.raises(LookupError, match="two"):
        found.extend(interruptible(items()))

    assert found == [1]


def test_ctrl_c_breaks_off_the_loop_and_not_what_reads_the_items() -> None:
    main = threading.get_ident()
    waits, go, done = threading.Event(), threading.Event(), threading.Event()

    def items() -> Iterator[int]:
        waits.set()
        go.wait()
        done.set()
        yield 1

    def interrupt() -> None:
        waits.wait()
        signal.pthread_kill(main, signal.SIGINT)

    # Who starts the suite in the background has it ignore SIGINT.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        interrupting = threading.Thread(target=interrupt)
        interrupting.start()
        with pytest.raises(KeyboardInterrupt):
            list(interruptible(items()))
        interrupting.join()
    finally:
        signal.signal(signal.SIGINT, before)

    assert not done.is_set()
    go.set()
    assert done.wait()


@pytest.mark.parametrize("count", [1, 3000])
def test_ctrl_c_is_heard_in_whichever_moment_it_comes(count: int) -> None:
    """Also in the one before the loop begins to wait, and after as many items as come at once."""
    main = threading.get_ident()
    go = threading.Event()

    def items() -> Iterator[int]:
        yield from range(count)
        signal.pthread_kill(main, signal.SIGINT)
        go.wait()

    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        for _ in range(30):
            with pytest.raises(KeyboardInterrupt):
                list(interruptible(items()))
    finally:
        go.set()
        signal.signal(signal.SIGINT, before)


def test_another_thread_may_read_them_too() -> None:
    found: list[int] = []
    reading = threading.Thread(target=lambda: found.extend(interruptible(iter(range(3)))))
    reading.start()
    reading.join()

    assert found == [0, 1, 2]
