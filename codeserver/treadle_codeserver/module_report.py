"""Module reports: how the load of each target went."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from treadle.snapshot import SourceLine


class ModuleState(StrEnum):
    """How the load of one target ended."""

    LOADED = "loaded"
    """Imported, and its definitions are valid."""
    RAISED = "raised"
    """The import raised, or a definition in it was refused."""
    EXITED = "exited"
    """The interpreter ended, or was asked to, while importing it."""
    HUNG = "hung"
    """The import did not end in time; it was killed."""
    NOT_REACHED = "not_reached"
    """An earlier target ended the load before this one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleReport:
    """How the load of one target went. `problem` is "" when it was loaded."""

    target: str
    state: ModuleState
    problem: str = ""
    source: SourceLine | None = None
    duration_us: int = 0
