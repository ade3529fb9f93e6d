"""What a launcher's record says of assets, as it is asked for while a plan is made."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping, Sequence
from typing import TypeAlias, TypeVar

from treadle_contract.codeserver import AssetFact, EarlierStep, PartitionsQuestion
from treadle_contract.ids import KeyText, StepKey
from treadle_contract.lazy_dataclasses import dataclass, field
from treadle_contract.plan import Load
from treadle_planner.partitions._record import PartitionRecord, of_partitions

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What has to be known to go on: of which assets, and partitions of some, a run made a value, whose
    some are, what became of `steps` in earlier runs, and the keys of `dynamic` partitions by their names."""

    recorded: tuple[KeyText, ...] = ()
    owned: tuple[KeyText, ...] = ()
    steps: tuple[StepKey, ...] = ()
    partitions: tuple[PartitionsQuestion, ...] = ()
    dynamic: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is known of what was asked for: `steps` as earlier runs left them, the newest first."""

    facts: tuple[AssetFact, ...] = ()
    steps: tuple[EarlierStep, ...] = ()
    dynamic: Mapping[str, Sequence[str]] = field(default_factory=dict)


Conversation: TypeAlias = Generator[Question, Told, T]
"""Asks, is sent what is known of what it asked for, and returns."""


class Record:
    """What was told so far. Each asset is asked about once; `elsewhere` are another location's."""

    def __init__(self, elsewhere: frozenset[KeyText], partitions: PartitionRecord) -> None:
        self.elsewhere = elsewhere
        self.partitions = partitions
        self._facts: dict[KeyText, AssetFact] = {}

    def learn(
        self, keys: Iterable[KeyText], partitions: Iterable[PartitionsQuestion] = ()
    ) -> Conversation[None]:
        """Ask what is stored of those that nothing is known of yet, and of partitions."""
        unknown = tuple(sorted(key for key in set(keys) if key not in self._facts))
        asked = self.partitions.not_asked(partitions)
        if unknown or asked:
            facts = (yield Question(recorded=unknown, partitions=asked)).facts
            told = {fact.asset_key: fact for fact in facts if not fact.partitions}
            self._facts.update({key: told.get(key) or AssetFact(asset_key=key) for key in unknown})
            self.partitions.told(asked, facts)

    def learn_loads(self, loads: Sequence[Load]) -> Conversation[None]:
        """Ask what is stored of what a plan loads."""
        whole = [load.asset_key for load in loads if not of_partitions(load)]
        parts = [self.partitions.question(load) for load in loads if of_partitions(load)]
        yield from self.learn(whole, parts)

    def owners(self, keys: Iterable[KeyText]) -> Conversation[Mapping[str, str]]:
        """Ask which of these another location makes; return its name for each that one does."""
        asked = tuple(sorted(keys))
        told = yield Question(owned=asked)
        return {fact.asset_key: fact.owner for fact in told.facts if fact.owner}

    def earlier(self, keys: Iterable[StepKey]) -> Conversation[Mapping[StepKey, list[EarlierStep]]]:
        """Ask what earlier runs made of steps; return by key what those did that succeeded, newest first."""
        told = yield Question(steps=tuple(sorted(keys)))
        found: dict[StepKey, list[EarlierStep]] = {}
        for each in told.steps:
            found.setdefault(each.key, []).append(each)
        return found

    def fact(self, key: KeyText) -> AssetFact:
        """Return what was told of an asset; what was not asked is not recorded."""
        return self._facts.get(key) or AssetFact(asset_key=key)

    def never_made(self, keys: Iterable[KeyText]) -> frozenset[KeyText]:
        """Return those of which no run made a value."""
        return frozenset(key for key in keys if not self._facts[key].recorded)

    def gone(self, keys: Iterable[KeyText]) -> Mapping[str, str]:
        """Say why values that a run made cannot be read by Treadle's own manager."""
        found = {key: self._facts[key].gone for key in keys if key in self._facts}
        found |= {key: self.partitions.gone(key) for key in keys if key not in found}
        return {key: found[key] for key in sorted(found) if found[key]}

    def is_stored(self, load: Load) -> bool:
        """Tell whether a run made what is loaded, and its manager can read it."""
        if of_partitions(load):
            return self.partitions.is_stored(load)
        fact = self._facts[load.asset_key]
        return fact.recorded and not (load.builtin_manager and fact.gone)
