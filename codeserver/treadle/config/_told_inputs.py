"""Inputs that nothing is connected to, and whose value a run tells: where, and how it is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias, get_args, get_origin

from treadle import _json as json
from treadle.config._config_mapping import ConfigMapping, GraphConfig
from treadle.config._op_config import ConfigType, config_type
from treadle.config._step_config import descend
from treadle.config.values import Schema, joined_schema, unwrapped, with_variables
from treadle.ops._ins_outs import In
from treadle.types._mismatch import UNIONS
from treadle.types._own_types import own_type
from treadle_contract.config_data import as_json
from treadle_contract.lazy_dataclasses import dataclass
from treadle_contract.message import UserValue
from treadle_contract.value import ConfigPlace

#: The paths of graphs in a block, each with the name of an argument.
_Arguments: TypeAlias = Sequence[tuple[Sequence[str], str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldInputs:
    """The inputs of one step that a run may tell. `place` is that of those that nothing is connected to, None
    for none; `declared` are the types of all by name, `schemas` the JSON Schemas of the others: a run may leave out
    what makes them.
    """

    place: ConfigPlace | None
    declared: Mapping[str, Any]
    schemas: Mapping[str, str]
    owner: str

    def read(
        self, name: str, value: UserValue, environment: Mapping[str, str], context: object
    ) -> Any:
        """Return what an op gets for an input; the loader of a type is given the op's context.

        Raises:
            MissingVariableError: a variable that it names is not set.
            ValueError: it is not of the input's type.
        """
        declared = self.declared[name]
        kind, own = _kind(declared, f"{self.owner}: input {name!r}"), own_type(declared)
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
    """Return which of some inputs a run may tell; None where a graph tells its ops itself.

    `nodes` leads from the block to the op; `graphs` are the configs of graphs on the way. Inputs that are not
    connected are in `arguments`, with those of these graphs that each stands for, from the innermost.
    """
    if any(isinstance(each, ConfigMapping) for each in graphs.values()):
        return None
    declared = {name: each.dagster_type for name, each in ins.items()}
    schemas = {name: schema_of_input(each) for name, each in declared.items()}
    path = [part for name in nodes for part in ("ops", name)]
    required = [name for name in arguments if not ins[name].has_default]
    schema = joined_schema({name: schemas[name] for name in arguments}, required)
    given = dict(_given(nodes, graphs, arguments))
    write = json.writer(sort_keys=True, separators=(",", ":"))
    place = ConfigPlace(
        path=(*path, "inputs"),
        json_schema=write(schema),
        given=unwrapped(given, schema) if given else None,
    )
    return ToldInputs(
        place=place if arguments else None,
        declared=declared,
        schemas={name: write(each) for name, each in schemas.items() if name not in arguments},
        owner=owner,
    )


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


def schema_of_input(declared: Any) -> Schema:
    """Return what config may say of an input that a run may tell, of its declared type: without what checks values."""
    own = own_type(declared)
    if own is not None and own.loader is not None:
        return own.loader.config.schema
    return _plain_schema(declared)


def _plain_schema(declared: Any) -> Schema:
    origin, arguments = get_origin(declared), get_args(declared)
    if origin in UNIONS:
        return {"anyOf": list(map(_plain_schema, arguments))}
    if origin is list:
        return {"type": "array", "items": _plain_schema(arguments[0]) if arguments else {}}
    if origin is dict:
        each = _plain_schema(arguments[1]) if arguments else True
        return {"type": "object", "additionalProperties": each}
    return _PLAIN.get(declared, {})


_PLAIN: Final[Mapping[Any, Schema]] = {
    bool: {"type": "boolean"},
    dict: {"type": "object", "additionalProperties": True},
    float: {"type": "number"},
    int: {"type": "integer"},
    list: {"type": "array", "items": {}},
    str: {"type": "string"},
    type(None): {"type": "null"},
    None: {"type": "null"},
}
