"""What a step that runs reads and a plan does not follow to what makes it, and why."""

from __future__ import annotations

from collections.abc import Iterator

from treadle.locations.snapshot import Asset
from treadle_contract.plan import NotFollowed
from treadle_planner._readers import Readers
from treadle_planner._wired import Place, Read, WiredStep, is_needed
from treadle_planner._words import named


def not_followed(readers: Readers, wired: WiredStep) -> Iterator[NotFollowed]:
    """Yield it input by input, in the op's order."""
    found = readers.inputs[wired.step.key]
    for read, place in zip(wired.reads, found[0], strict=True):
        reason = _why(readers, wired, read, place)
        if reason:
            yield NotFollowed(input=read.definition.name, source=_source(read), reason=reason)


def _why(readers: Readers, wired: WiredStep, read: Read, place: Place | None) -> str:
    """Say why what is read is not followed; "": it is."""
    reads = readers.reads
    name = _source(read)
    if wired.is_split and not _is_needed(readers, wired, read):
        return f"No selected output of this op needs it: internal_asset_deps says which do. {name} is not loaded."
    if place is None:
        kind = "waits for a check or an observation" if read.is_told else "only orders"
        return f"It {kind}: {name} is not selected, nothing of it is loaded or waited for."
    ref, key = place
    if ref is None:
        return _loaded(reads.index.wiring.assets[key], is_own=read.is_own)
    if read.keys and reads.kept.keys.isdisjoint(read.keys) and not reads.kept.is_selected(ref):
        return (
            f"{named(read.keys)} is not selected, but {ref.step_key} yields it all the same,"
            " and what it yields is read."
        )
    return ""


def _loaded(asset: Asset, *, is_own: bool) -> str:
    if asset.is_external:
        return f"Nothing here makes {asset.key}: its stored value is loaded."
    whose = " of the same block" if is_own else ""
    return (
        f"{asset.key}{whose} is not selected: its stored value is loaded, what makes it is not run."
    )


def _is_needed(readers: Readers, wired: WiredStep, read: Read) -> bool:
    names = readers.reads.kept.selected[wired.step.key]
    outputs = [output for output in wired.step.outputs if output.name in names]
    return is_needed(readers.reads.index.wiring, read, outputs)


def _source(read: Read) -> str:
    if read.stored is not None:
        return read.stored
    if len(read.keys) == 1:
        return read.keys[0]
    return "" if read.ref is None else f"{read.ref.step_key}.{read.ref.output}"
