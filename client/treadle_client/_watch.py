"""Following a run: its events in order, without gap or duplicate, over any number of connections."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

from treadle_client._errors import RequestError, ServerFaultError, UnreachableError
from treadle_client._event import Event, RunFinished
from treadle_client._rpc import LauncherRpc

#: Waits between connections that gave nothing; the last one is repeated.
_DELAYS = (0.0, 0.05, 0.1, 0.2, 0.4, 0.8)


class DeadlinePassed(Exception):
    """The time given to a watch is over."""


class RunWatch:
    """One reader of one run's events.

    `patience` is how long, in seconds, a launcher may be gone before the reader gives up;
    `deadline` a reading of time.monotonic(), or None.
    """

    def __init__(
        self,
        rpc: LauncherRpc,
        run_id: str,
        *,
        after: int,
        patience: float,
        deadline: float | None = None,
    ) -> None:
        self._rpc = rpc
        self._run_id = run_id
        self._last = after
        self._patience = patience
        self._deadline = deadline
        self._finished = False
        self._fruitless = 0
        self._lost_since: float | None = None

    def events(self, *, follow: bool) -> Iterator[Event]:
        """Yield the events recorded now, or, following, all until the run has finished.

        Raises:
            DeadlinePassed: the run had not finished by then.
            UnreachableError: the launcher is gone for longer than `patience`.
        """
        while True:
            try:
                yield from self._read(follow=follow)
                if not follow or self._finished or self._is_over():
                    return
                ended = f"{self._rpc.address} ended the stream of run {self._run_id}."
                lost = UnreachableError(ended, address=self._rpc.address)
            except UnreachableError as error:
                lost = error
            except RequestError as error:
                # A slow reader was let go: it goes on from the last event that it has.
                if error.reason != "WATCHER_BEHIND":
                    raise
                continue
            self._wait_for_launcher(lost)

    def _read(self, *, follow: bool) -> Iterator[Event]:
        stream = self._rpc.watch_run(
            self._run_id, after=self._last, follow=follow, seconds=self._seconds_left()
        )
        try:
            for sequence, event in stream:
                if sequence <= self._last:
                    continue
                self._advance(sequence)
                if event is not None:
                    yield event
                if isinstance(event, RunFinished):
                    self._finished = True
                    return
        finally:
            stream.cancel()

    def _advance(self, sequence: int) -> None:
        if sequence != self._last + 1:
            raise ServerFaultError(
                f"Run {self._run_id}: event {sequence} came after event {self._last}."
            )
        self._last = sequence
        self._fruitless, self._lost_since = 0, None

    def _is_over(self) -> bool:
        """Tell a stream that ended with its run from one that ended with its launcher."""
        run = self._rpc.get_run(self._run_id)
        return run.status.is_final and self._last >= run.last_sequence

    def _seconds_left(self) -> float | None:
        if self._deadline is None:
            return None
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise DeadlinePassed
        return left

    def _wait_for_launcher(self, error: UnreachableError) -> None:
        """Return when another attempt makes sense; give up when patience or time is over."""
        left = self._seconds_left()
        now = time.monotonic()
        if self._lost_since is None:
            self._lost_since = now
        patience = self._lost_since + self._patience - now
        if patience <= 0:
            raise error
        wait = patience if left is None else min(patience, left)
        threading.Event().wait(min(wait, _DELAYS[min(self._fruitless, len(_DELAYS) - 1)]))
        self._fruitless += 1
        try:
            self._rpc.wait_reachable(wait)
        except UnreachableError:
            self._seconds_left()
            raise error from None
