"""Config as plain data, and what a JSON Schema says of it. Pure, standard library alone.

`{"env": NAME}` in the place of a text, a number or a truth value stands for an environment
variable, which the step's process reads.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, TypeAlias

from treadle_contract.config_data import ENV, from_json
from treadle_contract.message import UserValue

Schema: TypeAlias = Mapping[str, Any]

NAMES: Final = "x-names"
"""Where a schema has the values of an enum's members by their names, which may be told instead."""

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
        return tuple(
            with_defaults(each, schema_of(index, schema, root), root)
            for index, each in enumerate(value)
        )
    if not isinstance(value, Mapping) or is_env(value, schema, root):
        return value
    filled = dict(value)
    fitting = list(_fitting(value, schema, root))
    for name, said in (entry for each in fitting for entry in each.get("properties", {}).items()):
        if name not in filled and "default" in said:
            default = from_json(said["default"])
            if not is_secret(said, root) or is_env(default, said, root):
                filled[name] = default
    return {
        name: with_defaults(each, _said_by(fitting, name), root) for name, each in filled.items()
    }


def with_variables(
    value: UserValue, schema: Schema, environment: Mapping[str, str], root: Schema | None = None
) -> UserValue:
    """Return a config with the text of each variable that it names in the place of its name, and the
    value of each member of an enum.

    Raises:
        MissingVariableError: one is not set.
    """
    root = schema if root is None else root
    if isinstance(value, tuple):
        return tuple(
            with_variables(each, schema_of(index, schema, root), environment, root)
            for index, each in enumerate(value)
        )
    if isinstance(value, str):
        return _member(value, schema, root)
    if not isinstance(value, Mapping):
        return value
    if is_env(value, schema, root):
        name = str(value[ENV])
        if name not in environment:
            raise MissingVariableError(name)
        return _member(environment[name], schema, root)
    return {
        name: with_variables(each, schema_of(name, schema, root), environment, root)
        for name, each in value.items()
    }


def variables_in(value: UserValue, schema: Schema, root: Schema | None = None) -> Iterator[str]:
    """Yield the names of the variables that `with_variables` would read."""
    root = schema if root is None else root
    if isinstance(value, tuple):
        for index, each in enumerate(value):
            yield from variables_in(each, schema_of(index, schema, root), root)
    elif isinstance(value, Mapping) and is_env(value, schema, root):
        yield str(value[ENV])
    elif isinstance(value, Mapping):
        for name, each in value.items():
            yield from variables_in(each, schema_of(name, schema, root), root)


def _member(value: str, schema: Schema, root: Schema) -> UserValue:
    """Return the value of the member of an enum that a text names, else the text."""
    for each in branches(schema, root):
        if value in each.get(NAMES, {}):
            return from_json(each[NAMES][value])
    return value


def unwrapped(told: UserValue, schema: Schema) -> UserValue:
    """Return values by name, of those that stand as {"value": …}, as Dagster has them, the value."""
    if not isinstance(told, Mapping):
        return told
    return {
        name: each["value"]
        if isinstance(each, Mapping)
        and list(each) == ["value"]
        and not _takes_such_maps(schema_of(name, schema, schema), schema)
        else each
        for name, each in told.items()
    }


def joined_schema(schemas: Mapping[str, Schema], required: Iterable[str]) -> Schema:
    """Return the schema of a map of these entries and no others."""
    definitions: dict[str, Any] = {}
    properties: dict[str, Any] = {}
    for name, schema in schemas.items():
        definitions |= schema.get("$defs", {})
        properties[name] = {key: each for key, each in schema.items() if key != "$defs"}
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
        **({"required": lacking} if (lacking := sorted(required)) else {}),
        **({"$defs": definitions} if definitions else {}),
    }


def _takes_such_maps(schema: Schema, root: Schema) -> bool:
    """Whether a map may stand here because a schema says so, and not because it says nothing."""
    return takes_map(schema, root) and not all(map(_says_nothing, branches(schema, root)))


def is_env(value: UserValue, schema: Schema, root: Schema) -> bool:
    """Whether a value names a variable: it could, and no map with such an entry may stand there."""
    if not _is_env(value):
        return False
    found = list(branches(schema, root))
    return any(map(_admits_scalar, found)) and not any(map(_may_have_env, found))


def takes_map(schema: Schema, root: Schema) -> bool:
    """Whether a map may stand here."""
    return any("object" in _types(each) or _says_nothing(each) for each in branches(schema, root))


def is_secret(schema: Schema, root: Schema) -> bool:
    """Whether what stands here must not be written down."""
    return any(each.get("writeOnly") for each in branches(schema, root))


def told_secrets(
    value: UserValue, schema: Schema, root: Schema, path: tuple[str, ...] = ()
) -> Iterator[tuple[str, ...]]:
    """Yield where a secret stands in a config as it is, and not as the name of a variable."""
    if is_secret(schema, root) and value is not None and not is_env(value, schema, root):
        yield path
    elif isinstance(value, Mapping | tuple):
        for name, each in value.items() if isinstance(value, Mapping) else enumerate(value):
            yield from told_secrets(each, schema_of(name, schema, root), root, (*path, str(name)))


def as_meant(value: UserValue, schema: Schema, root: Schema | None = None) -> UserValue:
    """Return a config in which `{word: {…}}`, as Dagster writes it, stands for a map that has the word where
    its class is told from others.
    """
    root = schema if root is None else root
    if isinstance(value, tuple):
        return tuple(
            as_meant(each, schema_of(index, schema, root), root) for index, each in enumerate(value)
        )
    if not isinstance(value, Mapping) or is_env(value, schema, root):
        return value
    told = _told_apart(value, schema, root)
    return {
        name: as_meant(each, schema_of(name, schema, root), root) for name, each in told.items()
    }


def _told_apart(
    value: Mapping[str, UserValue], schema: Schema, root: Schema
) -> Mapping[str, UserValue]:
    word, inner = next(iter(value.items()), ("", None))
    if len(value) != 1 or not isinstance(inner, Mapping):
        return value
    found = list(branches(schema, root))
    for each in found:
        said = each.get("discriminator", {})
        if word in said.get("mapping", ()) and not any(_admits(value, other) for other in found):
            return {said["propertyName"]: word, **inner}
    return value


def unknown_names(
    value: UserValue, schema: Schema, root: Schema | None = None, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], list[str]]]:
    """Yield where an entry stands in a config that no map there may have, and the names that it may."""
    root = schema if root is None else root
    if not isinstance(value, Mapping | tuple) or is_env(value, schema, root):
        return
    if isinstance(value, Mapping):
        value = _told_apart(value, schema, root)
    maps = [each for each in branches(schema, root) if "object" in _types(each)]
    is_closed = bool(maps) and all(each.get("additionalProperties") is False for each in maps)
    known = dict.fromkeys(name for each in maps for name in each.get("properties", {}))
    for name, each in value.items() if isinstance(value, Mapping) else enumerate(value):
        here = (*path, str(name))
        if isinstance(value, Mapping) and is_closed and name not in known:
            yield here, list(known)
        else:
            yield from unknown_names(each, schema_of(name, schema, root), root, here)


def schema_of(name: str | int, schema: Schema, root: Schema) -> Schema:
    """Return the schema of one entry of a map or a list, an empty one if nothing is said of it.

    Where alternatives differ, it is all that they say.
    """
    return _said_by(branches(schema, root), name)


def _said_by(found: Iterable[Schema], name: str | int) -> Schema:
    said = [
        each for branch in found for each in _of_entry(branch, name) if isinstance(each, Mapping)
    ]
    return said[0] if len(said) == 1 else {"anyOf": said} if said else {}


def _of_entry(branch: Schema, name: str | int) -> Iterator[Any]:
    """Yield what one schema says of an entry, itself and not what it refers to."""
    if isinstance(name, int):
        first = branch.get("prefixItems", ())
        yield first[name] if name < len(first) else branch.get("items")
        return
    properties = branch.get("properties", {})
    yield properties[name] if name in properties else branch.get("additionalProperties")
    yield from branch.get("patternProperties", {}).values()


def _fitting(value: Mapping[str, UserValue], schema: Schema, root: Schema) -> Iterator[Schema]:
    """Yield what holds for a map of all that a schema says: of alternatives, the one that fits.

    None, if several do: the class chooses then.
    """
    waiting = [schema]
    while waiting:
        each = waiting.pop()
        yield each
        waiting += (*_referred(each, root), *each.get("allOf", ()))
        for keyword in ("anyOf", "oneOf"):
            fitting = [
                other
                for other in each.get(keyword, ())
                if any(_admits(value, branch) for branch in branches(other, root))
            ]
            waiting += fitting if len(fitting) == 1 else ()


def _admits(value: Mapping[str, UserValue], schema: Schema) -> bool:
    """Whether a map has all that a schema wants by itself, and nothing that it forbids."""
    if "object" not in _types(schema):
        return False
    said = schema.get("properties", {})
    if schema.get("additionalProperties") is False and value.keys() - said.keys():
        return False
    return value.keys() >= set(schema.get("required", ())) and all(
        each.get("const", value[name]) == value[name]
        for name, each in said.items()
        if name in value
    )


def branches(schema: Schema, root: Schema) -> Iterator[Schema]:
    """Yield a schema and all that it refers to or chooses from, references resolved."""
    waiting, seen = [schema], set[int]()
    while waiting:
        each = waiting.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        waiting += _referred(each, root)
        for alternative in _ALTERNATIVES:
            waiting += each.get(alternative, ())


def _referred(schema: Schema, root: Schema) -> Iterator[Schema]:
    """Yield what a schema refers to, if it does."""
    name = schema.get("$ref", "").removeprefix("#/$defs/")
    if name in root.get("$defs", {}):
        yield root["$defs"][name]


def _is_env(value: UserValue) -> bool:
    return isinstance(value, Mapping) and list(value) == [ENV] and isinstance(value[ENV], str)


def _may_have_env(schema: Schema) -> bool:
    """Whether a map that a schema admits may have an entry "env"."""
    if "object" not in _types(schema):
        return False
    return ENV in schema.get("properties", {}) or schema.get("additionalProperties") is not False


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
