"""Following a run: its events in order, without gap or duplicate, over any number of connections."""

from __future__ import annotations

from collections.abc import Iterator

from treadle_client._errors import RequestError, ServerFaultError, UnreachableError
from treadle_client._messages import Event, Run, RunFinished
from treadle_client.calls._absence import Absence
from treadle_client.calls._rpc import LauncherRpc


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
        self._absence = Absence(rpc, patience=patience, deadline=deadline)
        self._finished = False
        self._over: Run | None = None

    def end(self) -> Run:
        """Return the run when it is over. It must be read from behind the last event there can be.

        So no event is sent, and the stream ends with the run. Raises as `events`, following.
        """
        for _ in self.events(follow=True):
            pass
        assert self._over is not None, "else the stream would have been taken up again"
        return self._over

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
            self._absence.wait(lost)

    def _read(self, *, follow: bool) -> Iterator[Event]:
        stream = self._rpc.watch_run(
            self._run_id, after=self._last, follow=follow, seconds=self._absence.connecting()
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
        self._absence.is_over()

    def _is_over(self) -> bool:
        """Tell a stream that ended with its run from one that ended with its launcher."""
        run = self._rpc.get_run(self._run_id)
        if not run.status.is_final or self._last < run.last_sequence:
            return False
        self._over = run
        return True
