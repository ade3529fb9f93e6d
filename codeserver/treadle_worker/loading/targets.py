"""Targets: what a location is loaded from, as the specs of loader and host name it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from treadle_contract.lazy_dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FileTarget:
    """A Python file, by absolute path. Its module is named after the file."""

    path: str

    def __str__(self) -> str:
        return self.path


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleTarget:
    """A module, by dotted name."""

    module: str

    def __str__(self) -> str:
        return self.module


Target: TypeAlias = FileTarget | ModuleTarget


def parse_target(data: Mapping[str, str]) -> Target:
    """Read one of `{"file": path}` and `{"module": name}`.

    Raises:
        ValueError: it is neither.
    """
    match data:
        case {"file": path, **rest} if not rest:
            return FileTarget(path=path)
        case {"module": module, **rest} if not rest:
            return ModuleTarget(module=module)
    raise ValueError(f"a target is a file or a module, not {dict(data)!r}")
