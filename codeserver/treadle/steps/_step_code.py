"""StepCode: what the loaded code says of one step, for the process that runs it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from treadle._keys import AssetKey
from treadle.ops._ins_outs import In, Out
from treadle.ops._op import OpDefinition
from treadle_contract.lazy_dataclasses import dataclass

if TYPE_CHECKING:
    from treadle.checks._check_spec import AssetCheckSpec
    from treadle.config._step_config import StepConfig
    from treadle.config._told_inputs import ToldInputs
    from treadle.hooks._hook import HookDefinition

NO_CHECKS: Final[Mapping[str, AssetCheckSpec]] = {}
NO_OBSERVED: Final[Mapping[str, AssetKey]] = {}


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """A value that is an element of a list: that of an input of the job."""

    value: object


#: A value, or the step and output that give one.
ListElement: TypeAlias = Given | tuple[str, str]
NO_LISTS: Final[Mapping[str, tuple[ListElement, ...]]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class StepCode:
    """An op as it is in its block.

    `ins` and `outs` are by name, with what is said of assets merged in; `op.resource_keys` has
    the block's resources too. `assets` has an entry for every output, sorted, () for an
    intermediate. `metadata` is what the definitions say of each asset that it makes. `config`
    is how it reads what the run tells it; None: it takes none. `told_inputs` is so of inputs that nothing
    is connected to. `lists` has inputs whose list has values of the job's among what it reads. `checks` are by the outputs that give
    their results, `observes` the assets of elsewhere by the outputs that say that they were looked at. `block` is that of its assets or checks,
    None in a job of ops. `hooks` are those of its block, of the graphs around it and of its invocation.
    """

    op: OpDefinition
    ins: Mapping[str, In]
    outs: Mapping[str, Out]
    assets: Mapping[str, tuple[AssetKey, ...]]
    metadata: Mapping[AssetKey, Mapping[str, Any]]
    lists: Mapping[str, tuple[ListElement, ...]] = NO_LISTS
    config: StepConfig | None = None
    told_inputs: ToldInputs | None = None
    checks: Mapping[str, AssetCheckSpec] = NO_CHECKS
    observes: Mapping[str, AssetKey] = NO_OBSERVED
    hooks: tuple[HookDefinition, ...] = ()
    block: Any = None
