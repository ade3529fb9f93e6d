"""A code location: one code server's view of one set of targets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from treadle_client._text import Text
from treadle_client._value_ref import SourceLocation


class LocationState(StrEnum):
    """Whether a code location can be planned on."""

    #: The first load is under way; there is no snapshot yet.
    LOADING = "LOADING"
    #: A snapshot is served and the last load succeeded.
    SERVING = "SERVING"
    #: A snapshot is served, but the last reload failed.
    SERVING_LAST_GOOD = "SERVING_LAST_GOOD"
    #: No load has succeeded, or no two imports define the same.
    FAILED = "FAILED"
    #: The launcher cannot reach the code server now.
    UNREACHABLE = "UNREACHABLE"


class ModuleState(StrEnum):
    """How the load of one target ended."""

    #: Imported, and its definitions are valid.
    LOADED = "LOADED"
    #: The import raised, or a definition in it was refused.
    RAISED = "RAISED"
    #: The interpreter ended while importing it.
    EXITED = "EXITED"
    #: The import did not end within the import timeout.
    HUNG = "HUNG"
    #: An earlier target ended the load before this one was reached.
    NOT_REACHED = "NOT_REACHED"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleReport:
    """How the load of one target went. `problem` is empty when it was loaded."""

    target: str
    state: ModuleState
    problem: Text
    source: SourceLocation | None
    duration: timedelta

    def __str__(self) -> str:
        where = f" ({self.source})" if self.source else ""
        problem = f"\n{self.problem}".rstrip() if self.problem else ""
        return f"{self.target}: {self.state}{where}{problem}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """A code location, and how its last load went.

    `since` is when the launcher began to reach its code server or, UNREACHABLE, when it ceased;
    `problem` says why it does not. What is known of one that is not reached is as it was then.
    """

    name: str
    state: LocationState
    digest: str
    python_version: str
    loaded_at: datetime | None
    modules: tuple[ModuleReport, ...]
    warnings: tuple[str, ...]
    asset_count: int
    step_count: int
    address: str = ""
    since: datetime | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reload:
    """How a reload went: the location after it, and whether the new snapshot is served."""

    location: Location
    swapped: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Launcher:
    """What a launcher is: its version, its home's id, its limits, and whether it ends with its starter."""

    version: str
    home_id: str
    ephemeral: bool
    max_steps: int
    max_runs: int
