"""launcher.proto: garbage, and the use of the disk."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from treadle_api.v1 import launcher_pb2
from treadle_launcher.disk_use import DiskUse
from treadle_launcher.errors import BadArgumentError
from treadle_launcher.garbage import Garbage, GarbageReason
from treadle_launcher.sweeping import Swept
from treadle_launcher.wire.enums import EnumCodec

_REASONS = EnumCodec(GarbageReason, launcher_pb2.GarbageReason, "GARBAGE_REASON")

_BATCH = 500
_LONGEST_S = 100 * 365 * 24 * 60 * 60


def decode_keep(
    request: launcher_pb2.PlanGarbageRequest | launcher_pb2.CollectGarbageRequest,
) -> float | None:
    """Read how long intermediates are kept; None: as the launcher was told.

    Raises:
        BadArgumentError: the time is negative.
    """
    if not request.HasField("keep_intermediates_seconds"):
        return None
    seconds = request.keep_intermediates_seconds
    if seconds < 0:
        raise BadArgumentError(
            [str(seconds)], message=f"keep_intermediates_seconds is {seconds}: give 0 or more."
        )
    return float(min(seconds, _LONGEST_S))


def encode_garbage(garbage: Sequence[Garbage]) -> Iterator[launcher_pb2.PlanGarbageResponse]:
    """Return garbage in messages of at most 500."""
    for start in range(0, len(garbage), _BATCH):
        yield launcher_pb2.PlanGarbageResponse(
            garbage=[
                launcher_pb2.Garbage(
                    key=each.key,
                    reason=_REASONS.encode(each.reason),
                    size_bytes=each.size_bytes,
                    asset_key=each.asset_key or "",
                    run_id=each.run_id or "",
                )
                for each in garbage[start : start + _BATCH]
            ]
        )


def encode_swept(swept: Swept) -> launcher_pb2.CollectGarbageResponse:
    """Return what was removed."""
    return launcher_pb2.CollectGarbageResponse(
        removed_count=swept.count, removed_bytes=swept.size_bytes
    )


def encode_disk_use(uses: Sequence[DiskUse]) -> Iterator[launcher_pb2.GetDiskUseResponse]:
    """Return uses in messages of at most 500."""
    for start in range(0, len(uses), _BATCH):
        yield launcher_pb2.GetDiskUseResponse(uses=map(_encode_use, uses[start : start + _BATCH]))


def _encode_use(use: DiskUse) -> launcher_pb2.DiskUse:
    message = launcher_pb2.DiskUse(value_count=use.value_count, size_bytes=use.size_bytes)
    if use.asset_key is not None:
        message.asset_key = use.asset_key
    else:
        message.run_id = use.run_id or ""
    return message
