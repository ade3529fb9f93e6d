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
from typing import Any, Final, TypeAlias

from treadle._system import hashlib
from treadle.locations import canonical, details
from treadle.locations.canonical import Json
from treadle.locations.snapshot import (
    Asset,
    AssetCheck,
    Block,
    Job,
    Manifest,
    Resource,
    Snapshot,
    SourceLine,
    Step,
)
from treadle.locations.tables import PARTS, Packed, written
from treadle_contract.lazy_dataclasses import field_names, replace

Definition: TypeAlias = Block | Step | Asset | Job | Resource | AssetCheck


def code_digest(fn: Callable[..., object]) -> str:
    """Return the SHA-256 in hexadecimal of a callable's code and defaults.

    Wrappers made with functools.wraps or functools.partial contribute what they wrap. A
    default that is not plain data contributes the name of its type only.
    """
    return code_digests(fn)[0]


def code_digests(fn: Callable[..., object]) -> tuple[str, str]:
    """Return that, and the same of the code alone: of defaults and bound arguments, only how many."""
    whole, bare = _callable(fn, ())
    return _sha256(whole), _sha256(bare)


def value_digest(value: object) -> str:
    """Return the SHA-256 in hexadecimal of a default."""
    return _sha256(_value(value, ()))


def definition_digest(definition: Definition) -> str:
    """Return the SHA-256 in hexadecimal of one definition, its place in the source left out."""
    return _sha256(canonical.write(_bare(definition)))


def definition_digests(snapshot: Snapshot) -> dict[str, str]:
    """Return the SHA-256 in hexadecimal of each definition of a snapshot, by name."""
    named: list[tuple[str, Definition]] = [
        *((f"block {block.name}", block) for block in snapshot.blocks),
        *((f"asset {asset.key}", asset) for asset in snapshot.assets),
        *((f"check {check.text}", check) for check in snapshot.checks),
        *((f"job {job.name}", job) for job in snapshot.jobs),
        *((_resource_name(resource), resource) for resource in snapshot.resources),
    ]
    return {name: definition_digest(each) for name, each in named}


def _resource_name(resource: Resource) -> str:
    return f"resource {resource.key}" + (f" of job {resource.job}" if resource.job else "")


def detail_digests(snapshot: Snapshot) -> dict[str, str]:
    """Return the SHA-256 in hexadecimal of each detail of a snapshot's definitions, by name."""
    digests = {}
    for name, content in details.details(snapshot, core=_core):
        # The steps of a block are JSON already.
        data = content if isinstance(content, list) else canonical.to_json(content)
        digests[name] = _sha256(canonical.write(data))
    return {**digests, **snapshot.manifest.values}


def named_digests(snapshot: Snapshot) -> dict[str, str]:
    """Return definitions, ops and details together, each under a name of its own."""
    ops = {f"op {node}": found for node, found in snapshot.manifest.ops.items()}
    return {**definition_digests(snapshot), **ops, **detail_digests(snapshot)}


def seal(snapshot: Snapshot, packed: Packed) -> Snapshot:
    """Return the snapshot, whose definitions were packed, with Python's version and its digests set.

    Warnings and source lines have no part in the digests.
    """
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    manifest = snapshot.manifest
    core = Manifest(code=manifest.code, files=manifest.files, distributions=manifest.distributions)
    return replace(
        snapshot,
        python_version=version,
        digest=_sealed(version, manifest, written(packed, _NO_PLACES)),
        core_digest=_sealed(version, core, written({**packed, "jobs": {}}, _CORE)),
    )


def _sealed(version: str, manifest: Manifest, definitions: str) -> str:
    return _sha256("\n".join((version, canonical.write(canonical.to_json(manifest)), definitions)))


_NO_PLACES: Final = dict.fromkeys(PARTS, ("source",))
_CORE: Final = {part: ("source", *details.FREE.get(of, ())) for part, of in PARTS.items()}


def _bare(definition: Definition) -> dict[str, Json]:
    """Return a definition as JSON, its place in the source left out."""
    data = canonical.to_json(definition)
    assert isinstance(data, dict)
    if not isinstance(definition, Resource):
        data["source"] = None
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


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def _callable(fn: object, path: tuple[int, ...]) -> tuple[str, str]:
    """Describe a callable: the functions it is made of, each with code and defaults.

    Return that, and the same without values, each as canonical JSON.
    """
    if id(fn) in path:
        return '["cycle"]', '["cycle"]'
    path = (*path, id(fn))
    match fn:
        case FunctionType():
            return _function(fn, path)
        case functools.partial():
            whole, bare = _callable(fn.func, path)
            bound = f"{_value(fn.args, path)},{_value(fn.keywords, path)}"
            counts = f"{len(fn.args)},{len(fn.keywords)}"
            return f'["partial",{whole},{bound}]', f'["partial",{bare},{counts}]'
        case MethodType():
            whole, bare = _callable(fn.__func__, path)
            return f'["method",{whole}]', f'["method",{bare}]'
        case type() | BuiltinFunctionType():
            named = f'["named",{canonical.write(_name(fn))}]'
            return named, named
    call = vars(type(fn)).get("__call__")
    whole, bare = ("null", "null") if call is None else _callable(call, path)
    kind = canonical.write(_name(type(fn)))
    return f'["object",{kind},{whole}]', f'["object",{kind},{bare}]'


def _function(fn: FunctionType, path: tuple[int, ...]) -> tuple[str, str]:
    code, defaults, keywords = code_text(fn.__code__), fn.__defaults__, fn.__kwdefaults__
    wrapped = getattr(fn, "__wrapped__", None)
    whole, bare = ("null", "null") if wrapped is None else _callable(wrapped, path)
    values = f"{_value(defaults, path)},{_value(keywords, path)}"
    counts = f"{len(defaults or ())},{len(keywords or ())}"
    return f'["function",{code},{values},{whole}]', f'["function",{code},{counts},{bare}]'


def code_text(code: CodeType) -> str:
    """Describe a code object field by field.

    `co_code` gives the bytecode as compiled: what the interpreter specialised in place while
    the code ran is undone by it. Names of the function, its file and its lines stay out.
    """
    constants = ",".join([_value(constant, ()) for constant in code.co_consts])
    return (
        f'{{"argcount":{code.co_argcount},"bytecode":"{code.co_code.hex()}"'
        f',"cellvars":{_texts(code.co_cellvars)},"constants":[{constants}]'
        f',"exceptions":"{code.co_exceptiontable.hex()}","flags":{code.co_flags}'
        f',"freevars":{_texts(code.co_freevars)},"kwonlyargcount":{code.co_kwonlyargcount}'
        f',"names":{_texts(code.co_names)},"posonlyargcount":{code.co_posonlyargcount}'
        f',"varnames":{_texts(code.co_varnames)}}}'
    )


def _texts(texts: tuple[str, ...]) -> str:
    if not texts:
        return "[]"
    # Names of variables, nearly always: nothing in them is escaped.
    joined = '","'.join(texts)
    if joined.isascii() and joined.replace('","', "").replace(".", "_").isidentifier():
        return f'["{joined}"]'
    return canonical.write(texts)


def _value(value: object, path: tuple[int, ...]) -> str:
    """Describe a constant or default with a tag for its type, so that 1, 1.0 and True differ.

    Exact types only: a subclass may carry more than the value that it prints as.
    """
    kind = type(value)
    describe_scalar = SCALARS.get(kind)
    if describe_scalar is not None:
        return f'["{kind.__name__}",{describe_scalar(value)}]'
    if id(value) in path:
        return '["cycle"]'
    describe_container = _CONTAINERS.get(kind)
    if describe_container is not None:
        return _joined(f'"{kind.__name__}"', *describe_container(value, (*path, id(value))))
    return _instance(value, path)


def _instance(value: object, path: tuple[int, ...]) -> str:
    kind = canonical.write(_name(type(value)))
    match value:
        case Enum():
            return _joined('"enum"', kind, canonical.write(value.name))
        case type() | FunctionType() | MethodType() | BuiltinFunctionType() | functools.partial():
            return _callable(value, path)[0]
    names = field_names(type(value))
    if names is not None and not isinstance(value, SourceLine):
        path = (*path, id(value))
        items = (
            _joined(canonical.write(name), _value(getattr(value, name), path)) for name in names
        )
        return _joined('"dataclass"', kind, *items)
    return _joined('"object"', kind)


def _joined(*texts: str) -> str:
    return f"[{','.join(texts)}]"


#: The JSON of each, as text.
SCALARS: Mapping[type, Callable[[Any], str]] = {
    NoneType: lambda _: "null",
    EllipsisType: lambda _: "null",
    bool: lambda value: "true" if value else "false",
    str: canonical.write,
    int: lambda value: f'"{value:#x}"',
    float: lambda value: f'"{value.hex()}"',
    complex: lambda value: f'["{value.real.hex()}","{value.imag.hex()}"]',
    bytes: lambda value: f'"{value.hex()}"',
    bytearray: lambda value: f'"{value.hex()}"',
    CodeType: code_text,
}

_CONTAINERS: Mapping[type, Callable[[Any, tuple[int, ...]], list[str]]] = {
    tuple: lambda value, path: [_value(item, path) for item in value],
    list: lambda value, path: [_value(item, path) for item in value],
    set: lambda value, path: sorted(_value(item, path) for item in value),
    frozenset: lambda value, path: sorted(_value(item, path) for item in value),
    dict: lambda value, path: sorted(
        _joined(_value(key, path), _value(item, path)) for key, item in value.items()
    ),
}


def _name(thing: type | BuiltinFunctionType) -> str:
    return f"{thing.__module__}.{thing.__qualname__}"
