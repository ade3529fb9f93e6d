"""Inputs that nothing is connected to, and whose value a run tells: where, and how it is read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from treadle import _json as json
from treadle.config._config_mapping import ConfigMapping, GraphConfig
from treadle.config._op_config import ConfigType, config_type
from treadle.config._step_config import descend
from treadle.config.values import with_variables
from treadle.ops._ins_outs import In
from treadle.types._own_types import own_type
from treadle_contract.config_data import as_json
from treadle_contract.lazy_dataclasses import dataclass
from treadle_contract.message import UserValue
from treadle_contract.value import ConfigPlace


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldInputs:
    """The inputs of one step that a run may tell. `place` is that of all of them, `kinds` are by name."""

    place: ConfigPlace
    kinds: Mapping[str, ConfigType]
    declared: Mapping[str, Any]

    def read(
        self, name: str, value: UserValue, environment: Mapping[str, str], context: object
    ) -> Any:
        """Return what an op gets for an input; the loader of a type is given the op's context.

        Raises:
            MissingVariableError: a variable that it names is not set.
            ValueError: it is not of the input's type.
        """
        kind, own = self.kinds[name], own_type(self.declared[name])
        told = kind.validate(as_json(with_variables(value, kind.schema, environment)))
        if own is None or own.loader is None:
            return told
        return own.loader.load(context, told)


def told_inputs(
    nodes: tuple[str, ...], graphs: Mapping[int, GraphConfig], ins: Mapping[str, In], owner: str
) -> ToldInputs | None:
    """Return which of some unconnected inputs a run may tell; None where a graph tells its ops itself.

    `nodes` leads from the block to the op; `graphs` are the configs of graphs on the way.
    """
    if any(isinstance(each, ConfigMapping) for each in graphs.values()):
        return None
    kinds = {
        name: _kind(each.dagster_type, f"{owner}: input {name!r}") for name, each in ins.items()
    }
    path = ["ops", nodes[0]]
    for name in nodes[1:]:
        path += ["ops", name]
    place = ConfigPlace(
        path=(*path, "inputs"),
        json_schema=_schema(kinds, [name for name, each in ins.items() if not each.has_default]),
        given=descend({}, nodes, graphs, 1, len(nodes)).get("inputs"),
    )
    declared = {name: each.dagster_type for name, each in ins.items()}
    return ToldInputs(place=place, kinds=kinds, declared=declared)


def _kind(declared: Any, owner: str) -> ConfigType:
    own = own_type(declared)
    if own is not None and own.loader is not None:
        return own.loader.config
    return config_type(declared, owner=owner)


def _schema(kinds: Mapping[str, ConfigType], required: Iterable[str]) -> str:
    definitions: dict[str, Any] = {}
    properties: dict[str, Any] = {}
    for name, kind in kinds.items():
        definitions |= kind.schema.get("$defs", {})
        properties[name] = {key: each for key, each in kind.schema.items() if key != "$defs"}
    schema = {
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
        **({"required": lacking} if (lacking := sorted(required)) else {}),
        **({"$defs": definitions} if definitions else {}),
    }
    return json.writer(sort_keys=True, separators=(",", ":"))(schema)
