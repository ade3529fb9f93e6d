"""Config as plain data, and what a JSON Schema says of it. Pure, standard library alone.

`{"env": NAME}` in the place of a text, a number or a truth value stands for an environment
variable, which the step's process reads.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeAlias

from treadle_contract.config_data import ENV, from_json
from treadle_contract.message import UserValue

Schema: TypeAlias = Mapping[str, Any]

_SCALARS: Final = frozenset({"string", "integer", "number", "boolean"})
_ALTERNATIVES: Final = ("anyOf", "oneOf", "allOf")


class MissingVariableError(Exception):
    """An environment variable that the config names is not set. `name` is its name."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"The environment variable {name} is not set.")


def with_defaults(value: UserValue, schema: Schema, root: Schema | None = None) -> UserValue:
    """Return a config with the defaults of its schema filled in; a secret is left out."""
    root = schema if root is None else root
    if isinstance(value, tuple):
        inner = _of_entries(schema, root)
        return tuple(with_defaults(each, inner, root) for each in value)
    if not isinstance(value, Mapping) or is_env(value, schema, root):
        return value
    filled = dict(value)
    for branch in branches(schema, root):
        for name, said in _properties(branch):
            if name in filled:
                filled[name] = with_defaults(filled[name], said, root)
            elif "default" in said:
                default = with_defaults(from_json(said["default"]), said, root)
                if not is_secret(said, root) or is_env(default, said, root):
                    filled[name] = default
        others = branch.get("additionalProperties")
        if isinstance(others, Mapping):
            known = branch.get("properties", {})
            for name in filled.keys() - known:
                filled[name] = with_defaults(filled[name], others, root)
    return filled


def with_variables(
    value: UserValue, schema: Schema, environment: Mapping[str, str], root: Schema | None = None
) -> UserValue:
    """Return a config with the text of each variable that it names in the place of its name.

    Raises:
        MissingVariableError: one is not set.
    """
    root = schema if root is None else root
    if isinstance(value, tuple):
        inner = _of_entries(schema, root)
        return tuple(with_variables(each, inner, environment, root) for each in value)
    if not isinstance(value, Mapping):
        return value
    if is_env(value, schema, root):
        name = str(value[ENV])
        if name not in environment:
            raise MissingVariableError(name)
        return environment[name]
    return {
        name: with_variables(each, schema_of(name, schema, root), environment, root)
        for name, each in value.items()
    }


def is_env(value: UserValue, schema: Schema, root: Schema) -> bool:
    """Whether a value names a variable: it could, and no map may stand in its place."""
    if not _is_env(value):
        return False
    found = list(branches(schema, root))
    return any(map(_admits_scalar, found)) and not any(
        "properties" in each or "object" in _types(each) for each in found
    )


def takes_map(schema: Schema, root: Schema) -> bool:
    """Whether a map may stand here."""
    return any(
        "properties" in each or "object" in _types(each) or _says_nothing(each)
        for each in branches(schema, root)
    )


def is_secret(schema: Schema, root: Schema) -> bool:
    """Whether what stands here must not be written down."""
    return any(each.get("writeOnly") for each in branches(schema, root))


def schema_of(name: str, schema: Schema, root: Schema) -> Schema:
    """Return the schema of one entry of a map, an empty one if nothing is said of it."""
    for branch in branches(schema, root):
        properties = branch.get("properties", {})
        if name in properties:
            found: Schema = properties[name]
            return found
        if isinstance(branch.get("additionalProperties"), Mapping):
            others: Schema = branch["additionalProperties"]
            return others
    return {}


def _of_entries(schema: Schema, root: Schema) -> Schema:
    """Return the schema of the entries of a list, an empty one if nothing is said of them."""
    found = (each["items"] for each in branches(schema, root) if "items" in each)
    return next(found, {})


def branches(schema: Schema, root: Schema) -> Iterator[Schema]:
    """Yield a schema and all that it refers to or chooses from, references resolved."""
    waiting, seen = [schema], set[int]()
    while waiting:
        each = waiting.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        reference = each.get("$ref", "")
        if reference.startswith("#/$defs/"):
            name = reference.removeprefix("#/$defs/")
            waiting += [found] if (found := root.get("$defs", {}).get(name)) is not None else []
        for alternative in _ALTERNATIVES:
            waiting += each.get(alternative, ())


def _is_env(value: UserValue) -> bool:
    return isinstance(value, Mapping) and list(value) == [ENV] and isinstance(value[ENV], str)


def _properties(schema: Schema) -> Iterator[tuple[str, Schema]]:
    yield from schema.get("properties", {}).items()


def _types(schema: Schema) -> tuple[str, ...]:
    types = schema.get("type", ())
    return (types,) if isinstance(types, str) else tuple(types)


def _admits_scalar(schema: Schema) -> bool:
    if schema.keys() & {"enum", "const"}:
        return True
    return _says_nothing(schema) or bool(_SCALARS.intersection(_types(schema)))


def _says_nothing(schema: Schema) -> bool:
    """Whether a schema admits anything: one that only refers or chooses does not by itself."""
    return not _types(schema) and not schema.keys() & {"enum", "const", "$ref", *_ALTERNATIVES}
