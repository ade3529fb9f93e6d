"""What of the stored values may be removed, and why. Pure: files and the record in, names out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from treadle_contract.ids import KeyText, RunId
from treadle_contract.launcher import Garbage, GarbageReason
from treadle_contract.lazy_dataclasses import dataclass
from treadle_launcher.clock import TimeUs
from treadle_launcher.defaults import KEEP_VERSIONS
from treadle_launcher.values.value_keys import UNFINISHED, ValueOwner, asset_named_by, owner_of

_DAY_US: Final = 24 * 60 * 60 * 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """A file below the file store's root; `modified` by the clock of the file system."""

    key: str
    size_bytes: int
    modified: TimeUs


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueFacts:
    """What the record says of stored values.

    `over_since`: when each run that is known finished; None: it has not. `versions`: for each
    recorded asset version its asset and how many newer ones are stored. `kept`: how many versions
    stay of the assets that say so. `committed`: the
    attempts that succeeded. `needed`: what a run that is not over reads, or one that ended
    lately reuses. `removed`: what was removed already. `oldest_unfinished`: when the oldest run
    that is not over was submitted. `last_event`: when the last fact was recorded; None: none was.
    """

    unfinished: frozenset[RunId]
    over_since: Mapping[RunId, TimeUs | None]
    versions: Mapping[str, tuple[KeyText, int]]
    kept: Mapping[KeyText, int]
    committed: frozenset[ValueOwner]
    needed: frozenset[str]
    removed: Mapping[str, GarbageReason]
    oldest_unfinished: TimeUs | None
    last_event: TimeUs | None


def find_garbage(  # noqa: PLR0913 - the facts, and how much stays
    files: Sequence[StoredFile],
    facts: ValueFacts,
    *,
    now: TimeUs,
    keep_us: int,
    keep_versions: int = KEEP_VERSIONS,
    forget: bool = False,
) -> tuple[Garbage, ...]:
    """Return what may be removed, sorted by key.

    Of each asset that does not say itself how many, the newest `keep_versions` stay.

    The files must have been listed before the facts were read: then what is not named by the
    facts will not be. What is not known to be a value of ours is left alone; so is, unless
    `forget` says otherwise, what the record cannot know: it may be an older one.
    """
    found = []
    for file in files:
        if not forget and _is_beyond(file, facts):
            continue
        reason = _reason(file, facts, now - keep_us, keep_versions)
        if reason is not None:
            owner = owner_of(file.key)
            recorded = facts.versions.get(file.key)
            found.append(
                Garbage(
                    key=file.key,
                    reason=reason,
                    size_bytes=file.size_bytes,
                    asset_key=recorded[0] if recorded else asset_named_by(file.key) or KeyText(""),
                    run_id=RunId("") if owner is None else owner.run_id,
                )
            )
    return tuple(sorted(found, key=lambda garbage: garbage.key))


def _is_beyond(file: StoredFile, facts: ValueFacts) -> bool:
    """Tell whether a value is of a run that is not recorded, or newer than all that is."""
    owner = owner_of(file.key)
    if owner is not None and owner.run_id not in facts.over_since:
        return True
    return facts.last_event is None or file.modified > facts.last_event


def _reason(
    file: StoredFile, facts: ValueFacts, kept_since: int, keep_versions: int
) -> GarbageReason | None:
    owner = owner_of(file.key)
    if file.key.rpartition("/")[2].startswith(UNFINISHED):
        return GarbageReason.UNCOMMITTED if _is_left(file, owner, facts) else None
    if owner is None or owner.run_id in facts.unfinished or file.key in facts.needed:
        return None
    if file.key in facts.removed:
        return facts.removed[file.key]
    if file.key in facts.versions:
        asset, newer = facts.versions[file.key]
        stay = facts.kept.get(asset, keep_versions)
        return GarbageReason.SUPERSEDED if newer >= stay else None
    return _reason_of_other(file, owner, facts, kept_since)


def _reason_of_other(
    file: StoredFile, owner: ValueOwner, facts: ValueFacts, kept_since: int
) -> GarbageReason | None:
    """Judge a value of a run that is over, which is no recorded version of an asset."""
    if owner not in facts.committed:
        return GarbageReason.UNCOMMITTED
    over_since = facts.over_since.get(owner.run_id)
    is_intermediate = asset_named_by(file.key) is None
    if is_intermediate and over_since is not None and over_since <= kept_since:
        return GarbageReason.INTERMEDIATE
    return None


def _is_left(file: StoredFile, owner: ValueOwner | None, facts: ValueFacts) -> bool:
    """Tell whether nobody writes a file any more that was being written.

    Beside the assets its name does not say who writes it. A day is enough for two clocks.
    """
    if owner is not None:
        return owner.run_id not in facts.unfinished
    oldest = facts.oldest_unfinished
    return oldest is None or file.modified + _DAY_US < oldest
