"""How much of the disk values take, by asset and by run. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from treadle_contract.ids import KeyText, RunId
from treadle_contract.launcher import DiskUse
from treadle_launcher.values.garbage import StoredFile
from treadle_launcher.values.value_keys import asset_named_by, owner_of


def disk_use(
    files: Sequence[StoredFile], versions: Mapping[str, tuple[KeyText, int]]
) -> tuple[DiskUse, ...]:
    """Return assets first, then runs, each largest first.

    `versions` names the assets of recorded values: a long name does not stand whole in a key.
    """
    assets: dict[KeyText, list[int]] = {}
    runs: dict[RunId, list[int]] = {}
    for file in files:
        owner = owner_of(file.key)
        if owner is None:
            continue
        runs.setdefault(owner.run_id, []).append(file.size_bytes)
        recorded = versions.get(file.key)
        asset_key = recorded[0] if recorded else asset_named_by(file.key)
        if asset_key is not None:
            assets.setdefault(asset_key, []).append(file.size_bytes)
    of_assets = [
        DiskUse(asset_key=key, value_count=len(sizes), size_bytes=sum(sizes))
        for key, sizes in sorted(assets.items())
    ]
    of_runs = [
        DiskUse(run_id=run_id, value_count=len(sizes), size_bytes=sum(sizes))
        for run_id, sizes in sorted(runs.items())
    ]
    return (*_largest_first(of_assets), *_largest_first(of_runs))


def _largest_first(uses: Sequence[DiskUse]) -> list[DiskUse]:
    return sorted(uses, key=lambda use: -use.size_bytes)
