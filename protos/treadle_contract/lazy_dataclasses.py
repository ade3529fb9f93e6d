"""Dataclasses with slots, each of which compiles its `__init__` when the first instance is made.

A process of ours has a hundred such classes and makes instances of few: to compile the methods of
all is most of what our modules would take to import. A value is set by slot, not by name, in half
the time. To a type checker, to `dataclasses.fields` and to `dataclasses.replace` they are
dataclasses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from operator import attrgetter, ge, gt, le, lt
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from dataclasses import dataclass, field, replace

__all__ = ["compile_all", "dataclass", "defaults", "field", "field_names", "replace"]

_MISSING: Final = object()
_SAID: Final = "__fields_said__"
#: Of a class that is no plain subclass and checks nothing that it is made of: what sets each field of a copy.
_PUT: Final = "__fields_put__"
#: What compiles the `__init__` of a class that has made no instance yet.
_WAITING: Final[dict[type, Callable[[], None]]] = {}


class _Field:
    """What is said of one field, as `dataclasses.field` takes it."""

    __slots__ = ("compare", "default", "default_factory", "init", "kw_only", "repr")

    def __init__(
        self,
        *,
        default: Any = _MISSING,
        default_factory: Any = _MISSING,
        init: bool = True,
        repr: bool = True,
        compare: bool = True,
    ) -> None:
        self.default = default
        self.default_factory = default_factory
        self.init = init
        self.repr = repr
        self.compare = compare
        self.kw_only = False

    @property
    def is_required(self) -> bool:
        return self.default is _MISSING and self.default_factory is _MISSING


def compile_all() -> None:
    """Compile what would be compiled later, so that no process that is forked from this has to."""
    for compile_init in list(_WAITING.values()):
        compile_init()


def field_names(cls: type) -> tuple[str, ...] | None:
    """Return the names of a dataclass's fields, in order; None for a class that is none."""
    said = getattr(cls, _SAID, None)
    if said is None:
        said = getattr(cls, "__dataclass_fields__", None)
    return None if said is None else tuple(said)


def defaults(cls: type) -> dict[str, Any]:
    """Return the values that the fields of a dataclass have when they are not given, by name."""
    said: Mapping[str, Any] | None = getattr(cls, _SAID, None)
    missing: object = _MISSING
    if said is None:
        import dataclasses  # noqa: PLC0415 -- not what a start waits for

        said = {each.name: each for each in dataclasses.fields(cls)}
        missing = dataclasses.MISSING
    found = {}
    for name, each in said.items():
        if each.default is not missing:
            found[name] = each.default
        elif each.default_factory is not missing:
            found[name] = each.default_factory()
    return found


def _replace(value: Any, /, **changes: Any) -> Any:
    cls = type(value)
    said: Mapping[str, _Field] | None = getattr(cls, _SAID, None)
    if said is None:
        # A message of the contract has its own, which is fast.
        own = getattr(value, "__replace__", None)
        if own is not None:
            return own(**changes)
        import dataclasses  # noqa: PLC0415 -- not what a start waits for

        return dataclasses.replace(value, **changes)
    if _PUT not in vars(cls) or not said.keys() >= changes.keys():
        same = [name for name, each in said.items() if each.init and name not in changes]
        changes.update((name, getattr(value, name)) for name in same)
        return cls(**changes)
    # What is in the value was checked when it was made.
    copy = object.__new__(cls)
    for name, put in getattr(cls, _PUT):
        put(copy, changes[name] if name in changes else getattr(value, name))
    return copy


def _dataclass(  # noqa: PLR0913 -- the standard library's
    *,
    slots: bool,
    frozen: bool = False,
    kw_only: bool = False,
    init: bool = True,
    repr: bool = True,
    eq: bool = True,
    order: bool = False,
) -> Callable[[type], type]:
    assert slots, "values are set by slot"

    def make(plain: type) -> type:
        names = {k: v for k, v in vars(plain).items() if k not in ("__dict__", "__weakref__")}
        own = {name: _taken(names, name, kw_only=kw_only) for name in plain.__annotations__}
        said = {**getattr(plain, _SAID, {}), **own}
        compared = _getter(name for name, each in said.items() if each.compare)
        names = {
            **(_SHOWN if repr else {}),
            **(_equal_by(compared, frozen=frozen) if eq else {}),
            **(_ordered_by(compared) if order else {}),
            **(_FROZEN if frozen else {}),
            "__match_args__": tuple(name for name, each in said.items() if not each.kw_only),
            **names,
            _SAID: said,
            "__qualname__": plain.__qualname__,
            "__slots__": tuple(own),
            "__dataclass_fields__": _StandardFields(),
            "__dataclass_params__": _Params(frozen=frozen),
        }
        cls: type = type(plain)(plain.__name__, plain.__bases__, names)
        if not hasattr(cls, "__post_init__"):
            setattr(cls, _PUT, [(name, getattr(cls, name).__set__) for name in said])
        if init:
            _init_later(cls, said)
        return cls

    return make


if not TYPE_CHECKING:
    dataclass, field, replace = _dataclass, _Field, _replace


def _taken(names: dict[str, Any], name: str, *, kw_only: bool) -> _Field:
    given = names.pop(name, _MISSING)
    said = given if isinstance(given, _Field) else _Field(default=given)
    said.kw_only = kw_only
    return said


def _init_later(cls: Any, said: Mapping[str, _Field]) -> None:
    """Give a class an `__init__` that puts the real one into its place when it is called."""

    def compile_init() -> None:
        # Threads that come at once compile it twice; none goes on before it is in its place.
        if cls in _WAITING:
            cls.__init__ = _compiled_init(cls, said)
            _WAITING.pop(cls, None)

    def __init__(self: Any, /, *args: Any, **kwargs: Any) -> None:
        compile_init()
        cls.__init__(self, *args, **kwargs)

    _WAITING[cls] = compile_init
    cls.__init__ = __init__


def _compiled_init(cls: type, said: Mapping[str, _Field]) -> Callable[..., None]:
    known: dict[str, Any] = {"__name__": cls.__module__, "_MISSING": _MISSING}
    parameters = ["self"]
    lines: list[str] = []
    for name, each in said.items():
        known |= {
            f"_set_{name}": getattr(cls, name).__set__,
            f"_default_{name}": each.default,
            f"_make_{name}": each.default_factory,
        }
        if each.init:
            if each.kw_only and "*" not in parameters:
                parameters.append("*")
            parameters.append(name if each.is_required else f"{name}=_default_{name}")
        value = name if each.init else f"_default_{name}"
        if each.default_factory is not _MISSING:
            made = f"_make_{name}()"
            value = f"{made} if {name} is _MISSING else {name}" if each.init else made
        lines.append(f" _set_{name}(self, {value})")
    if hasattr(cls, "__post_init__"):
        lines.append(" self.__post_init__()")
    text = "\n".join([f"def __init__({', '.join(parameters)}):", *lines, " pass"])
    exec(text, known)  # noqa: S102 -- our own text, of names of attributes
    init: Callable[..., None] = known["__init__"]
    init.__qualname__ = f"{cls.__qualname__}.__init__"
    return init


def _getter(names: Iterable[str]) -> Callable[[Any], Any]:
    every = tuple(names)
    return attrgetter(*every) if every else type


def _equal_by(compared: Callable[[Any], Any], *, frozen: bool) -> dict[str, Any]:
    def __eq__(self: Any, other: object) -> Any:
        return compared(self) == compared(other) if type(other) is type(self) else NotImplemented

    def __hash__(self: Any) -> int:
        return hash(compared(self))

    return {"__eq__": __eq__, "__hash__": __hash__ if frozen else None}


def _ordered_by(compared: Callable[[Any], Any]) -> dict[str, Any]:
    def ordering(by: Callable[[Any, Any], Any]) -> Callable[[Any, object], Any]:
        def compare(self: Any, other: object) -> Any:
            return (
                by(compared(self), compared(other)) if type(other) is type(self) else NotImplemented
            )

        return compare

    return {f"__{by.__name__}__": ordering(by) for by in (lt, le, gt, ge)}


def _shown(self: Any) -> str:
    values = (f"{k}={getattr(self, k)!r}" for k, each in getattr(self, _SAID).items() if each.repr)
    return f"{type(self).__qualname__}({', '.join(values)})"


def _refuse_setting(self: Any, name: str, value: object) -> None:
    _refuse_frozen(self, name, "assign to")
    object.__setattr__(self, name, value)


def _refuse_deleting(self: Any, name: str) -> None:
    _refuse_frozen(self, name, "delete")
    object.__delattr__(self, name)


def _refuse_frozen(self: Any, name: str, what: str) -> None:
    """Refuse a field; of a plain subclass, all else is its own."""
    if _SAID in vars(type(self)) or name in getattr(self, _SAID):
        from dataclasses import FrozenInstanceError  # noqa: PLC0415 -- not what a start waits for

        raise FrozenInstanceError(f"cannot {what} field {name!r}")


def _state(self: Any) -> list[object]:
    return [getattr(self, name) for name in getattr(self, _SAID)]


def _set_state(self: Any, state: list[object]) -> None:
    for name, value in zip(getattr(self, _SAID), state, strict=True):
        object.__setattr__(self, name, value)


_SHOWN: Final = {"__repr__": _shown}
_FROZEN: Final = {
    "__setattr__": _refuse_setting,
    "__delattr__": _refuse_deleting,
    "__getstate__": _state,
    "__setstate__": _set_state,
}


class _Params:
    """What the standard library asks of a base class."""

    __slots__ = ("frozen",)

    def __init__(self, *, frozen: bool) -> None:
        self.frozen = frozen


class _StandardFields:
    """The fields as the standard library has them, for callers of its functions."""

    def __get__(self, instance: object, cls: type) -> Mapping[str, Any]:
        import dataclasses  # noqa: PLC0415 -- not what a start waits for

        said: Mapping[str, _Field] = getattr(cls, _SAID)
        described = []
        for name, each in said.items():
            given = {key: getattr(each, key) for key in _Field.__slots__}
            given = {key: value for key, value in given.items() if value is not _MISSING}
            kind = next(
                vars(base)["__annotations__"][name]
                for base in cls.__mro__
                if name in vars(base).get("__annotations__", ())
            )
            described.append((name, kind, dataclasses.field(**given)))
        made = dataclasses.make_dataclass(cls.__name__, described)
        found = {each.name: each for each in dataclasses.fields(made)}
        setattr(cls, "__dataclass_fields__", found)  # noqa: B010 -- mypy knows no such attribute
        return found
