"""Small projects on the disk: loaded as a location, and forgotten again."""

from __future__ import annotations

import hashlib
import importlib
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from treadle.locations import tables
from treadle.locations.location import LoadedLocation, build_location, definitions_of
from treadle.reach._steps import reach_of


@contextmanager
def loaded(
    folder: Path, files: Mapping[str, str], target: str = "assets.py"
) -> Iterator[LoadedLocation]:
    """Write files, load one of them as a target; forget all of its modules at the end."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    modules = dict(sys.modules)
    writes, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    sys.path.insert(0, str(folder))
    try:
        module = importlib.import_module(Path(target).stem)
        location = build_location([("", definitions_of(module))])
        files_of = {
            _module(name): hashlib.sha256(text.encode()).hexdigest() for name, text in files.items()
        }
        packed = tables.pack(location.snapshot)
        yield location.sealed(packed, files=files_of, distributions={})
    finally:
        sys.dont_write_bytecode = writes
        sys.path.remove(str(folder))
        for name in sys.modules.keys() - modules.keys():
            file = getattr(sys.modules[name], "__file__", None) or ""
            if file.startswith(str(folder)):
                del sys.modules[name]
        sys.path_importer_cache.clear()


def _module(file: str) -> str:
    return file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def keys_of(location: LoadedLocation) -> dict[str, str]:
    """Return by step what its outcome rests on beside its inputs and config."""
    found = reach_of(location).steps
    ops = location.snapshot.manifest.ops
    return {
        step.key: found[step.key].digest if step.key in found else ops[step.node]
        for step in location.snapshot.steps
    }


def outcomes(location: LoadedLocation) -> dict[str, Any]:
    """Return what ops without inputs give, by step, or what they raise."""
    found: dict[str, Any] = {}
    for node, placed in location.code.items():
        if not placed.flat.inputs:
            try:
                found[node] = placed.flat.op.fn()
            except Exception as error:  # noqa: BLE001 -- that is its outcome
                found[node] = repr(error)
    return found
