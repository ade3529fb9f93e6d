"""StepCode: what the loaded code says of one step, for the process that runs it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from treadle._keys import AssetKey
from treadle.ops._ins_outs import In, Out
from treadle.ops._op import OpDefinition
from treadle_contract.lazy_dataclasses import dataclass

if TYPE_CHECKING:
    from treadle.config._step_config import StepConfig


@dataclass(frozen=True, slots=True, kw_only=True)
class StepCode:
    """An op as it is in its block.

    `ins` and `outs` are by name, with what is said of assets merged in; `op.resource_keys` has
    the block's resources too. `assets` has an entry for every output, sorted, () for an
    intermediate. `metadata` is what the definitions say of each asset that it makes. `config`
    is how it reads what the run tells it; None: it takes none.
    """

    op: OpDefinition
    ins: Mapping[str, In]
    outs: Mapping[str, Out]
    assets: Mapping[str, tuple[AssetKey, ...]]
    metadata: Mapping[AssetKey, Mapping[str, Any]]
    config: StepConfig | None = None
