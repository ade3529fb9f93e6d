"""How a value of the user's reads: what it is made of, with references to functions, classes and modules."""

from __future__ import annotations

import functools
import types
import typing
from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from pathlib import PurePath
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import TYPE_CHECKING, Any, Final

from treadle.config._env_var import EnvVar
from treadle.locations import canonical
from treadle.locations.digest import SCALARS
from treadle.locations.snapshot import SourceLine
from treadle.reach._by_text import BY_TEXT_MODULES
from treadle.reach._parts import Part

if TYPE_CHECKING:
    from treadle.reach._walk import Walk

_MOST_ITEMS: Final = 20_000
"""A larger value counts by the module that it is in."""
_REDUCED: Final = frozenset(
    [
        "datetime",
        "decimal",
        "fractions",
        "pathlib",
        "uuid",
        "re",
        "collections",
        "zoneinfo",
        "ipaddress",
        "array",
        "random",
    ]
)
"""Modules of the standard library whose objects are what they are pickled as."""


class _Opaque(Exception):
    """The content of a value cannot be told."""


class Values:
    """Writes values for one walk."""

    def __init__(self, walk: Walk) -> None:
        self._walk = walk
        self._count = 0

    def text(self, part: Part, value: object, module: str) -> str:
        """Return a value as text, `part` referring to what of the user's it holds."""
        self._count = 0
        try:
            return self._text(part, value, module, ())
        except (_Opaque, RecursionError):
            part.variables.update(variables_in(value))
            kind = canonical.write(type(value).__qualname__)
            if not module:
                return f'["opaque",{kind},{part.ref(self._walk.everything())}]'
            return f'["opaque",{kind},{part.ref(self._walk.module(module))}]'

    def _text(self, part: Part, value: object, module: str, path: tuple[int, ...]) -> str:  # noqa: PLR0911, PLR0912 -- a case a kind
        self._count += 1
        if self._count > _MOST_ITEMS:
            raise _Opaque
        kind: Any = type(value)
        if kind in SCALARS:
            return _joined(f'"{kind.__name__}"', SCALARS[kind](value))
        if id(value) in path:
            return f'["cycle",{path.index(id(value))}]'
        path = (*path, id(value))

        def say(each: object) -> str:
            return self._text(part, each, module, path)

        if kind in _CONTAINERS:
            return _joined(f'"{kind.__name__}"', *_CONTAINERS[kind](value, say))
        if issubclass(kind, type):
            return self._class(part, value, say)
        match value:
            case FunctionType():
                return self._function(part, value)
            case ModuleType():
                return self._module(part, value)
            case BuiltinFunctionType():
                owner = value.__self__
                bound = "" if owner is None or isinstance(owner, ModuleType) else say(owner)
                name = self._walk.owners.foreign(value.__module__ or "", value.__qualname__)
                return _joined('"builtin"', name, f'"{len(bound)}"', bound or "null")
            case MethodType():
                return _joined('"method"', say(value.__self__), say(value.__func__))
            case functools.partial():
                return _joined('"partial"', say(value.func), say(value.args), say(value.keywords))
            case staticmethod() | classmethod():
                return _joined(f'"{kind.__name__}"', say(value.__func__))
            case property():
                return _joined('"property"', say(value.fget), say(value.fset), say(value.fdel))
            case functools.cached_property():
                return _joined('"cached"', say(value.func))
            case EnvVar():
                part.variables.add(str(value))
                return canonical.write(["variable", str(value)])
            case Enum():
                return _joined('"enum"', say(kind), canonical.write(value.name))
            case SourceLine():
                return '"line"'
        if typing.get_origin(value) is not None:
            return _joined('"of"', say(typing.get_origin(value)), *map(say, typing.get_args(value)))
        return self._instance(part, value, say)

    def _function(self, part: Part, fn: FunctionType) -> str:
        if self._walk.owners.is_followed(fn):
            return part.ref(self._walk.function(fn))
        return self._walk.owners.foreign(fn.__module__ or "", fn.__qualname__)

    def _class(self, part: Part, value: Any, say: Callable[[object], str]) -> str:
        module = self._walk.owners.module_of(value)
        if module:
            return part.ref(self._walk.class_(value, module))
        return self._walk.owners.foreign(value.__module__, value.__qualname__)

    def _module(self, part: Part, value: ModuleType) -> str:
        module = self._walk.owners.user_module(value)
        if module:
            return part.ref(self._walk.module(module))
        if value.__name__.partition(".")[0] in BY_TEXT_MODULES:
            return part.ref(self._walk.everything())
        return self._walk.owners.foreign(value.__name__)

    def _instance(self, part: Part, value: object, say: Callable[[object], str]) -> str:
        kind: Any = type(value)
        wrapped = getattr(value, "__wrapped__", None) if kind.__module__ == "functools" else None
        if wrapped is not None:
            return _joined('"wrapped"', canonical.write(kind.__qualname__), say(wrapped))
        is_own = kind.__module__.partition(".")[0].startswith("treadle")
        if self._walk.owners.module_of(kind) or is_own:
            foreign = [each for each in kind.__mro__ if not self._is_known(each)]
            if foreign:
                raise _Opaque
            state = sorted((name, say(each)) for name, each in _state(value))
            told = (f"{canonical.write(name)}:{text}" for name, text in state)
            return _joined('"instance"', self._class(part, kind, say), *told)
        if kind.__module__.partition(".")[0] in _REDUCED or isinstance(value, PurePath):
            return _joined('"reduced"', *(say(each) for each in _reduced(value)))
        if kind in (types.MappingProxyType, types.SimpleNamespace):
            inside: Any = vars(value) if kind is types.SimpleNamespace else dict(value)  # type: ignore[call-overload]
            return _joined(f'"{kind.__name__}"', say(inside))
        if kind in (typing.TypeVar, typing.ForwardRef) or value is typing.Any:
            return canonical.write(["named", str(value)])
        raise _Opaque

    def _is_known(self, base: type) -> bool:
        top = base.__module__.partition(".")[0]
        is_plain = base is object or top in (
            "abc",
            "typing",
            "treadle",
            "pydantic",
            "enum",
            "collections",
        )
        return (
            is_plain
            or bool(self._walk.owners.module_of(base))
            or base.__module__.startswith("treadle")
        )


def variables_in(value: object) -> Iterator[str]:
    """Yield the names of the variables that stand in a value whose content cannot be told, as far as it opens."""
    waiting, seen = [value], {id(value): value}
    while waiting and len(seen) < _MOST_ITEMS:
        each = waiting.pop()
        if isinstance(each, EnvVar):
            yield str(each)
        if isinstance(each, FunctionType | ModuleType | type):
            continue
        inside = [item for _, item in _state(each)]
        if isinstance(each, Mapping):
            inside += [*each.keys(), *each.values()]
        elif isinstance(each, list | tuple | set | frozenset):
            inside += each
        for item in inside:
            if type(item) not in SCALARS and id(item) not in seen:
                seen[id(item)] = item
                waiting.append(item)


def _state(value: object) -> Iterator[tuple[str, object]]:
    own = getattr(value, "__dict__", None)
    if isinstance(own, dict):
        yield from own.items()
    for base in type(value).__mro__:
        slots = vars(base).get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            if name not in ("__dict__", "__weakref__") and not name.startswith("__pydantic"):
                with_name = f"_{base.__name__.lstrip('_')}{name}" if name.startswith("__") else name
                try:
                    yield name, object.__getattribute__(value, with_name)
                except AttributeError:
                    continue


def _reduced(value: object) -> Iterator[object]:
    try:
        reduced = value.__reduce_ex__(4)
    except Exception as error:
        raise _Opaque from error
    if isinstance(reduced, str):
        yield reduced
        return
    for each in reduced:
        yield list(each) if isinstance(each, Iterator) else each


def _joined(*texts: str) -> str:
    return f"[{','.join(texts)}]"


_CONTAINERS: Final[dict[type, Callable[[Any, Callable[[object], str]], list[str]]]] = {
    tuple: lambda value, say: [say(item) for item in value],
    list: lambda value, say: [say(item) for item in value],
    set: lambda value, say: sorted(say(item) for item in value),
    frozenset: lambda value, say: sorted(say(item) for item in value),
    dict: lambda value, say: [
        # In their order: who goes through it sees that.
        _joined(say(key), say(item))
        for key, item in value.items()
    ],
}
