"""Targets: what a code server loads, in order."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from treadle_contract.codeserver import ImportScope, LaunchTarget
from treadle_contract.lazy_dataclasses import dataclass


def named(target: LaunchTarget) -> str:
    """Return what a target is called: a file's path, or a module's name."""
    return target.file or target.module or ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadCommand:
    """How a process that holds the location's code is started, but for what is particular to it.

    `targets`: files by absolute path, modules by dotted name. `interpreter` and `working_directory` are absolute; `import_timeout` is in seconds and for
    one target. The environment stands in `os.environ`: it is this process's own, whole.
    """

    interpreter: Path
    working_directory: Path
    targets: Sequence[LaunchTarget]
    import_timeout: float
    import_scope: ImportScope = ImportScope.PER_LOAD
