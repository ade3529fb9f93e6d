"""What a plan is made with: which assets have no stored value that it could read, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from treadle_contract.ids import KeyText


@dataclass(frozen=True, slots=True, kw_only=True)
class Lacking:
    """Assets that a plan is to make because nothing is stored of them: see PlanRequest.

    `missing` run instead of being loaded by their siblings, `joining` are selected besides.
    `gone` says of those that a run made why the value cannot be read.
    """

    missing: frozenset[KeyText] = frozenset()
    joining: frozenset[KeyText] = frozenset()
    gone: Mapping[str, str] = field(default_factory=dict)
