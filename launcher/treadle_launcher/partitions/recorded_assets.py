"""What missing() and failed() in a selection stand for: the assets, from what is on record now."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

from treadle_contract.ids import KeyText
from treadle_contract.lazy_dataclasses import replace
from treadle_contract.plan import RecordedAssets, Selection
from treadle_launcher.locations.locations import owners
from treadle_launcher.partitions.asset_partitions import PartitionRecord

_SAYS_SO: Final = re.compile(r"\b(missing|failed)\s*\(")
"""Whether a text may say one of them: which it is, and whether it stands in quotes, the code server tells."""


async def with_recorded(selection: Selection, record: PartitionRecord) -> Selection:
    """Return a selection that says which assets missing() and failed() in it stand for."""
    texts = selection.expressions
    words = {word for text in texts for word in _SAYS_SO.findall(text)}
    if not words:
        return replace(selection, recorded=None)
    missing, failed = await _found(record, words)
    recorded = RecordedAssets(
        missing_asset_keys=tuple(sorted(missing)), failed_asset_keys=tuple(sorted(failed))
    )
    return replace(selection, recorded=recorded)


async def _found(
    record: PartitionRecord, words: Collection[str]
) -> tuple[set[KeyText], set[KeyText]]:
    graphs = await record.locations.graphs()
    made = {KeyText(key): graphs[name] for key, name in owners(graphs).items()}
    having_failed = await record.store.partitions.having_failed(tuple(made))
    latest = await record.store.latest_materializations(tuple(made))
    missing, failed = set(made) - set(latest), set(having_failed)
    for key, graph in made.items():
        definition = graph.partitions_of(key)
        # Of one that has partitions, some may be missing though others were made.
        if definition is None or not ("missing" in words or key in having_failed):
            continue
        known = await record.known_of(key, await record.keys_of(definition))
        missing = missing | {key} if known.missing else missing - {key}
        failed = failed | {key} if known.failed else failed - {key}
    # What failed was tried: it is not missing.
    return missing - failed, failed
