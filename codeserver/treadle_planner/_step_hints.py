"""What somebody meant who wrote a step, an op, a block or a job where an asset is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from treadle_contract.ids import KeyText
from treadle_contract.lazy_dataclasses import dataclass
from treadle_planner._index import SnapshotIndex
from treadle_planner._words import quoted

_HINTS_AT_MOST = 3
_ASSETS_AT_MOST = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class StepHint:
    """A name that is not an asset's but a step's, an op's or a block's, and what the block makes."""

    name: str
    kind: str
    block: str
    asset_keys: tuple[KeyText, ...]

    def __str__(self) -> str:
        assets = f"makes {quoted(self.asset_keys)}" if self.asset_keys else "makes no asset"
        of_block = "" if self.name == self.block else f" of block {self.block}"
        return f"{self.name!r} is {self.kind}{of_block}, which {assets}."


def step_hints(index: SnapshotIndex, names: Iterable[str]) -> tuple[StepHint, ...]:
    """Return, for names that are no assets, the first blocks that have such a step or op."""
    unknown = (name for name in dict.fromkeys(names) if name not in index.assets.assets)
    hints = dict.fromkeys(hint for name in unknown for hint in _hints(index, name))
    return tuple(hints)[:_HINTS_AT_MOST]


def other_hints(index: SnapshotIndex, names: Iterable[str]) -> Iterator[str]:
    """Yield what is to be written for names that are a job's, or the beginning of keys."""
    jobs = {job.name for job in index.snapshot.jobs}
    for name in dict.fromkeys(names):
        if name in jobs:
            yield f"{name!r} is a job: --job {name}, in Python job={name!r}."
        elif any(key.startswith(f"{name}/") for key in index.assets.assets):
            yield f"Assets whose keys begin so: key:{name}/*."


def suggested(hints: Iterable[StepHint]) -> tuple[KeyText, ...]:
    """Return the assets that may be selected instead, of many the first few."""
    return tuple(dict.fromkeys(key for hint in hints for key in hint.asset_keys))[:_ASSETS_AT_MOST]


def _hints(index: SnapshotIndex, name: str) -> Iterator[StepHint]:
    block = index.wiring.blocks.get(name)
    if block is not None:
        kind = "a graph" if block.is_graph else "a function"
        yield StepHint(name=name, kind=kind, block=name, asset_keys=block.asset_keys)
        return
    for step in index.snapshot.steps:
        if name in {step.key, step.op}:
            yield StepHint(
                name=name,
                kind="a step" if name == step.key else "an op",
                block=step.block,
                asset_keys=index.wiring.blocks[step.block].asset_keys,
            )
