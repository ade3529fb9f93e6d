"""The launcher's RPCs about partitions and backfills."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from treadle_api.v1 import (
    backfill_pb2,
    launcher_pb2,
    launcher_pb2_grpc,
    partition_pb2,
    plan_pb2,
)
from treadle_client._backfill_request import BackfillAsked, BackfillLimits
from treadle_client._messages import AssetPartitions, Backfill, BackfillPartition, BackfillPlan
from treadle_client._requests import Stream
from treadle_client.calls._decode import decode, decode_parts, encode
from treadle_client.calls._translate import closing_call, translated

CALL_SECONDS: Final = 60.0
PAGE_SIZE: Final = 500


class PartitionRpc:
    """Calls on a channel that a LauncherRpc holds. Errors are those of LauncherRpc."""

    def __init__(
        self,
        stub: launcher_pb2_grpc.LauncherServiceStub,
        metadata: tuple[tuple[str, str], ...],
        address: str,
    ) -> None:
        self._stub = stub
        self._metadata = metadata
        self._address = address

    def add_dynamic(self, name: str, keys: Sequence[str]) -> tuple[str, ...]:
        """Add keys to a dynamic definition; return those that were not there."""
        request = launcher_pb2.AddDynamicPartitionsRequest(name=name, partition_keys=keys)
        with translated(self._address):
            response = self._stub.AddDynamicPartitions(
                request, timeout=CALL_SECONDS, metadata=self._metadata
            )
            return tuple(response.added_keys)

    def remove_dynamic(self, name: str, keys: Sequence[str]) -> tuple[str, ...]:
        """Remove keys of a dynamic definition; return those that were there."""
        request = launcher_pb2.RemoveDynamicPartitionsRequest(name=name, partition_keys=keys)
        with translated(self._address):
            response = self._stub.RemoveDynamicPartitions(
                request, timeout=CALL_SECONDS, metadata=self._metadata
            )
            return tuple(response.removed_keys)

    def list_dynamic(self, name: str) -> Iterator[str]:
        """List the keys of a dynamic definition in their order, a page at a time."""
        request = launcher_pb2.ListDynamicPartitionsRequest(name=name, page_size=PAGE_SIZE)
        while True:
            with translated(self._address):
                page = self._stub.ListDynamicPartitions(
                    request, timeout=CALL_SECONDS, metadata=self._metadata
                )
            yield from page.partition_keys
            request.page_token = page.next_page_token
            if not request.page_token:
                return

    def asset_partitions(self, asset_key: str) -> AssetPartitions:
        """Read what became of the partitions of an asset."""
        request = launcher_pb2.GetAssetPartitionsRequest(asset_key=asset_key)
        with translated(self._address):
            parts = self._stub.GetAssetPartitions(
                request, timeout=CALL_SECONDS, metadata=self._metadata
            )
            return decode_parts((each.part for each in parts), AssetPartitions, None)

    def plan_backfill(self, asked: BackfillAsked) -> BackfillPlan:
        """Read what a backfill would do."""
        request = launcher_pb2.PlanBackfillRequest(backfill=_request_of(asked))
        with translated(self._address):
            response = self._stub.PlanBackfill(
                request, timeout=CALL_SECONDS, metadata=self._metadata
            )
            return decode(response.plan, BackfillPlan)

    def launch_backfill(
        self, asked: BackfillAsked, limits: BackfillLimits
    ) -> tuple[Backfill, bool]:
        """Launch a backfill; return it, and whether it was there before."""
        request = launcher_pb2.LaunchBackfillRequest(
            backfill=_request_of(asked),
            tags=limits.tags,
            idempotency_key=limits.idempotency_key,
            max_runs=limits.max_runs,
            priority=limits.priority,
        )
        with translated(self._address):
            response = self._stub.LaunchBackfill(
                request, timeout=CALL_SECONDS, metadata=self._metadata
            )
            return decode(response.backfill, Backfill), response.existed

    def retry_backfill(self, backfill_id: str, idempotency_key: str) -> tuple[Backfill, bool]:
        """Launch a backfill of what another one did not make; as `launch_backfill`."""
        request = launcher_pb2.RetryBackfillRequest(
            backfill_id=backfill_id, idempotency_key=idempotency_key
        )
        with translated(self._address):
            response = self._stub.RetryBackfill(
                request, timeout=CALL_SECONDS, metadata=self._metadata
            )
            return decode(response.backfill, Backfill), response.existed

    def get_backfill(self, backfill_id: str) -> Backfill:
        """Read one backfill."""
        request = launcher_pb2.GetBackfillRequest(backfill_id=backfill_id)
        with translated(self._address):
            response = self._stub.GetBackfill(
                request, timeout=CALL_SECONDS, metadata=self._metadata
            )
            return decode(response.backfill, Backfill)

    def cancel_backfill(self, backfill_id: str, reason: str) -> Backfill:
        """Ask for a backfill's end, and return it when that is recorded."""
        request = launcher_pb2.CancelBackfillRequest(backfill_id=backfill_id, reason=reason)
        with translated(self._address):
            response = self._stub.CancelBackfill(
                request, timeout=CALL_SECONDS, metadata=self._metadata
            )
            return decode(response.backfill, Backfill)

    def list_backfills(self) -> Iterator[Backfill]:
        """List backfills, newest first, a page at a time."""
        request = launcher_pb2.ListBackfillsRequest(page_size=PAGE_SIZE)
        while True:
            with translated(self._address):
                page = self._stub.ListBackfills(
                    request, timeout=CALL_SECONDS, metadata=self._metadata
                )
                found = [decode(each, Backfill) for each in page.backfills]
            yield from found
            request.page_token = page.next_page_token
            if not request.page_token:
                return

    def list_backfill_partitions(self, backfill_id: str) -> Iterator[BackfillPartition]:
        """List the partitions of a backfill in their order, a page at a time."""
        request = launcher_pb2.ListBackfillPartitionsRequest(
            backfill_id=backfill_id, page_size=PAGE_SIZE
        )
        while True:
            with translated(self._address):
                page = self._stub.ListBackfillPartitions(
                    request, timeout=CALL_SECONDS, metadata=self._metadata
                )
                found = [decode(each, BackfillPartition) for each in page.partitions]
            yield from found
            request.page_token = page.next_page_token
            if not request.page_token:
                return

    def watch_backfill(self, backfill_id: str, seconds: float | None) -> Stream[Backfill]:
        """Stream how a backfill stands, until it is over."""
        request = launcher_pb2.WatchBackfillRequest(backfill_id=backfill_id)
        call = self._stub.WatchBackfill(request, timeout=seconds, metadata=self._metadata)

        def states() -> Iterator[Backfill]:
            with closing_call(call), translated(self._address):
                for response in call:
                    yield decode(response.backfill, Backfill)

        return Stream(states(), call.cancel)


def _request_of(asked: BackfillAsked) -> backfill_pb2.BackfillRequest:
    return backfill_pb2.BackfillRequest(
        location=asked.location,
        selection=encode(asked.selection, plan_pb2.Selection),
        options=encode(asked.options, plan_pb2.PlanOptions),
        partitions=[encode(each, partition_pb2.PartitionKeyRange) for each in asked.partitions],
        missing=asked.missing,
        failed=asked.failed,
        partitions_per_run=asked.partitions_per_run,
    )
