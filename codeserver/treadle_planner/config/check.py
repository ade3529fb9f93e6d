"""Config held against its JSON Schema: each thing that is wrong with it, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from jsonschema import Draft202012Validator, ValidationError
from jsonschema.validators import extend

from treadle.config.values import (
    Schema,
    branches,
    is_env,
    is_secret,
    schema_of,
    takes_map,
    told_secrets,
)
from treadle_contract.config_data import as_json, from_json
from treadle_contract.message import UserValue
from treadle_contract.suggestions import nearest
from treadle_planner.config.places import Path, Problem

_LONGEST: Final = 80


def problems_of(path: Path, value: UserValue, schema: Schema) -> list[Problem]:
    """Return what is wrong with a config at a place, in the order of its paths."""
    if value is None and not takes_map(schema, schema):
        return [Problem(path=path, problem=f"it must be given: {_expected(schema, schema)}")]
    validator = _VALIDATOR(schema)
    found = [*_told_secrets(path, value, schema)]
    for error in sorted(validator.iter_errors(as_json(value)), key=lambda each: each.json_path):
        found += _problems(path, error, schema)
    return found


# Any: jsonschema says of its errors' parts that they may be unset, which none of these is.
def _problems(path: Path, error: Any, root: Schema) -> Iterator[Problem]:
    at = (*path, *map(str, error.absolute_path))
    match error.validator:
        case "required":
            lacking = [name for name in error.validator_value if name not in error.instance]
            # jsonschema gives an error for each; the name is in its message alone.
            for name in lacking:
                if error.message.startswith(repr(name)):
                    kind = _expected(schema_of(name, error.schema, root), root)
                    yield Problem(path=(*at, name), problem=f"it must be given: {kind}")
        case "additionalProperties":
            known = error.schema.get("properties", {})
            for name in (each for each in error.instance if each not in known):
                yield Problem(
                    path=(*at, name),
                    problem=f"there is no {name!r} here; there is {', '.join(known) or 'nothing'}",
                    suggestions=tuple(nearest(name, known)),
                )
        case "anyOf" | "oneOf" if inside := _meant(error):
            for each in inside:
                yield from _problems(path, each, root)
        case _:
            secret = _has_secret(from_json(error.instance), error.schema, root)
            got = "a value" if secret else _shown(error.instance)
            yield Problem(path=at, problem=f"expected {_wanted(error, root)}, got {got}")


def _meant(error: Any) -> list[Any]:
    """Return what is wrong with a map by the one alternative that can be meant; none, if several can.

    Meant is the one that takes maps and whose fixed words, as those that tell classes apart, are there.
    """
    alternatives: dict[int, list[Any]] = {}
    for each in error.context:
        alternatives.setdefault(each.schema_path[0], []).append(each)
    near = [
        found
        for found in alternatives.values()
        if not any(
            each.validator == "const" or (each.validator == "type" and not each.path)
            for each in found
        )
    ]
    return near[0] if len(near) == 1 and isinstance(error.instance, dict | list) else []


def _wanted(error: Any, root: Schema) -> str:
    if error.validator in ("minProperties", "maxProperties"):
        return f"just one of {', '.join(error.schema.get('properties', {}))}"
    if "discriminator" in error.schema:
        said = error.schema["discriminator"]
        choices = ", ".join(map(repr, said["mapping"]))
        return f"a map whose {said['propertyName']!r} is one of {choices}"
    words = _BOUNDS.get(str(error.validator))
    return _expected(error.schema, root) if words is None else words.format(error.validator_value)


#: What a value must be, by the keyword of JSON Schema that says so.
_BOUNDS: Final[Mapping[str, str]] = {
    "minimum": "a number from {} on",
    "maximum": "a number up to {}",
    "exclusiveMinimum": "a number above {}",
    "exclusiveMaximum": "a number below {}",
    "multipleOf": "a multiple of {}",
    "pattern": "text like {}",
    "minLength": "text of at least {} characters",
    "maxLength": "text of at most {} characters",
    "minItems": "at least {} entries",
    "maxItems": "at most {} entries",
}


def _expected(schema: Schema, root: Schema) -> str:
    """Say what may stand where a schema holds."""
    if is_secret(schema, root):
        return 'the name of a variable, {"env": NAME}'
    words = dict.fromkeys(word for each in branches(schema, root) if (word := _word(each)))
    return " or ".join(words) or "any value"


def _word(schema: Schema) -> str:
    if "enum" in schema:
        return "one of " + ", ".join(map(_shown, schema["enum"]))
    if "const" in schema:
        return _shown(schema["const"])
    kind = schema.get("type")
    return _WORDS.get(kind, kind) if isinstance(kind, str) else ""


_WORDS: Final[Mapping[str, str]] = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a map",
    "null": "null",
}


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _has_secret(value: UserValue, schema: Schema, root: Schema) -> bool:
    return next(told_secrets(value, schema, root), None) is not None


def _told_secrets(path: Path, value: UserValue, schema: Schema) -> Iterator[Problem]:
    """Yield each secret that stands in a config as it is: it would be written down."""
    for inside in told_secrets(value, schema, schema):
        yield Problem(
            path=(*path, *inside),
            problem='it is a secret, which the run would write down: give {"env": NAME}, the name'
            " of a variable that holds it where steps run",
        )


def _type(validator: Any, types: Any, instance: Any, schema: Schema) -> Iterator[ValidationError]:
    """Accept a variable where a text, a number or a truth value may stand."""
    if not is_env(from_json(instance), schema, schema):
        yield from Draft202012Validator.VALIDATORS["type"](validator, types, instance, schema)


def _unless_variable(keyword: str) -> Any:
    check = Draft202012Validator.VALIDATORS[keyword]

    def checked(validator: Any, said: Any, instance: Any, schema: Schema) -> Iterator[Any]:
        if not is_env(from_json(instance), schema, schema):
            yield from check(validator, said, instance, schema)

    return checked


_VALIDATOR: Final = extend(  # type: ignore[no-untyped-call]
    Draft202012Validator,
    {"type": _type, "enum": _unless_variable("enum"), "const": _unless_variable("const")},
)
