"""What a context answers with that is more than a word: the run, and where the op stands."""

from __future__ import annotations

from collections.abc import Mapping

from treadle_contract.fan_outs import node_names
from treadle_contract.ids import StepKey
from treadle_contract.lazy_dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOfStep:
    """What a step knows of its run. `job_name` is "" for a run of no job."""

    run_id: str
    job_name: str
    tags: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class NodeHandle:
    """Where an op stands: its name, within that of the graphs around it."""

    name: str
    parent: NodeHandle | None = None

    @staticmethod
    def from_string(text: str) -> NodeHandle:
        """Return the place that a step's key names."""
        outer, _, name = ".".join(node_names(StepKey(text))).rpartition(".")
        return NodeHandle(name, NodeHandle.from_string(outer) if outer else None)

    @property
    def path(self) -> list[str]:
        """The names, from the outermost on."""
        return [*(self.parent.path if self.parent else ()), self.name]

    def to_string(self) -> str:
        """Return it as a step's key has it."""
        return ".".join(self.path)

    def __str__(self) -> str:
        return self.to_string()
