"""Inputs that nothing is connected to, and whose value a run tells: where, and how it is read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from treadle import _json as json
from treadle.config._config_mapping import ConfigMapping, GraphConfig
from treadle.config._op_config import ConfigType, config_type
from treadle.config._step_config import descend
from treadle.config.values import Schema, unwrapped, with_variables
from treadle.ops._ins_outs import In
from treadle.types._own_types import own_type
from treadle_contract.config_data import as_json
from treadle_contract.lazy_dataclasses import dataclass
from treadle_contract.message import UserValue
from treadle_contract.value import ConfigPlace

#: The paths of graphs in a block, each with the name of an argument.
_Arguments: TypeAlias = Sequence[tuple[Sequence[str], str]]


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
    nodes: tuple[str, ...],
    graphs: Mapping[int, GraphConfig],
    ins: Mapping[str, In],
    arguments: Mapping[str, _Arguments],
    owner: str,
) -> ToldInputs | None:
    """Return which of some unconnected inputs a run may tell; None where a graph tells its ops itself.

    `nodes` leads from the block to the op; `graphs` are the configs of graphs on the way, `arguments` those
    of these graphs that an input stands for, from the innermost.
    """
    if any(isinstance(each, ConfigMapping) for each in graphs.values()):
        return None
    declared = {name: each.dagster_type for name, each in ins.items()}
    kinds = {name: _kind(each, f"{owner}: input {name!r}") for name, each in declared.items()}
    path = ["ops", nodes[0]]
    for name in nodes[1:]:
        path += ["ops", name]
    required = [name for name, each in ins.items() if not each.has_default]
    schema = _schema(kinds, required)
    given = dict(_given(nodes, graphs, arguments))
    place = ConfigPlace(
        path=(*path, "inputs"),
        json_schema=json.writer(sort_keys=True, separators=(",", ":"))(schema),
        given=unwrapped(given, schema) if given else None,
    )
    return ToldInputs(place=place, kinds=kinds, declared=declared)


def _kind(declared: Any, owner: str) -> ConfigType:
    own = own_type(declared)
    if own is not None and own.loader is not None:
        return own.loader.config
    return config_type(declared, owner=owner)


def _given(
    nodes: tuple[str, ...],
    graphs: Mapping[int, GraphConfig],
    arguments: Mapping[str, _Arguments],
) -> Iterator[tuple[str, UserValue]]:
    """Yield what graphs say of inputs of the op, or of arguments of graphs around it: the innermost counts."""
    for name, each in arguments.items():
        places = [(len(nodes), name), *((1 + len(path), of) for path, of in each)]
        for depth, told_as in places:
            said = descend({}, nodes, graphs, 1, depth).get("inputs")
            if isinstance(said, Mapping) and told_as in said:
                yield name, said[told_as]
                break


def _schema(kinds: Mapping[str, ConfigType], required: Iterable[str]) -> Schema:
    definitions: dict[str, Any] = {}
    properties: dict[str, Any] = {}
    for name, kind in kinds.items():
        definitions |= kind.schema.get("$defs", {})
        properties[name] = {key: each for key, each in kind.schema.items() if key != "$defs"}
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
        **({"required": lacking} if (lacking := sorted(required)) else {}),
        **({"$defs": definitions} if definitions else {}),
    }
