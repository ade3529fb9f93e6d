"""The launcher's RPCs about partitions and backfills."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from treadle_api.v1 import launcher_pb2, launcher_pb2_grpc
from treadle_client.calls._translate import translated

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
