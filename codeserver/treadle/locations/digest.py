"""Digests: what a code location is, as SHA-256 over canonical bytes and nothing else.

The same code gives the same digest in any folder, under any hash seed, with or without .pyc
and after it ran: no path, line number, address or iteration order of a set goes in.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Mapping
from enum import Enum
from types import (
    BuiltinFunctionType,
    CodeType,
    EllipsisType,
    FunctionType,
    MethodType,
    NoneType,
)
from typing import Any, TypeAlias

from treadle._system import hashlib, uncollected
from treadle.locations import canonical, details
from treadle.locations.canonical import Json
from treadle.locations.snapshot import (
    Asset,
    Block,
    Job,
    Manifest,
    Resource,
    Snapshot,
    SourceLine,
    Step,
)
from treadle_contract.lazy_dataclasses import field_names, replace

Definition: TypeAlias = Block | Step | Asset | Job | Resource


def code_digest(fn: Callable[..., object]) -> str:
    """Return the SHA-256 in hexadecimal of a callable's code and defaults.

    Wrappers made with functools.wraps or functools.partial contribute what they wrap. A
    default that is not plain data contributes the name of its type only.
    """
    return _sha256(_callable(fn, ()))


def bare_code_digest(fn: Callable[..., object]) -> str:
    """Return the same of the code alone: of defaults and bound arguments, only how many."""
    return _sha256(_without_values(_callable(fn, ())))


def value_digest(value: object) -> str:
    """Return the SHA-256 in hexadecimal of a default."""
    return _sha256(_value(value, ()))


def detail_digests(snapshot: Snapshot) -> dict[str, str]:
    """Return the SHA-256 in hexadecimal of each detail of a snapshot's definitions, by name."""
    return {
        name: _sha256(canonical.to_json(content))
        for name, content in details.details(snapshot, core=_core)
    }


def definition_digest(definition: Definition) -> str:
    """Return the SHA-256 in hexadecimal of one definition, its place in the source left out."""
    return _sha256(_bare(definition))


@uncollected()
def seal(
    snapshot: Snapshot, *, files: Mapping[str, str], distributions: Mapping[str, str]
) -> Snapshot:
    """Return the snapshot with Python's version, the whole manifest and its digests set.

    `files` maps module names to SHA-256 of their source, `distributions` names to versions.
    Warnings and source lines have no part in the digests.
    """
    manifest = replace(snapshot.manifest, files=dict(files), distributions=dict(distributions))
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    filled = replace(snapshot, python_version=version, manifest=manifest, digest="", core_digest="")
    digest, core_digest = _snapshot_digest(filled, _bare), _snapshot_digest(_core_of(filled), _core)
    _taken.clear()
    return replace(filled, digest=digest, core_digest=core_digest)


def _core_of(snapshot: Snapshot) -> Snapshot:
    """Leave of a snapshot what steps rest on; its definitions are as they are."""
    manifest = snapshot.manifest
    left = Manifest(code=manifest.code, files=manifest.files, distributions=manifest.distributions)
    return replace(snapshot, jobs=(), manifest=left)


def _snapshot_digest(snapshot: Snapshot, taken: Callable[[Any], Json]) -> str:
    parts: dict[str, tuple[Any, ...]] = {
        "blocks": snapshot.blocks,
        "steps": snapshot.steps,
        "assets": snapshot.assets,
        "jobs": snapshot.jobs,
    }
    rest = canonical.to_json(
        replace(snapshot, warnings=(), generator_states=(), blocks=(), steps=(), assets=(), jobs=())
    )
    assert isinstance(rest, dict)
    return _sha256(
        {**rest, **{name: [taken(each) for each in part] for name, part in parts.items()}}
    )


#: Definitions as JSON, by identity: each goes into several digests and is taken apart once.
_taken: dict[int, tuple[Definition, dict[str, Json]]] = {}


def _bare(definition: Definition) -> dict[str, Json]:
    """Return a definition as JSON, its place in the source left out."""
    known = _taken.get(id(definition))
    if known is not None and known[0] is definition:
        return known[1]
    data = canonical.to_json(definition)
    assert isinstance(data, dict)
    if not isinstance(definition, Resource):
        data["source"] = None
    _taken[id(definition)] = definition, data
    return data


def _core(definition: Block | Step | Asset | Job) -> Json:
    """Return `details.core` of a definition as JSON."""
    kind: type = type(definition)
    return _bare(definition) | _blank(kind)


@functools.cache
def _blank(kind: type) -> dict[str, Json]:
    data = canonical.to_json(details.FREE[kind])
    assert isinstance(data, dict)
    return data


def _sha256(data: Json) -> str:
    return hashlib.sha256(canonical.dumps(data)).hexdigest()


def _callable(fn: object, path: tuple[int, ...]) -> Json:
    """Describe a callable: the functions it is made of, each with code and defaults."""
    if id(fn) in path:
        return ["cycle"]
    path = (*path, id(fn))
    match fn:
        case functools.partial():
            bound = [_value(fn.args, path), _value(fn.keywords, path)]
            return ["partial", _callable(fn.func, path), *bound]
        case MethodType():
            return ["method", _callable(fn.__func__, path)]
        case FunctionType():
            return ["function", *_function(fn, path)]
        case type() | BuiltinFunctionType():
            return ["named", _name(fn)]
    call = vars(type(fn)).get("__call__")
    return ["object", _name(type(fn)), None if call is None else _callable(call, path)]


def _function(fn: FunctionType, path: tuple[int, ...]) -> list[Json]:
    wrapped = getattr(fn, "__wrapped__", None)
    return [
        _code(fn.__code__),
        _value(fn.__defaults__, path),
        _value(fn.__kwdefaults__, path),
        None if wrapped is None else _callable(wrapped, path),
    ]


def _code(code: CodeType) -> Json:
    """Describe a code object field by field.

    `co_code` gives the bytecode as compiled: what the interpreter specialised in place while
    the code ran is undone by it. Names of the function, its file and its lines stay out.
    """
    return {
        "argcount": code.co_argcount,
        "posonlyargcount": code.co_posonlyargcount,
        "kwonlyargcount": code.co_kwonlyargcount,
        "flags": code.co_flags,
        "bytecode": code.co_code.hex(),
        "exceptions": code.co_exceptiontable.hex(),
        "names": list(code.co_names),
        "varnames": list(code.co_varnames),
        "freevars": list(code.co_freevars),
        "cellvars": list(code.co_cellvars),
        "constants": [_value(constant, ()) for constant in code.co_consts],
    }


def _without_values(described: Json) -> Json:
    """Blank what a described callable has by way of defaults and bound arguments."""
    match described:
        case ["function", code, list(defaults), list(keywords), wrapped]:
            counts = [_count(defaults), _count(keywords)]
            return ["function", code, *counts, _without_values(wrapped)]
        case ["partial", inner, list(arguments), list(keywords)]:
            return ["partial", _without_values(inner), _count(arguments), _count(keywords)]
        case ["method" as kind, inner]:
            return [kind, _without_values(inner)]
        case ["object" as kind, name, call]:
            return [kind, name, _without_values(call)]
    return described


def _count(described: list[Json]) -> int:
    """Return how many elements a described container has; None, where there are none, has none."""
    return 0 if described[0] == NoneType.__name__ else len(described) - 1


def _value(value: object, path: tuple[int, ...]) -> Json:
    """Describe a constant or default with a tag for its type, so that 1, 1.0 and True differ.

    Exact types only: a subclass may carry more than the value that it prints as.
    """
    describe_scalar = _SCALARS.get(type(value))
    if describe_scalar is not None:
        return [type(value).__name__, describe_scalar(value)]
    if id(value) in path:
        return ["cycle"]
    describe_container = _CONTAINERS.get(type(value))
    if describe_container is not None:
        return [type(value).__name__, *describe_container(value, (*path, id(value)))]
    return _instance(value, path)


def _instance(value: object, path: tuple[int, ...]) -> Json:
    match value:
        case Enum():
            return ["enum", _name(type(value)), value.name]
        case type() | FunctionType() | MethodType() | BuiltinFunctionType() | functools.partial():
            return _callable(value, path)
    names = field_names(type(value))
    if names is not None and not isinstance(value, SourceLine):
        path = (*path, id(value))
        items = [[name, _value(getattr(value, name), path)] for name in names]
        return ["dataclass", _name(type(value)), *items]
    return ["object", _name(type(value))]


def _sorted(items: list[Json]) -> list[Json]:
    return sorted(items, key=canonical.dumps)


_SCALARS: Mapping[type, Callable[[Any], Json]] = {
    NoneType: lambda _: None,
    EllipsisType: lambda _: None,
    bool: lambda value: value,
    str: lambda value: value,
    int: hex,
    float: float.hex,
    complex: lambda value: [value.real.hex(), value.imag.hex()],
    bytes: bytes.hex,
    bytearray: bytearray.hex,
    CodeType: _code,
}

_CONTAINERS: Mapping[type, Callable[[Any, tuple[int, ...]], list[Json]]] = {
    tuple: lambda value, path: [_value(item, path) for item in value],
    list: lambda value, path: [_value(item, path) for item in value],
    set: lambda value, path: _sorted([_value(item, path) for item in value]),
    frozenset: lambda value, path: _sorted([_value(item, path) for item in value]),
    dict: lambda value, path: _sorted(
        [[_value(key, path), _value(item, path)] for key, item in value.items()]
    ),
}


def _name(thing: type | BuiltinFunctionType) -> str:
    return f"{thing.__module__}.{thing.__qualname__}"
