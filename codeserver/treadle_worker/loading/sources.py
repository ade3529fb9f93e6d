"""The user's source files: what a location's digest is taken over, and what differs from it.

Files count that the load imported, and those that such a file names in an import statement
anywhere, the bodies of functions included. Finding the latter imports nothing.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from importlib.machinery import all_suffixes
from importlib.util import decode_source, find_spec
from pathlib import Path
from types import ModuleType
from typing import Final

from treadle._system import hashlib, os, read_bytes
from treadle_contract.lazy_dataclasses import dataclass
from treadle_worker.loading.origins import file_of, is_own_module, is_user_file, site_folders

# What stands behind the word in an import statement. No text can, so a "#" begins a comment.
_NAMES: Final = r"(?:\s*\((?:[^)#]|#[^\n]*+)*+\)|(?:[^\n#;\\]|\\\n)*)"
_STATEMENTS: Final = (
    re.compile(rf"from(?=([\s.\w\\]+?\bimport\b{_NAMES}))"),
    re.compile(rf"import(?=(\b{_NAMES}))"),
)
_CALLS: Final = re.compile(r"import_module|__import__")


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """A user source file: where it lies, and the SHA-256 of what was in it.

    `stamp` is how the file system named that content: what says the same has not changed.
    """

    path: str
    sha256: str
    stamp: tuple[int, ...]


def user_files(modules: Mapping[str, object]) -> dict[str, SourceFile]:
    """Return every user source file by module name, sorted.

    `modules` is what is imported, usually `sys.modules`.
    """
    finder = _Finder(modules)
    waiting = list(imported_files(modules))
    known = {name for name, _ in waiting}
    found: dict[str, SourceFile] = {}
    while waiting:
        name, path = waiting.pop()
        # Before it is read: a write during the read leaves another stamp.
        stamp = () if name in found else file_stamp(path)
        content = _content(path) if stamp else None
        if content is None:
            continue
        digest = hashlib.sha256(content).hexdigest()
        found[name] = SourceFile(path=os.path.abspath(path), sha256=digest, stamp=stamp)
        if path.endswith(".py"):
            new = finder.new_files(content, name, known, is_package=_is_package(path))
            waiting.extend(new.items())
            known |= new.keys()
    return dict(sorted(found.items()))


def file_stamp(path: str) -> tuple[int, ...]:
    """Return what a file system says of a file's content; (): it is gone, or in an archive."""
    try:
        status = os.stat(path)
    except OSError:
        return ()
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size


def differences(
    expected: Mapping[str, str], modules: Mapping[str, object], problem: str
) -> tuple[str, ...]:
    """Say which files the digest was taken over are gone or are others now, a line each.

    `modules` is what is imported; where the others would be imported from is looked up. What is
    not found is gone only if the import's `problem` names it: a module may look elsewhere for it.
    """
    finder = _Finder(modules)
    lines = []
    for name, sha256 in sorted(expected.items()):
        path = finder.file_of(name)
        content = None if path is None else _content(path)
        if content is None:
            if name.rpartition(".")[2] in problem:
                lines.append(f"file {path or name} is gone")
        elif hashlib.sha256(content).hexdigest() != sha256:
            lines.append(f"file {path} changed")
    return tuple(lines)


def distributions(folders: Iterable[str] | None = None) -> dict[str, str]:
    """Return the version of every installed distribution by normalised name, sorted.

    Read off the names of the metadata folders: opening thousands of METADATA files takes
    longer than importing most modules. The first folder on the path wins, as in an import.
    """
    found: dict[str, str] = {}
    for folder in site_folders() if folders is None else folders:
        for entry in sorted(os.listdir(folder)):
            stem, suffix = os.path.splitext(entry)
            if suffix in {".dist-info", ".egg-info"}:
                name, _, rest = stem.partition("-")
                # An egg's folder may go on with the Python version: name-1.0-py3.11.
                found.setdefault(_normalised(name), rest.partition("-")[0])
    return dict(sorted(found.items()))


def imported_names(content: bytes, *, module: str, is_package: bool) -> frozenset[str]:
    """Return the absolute names that a source file may import, parents included.

    `from a import b` names both `a` and `a.b`, which may be a module. Source that does not
    parse names nothing.
    """
    try:
        with warnings.catch_warnings():
            # Said once already, by the import itself.
            warnings.simplefilter("ignore")
            tree = ast.parse(content)
    except (SyntaxError, ValueError, RecursionError):
        return frozenset()
    return _names(ast.walk(tree), module, is_package=is_package)


def written_names(content: bytes, *, module: str, is_package: bool) -> frozenset[str] | None:
    """Return at least those names, and what texts and comments write like imports.

    Nothing is parsed but what looks like an import statement: a large file takes seconds to parse.
    None: there may be others.
    """
    try:
        source = decode_source(content)
    except (SyntaxError, ValueError):
        return None
    if _CALLS.search(source):
        return None
    nodes: list[ast.AST] = []
    for pattern in _STATEMENTS:
        for match in pattern.finditer(source):
            try:
                nodes += ast.parse(f"{match[0]}{match[1]}").body
            except (SyntaxError, ValueError, RecursionError):
                continue
    return _names(nodes, module, is_package=is_package)


def _names(nodes: Iterable[ast.AST], module: str, *, is_package: bool) -> frozenset[str]:
    package = module if is_package else module.rpartition(".")[0]
    named = (name for node in nodes for name in _names_in(node, package))
    return frozenset(parent for name in named for parent in _with_parents(name))


def _names_in(node: ast.AST, package: str) -> Iterator[str]:
    match node:
        case ast.Import(names=aliases):
            yield from (alias.name for alias in aliases)
        case ast.ImportFrom(module=module, names=aliases, level=level):
            base = _absolute(module or "", level, package)
            if base:
                yield base
                yield from (f"{base}.{alias.name}" for alias in aliases)
        case ast.Call(
            func=ast.Name(id="import_module" | "__import__") | ast.Attribute(attr="import_module"),
            args=[ast.Constant(value=str(name)), *_],
        ) if name and not name.startswith("."):
            yield name


def _absolute(module: str, level: int, package: str) -> str:
    if level == 0:
        return module
    parts = package.split(".") if package else []
    if level > len(parts):
        return ""
    kept = parts[: len(parts) - level + 1]
    return ".".join([*kept, module] if module else kept)


def _with_parents(name: str) -> Iterator[str]:
    parts = name.split(".")
    for length in range(1, len(parts) + 1):
        yield ".".join(parts[:length])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where a module would be imported from; `folders` are where its submodules would be."""

    file: str | None = None
    folders: tuple[str, ...] = ()


_NOWHERE = _Place()


class _Finder:
    """Resolves module names as an import would, and imports nothing."""

    def __init__(self, modules: Mapping[str, object]) -> None:
        self._modules = modules
        self._places: dict[str, _Place] = {}

    def new_files(
        self, content: bytes, module: str, known: AbstractSet[str], *, is_package: bool
    ) -> dict[str, str]:
        """Return by name the user's files that a file imports, but for those that are known."""
        written = written_names(content, module=module, is_package=is_package)
        if written is not None and not self._user_files(written - known):
            return {}
        named = imported_names(content, module=module, is_package=is_package)
        return self._user_files(named - known)

    def _user_files(self, names: Iterable[str]) -> dict[str, str]:
        found = {}
        for name in names:
            file = None if is_own_module(name) else self._place(name).file
            if file is not None and is_user_file(file):
                found[name] = file
        return found

    def file_of(self, name: str) -> str | None:
        """Return the file of a module; None if there is none."""
        return self._place(name).file

    def _place(self, name: str) -> _Place:
        if name not in self._places:
            self._places[name] = self._found(name)
        return self._places[name]

    def _found(self, name: str) -> _Place:
        module = self._modules.get(name)
        if isinstance(module, ModuleType):
            names = object.__getattribute__(module, "__dict__")
            return _Place(file=file_of(module), folders=tuple(names.get("__path__", ())))
        parent, _, tail = name.rpartition(".")
        if not parent:
            return _top_level(name)
        return _in_folders(self._place(parent).folders, tail)


def _top_level(name: str) -> _Place:
    try:
        spec = find_spec(name)
    except (ImportError, ValueError, AttributeError):
        return _NOWHERE
    if spec is None:
        return _NOWHERE
    return _Place(
        file=spec.origin if spec.has_location else None,
        folders=tuple(spec.submodule_search_locations or ()),
    )


def _in_folders(folders: Iterable[str], tail: str) -> _Place:
    """Find a submodule by looking: importlib would import its parent first."""
    portions = []
    for folder in folders:
        base = Path(folder, tail)
        for file in (base / "__init__.py", *(Path(f"{base}{end}") for end in all_suffixes())):
            if file.is_file():
                inside = (str(base),) if file.parent == base else ()
                return _Place(file=str(file), folders=inside)
        if base.is_dir():
            portions.append(str(base))
    return _Place(folders=tuple(portions))


def imported_files(modules: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Yield the name and the file of each of the user's modules that are imported."""
    for name, module in list(modules.items()):
        if isinstance(module, ModuleType) and not is_own_module(name):
            file = file_of(module)
            if file is not None and is_user_file(file):
                yield name, file


def _content(path: str) -> bytes | None:
    """Return a file's bytes; None: it is gone, or lies in an archive."""
    try:
        return read_bytes(path)
    except OSError:
        return None


def _is_package(path: str) -> bool:
    return Path(path).stem == "__init__"


def _normalised(name: str) -> str:
    return name.lower().replace("_", "-").replace(".", "-")
