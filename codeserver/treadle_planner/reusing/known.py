"""What the record says of steps and of what they read, as far as unchanged work is to be reused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from treadle_contract.codeserver import AssetFact, EarlierStep
from treadle_contract.ids import KeyText, StepKey
from treadle_contract.lazy_dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Facts of assets, and by step the successes of earlier runs, the newest first.

    `any_selection`: it is no change that another part of a block was selected.
    """

    facts: Mapping[KeyText, AssetFact]
    earlier: Mapping[StepKey, Sequence[EarlierStep]]
    any_selection: bool = False

    def version(self, key: KeyText) -> str:
        """Return the version of an asset's latest value, "" where none is known."""
        fact = self.facts.get(key)
        return "" if fact is None else fact.version
