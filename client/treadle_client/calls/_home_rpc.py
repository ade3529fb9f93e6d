"""The launcher's RPCs about its home: garbage, the use of the disk, and tasks of past attempts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from google.protobuf import json_format

from treadle_api.v1 import launcher_pb2, launcher_pb2_grpc
from treadle_client._messages import Collected, DiskUse, Garbage
from treadle_client.calls._decode import decode
from treadle_client.calls._translate import translated

#: How long looking through a home may take: a million values on a slow disk.
HOME_SECONDS: Final = 3600.0
CALL_SECONDS: Final = 60.0


class HomeRpc:
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

    def plan_garbage(self, keep_seconds: int | None) -> Iterator[Garbage]:
        """Stream what may be removed."""
        request = launcher_pb2.PlanGarbageRequest(keep_intermediates_seconds=keep_seconds)
        with translated(self._address):
            for response in self._stub.PlanGarbage(
                request, timeout=HOME_SECONDS, metadata=self._metadata
            ):
                yield from (decode(one, Garbage) for one in response.garbage)

    def collect_garbage(self, keep_seconds: int | None) -> Collected:
        """Remove what may be removed."""
        request = launcher_pb2.CollectGarbageRequest(keep_intermediates_seconds=keep_seconds)
        with translated(self._address):
            response = self._stub.CollectGarbage(
                request, timeout=HOME_SECONDS, metadata=self._metadata
            )
            return decode(response, Collected)

    def disk_use(self) -> Iterator[DiskUse]:
        """Stream what values take."""
        with translated(self._address):
            for response in self._stub.GetDiskUse(
                launcher_pb2.GetDiskUseRequest(), timeout=HOME_SECONDS, metadata=self._metadata
            ):
                yield from (decode(one, DiskUse) for one in response.uses)

    def step_task(self, run_id: str, step_key: str, attempt: int) -> str:
        """Return the task of an attempt, as the JSON that hosts get; attempt 0: the last one."""
        with translated(self._address):
            request = launcher_pb2.GetStepTaskRequest(
                run_id=run_id, step_key=step_key, attempt=attempt
            )
            response = self._stub.GetStepTask(
                request, timeout=CALL_SECONDS, metadata=self._metadata
            )
            return json_format.MessageToJson(response.task, indent=None)
