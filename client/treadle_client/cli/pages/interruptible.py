"""Items that a thread of their own reads, so that Ctrl-C breaks off the loop over them and nothing else.

Python raises KeyboardInterrupt wherever the main thread is. In a call of gRPC, that may be where a
lock of its channel was taken just now: nothing would release it, and no stream of the channel would
ever go on, the one that shows how the run is cancelled included.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from queue import SimpleQueue
from select import select
from signal import set_wakeup_fd
from socket import socket, socketpair
from threading import Thread, current_thread, main_thread
from typing import Final, TypeVar

T = TypeVar("T")


class _End:
    """The end of the items, or the error that they ended with."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error


def interruptible(items: Iterator[T]) -> Iterator[T]:
    """Yield the items; raise what they raise. Who breaks the loop off leaves them to their thread."""
    arrived: SimpleQueue[T | _End] = SimpleQueue()
    with _bell() as (ring, bell):

        def put(item: T | _End) -> None:
            arrived.put(item)
            with suppress(OSError):  # nobody waits any more
                ring.send(b"\0")

        def read() -> None:
            try:
                for item in items:
                    put(item)
            except BaseException as error:  # noqa: BLE001 - it is raised in the loop
                put(_End(error))
            else:
                put(_End())

        # No command waits at its end for a stream that nobody reads any more.
        Thread(target=read, daemon=True).start()
        while True:
            select([bell], [], [])
            bell.recv(_RINGS)
            while not arrived.empty():
                if isinstance(item := arrived.get(), _End):
                    if item.error is not None:
                        raise item.error
                    return
                yield item


#: How many rings are heard as one.
_RINGS: Final = 4096


@contextmanager
def _bell() -> Iterator[tuple[socket, socket]]:
    """Give two ends: what is sent into one wakes who waits for the other. So does a signal.

    A signal of the moment before a thread begins to wait is heard only with the next one by what
    waits otherwise; what it writes here is there already.
    """
    ring, bell = socketpair()
    with ring, bell:
        ring.setblocking(False)
        is_main = current_thread() is main_thread()
        before = set_wakeup_fd(ring.fileno(), warn_on_full_buffer=False) if is_main else -1
        try:
            yield ring, bell
        finally:
            if is_main:
                set_wakeup_fd(before)
