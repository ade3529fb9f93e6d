"""Walks from an op over all of the user's that it may read, live objects where there are any.

What cannot be followed name by name counts as a whole: a module that is handed on or asked for a name
at run time, an object whose content cannot be told, and all files where code is found by its text.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from functools import lru_cache
from types import CodeType, FunctionType, ModuleType
from typing import Any, Final

from treadle._system import read_bytes
from treadle.locations import canonical
from treadle.locations.digest import SCALARS, code_text
from treadle.reach._by_text import BY_TEXT, BY_TEXT_MODULES, HARMLESS
from treadle.reach._names import (
    Chain,
    Imported,
    Names,
    has_import,
    names_of_code,
    names_of_tree,
    plain_names,
)
from treadle.reach._owners import OWN, Owners
from treadle.reach._parts import Part
from treadle.reach._values import Values

_PLACES: Final = frozenset(
    [
        "__file__",
        "__name__",
        "__path__",
        "__spec__",
        "__loader__",
        "__cached__",
        "__package__",
        "__doc__",
        "__builtins__",
    ]
)
"""What says where a module lies: moving a file changes no meaning."""
_OF_CLASSES: Final = frozenset(
    [
        "__module__",
        "__dict__",
        "__weakref__",
        "__doc__",
        "__annotations__",
        "__qualname__",
        "__firstlineno__",
    ]
)
_METHODS: Final = (staticmethod, classmethod)


# A process that runs one thing after the other, as a suite of tests does, reads what it was written in once.
_parsed = lru_cache(maxsize=2048)(ast.parse)
_dumped = lru_cache(maxsize=8192)(ast.dump)
_names_in = lru_cache(maxsize=8192)(names_of_tree)
_names_of = lru_cache(maxsize=8192)(names_of_code)


@lru_cache(maxsize=8192)
def _chains_of(annotation: str) -> tuple[Chain, ...]:
    """Return the names that an annotation is written with; none if it is no Python."""
    try:
        tree = ast.parse(annotation, mode="eval")
    except SyntaxError:
        return ()
    return tuple(sorted(names_of_tree(tree).chains))


class Walk:
    """Finds parts, each once. `files` maps the user's modules to SHA-256 of their source."""

    def __init__(self, files: Mapping[str, str], distributions: Mapping[str, str]) -> None:
        self.owners = Owners(files, distributions)
        self._parts: dict[Hashable, Part] = {}
        self._waiting: list[tuple[Part, Callable[[Part], None]]] = []
        self._trees: dict[str, ast.Module | None] = {}
        self._values = Values(self)
        self._alive: list[object] = []

    @property
    def parts(self) -> Iterable[Part]:
        """All that was found."""
        return self._parts.values()

    def root(self, name: str, describe: Callable[[Part], None], of: object = None) -> Part:
        """Return a part that something is reached from, and find all that it reaches.

        `of` is what it describes, where several of one name may be.
        """
        self._alive.append(of)
        part = self._part(("root", name, id(of)), name, describe)
        while self._waiting:
            found, say = self._waiting.pop()
            try:
                say(found)
            except Exception:  # noqa: BLE001 -- an object of the user's may raise whatever it is asked
                found.text = f"unknown:{found.ref(self.everything())}"
        return part

    def is_plain(self, fn: object) -> bool:
        """Tell whether a function is all that it reaches: the digest of its code says all of it."""
        if not isinstance(fn, FunctionType) or not self.owners.module_of(fn):
            return False
        if fn.__closure__ or fn.__defaults__ or fn.__kwdefaults__ or vars(fn):
            return False
        if any(
            isinstance(said, str) or not self._is_foreign(said)
            for said in fn.__annotations__.values()
        ):
            return False
        names = fn.__globals__
        is_free = not any(each in names or each in BY_TEXT for each in plain_names(fn.__code__))
        return is_free and not has_import(fn.__code__)

    def _is_foreign(self, said: object) -> bool:
        return said is None or (isinstance(said, type) and not self.owners.module_of(said))

    def value(self, part: Part, value: object, module: str) -> str:
        """Describe a value that `part` has; `module` counts as a whole where it cannot be told."""
        return self._values.text(part, value, module)

    def _part(self, key: Hashable, name: str, describe: Callable[[Part], None]) -> Part:
        found = self._parts.get(key)
        if found is None:
            found = self._parts[key] = Part(number=len(self._parts), name=name)
            self._waiting.append((found, describe))
        return found

    # Parts.

    def function(self, fn: FunctionType) -> Part:
        """Return a function as a part."""
        self._alive.append(fn)
        module = self.owners.module_of(fn)
        name = f"{module or fn.__module__}.{fn.__qualname__}"
        return self._part(("function", id(fn)), name, lambda part: self._describe(part, fn, module))

    def class_(self, cls: type, module: str) -> Part:
        """Return a class of a module of the user's as a part."""
        self._alive.append(cls)
        name = f"{module}.{cls.__qualname__}"
        return self._part(
            ("class", id(cls)), name, lambda part: self._describe_class(part, cls, module)
        )

    def module(self, name: str) -> Part:
        """Return a module of the user's as a part: all that is in it."""
        return self._part(
            ("module", name), f"module {name}", lambda part: self._describe_module(part, name)
        )

    def everything(self) -> Part:
        """Return all files of the user's as a part."""
        return self._part("everything", "all files", self._describe_everything)

    def _bound(self, names: dict[str, Any], name: str, module: str) -> str | Part:
        """Return what a name of a module's stands for: a part, or the text of what is foreign."""
        value = names[name]
        if isinstance(value, FunctionType):
            return (
                self.function(value)
                if self.owners.is_followed(value)
                else self.owners.foreign(value.__module__ or "", value.__qualname__)
            )
        if issubclass(type(value), type) and (owner := self.owners.module_of(value)):
            return self.class_(value, owner)
        self._alive.append(value)

        def describe(part: Part) -> None:
            part.text = self.value(part, value, module)

        return self._part(("name", id(names), name), f"{module}.{name}", describe)

    def _describe(self, part: Part, fn: FunctionType, module: str) -> None:
        lines: list[str] = []
        if module:
            lines.append(code_text(fn.__code__))
        else:
            lines.append(self.owners.foreign(fn.__module__ or "", fn.__qualname__))
        # What wraps a function of the user's says that it is of that one's module.
        owner = module or (fn.__module__ if fn.__module__ in self.owners.modules else "")
        given = [fn.__defaults__ or (), fn.__kwdefaults__ or {}]
        lines.extend(self.value(part, each, owner) for each in given)
        cells = fn.__closure__ or ()
        lines.extend(self._cell(part, cell, owner) for cell in cells)
        said = {name: value for name, value in vars(fn).items() if name != "__wrapped__"}
        wrapped = vars(fn).get("__wrapped__")
        if wrapped is not None:
            lines.append(self.value(part, wrapped, owner))
        if said:
            lines.append(self.value(part, said, owner))
        if module:
            lines.extend(self._annotations(part, fn, module))
            lines.extend(self._read_by(part, fn.__code__, fn.__globals__, module))
        part.text = "\n".join(lines)

    def _cell(self, part: Part, cell: Any, module: str) -> str:
        try:
            value = cell.cell_contents
        except ValueError:
            return '["empty"]'
        return self.value(part, value, module)

    def _annotations(self, part: Part, fn: FunctionType, module: str) -> Iterator[str]:
        """Yield what annotations say that is the user's: a config class, a type that is checked."""
        said = fn.__annotations__
        for name in sorted(said):
            value = said[name]
            if isinstance(value, str):
                for chain in _chains_of(value):
                    if chain[0] in fn.__globals__:
                        yield from self._chain(part, chain, fn.__globals__, module)
            elif (
                not (isinstance(value, type) and not self.owners.module_of(value))
                and value is not None
            ):
                yield self.value(part, value, module)

    def _read_by(
        self, part: Part, code: CodeType, names: dict[str, Any], module: str
    ) -> Iterator[str]:
        """Yield what a function's code reads of its module, of builtins and by imports."""
        written = set(plain_names(code))
        if not has_import(code) and not any(each in names or each in BY_TEXT for each in written):
            return
        yield from self._read(part, _names_of(code), names, module)

    def _read(self, part: Part, found: Names, names: dict[str, Any], module: str) -> Iterator[str]:
        for chain in sorted(found.chains):
            yield from self._chain(part, chain, names, module)
        for statement in sorted(found.imports, key=repr):
            yield from self._import(part, statement, module)

    def _chain(self, part: Part, chain: Chain, names: dict[str, Any], module: str) -> Iterator[str]:
        name, *rest = chain
        if name in _PLACES:
            return
        if name not in names:
            if name in BY_TEXT:
                yield part.ref(self.everything())
            elif not hasattr(builtins, name):
                yield canonical.write(["unbound", name])
            return
        taken = [name]
        value = names[name]
        while isinstance(value, ModuleType) and (owner := self.owners.user_module(value)) and rest:
            inside = vars(value)
            if rest[0] not in inside:
                # Whatever answers is in it.
                break
            name = rest.pop(0)
            taken.append(name)
            names, module, value = inside, owner, inside[name]
        if isinstance(value, ModuleType) and (value.__name__, *rest[:1]) in HARMLESS:
            return
        yield f"{canonical.write(taken)}:{self._ref(part, self._bound(names, name, module))}"

    @staticmethod
    def _ref(part: Part, found: str | Part) -> str:
        return part.ref(found) if isinstance(found, Part) else found

    def _import(self, part: Part, statement: Imported, module: str) -> Iterator[str]:
        base = self._absolute(statement, module)
        if base.partition(".")[0] in BY_TEXT_MODULES:
            names = statement.names or ("",)
            if not all((base, each) in HARMLESS for each in names):
                yield part.ref(self.everything())
            return
        loaded = self.owners.modules.get(base)
        if loaded is None:
            of_users = [
                name for name in self.owners.files if name == base or name.startswith(f"{base}.")
            ]
            # A module that is imported when the op runs: its content is known, what it reads is not.
            yield part.ref(self.everything()) if of_users else self.owners.foreign(base)
            return
        inside = vars(loaded)
        for name in sorted(statement.names) or ("",):
            if not name or name == "*":
                yield part.ref(self.module(base))
            elif name in inside:
                yield f"{canonical.write(name)}:{self._ref(part, self._bound(inside, name, base))}"
            elif f"{base}.{name}" in self.owners.modules:
                yield part.ref(self.module(f"{base}.{name}"))
            else:
                yield part.ref(self.everything())

    def _absolute(self, statement: Imported, module: str) -> str:
        if not statement.level:
            return statement.module
        inside = vars(self.owners.modules[module]) if module in self.owners.modules else {}
        package = inside.get("__package__") or ""
        parts = package.split(".")[: len(package.split(".")) - statement.level + 1]
        return ".".join([*parts, statement.module] if statement.module else parts)

    def _describe_class(self, part: Part, cls: type, module: str) -> None:
        # What derives from ours, a resource or a config, is no value that a step hands on.
        part.is_class = not any(each.__module__.partition(".")[0] == OWN for each in cls.__mro__)
        tree = self._class_tree(cls, module)
        lines = [self.value(part, each, module) for each in cls.__bases__ if each is not object]
        if type(cls) is not type:
            lines.append(self.value(part, type(cls), module))
        if tree is not None:
            lines.append(_dumped(tree))
            lines.extend(
                self._read(part, _names_in(tree), vars(self.owners.modules[module]), module)
            )
        for name, value in sorted(vars(cls).items()):
            if name not in _OF_CLASSES and (tree is None or self._is_written(name, value)):
                lines.append(f"{canonical.write(name)}:{self.value(part, value, module)}")
        part.text = "\n".join(lines)

    def _is_written(self, name: str, value: object) -> bool:
        """Tell whether an attribute of a class is more than what its statement says: a function of the
        user's, or a constant that was perhaps set later. Other things are what a decorator or base made.
        """
        if type(value) in SCALARS:
            return not name.startswith("__")
        fn = getattr(value, "__func__", value) if type(value) in _METHODS else value
        if not isinstance(fn, FunctionType):
            return False
        is_of_file = not fn.__code__.co_filename.startswith("<")
        return (is_of_file and bool(self.owners.module_of(fn))) or "__wrapped__" in vars(fn)

    def _class_tree(self, cls: type, module: str) -> ast.ClassDef | None:
        tree: ast.AST | None = self._tree(module)
        if "<locals>" in cls.__qualname__:
            return None
        for name in cls.__qualname__.split("."):
            inside = getattr(tree, "body", ())
            found = [
                each for each in inside if isinstance(each, ast.ClassDef) and each.name == name
            ]
            if len(found) != 1:
                return None
            tree = found[0]
        return tree if isinstance(tree, ast.ClassDef) else None

    def _tree(self, module: str) -> ast.Module | None:
        if module not in self._trees:
            file = vars(self.owners.modules[module]).get("__file__")
            try:
                self._trees[module] = _parsed(read_bytes(file)) if isinstance(file, str) else None
            except (OSError, SyntaxError, ValueError, RecursionError):
                self._trees[module] = None
        return self._trees[module]

    def _describe_module(self, part: Part, name: str) -> None:
        tree, names = self._tree(name), vars(self.owners.modules[name])
        lines = [self.owners.files[name] if tree is None else _dumped(tree)]
        if tree is not None:
            imports = _names_in(tree).imports
            for statement in sorted(imports, key=repr):
                base = self._absolute(statement, name)
                inner = [base, *(f"{base}.{each}" for each in statement.names)]
                lines.extend(
                    part.ref(self.module(each)) for each in inner if each in self.owners.modules
                )
        for each in sorted(names):
            if each not in _PLACES:
                found = self._bound(names, each, name)
                lines.append(f"{canonical.write(each)}:{self._ref(part, found)}")
        part.text = "\n".join(lines)

    def _describe_everything(self, part: Part) -> None:
        lines = [
            part.ref(self.module(name)) if name in self.owners.modules else sha256
            for name, sha256 in sorted(self.owners.files.items())
        ]
        part.text = "\n".join(lines)
