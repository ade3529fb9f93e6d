"""Targets: what a code server loads, in order."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

from treadle_contract.codeserver import ImportScope
from treadle_contract.lazy_dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FileTarget:
    """A Python file, by absolute path."""

    path: Path

    def __str__(self) -> str:
        return str(self.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleTarget:
    """A module, by dotted name."""

    module: str

    def __str__(self) -> str:
        return self.module


Target: TypeAlias = FileTarget | ModuleTarget


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadCommand:
    """How a process that holds the location's code is started, but for what is particular to it.

    `interpreter` and `working_directory` are absolute; `import_timeout` is in seconds and for
    one target. The environment stands in `os.environ`: it is this process's own, whole.
    """

    interpreter: Path
    working_directory: Path
    targets: Sequence[Target]
    import_timeout: float
    import_scope: ImportScope = ImportScope.PER_LOAD
