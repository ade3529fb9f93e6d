"""What of a home's values may be removed, and what they take on the disk."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from treadle_client._ids import AssetKey, RunId


class GarbageReason(StrEnum):
    """Why a value may be removed."""

    #: No commit names it: its attempt failed, was cancelled or was lost.
    UNCOMMITTED = "uncommitted"
    #: The asset has at least three newer versions.
    SUPERSEDED = "superseded"
    #: An intermediate of a run that finished longer ago than intermediates are kept.
    INTERMEDIATE = "intermediate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Garbage:
    """One stored value that may be removed. `asset_key` and `run_id` are None if not known."""

    key: str
    reason: GarbageReason
    size_bytes: int
    asset_key: AssetKey | None
    run_id: RunId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """What a collection removed."""

    removed_count: int
    removed_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskUse:
    """What the values of an asset, all versions, or of a run take: one of both is named."""

    asset_key: AssetKey | None
    run_id: RunId | None
    value_count: int
    size_bytes: int
