"""Modules of the user's that an import never finds: another one of their name comes first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path

from treadle._system import os
from treadle_worker.loading.origins import is_user_file


def shadowed_modules(folders: Iterable[str]) -> tuple[str, ...]:
    """Return a warning for each top-level module in the folders that an import does not find.

    Both paths stand in it. A module of the user's that hides another of the user's is no
    matter of installed code and is left to them.
    """
    return tuple(
        f"{path} is shadowed: `import {name}` finds {other} instead. Rename it."
        for folder in folders
        for name, path in _top_level_modules(folder)
        if (other := foreign_origin(name, path)) is not None
    )


def foreign_origin(name: str, path: str) -> str | None:
    """Return what an import of the name finds, if that is not the user's: a path or a kind."""
    try:
        spec = find_spec(name)
    except (ImportError, ValueError, AttributeError):
        return None
    if spec is None or spec.origin is None:
        return None
    # Frozen modules have no location in their spec, but most have a file all the same.
    origin = spec.origin if spec.has_location else getattr(spec.loader_state, "filename", None)
    if origin is None:
        return f"the interpreter's {spec.origin} module"
    if is_user_file(origin) or os.path.realpath(origin) == os.path.realpath(path):
        return None
    return str(origin)


def _top_level_modules(folder: str) -> Iterator[tuple[str, str]]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        package = Path(entry.path, "__init__.py")
        if entry.name.endswith(".py"):
            name, path = entry.name.removesuffix(".py"), Path(entry.path)
        elif package.is_file():
            name, path = entry.name, package
        else:
            continue
        if name.isidentifier() and not name.startswith("__"):
            yield name, str(path)
