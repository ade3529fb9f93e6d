"""What a client asks of a launcher's home: a part of `Client`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from treadle_client._arguments import run_id as given_run_id
from treadle_client._arguments import text, whole_or_none
from treadle_client._messages import Collected, DiskUse, Garbage
from treadle_client._run_limits import whole_seconds
from treadle_client.calls._rpc import LauncherRpc


class HomeClient:
    """The methods of `Client` about the home: what may be removed, what takes room, past tasks."""

    _rpc: LauncherRpc

    def garbage(self, *, keep_intermediates: timedelta | None = None) -> Iterator[Garbage]:
        """Yield which stored values may be removed, and why, sorted by key. Nothing is removed.

        `keep_intermediates` is for how long a run's intermediates are kept after its end, in
        whole seconds; None: as the launcher was told.
        """
        return self._rpc.home.plan_garbage(whole_seconds(keep_intermediates))

    def collect_garbage(self, *, keep_intermediates: timedelta | None = None) -> Collected:
        """Remove what `garbage` yields, and return when it is gone."""
        return self._rpc.home.collect_garbage(whole_seconds(keep_intermediates))

    def disk_use(self) -> Iterator[DiskUse]:
        """Yield what the values of each asset, then of each run, take, each largest first."""
        return self._rpc.home.disk_use()

    def step_task(self, run_id: str, step_key: str, attempt: int | None = None) -> str:
        """Return the task of a step's attempt, as JSON; by default of the last that started.

        Raises:
            NotFoundError: there is no such run or step, or that attempt never started.
        """
        return self._rpc.home.step_task(
            given_run_id(run_id),
            text(step_key, name="step_key"),
            whole_or_none(attempt, name="attempt", give="a number from 1 on"),
        )
