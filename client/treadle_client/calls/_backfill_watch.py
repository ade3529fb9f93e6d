"""Following a backfill to its end, over any number of connections."""

from __future__ import annotations

from collections.abc import Iterator

from treadle_client._errors import UnreachableError
from treadle_client._messages import Backfill
from treadle_client.calls._absence import Absence
from treadle_client.calls._rpc import LauncherRpc


class BackfillWatch:
    """One reader of one backfill.

    `patience` is how long, in seconds, a launcher may be gone before the reader gives up;
    `deadline` a reading of time.monotonic(), or None.
    """

    def __init__(
        self, rpc: LauncherRpc, backfill_id: str, *, patience: float, deadline: float | None = None
    ) -> None:
        self._rpc = rpc
        self._id = backfill_id
        self._absence = Absence(rpc, patience=patience, deadline=deadline)

    def end(self) -> Backfill:
        """Return the backfill when it is over. Raises as `states`."""
        for backfill in self.states():
            if backfill.status.is_final:
                return backfill
        raise AssertionError("the states end with one that is final")

    def states(self) -> Iterator[Backfill]:
        """Yield the backfill as it is now, and again when it has changed, until it is over.

        Raises:
            DeadlinePassed: it was not over by then.
            UnreachableError: the launcher is gone for longer than `patience`.
        """
        while True:
            try:
                for backfill in self._read():
                    yield backfill
                    if backfill.status.is_final:
                        return
                ended = f"{self._rpc.address} ended the stream of backfill {self._id}."
                lost = UnreachableError(ended, address=self._rpc.address)
            except UnreachableError as error:
                lost = error
            self._absence.wait(lost)

    def _read(self) -> Iterator[Backfill]:
        stream = self._rpc.partitions.watch_backfill(self._id, self._absence.connecting())
        try:
            for backfill in stream:
                self._absence.is_over()
                yield backfill
        finally:
            stream.cancel()
