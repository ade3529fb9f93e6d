"""Garbage and the use of the disk, from the contract."""

from __future__ import annotations

from treadle_api.v1 import launcher_pb2
from treadle_client._garbage import Collected, DiskUse, Garbage, GarbageReason
from treadle_client._ids import AssetKey, RunId
from treadle_client._wire.values import decode_enum


def decode_garbage(message: launcher_pb2.Garbage) -> Garbage:
    """Turn a value that may be removed into ours."""
    return Garbage(
        key=message.key,
        reason=decode_enum(GarbageReason, launcher_pb2.GarbageReason.DESCRIPTOR, message.reason),
        size_bytes=message.size_bytes,
        asset_key=AssetKey(message.asset_key) if message.asset_key else None,
        run_id=RunId(message.run_id) if message.run_id else None,
    )


def decode_collected(message: launcher_pb2.CollectGarbageResponse) -> Collected:
    """Turn what was removed into ours."""
    return Collected(removed_count=message.removed_count, removed_bytes=message.removed_bytes)


def decode_disk_use(message: launcher_pb2.DiskUse) -> DiskUse:
    """Turn what an asset or a run takes into ours."""
    return DiskUse(
        asset_key=AssetKey(message.asset_key) if message.asset_key else None,
        run_id=RunId(message.run_id) if message.run_id else None,
        value_count=message.value_count,
        size_bytes=message.size_bytes,
    )
