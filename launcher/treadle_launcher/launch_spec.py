"""The LaunchSpec: how a process that holds a location's code is started. Never shown to clients."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class FileTarget:
    """A file to load, an absolute path."""

    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleTarget:
    """A dotted module name to load."""

    name: str


LaunchTarget: TypeAlias = FileTarget | ModuleTarget


@dataclass(frozen=True, slots=True, kw_only=True)
class LaunchSpec:
    """How a host is started: the environment is that of the process, whole.

    It is left out of the text of this object, because it may hold secrets.
    """

    interpreter: str
    working_directory: str
    targets: tuple[LaunchTarget, ...]
    digest: str
    import_timeout_ms: int
    environment: Mapping[str, str] = field(repr=False)
