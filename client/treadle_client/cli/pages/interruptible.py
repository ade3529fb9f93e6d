"""Items that a thread of their own reads, so that Ctrl-C breaks off the loop over them and nothing else.

Python raises KeyboardInterrupt wherever the main thread is. In a call of gRPC, that may be where a
lock of its channel was taken just now: nothing would release it, and no stream of the channel would
ever go on, the one that shows how the run is cancelled included.
"""

from __future__ import annotations

from collections.abc import Iterator
from queue import SimpleQueue
from threading import Thread
from typing import TypeVar

T = TypeVar("T")


class _End:
    """The end of the items, or the error that they ended with."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error


def interruptible(items: Iterator[T]) -> Iterator[T]:
    """Yield the items; raise what they raise. Who breaks the loop off leaves them to their thread."""
    arrived: SimpleQueue[T | _End] = SimpleQueue()

    def read() -> None:
        try:
            for item in items:
                arrived.put(item)
        except BaseException as error:  # noqa: BLE001 - it is raised in the loop
            arrived.put(_End(error))
        else:
            arrived.put(_End())

    # No command waits at its end for a stream that nobody reads any more.
    Thread(target=read, daemon=True).start()
    while not isinstance(item := arrived.get(), _End):
        yield item
    if item.error is not None:
        raise item.error
