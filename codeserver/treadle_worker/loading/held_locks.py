"""Locks that an import left: those it took and keeps, and those that all copies would share.

Threading's are looked for where the user's modules can reach them, those of multiprocessing in the
whole process. Nothing of the user's runs for it.
"""

from __future__ import annotations

import _thread
from collections.abc import Collection, Iterable, Iterator, Mapping
from types import CellType, FunctionType, ModuleType
from typing import Final, TypeAlias

from treadle._system import gc, read_bytes
from treadle_contract.lazy_dataclasses import dataclass
from treadle_worker.loading.origins import file_of

_LOCK: Final = _thread.LockType
_RLOCK: Final = type(_thread.RLock())
_CONTAINERS: Final[frozenset[type]] = frozenset({list, tuple, set, frozenset, dict, CellType})
# Whose objects are looked into, beside what classes of the user's make.
_LOOKED_INTO: Final = ("threading", "queue", "multiprocessing.synchronize")
# Of what is larger, or deeper in, nothing is said.
_MOST_OBJECTS: Final = 100_000
_LARGEST: Final = 10_000

# By which global, what, and whether it is something in that.
_Found: TypeAlias = "tuple[Global, object, bool]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Global:
    """A name of one of the user's modules."""

    name: str
    file: str

    def __str__(self) -> str:
        line = _line_of(self.name, self.file)
        return f"{self.name!r} at {self.file}:{line}" if line else f"{self.name!r} of {self.file}"


def reason_not_to_fork(modules: Mapping[str, object], users: Collection[str]) -> str:
    """Name a lock that copies of this process must not have, in one sentence; "": there is none.

    `modules` are those that are imported, usually `sys.modules`; `users` names the user's.
    """
    shared = kinds_of_multiprocessing(modules)
    for place, each, is_inside in _reachable(modules, users):
        if is_taken(each):
            name = f"a lock in {place}" if is_inside else f"the lock {place}"
            return (
                f"importing the code took {name} and never let go of it, so that an op which waits"
                " for it may hang: take it in the op"
            )
        if issubclass(type(each), shared):
            return _shared(each, f"in {place}" if is_inside else str(place))
    # Elsewhere, a library's own locks are taken for reasons of its own; but all would share these.
    for each in gc.get_objects() if shared else ():
        if issubclass(type(each), shared):
            return _shared(each, _holder(each))
    return ""


def kinds_of_multiprocessing(modules: Mapping[str, object]) -> tuple[type, ...]:
    """Return the classes of multiprocessing whose objects copies of a process would share."""
    synchronize = modules.get("multiprocessing.synchronize")
    kinds = (getattr(synchronize, name, None) for name in ("SemLock", "Condition", "Event"))
    return tuple(kind for kind in kinds if isinstance(kind, type))


def is_taken(lock: object) -> bool:
    """Whether it is a lock of threading, and somebody has it."""
    if type(lock) is _LOCK:
        return bool(_LOCK.locked(lock))
    # An RLock of C tells it in no other way before Python 3.14.
    return type(lock) is _RLOCK and repr(lock).startswith("<locked ")


def _shared(lock: object, place: str) -> str:
    name = f"the multiprocessing {type(lock).__name__} {place}".rstrip()
    return (
        f"importing the code made {name}, which step processes cannot share: one that is killed"
        " keeps it from all others for ever. Make it in the op, or in a resource"
    )


def _holder(lock: object) -> str:
    """Name the module in whose globals, or classes, something holds an object."""
    seen, held = {id(lock)}, [lock]
    for _ in range(4):
        above = [each for each in gc.get_referrers(*held) if id(each) not in seen]
        for each in above:
            if type(each) is dict and "__spec__" in each and "__name__" in each:
                return f"of module {each['__name__']}"
        seen |= {id(each) for each in above}
        held = [each for each in above if type(each) in _CONTAINERS or issubclass(type(each), type)]
        if not held:
            break
    return ""


def _reachable(modules: Mapping[str, object], users: Collection[str]) -> Iterator[_Found]:
    """Yield what the user's modules hold, however deep, with the global that leads to it."""
    names = {
        name: module
        for name in users
        if issubclass(type(module := modules.get(name)), ModuleType)
        and isinstance(module, ModuleType)
    }
    globals_of = {
        name: object.__getattribute__(module, "__dict__") for name, module in names.items()
    }
    seen = {id(each) for each in globals_of.values()}
    waiting: list[_Found] = [
        (Global(name=name, file=file_of(names[module]) or ""), value, False)
        for module, known in globals_of.items()
        for name, value in tuple(known.items())
        if not name.startswith("__")
    ]
    # The nearest first: what is found is named by the shortest way to it.
    for place, each, is_inside in waiting:
        if id(each) in seen:
            continue
        seen.add(id(each))
        yield place, each, is_inside
        if len(waiting) < _MOST_OBJECTS:
            waiting += [
                (place, inner, True) for inner in _inside(each, names) if gc.is_tracked(inner)
            ]


def _inside(each: object, names: Mapping[str, object]) -> Iterable[object]:
    kind = type(each)
    if kind in _CONTAINERS:
        # dict, list, set … know their size; a cell holds one thing.
        is_small = kind is CellType or len(each) <= _LARGEST  # type: ignore[arg-type]
        return gc.get_referents(each) if is_small else ()
    if kind is FunctionType:
        assert isinstance(each, FunctionType)
        # Not its globals, which are a module's.
        return (*(each.__closure__ or ()), each.__defaults__, each.__kwdefaults__)
    owner = each if issubclass(kind, type) else kind
    module = type.__getattribute__(owner, "__module__")
    if isinstance(module, str) and (module in names or module in _LOOKED_INTO):
        return gc.get_referents(each)
    return ()


def _line_of(name: str, file: str) -> int:
    """Return the line of a source file that first gives a global its value; 0: none is seen."""
    import ast  # noqa: PLC0415 -- few imports leave a lock, and a loader waits for no parser

    try:
        tree = ast.parse(read_bytes(file))
    except (OSError, SyntaxError, ValueError):
        return 0
    lines = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store)
    ]
    lines += [
        node.lineno
        for node in tree.body
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name == name
    ]
    return min(lines, default=0)
