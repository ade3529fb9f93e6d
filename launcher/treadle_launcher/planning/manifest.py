"""What a digest is made of, name by name, so that two digests can be compared."""

from __future__ import annotations

from collections.abc import Mapping

from treadle_contract.graph import ReachedCode
from treadle_contract.lazy_dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeManifest:
    """Names to SHA-256 in hexadecimal; for distributions to their version.

    `reached` is what steps reach, by key; what a digest is made of says no more of it than was the case when
    it was kept.
    """

    ops: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    distributions: Mapping[str, str] = field(default_factory=dict)
    definitions: Mapping[str, str] = field(default_factory=dict)
    details: Mapping[str, str] = field(default_factory=dict)
    reached: Mapping[str, ReachedCode] = field(default_factory=dict)

    @property
    def named(self) -> dict[str, str]:
        """Definitions, ops and details together, each under a name of its own."""
        ops = {f"op {node}": found for node, found in self.ops.items()}
        return {**self.definitions, **ops, **self.details}
