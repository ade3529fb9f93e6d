"""A handle on one backfill, and what became of its partitions."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from treadle_client._arguments import number, text, text_or_none
from treadle_client._errors import BackfillFailed, BackfillTimeout
from treadle_client._ids import RunId
from treadle_client._messages import (
    Backfill,
    BackfillPartition,
    BackfillPartitionState,
    BackfillState,
)
from treadle_client._run_handle import RunHandle
from treadle_client.calls._absence import DeadlinePassed
from treadle_client.calls._backfill_watch import BackfillWatch
from treadle_client.calls._rpc import LauncherRpc
from treadle_contract.lazy_dataclasses import dataclass, field

_NAMED = 5
"""How many partitions an error names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BackfillResult:
    """A backfill that is over. `partitions` are by their keys, in the order of their definition."""

    backfill_id: str
    status: BackfillState
    partitions: Mapping[str, BackfillPartition] = field(repr=False)

    @property
    def succeeded(self) -> bool:
        """Whether every partition was made."""
        return self.status is BackfillState.SUCCEEDED

    def raise_for_failure(self) -> None:
        """Do nothing if the backfill succeeded.

        Raises:
            BackfillFailed: it did not; the message names partitions that failed, and their runs.
        """
        if self.succeeded:
            return
        others = [
            each
            for each in self.partitions.values()
            if each.state is not BackfillPartitionState.SUCCEEDED
        ]
        lines = [f"Backfill {self.backfill_id} ended {self.status}."]
        lines += [f"  {each.partition_key}: {_why(each)}" for each in others[:_NAMED]]
        if len(others) > _NAMED:
            lines.append(f"  … and {len(others) - _NAMED} more")
        raise BackfillFailed("\n".join(lines), result=self)


def _why(each: BackfillPartition) -> str:
    if each.refused_because:
        return f"{each.state}: {each.refused_because}"
    return f"{each.state}, run {each.run_id}" if each.run_id else str(each.state)


class BackfillHandle:
    """A backfill of a launcher. Holds no state of it: `Client.get_backfill` gives the same again.

    Every method raises UnreachableError when the launcher does not answer.
    """

    def __init__(
        self, rpc: LauncherRpc, backfill_id: str, *, patience: float, existed: bool = True
    ) -> None:
        self._rpc = rpc
        self._id = backfill_id
        self._patience = patience
        self._existed = existed

    @property
    def backfill_id(self) -> str:
        """The backfill's id."""
        return self._id

    @property
    def existed(self) -> bool:
        """Whether the backfill was there before: this handle did not launch it."""
        return self._existed

    def describe(self) -> Backfill:
        """Return the backfill as it is now: what it makes, its state, how many partitions are in which."""
        return self._rpc.partitions.get_backfill(self._id)

    def status(self) -> BackfillState:
        """Return the backfill's state as it is now."""
        return self.describe().status

    def watch(self) -> Iterator[Backfill]:
        """Yield the backfill as it is now, and again when it has changed, until it is over.

        A connection that is lost on the way is made anew. Leaving the loop early is harmless.
        """
        return self._watch(deadline=None).states()

    def partitions(self) -> Iterator[BackfillPartition]:
        """Yield the backfill's partitions as they are now, in the order of their definition."""
        return self._rpc.partitions.list_backfill_partitions(self._id)

    def run(self, partition_key: str) -> RunHandle | None:
        """Return the run that makes a partition of the backfill; None: none was launched, or it has no such partition."""
        key = text(partition_key, name="partition_key")
        for each in self.partitions():
            if each.partition_key == key:
                return None if each.run_id is None else self._run(each.run_id)
        return None

    def result(self, timeout: float | None = None) -> BackfillResult:
        """Wait for the backfill's end and return what became of its partitions.

        Raises:
            BackfillTimeout: it did not end within `timeout` seconds. It goes on.
            ValueError: `timeout` is no number.
        """
        if timeout is not None:
            number(timeout, name="timeout", give="the seconds to wait at most, or None")
        deadline = None if timeout is None else time.monotonic() + timeout
        try:
            status = self._watch(deadline=deadline).end().status
        except DeadlinePassed:
            status = self.status()
            if not status.is_final:
                raise BackfillTimeout(self._id, timeout or 0.0) from None
        partitions = {each.partition_key: each for each in self.partitions()}
        return BackfillResult(
            backfill_id=self._id, status=status, partitions=MappingProxyType(partitions)
        )

    def cancel(self, reason: str = "") -> Backfill:
        """Launch no further run, cancel those under way, and return when that is recorded.

        Raises:
            RequestError: it had ended already (`.reason` is BACKFILL_FINISHED).
        """
        return self._rpc.partitions.cancel_backfill(self._id, text(reason, name="reason"))

    def retry(self, *, idempotency_key: str | None = None) -> BackfillHandle:
        """Launch a backfill that makes again what this one, which is over, did not.

        Each run goes on from that which failed or was cancelled, as `RunHandle.rerun` does from a
        failure.

        Raises:
            NothingToBackfillError: every partition succeeded.
            RequestError: it is not over (`.reason` is BACKFILL_NOT_FINISHED).
        """
        key = text_or_none(idempotency_key, name="idempotency_key")
        backfill, existed = self._rpc.partitions.retry_backfill(self._id, key)
        return BackfillHandle(
            self._rpc, backfill.backfill_id, patience=self._patience, existed=existed
        )

    def _watch(self, *, deadline: float | None) -> BackfillWatch:
        return BackfillWatch(self._rpc, self._id, patience=self._patience, deadline=deadline)

    def _run(self, run_id: RunId) -> RunHandle:
        return RunHandle(self._rpc, run_id, patience=self._patience)

    def __repr__(self) -> str:
        return f"BackfillHandle({self._id!r}, launcher={self._rpc.address!r})"
