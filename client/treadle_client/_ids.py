"""The ids of the contract, each a type of its own so that two are never mixed up."""

from __future__ import annotations

from treadle_contract.ids import KeyText as AssetKey
from treadle_contract.ids import RunId, StepKey

__all__ = ["AssetKey", "RunId", "StepKey"]
