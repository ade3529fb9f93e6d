"""Assets of which one would be stored where a partition of another one is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from treadle._errors import ConflictError
from treadle._system import utc_now
from treadle.locations.snapshot import Asset, Snapshot, SourceLine
from treadle_contract.ids import KeyText
from treadle_contract.partition import MultiPartitions
from treadle_partitions import SEPARATOR, Definition, dynamic_names, keys_of


def refuse_shared_paths(
    snapshot: Snapshot, resources: Mapping[str, object], source: SourceLine
) -> None:
    """Refuse an asset whose path is that of a partition of another one, with managers whose paths are keys.

    `source` stands for the lines of assets that are not known.

    Raises:
        ConflictError: "q/a" and the partition "a" of "q" lie in one file.
    """
    by_key = {asset.key: asset for asset in snapshot.assets}
    definitions = {each.id: each for each in snapshot.partitions}
    for below in snapshot.assets:
        if below.partitions or not _is_at_key(below, resources):
            continue
        for above, parts in _above(below, by_key):
            definition = definitions.get(above.partitions)
            if definition is None or above.manager_key != below.manager_key:
                continue
            if _is_key(parts, definition):
                raise ConflictError(
                    f"Asset {below.key!r} and the partition {_written(parts, definition)!r} of asset "
                    f"{above.key!r} would lie in one file: {type(resources[below.manager_key]).__name__} "
                    "stores a partition below its asset's key.",
                    fix="Give one of them another key, or another io_manager_key.",
                    source=below.source or source,
                    others=(above.source or source,),
                )


def _is_at_key(asset: Asset, resources: Mapping[str, object]) -> bool:
    manager = resources.get(asset.manager_key)
    return not asset.manager_builtin and getattr(type(manager), "_paths_are_keys", False) is True


def _above(asset: Asset, by_key: Mapping[KeyText, Asset]) -> Iterator[tuple[Asset, list[str]]]:
    parts = asset.key.split("/")
    for count in range(1, len(parts)):
        above = by_key.get(KeyText("/".join(parts[:count])))
        if above is not None:
            yield above, parts[count:]


def _is_key(parts: list[str], definition: Definition) -> bool:
    # Which keys a dynamic one has, is known to the launcher, and changes.
    if dynamic_names(definition):
        return True
    return _written(parts, definition) in keys_of(definition, now=utc_now())


def _written(parts: list[str], definition: Definition) -> str:
    return (SEPARATOR if isinstance(definition.of, MultiPartitions) else "/").join(parts)
