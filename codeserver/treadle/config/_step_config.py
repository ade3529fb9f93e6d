"""Where the config of a step stands, what definitions say there, and how the step reads it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from treadle.config._config_mapping import ConfigMapping, GraphConfig
from treadle.config._op_config import ConfigType
from treadle.config.values import as_meant, with_variables
from treadle_contract.config_data import laid_over, nodes_laid_over
from treadle_contract.lazy_dataclasses import dataclass
from treadle_contract.message import UserValue
from treadle_contract.value import ConfigPlace

_Entry: TypeAlias = Mapping[str, UserValue]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepConfig:
    """The config of one step.

    `nodes` leads from its block, which it begins with, to the op; `graphs` are the configs of the
    graphs on the way, by how many of the nodes lead to them. `depth` is that of the place.
    """

    nodes: tuple[str, ...]
    graphs: Mapping[int, GraphConfig]
    type: ConfigType
    depth: int
    place: ConfigPlace

    def read(self, value: UserValue, environment: Mapping[str, str]) -> Any:
        """Return what the op gets, for the effective config at the place.

        Raises:
            MissingVariableError: a variable that it names is not set.
            ValueError: it is not of the op's type, or a mapping does not say what it is.
        """
        schema = self.place_type.schema
        entry: _Entry = {"config": with_variables(value, schema, environment)}
        found = descend(entry, self.nodes, self.graphs, self.depth, len(self.nodes)).get("config")
        if self.depth < len(self.nodes):
            # What a mapping made may name variables in its turn.
            found = laid_over(self.type.default, found)
            found = with_variables(found, self.type.schema, environment)
            found = as_meant(found, self.type.schema)
        return self.type.read({} if found is None else found)

    @property
    def place_type(self) -> ConfigType:
        """The type of what stands at the place."""
        mapping = self.graphs.get(self.depth)
        return mapping.type if isinstance(mapping, ConfigMapping) else self.type


def step_config(
    nodes: tuple[str, ...], graphs: Mapping[int, GraphConfig], kind: ConfigType
) -> StepConfig:
    """Find where the config of an op stands: at the outermost graph that maps its own, or at the op."""
    mapped = [depth for depth, each in graphs.items() if isinstance(each, ConfigMapping)]
    depth = min(mapped, default=len(nodes))
    path = ["ops", nodes[0]]
    for name in nodes[1:depth]:
        path += ["ops", name]
    mapping = graphs.get(depth)
    placed = mapping.type if isinstance(mapping, ConfigMapping) else kind
    given = laid_over(placed.default, descend({}, nodes, graphs, 1, depth).get("config"))
    place = ConfigPlace(path=(*path, "config"), json_schema=placed.text, given=given)
    return StepConfig(nodes=nodes, graphs=graphs, type=kind, depth=depth, place=place)


def descend(
    entry: _Entry, nodes: tuple[str, ...], graphs: Mapping[int, GraphConfig], start: int, end: int
) -> _Entry:
    """Follow an entry from the node at one depth to that at another, through the graphs' configs."""
    for depth in range(start, end):
        said = graphs.get(depth)
        ops: UserValue = entry.get("ops", {})
        if isinstance(said, ConfigMapping):
            ops = said.ops(entry.get("config"))
        elif said is not None:
            ops = nodes_laid_over(said, ops)
        inner = ops.get(nodes[depth]) if isinstance(ops, Mapping) else None
        entry = inner if isinstance(inner, Mapping) else {}
    return entry
