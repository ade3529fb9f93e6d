"""Whether a value is of a declared type, elements included; if not, where it is not, and what was expected."""

from __future__ import annotations

import types
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    Final,
    Literal,
    NotRequired,
    Required,
    TypeAlias,
    TypeVar,
    Union,
    Unpack,
    get_args,
    get_origin,
    is_typeddict,
)

from treadle.types._own_types import own_type
from treadle_contract.lazy_dataclasses import dataclass

if TYPE_CHECKING:
    from treadle.types._dagster_type import DagsterType, TypeCheck

LOOKED_AT: Final = 10_000
"""How many elements of a value are looked at, from its beginning, with those of containers in it."""

#: A whole number is a float wherever Python's own type hints are read.
ALSO: Final[Mapping[type, tuple[type, ...]]] = {float: (int,), complex: (float, int)}
UNIONS: Final = (Union, types.UnionType)
_ROWS: Final = (list, tuple, deque)
_SETS: Final = (set, frozenset)
_MODULES: Final = ("builtins", "collections", "collections.abc")
_WRAPPERS: Final = (Required, NotRequired)
#: Whose objects in Annotated[…] say what a value must be.
_CONSTRAINING: Final = ("annotated_types", "pydantic", "pydantic_core")
_PAIR: Final = 2

#: Checks a value by a type of the user's, and says how that went.
Check: TypeAlias = "Callable[[DagsterType, object], TypeCheck]"


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A part of a value that is not what is expected there. `said` is why, where there is more to say."""

    place: str
    expected: Any
    got: object
    said: str = ""


def mismatch(
    value: object,
    declared: Any,
    *,
    name: str = "value",
    check: Check | None = None,
    holes: bool = False,
) -> Mismatch | None:
    """Return the first part of the value that is not of the type; None: there is none.

    What cannot be checked holds. `name` is what the value is called; `check` None: types of the
    user's hold. `holes`: None may stand for any element.
    """
    if declared is Any or (type(value) is declared and own_type(declared) is None):
        return None
    return _Look(check, holes).find(value, declared, name)


def is_instance(value: object, declared: type) -> bool:
    """Tell whether the value is an instance of the class, in the sense of annotations."""
    if declared.__module__ == "typing":  # TextIO, for one: no file is an instance of it
        return True
    try:
        return isinstance(value, (declared, *ALSO.get(declared, ())))
    except TypeError:  # a protocol, for one, that does not allow it
        return True


class _Look:
    """One look at a value. `left` is how many more elements it may look at."""

    __slots__ = ("check", "hints", "holes", "left")

    def __init__(self, check: Check | None, holes: bool) -> None:
        self.check = check
        self.holes = holes
        self.left = LOOKED_AT
        self.hints: dict[Any, Mapping[str, Any]] = {}

    def find(self, value: Any, declared: Any, place: str) -> Mismatch | None:
        own = own_type(declared)
        if own is not None:
            return self._by_own(value, own, place)
        if declared is None or isinstance(declared, type):
            return self._by_class(value, declared, place)
        origin = get_origin(declared)
        if origin is None:
            inner = _inner_of(declared)
            return None if inner is None else self.find(value, inner, place)
        if origin in UNIONS:
            return self._by_union(value, declared, place)
        return self._by_form(value, declared, origin, place)

    def _by_form(self, value: Any, declared: Any, origin: Any, place: str) -> Mismatch | None:
        args = get_args(declared)
        if origin is Annotated or origin in _WRAPPERS:
            found = self.find(value, args[0], place)
            return found or _unconstrained(value, args[0], args[1:], place)
        if origin is Literal:
            holds = any(type(value) is type(each) and value == each for each in args)
        elif origin is type:
            holds = _is_class_of(value, args[0] if args else Any)
        elif isinstance(origin, type):
            holds = is_instance(value, origin)
        else:
            return None
        if not holds:
            return Mismatch(place, declared, value)
        # `List` alone has none; `tuple[()]` has the empty tuple.
        has_parts = getattr(declared, "__args__", None) is not None
        is_looked_into = has_parts and isinstance(origin, type) and origin.__module__ in _MODULES
        return self._in(value, origin, args, place) if is_looked_into else None

    def _by_own(self, value: object, own: DagsterType, place: str) -> Mismatch | None:
        if self.check is None:
            return None
        told = self.check(own, value)
        return None if told.success else Mismatch(place, own, value, told.description or "")

    def _by_class(self, value: Any, declared: type | None, place: str) -> Mismatch | None:
        if declared is None:
            return None if value is None else Mismatch(place, declared, value)
        if is_typeddict(declared):
            return self._by_keys(value, declared, place)
        return None if is_instance(value, declared) else Mismatch(place, declared, value)

    def _by_keys(self, value: Any, declared: Any, place: str) -> Mismatch | None:
        if not isinstance(value, dict):
            return Mismatch(place, declared, value)
        hints = self.hints.get(declared)
        if hints is None:
            hints = self.hints[declared] = _hints_of(declared)
        for key in sorted(hints):
            if key not in value and _is_required(key, hints[key], declared):
                return Mismatch(place, declared, value, f"It has no key {key!r}.")
        parts = ((f"{place}[{key!r}]", value[key], hints[key]) for key in hints if key in value)
        return self._first(parts)

    def _by_union(self, value: object, declared: Any, place: str) -> Mismatch | None:
        found = []
        for each in get_args(declared):
            mismatched = self.find(value, each, place)
            if mismatched is None:
                return None
            found.append(mismatched)
        # Of one that is nearly right it is said what is wrong in it.
        inside = [each for each in found if each.place != place]
        return inside[0] if len(inside) == 1 else Mismatch(place, declared, value)

    def _in(self, value: Any, origin: type, args: tuple[Any, ...], place: str) -> Mismatch | None:
        if isinstance(value, dict):
            return self._in_dict(value, args, place)
        if isinstance(value, tuple) and origin is tuple and Ellipsis not in args:
            return self._in_tuple(value, args, place)
        if not isinstance(value, (*_ROWS, *_SETS)):
            return None
        part, left = args[0], self.left
        if self._all_of_class(islice(value, left), part):
            self.left -= min(left, len(value))
            return None
        if isinstance(value, _SETS):
            return self._first(
                (f"an element of {place}", each, part) for each in islice(value, left)
            )
        return self._first(
            (f"{place}[{at}]", each, part) for at, each in enumerate(islice(value, left))
        )

    def _in_tuple(
        self, value: tuple[Any, ...], args: tuple[Any, ...], place: str
    ) -> Mismatch | None:
        if any(getattr(each, "__unpacked__", False) or get_origin(each) is Unpack for each in args):
            return None
        args = () if args == ((),) else args
        if len(value) != len(args):
            said = f"It has {len(value)} of {len(args)} elements."
            return Mismatch(place, tuple[args], value, said)  # type: ignore[valid-type]  # made here
        parts = zip(value, args, strict=True)
        return self._first((f"{place}[{at}]", *each) for at, each in enumerate(parts))

    def _in_dict(self, value: dict[Any, Any], args: tuple[Any, ...], place: str) -> Mismatch | None:
        keys, values = args if len(args) == _PAIR else (args[0], Any)
        left = self.left
        if not self._all_of_class(islice(value, left), keys):
            told = ((f"the key {_key(key)} of {place}", key, keys) for key in value)
            found = self._first(told)
            if found is not None:
                return found
        if self._all_of_class(islice(value.values(), left), values):
            self.left -= min(left, len(value))
            return None
        return self._first((f"{place}[{_key(key)}]", each, values) for key, each in value.items())

    def _first(self, parts: Iterable[tuple[str, Any, Any]]) -> Mismatch | None:
        for place, part, declared in parts:
            if self.left <= 0:
                return None
            self.left -= 1
            if not (self.holes and part is None):
                found = self.find(part, declared, place)
                if found is not None:
                    return found
        return None

    def _all_of_class(self, parts: Iterator[Any], declared: Any) -> bool:
        """Tell whether the classes of the parts alone say that all are of the type."""
        classes = _classes_of(declared)
        if classes is None:
            return False
        if object in classes:
            return True
        if self.holes:
            classes = (*classes, types.NoneType)
        try:
            return all(issubclass(kind, classes) for kind in set(map(type, parts)))
        except TypeError:  # a protocol, for one, that does not allow it
            return False


def _key(key: object) -> str:
    """Return what a key is called in a place: what it looks like, if that is ours to ask."""
    is_plain = key is None or isinstance(key, str | int | float | bytes)
    return f"{key!r:.80}" if is_plain else f"<{type(key).__name__}>"


def _inner_of(declared: Any) -> Any:
    """Return what a NewType or a type variable is made of; None: it does not say."""
    if isinstance(declared, TypeVar):
        return declared.__bound__
    return getattr(declared, "__supertype__", None)


def _classes_of(declared: Any) -> tuple[type, ...] | None:
    """Return the classes of which one is enough, None where the class does not tell."""
    if declared is Any:
        return (object,)
    if declared is None:
        return (types.NoneType,)
    if get_origin(declared) in UNIONS:
        found = [_classes_of(each) for each in get_args(declared)]
        return None if None in found else tuple(cls for each in found for cls in each or ())
    if not isinstance(declared, type) or is_typeddict(declared) or own_type(declared) is not None:
        return None
    return (declared, *ALSO.get(declared, ()))


def _is_class_of(value: object, wanted: Any) -> bool:
    if not isinstance(value, type):
        return False
    return wanted is Any or not isinstance(wanted, type) or issubclass(value, wanted)


def _is_required(key: str, hint: Any, declared: Any) -> bool:
    # Of annotations that are text, the class itself takes no note of Required and NotRequired.
    said = get_origin(hint)
    return said is Required or (said is not NotRequired and key in declared.__required_keys__)


def _hints_of(declared: type) -> Mapping[str, Any]:
    from typing import get_type_hints  # noqa: PLC0415 -- what few types need

    try:
        return get_type_hints(declared, include_extras=True)
    except Exception:  # noqa: BLE001 -- the annotations are expressions of the user's, and only hints
        return {}


def _unconstrained(value: Any, declared: Any, said: Iterable[Any], place: str) -> Mismatch | None:
    """Return what breaks a bound that Annotated[…] states: Gt, Len and the like, or pydantic's Field."""
    for each in said:
        if type(each).__module__.partition(".")[0] not in _CONSTRAINING:
            continue
        for bound in (each, *(getattr(each, "metadata", None) or ())):
            broken = _broken(value, bound)
            if broken:
                return Mismatch(place, declared, value, f"It must be {broken}.")
    return None


def _broken(value: Any, bound: Any) -> str:
    for name, (holds, words) in _BOUNDS.items():
        limit = getattr(bound, name, None)
        if limit is not None and not _holds(holds, value, limit):
            return words.format(limit)
    return ""


def _holds(holds: Callable[[Any, Any], Any], value: Any, limit: Any) -> bool:
    try:
        return bool(holds(value, limit))
    except Exception:  # noqa: BLE001 -- what cannot be compared is not what the bound is about
        return True


def _matches(value: str, pattern: Any) -> bool:
    import re  # noqa: PLC0415 -- what few types need

    return re.search(pattern, value) is not None


_BOUNDS: Final[Mapping[str, tuple[Callable[[Any, Any], Any], str]]] = {
    "gt": (lambda value, limit: value > limit, "greater than {0!r}"),
    "ge": (lambda value, limit: value >= limit, "at least {0!r}"),
    "lt": (lambda value, limit: value < limit, "less than {0!r}"),
    "le": (lambda value, limit: value <= limit, "at most {0!r}"),
    "multiple_of": (lambda value, limit: value % limit == 0, "a multiple of {0!r}"),
    "min_length": (lambda value, limit: len(value) >= limit, "at least {0} long"),
    "max_length": (lambda value, limit: len(value) <= limit, "at most {0} long"),
    "pattern": (_matches, "text that matches {0!r}"),
}
